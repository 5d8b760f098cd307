import { afterEach, expect, test } from 'vitest'
import { labelOf, listChange, sentenceOf, saidOf, whoIs, worthSaying } from './saying.ts'

test.each([
  ['cronExpression', 'Pattern'],
  ['context.durationMs', 'Context › Duration ms'],
  ['context', 'Context'],
  ['approvals.expireAfterSeconds', 'Approvals, expire after seconds'],
  ['somethingNew', 'Something new'],
])('%s is called %s', (path, label) => expect(labelOf(path)).toBe(label))

test.each([
  ['overlap', 'buffer_all', 'Queue all'],
  ['timeoutSeconds', 300, '5 min'],
  ['maxExecutions', null, 'nothing'],
  ['context.deep', true, 'yes'],
  ['context.list', [1], '[1]'],
])('%s of %j is %s', (path, value, words) => expect(saidOf(path, value)).toBe(words))

test('a field of a context is called as in the form', () => {
  const input = { properties: { does: { title: 'What it does' } } }
  expect(labelOf('context.does', input)).toBe('Context › What it does')
})

const READING = Symbol.for('carillon.reading')
afterEach(() => Reflect.deleteProperty(globalThis, READING))

test('an instant and a number are written as whoever looks writes them', () => {
  const reads = { timezone: 'Asia/Tokyo', clock: '12', language: 'en' }
  Object.assign(globalThis, { [READING]: () => reads })
  const at = saidOf('endsAt', '2026-03-01T09:00:00.000Z')
  expect(at.replace(/\s/g, ' ')).toBe('Mar 1, 2026, 6:00 PM')
  expect(saidOf('maxTokens', 200_000)).toBe('200,000')
})

test('a list says what joined it and what left it', () => {
  const from = [{ name: 'read_page' }, { name: 'notes', approval: 'ask' }]
  const to = [{ name: 'notes', approval: 'allow' }, { name: 'calculate' }]
  expect(listChange({ path: 'tools', from, to })).toEqual({
    added: ['notes (approval: allow)', 'calculate'],
    removed: ['read_page', 'notes (approval: ask)'],
  })
  expect(listChange({ path: 'name', from: 'a', to: 'b' })).toBeNull()
})

test('who did it is said as people know them', () => {
  expect(whoIs({ kind: 'key', id: 'key:1', name: 'script' })).toBe('script (API key)')
  expect(whoIs({ kind: 'sql', id: null, name: 'plain SQL' })).toBe('Plain SQL')
  expect(sentenceOf({ path: 'enabled', from: true, to: false })).toBe('Switched off')
})

test('a reason that somebody gave is said, and what goes without saying is not', () => {
  const off = { path: 'enabled', from: true, to: false }
  const said = (reason: string) => worthSaying([off, { path: 'pausedReason', from: null, to: reason }]).length
  expect([said('Holiday'), said('Paused by Ada.')]).toEqual([2, 1])
  const gone = [
    { path: 'pausedReason', from: 'Holiday', to: null },
    { path: 'pausedUntil', from: '2026-12-01T09:00:00.000Z', to: null },
  ]
  expect(worthSaying([{ path: 'enabled', from: false, to: true }, ...gone])).toHaveLength(1)
  // Off for good now.
  expect(worthSaying(gone).map((it) => it.path)).toEqual(['pausedUntil'])
})
