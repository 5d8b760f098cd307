import { expect, test } from 'vitest'
import { ENDED, HOLDS_SLOT, isEnded, isLive, LIVE, mayMove, MOVES, RUN_ENDS, STATUSES } from './states.ts'

test('every state is live or has ended, and what has ended moves no more', () => {
  expect([...LIVE, ...ENDED].sort()).toEqual([...STATUSES].sort())
  expect(LIVE).toEqual(['queued', 'running', 'waiting'])
  for (const it of STATUSES) expect(isLive(it)).toBe(!isEnded(it))
  for (const from of ENDED) expect(STATUSES.filter((to) => mayMove(from, to))).toEqual([])
})

test('every state is reached, and every live one comes to an end', () => {
  const reached = new Set(Object.values(MOVES).flat())
  expect([...reached].sort()).toEqual([...STATUSES].sort())
  for (const it of LIVE) expect(MOVES[it].some(isEnded)).toBe(true)
})

test('only what may be carried out by itself is in line for the slot', () => {
  expect(HOLDS_SLOT.every(isLive)).toBe(true)
  expect(HOLDS_SLOT).not.toContain('waiting')
  expect(RUN_ENDS).toEqual(['success', 'failed', 'cancelled'])
})

test.each([
  ['none', 'queued', true],
  ['none', 'running', false],
  ['queued', 'running', true],
  ['queued', 'success', false],
  ['running', 'waiting', true],
  ['running', 'skipped', false],
  ['waiting', 'queued', true],
  ['waiting', 'running', false],
  ['waiting', 'success', false],
  ['waiting', 'skipped', true],
  ['failed', 'queued', false],
] as const)('%s → %s: %s', (from, to, may) => expect(mayMove(from, to)).toBe(may))
