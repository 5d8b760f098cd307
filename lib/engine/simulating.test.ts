/** What would be: instants and overlaps, as they are decided live. */
import { expect, test } from 'vitest'
import type { Throttle } from '../contract/event-trigger.ts'
import type { Overlap } from '../contract/trigger.ts'
import { timesOf } from '../triggers/index.ts'
import { simulate } from './simulating.ts'

const FROM = new Date('2026-03-01T00:00:00Z')
const row = {
  kind: 'schedule',
  config: '{}',
  cronExpression: '0 * * * *',
  timezone: 'UTC',
  everySeconds: null,
  at: null,
  startsAt: null,
  createdAt: FROM.getTime(),
}
const ask = (
  overlap: Overlap,
  lastsMinutes: number,
  more: { bufferLimit?: number; maxExecutions?: number; throttle?: Throttle } = {},
) =>
  simulate({
    times: timesOf(row),
    from: FROM,
    to: new Date('2026-03-01T05:00:00Z'),
    overlap,
    bufferLimit: 100,
    maxExecutions: null,
    lastsMs: lastsMinutes * 60_000,
    most: 100,
    ...more,
  })
const verdicts = (...given: Parameters<typeof ask>) =>
  ask(...given)
    .occurrences.map((it) => it.verdict[0])
    .join('')

test.each<[Overlap, number, string]>([
  ['skip', 10, 'rrrrrr'],
  ['skip', 90, 'rsrsrs'],
  ['skip', 60, 'rrrrrr'],
  ['allow_all', 300, 'rrrrrr'],
  ['cancel_other', 90, 'cccccr'],
  ['cancel_other', 30, 'rrrrrr'],
  ['buffer_all', 90, 'rlllll'],
  ['buffer_one', 150, 'rlslsl'],
])('with %s, runs of %i minutes: %s', (overlap, lasts, expected) => {
  expect(verdicts(overlap, lasts)).toBe(expected)
})

test.each<[Throttle['excess'], string]>([
  ['skip', 'rrsrrs'],
  ['defer', 'rrllll'],
])('twice in three hours at the most, the others %s: %s', (excess, expected) => {
  const throttle = { count: 2, perSeconds: 3 * 3600, excess }
  expect(verdicts('allow_all', 0, { throttle })).toBe(expected)
})

test('ends at its maximum, and says where it was cut', () => {
  expect(ask('skip', 0, { maxExecutions: 2 })).toMatchObject({ truncated: false, occurrences: [{}, {}] })
  const cut = simulate({
    times: timesOf(row),
    from: FROM,
    to: new Date('2027-01-01T00:00:00Z'),
    overlap: 'skip',
    bufferLimit: 1,
    maxExecutions: null,
    lastsMs: 0,
    most: 24,
  })
  expect([cut.occurrences.length, cut.truncated]).toEqual([24, true])
})
