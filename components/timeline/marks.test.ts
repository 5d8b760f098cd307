import { expect, test } from 'vitest'
import type { Mark } from '#lib/contract/timeline.ts'
import { countWords, grouped, groupWords, nearest } from './marks.ts'

const T0 = Date.parse('2026-11-28T00:00:00Z')
const at = (minutes: number) => new Date(T0 + minutes * 60_000).toISOString()
const mark = (minutes: number, given: Partial<Mark> = {}): Mark => ({
  ...{ at: at(minutes), until: null, count: 1, state: 'success', states: null, executionId: 1 },
  ...{ lateMs: 0, durationMs: 1000, reason: null, kind: 'schedule', ask: { at: at(minutes) } },
  ...given,
})
const DAY = { fromMs: T0, toMs: T0 + 1440 * 60_000 }
const shape = (marks: Mark[], leastMinutes: number) =>
  grouped(marks, DAY, leastMinutes * 60_000).map((it) => [(it.fromMs - T0) / 60_000, it.state, it.count])

test('marks that a finger cannot tell apart are one, which shows what is worst in it', () => {
  const marks = [mark(0), mark(10, { state: 'failed' }), mark(29), mark(30), mark(31, { state: 'planned' })]
  expect(shape(marks, 30)).toEqual([
    [0, 'failed', 3],
    [30, 'success', 1],
    [31, 'planned', 1],
  ])
  expect(shape(marks, 1).length).toBe(5)
  // What comes next lies beside it.
  const places = grouped(marks, DAY, 30 * 60_000).map((it) => (it.placeMs - T0) / 60_000)
  expect(places).toEqual([0, 30, 60])
})

test('what lies outside is not shown, what reaches in is cut', () => {
  const gap = mark(-600, { until: at(60), count: 12, state: 'missed' })
  expect(shape([gap, mark(-5), mark(1440)], 5)).toEqual([[0, 'missed', 12]])
  const [whole] = grouped([mark(-600, { until: at(3000), count: 60 })], DAY, 1)
  expect([whole?.fromMs, whole?.untilMs]).toEqual([DAY.fromMs, DAY.toMs])
})

test('a mark says what it stands for', () => {
  const words = (...marks: Mark[]) =>
    groupWords({ marks, count: marks.reduce((sum, it) => sum + it.count, 0) })
  expect(words(mark(0, { lateMs: 90_000, durationMs: 1500 }))).toBe('succeeded, 1 min 30 s late, took 1.5 s')
  expect(words(mark(0, { state: 'planned', lateMs: null, durationMs: null }))).toBe('planned')
  expect(words(mark(0), mark(5, { count: 9, states: { failed: 2, success: 7 }, state: 'failed' }))).toBe(
    '2 failed, 8 succeeded',
  )
  expect(countWords([])).toBe('')
})

test('the nearest to an instant', () => {
  const groups = grouped([mark(0), mark(100), mark(130)], DAY, 1)
  expect(nearest(groups, T0 + 118 * 60_000)?.key).toBe(at(130))
  expect(nearest(groups, T0 - 5)?.key).toBe(at(0))
  expect(nearest([], T0)).toBe(undefined)
})
