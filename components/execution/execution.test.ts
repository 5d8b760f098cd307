import { withoutBegun } from './steps.tsx'
import { expect, test } from 'vitest'
import { arrange } from './arriving.ts'
import { gapOf, latenessOf, longestOf, momentOf, originOf, requesterOf } from './words.ts'

const rows = (...ids: number[]) => ids.map((id) => ({ id }))
const ids = (list: { id: number }[]) => list.map((it) => it.id)

test.each([
  { name: 'the first load shows everything', all: [3, 2, 1], seen: [], shown: [3, 2, 1], waiting: [] },
  { name: 'what comes in above waits', all: [5, 4, 3, 2], seen: [3, 2], shown: [3, 2], waiting: [5, 4] },
  { name: 'what comes in between waits', all: [4, 3, 2], seen: [4, 2], shown: [4, 2], waiting: [3] },
  { name: 'the next page is shown', all: [3, 2, 1, 0], seen: [3, 2], shown: [3, 2, 1, 0], waiting: [] },
  {
    name: 'when all that was seen is gone, the new is shown',
    all: [9, 8],
    seen: [2, 1],
    shown: [9, 8],
    waiting: [],
  },
])('$name', ({ all, seen, shown, waiting }) => {
  const arrangement = arrange(rows(...all), new Set(seen))
  expect(ids(arrangement.shown)).toEqual(shown)
  expect(ids(arrangement.waiting)).toEqual(waiting)
})

test('a run says how late it was, and why it ran', () => {
  const scheduledFor = '2026-01-01T00:00:00.000Z'
  expect(latenessOf({ latenessMs: 12, scheduledFor, kind: 'schedule' })).toBe('on time')
  expect(latenessOf({ latenessMs: 65_000, scheduledFor, kind: 'schedule' })).toBe('1 min 5 s late')
  expect(latenessOf({ latenessMs: null, scheduledFor: null, kind: 'manual' })).toBeNull()
  expect(latenessOf({ latenessMs: 65_000, scheduledFor, kind: 'backfill' })).toBeNull()
  expect(originOf({ kind: 'manual', isCatchup: false })).toBe('Run by hand')
  expect(originOf({ kind: 'schedule', isCatchup: true })).toBe('Caught up')
  expect(originOf({ kind: 'schedule', isCatchup: false })).toBeNull()
})

test('a run that somebody asked for says who', () => {
  expect(requesterOf({ requestedBy: { kind: 'person', id: 'a', name: 'Ada' } })).toBe('Ada')
  expect(requesterOf({ requestedBy: { kind: 'key', id: 'k', name: 'nightly' } })).toBe('nightly (API key)')
  expect(requesterOf({ requestedBy: null })).toBeNull()
})

test('a run says whose moment it was', () => {
  const ada = { kind: 'person', id: 'a', name: 'Ada' } as const
  const moment = (kind: string, requestedBy: typeof ada | null = null, scheduledFor: string | null = null) =>
    momentOf({ kind, requestedBy, scheduledFor })
  expect(moment('schedule', null, '2026-01-01T00:00:00.000Z')).toBe('Planned for')
  expect(moment('manual', ada)).toBe('Asked for at')
  expect(moment('manual')).toBe('Asked for at')
  expect(moment('event')).toBe('Set off at')
  expect(moment('webhook')).toBe('Set off at')
})

test('a gap says for how many runs it stands', () => {
  expect(gapOf({ missedCount: 12 })).toBe('12 runs')
  expect(gapOf({ missedCount: 1 })).toBeNull()
  expect(gapOf({ missedCount: null })).toBeNull()
})

test('durations are measured against the longest of the same schedule', () => {
  const longest = longestOf([
    { triggerId: 1, durationMs: 5 },
    { triggerId: 2, durationMs: null },
    { triggerId: 1, durationMs: 9 },
  ])
  expect([...longest]).toEqual([
    [1, 9],
    [2, 0],
  ])
})

test('a call that has ended is told once; one that goes on, or whose end is unknown, is told as it is', () => {
  const step = (n: number, key: string, state: string) => ({
    ...{ n, attempt: 1, at: '2026-03-01T09:00:00Z', kind: 'tool', text: 'POST' },
    data: { key, state },
  })
  const steps = [step(1, 'a', 'started'), step(2, 'a', 'done'), step(3, 'b', 'started')]
  expect(withoutBegun(steps).map(({ n }) => n)).toEqual([2, 3])
})
