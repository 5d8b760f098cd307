import { property as fact, assert as check, integer, record, array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../clock.ts'
import { backoffMs, jitterMs, mayRepeat, mayRetry, mustDisable, shares } from './policies.ts'

describe('back-off', () => {
  test.each([
    [1, seconds(5)],
    [2, seconds(10)],
    [3, seconds(20)],
    [10, minutes(15)],
    [60, minutes(15)],
  ])('after attempt %i: %i ms, a quarter either way', (attempt, ms) => {
    expect(backoffMs(attempt, 0.5)).toBe(ms)
    expect(backoffMs(attempt, 0)).toBe(ms * 0.75)
    expect(backoffMs(attempt, 0.999)).toBeLessThan(ms * 1.25)
  })
})

describe('trying again', () => {
  test.each([
    [{ transient: true, attempt: 1, retries: 0 }, false],
    [{ transient: true, attempt: 1, retries: 1 }, true],
    [{ transient: true, attempt: 2, retries: 1 }, false],
    [{ transient: false, attempt: 1, retries: 5 }, false],
  ])('%o: %s', (failure, again) => expect(mayRetry(failure)).toBe(again))

  test.each([
    [{ attempt: 1, retries: 0, safeToRepeat: false }, false],
    [{ attempt: 1, retries: 0, safeToRepeat: true }, true],
    [{ attempt: 2, retries: 0, safeToRepeat: true }, false],
    [{ attempt: 2, retries: 2, safeToRepeat: false }, true],
  ])('after a crash, %o: %s', (run, again) => expect(mayRepeat(run)).toBe(again))
})

describe('switching off', () => {
  const record = {
    consecutiveFailures: 5,
    disableAfterFailures: 5,
    disableBelowSuccessRate: 20,
    recent: 20,
    recentSuccesses: 3,
  }
  test.each([
    ['five failures and 15 %', {}, true],
    ['four failures', { consecutiveFailures: 4 }, false],
    ['exactly 20 %', { recentSuccesses: 4 }, false],
    ['five failures of five', { recent: 5, recentSuccesses: 0 }, true],
    [
      'a threshold of its own',
      { consecutiveFailures: 3, disableAfterFailures: 3, disableBelowSuccessRate: 50, recentSuccesses: 9 },
      true,
    ],
    ['nothing recorded', { recent: 0, recentSuccesses: 0 }, false],
  ])('%s', (_, change, off) => expect(mustDisable({ ...record, ...change })).toBe(off))
})

test('jitter stays inside its spread and never changes', () => {
  check(
    fact(integer({ min: 1, max: 1e9 }), integer({ min: 0, max: 3600 }), (id, spread) => {
      const ms = jitterMs(id, spread)
      return ms >= 0 && ms <= spread * 1000 && ms === jitterMs(id, spread)
    }),
  )
  expect(new Set(Array.from({ length: 100 }, (_, id) => jitterMs(id, 60))).size).toBeGreaterThan(95)
})

describe('shares', () => {
  const backlog = array(
    record({ queued: integer({ min: 0, max: 500 }), running: integer({ min: 0, max: 20 }) }),
    { maxLength: 12 },
  ).map((list) => list.map((it, i) => ({ ...it, workspaceId: i + 1, maxConcurrent: i % 3 === 0 ? 5 : null })))

  test('never above a limit, never idle while somebody waits and there is room', () => {
    check(
      fact(
        backlog,
        integer({ min: 1, max: 100 }),
        integer({ min: 1, max: 30 }),
        (waiting, total, perWorkspace) => {
          const dealt = new Map(
            shares(waiting, { total, perWorkspace, page: 50 }).map((it) => [it.workspaceId, it.take]),
          )
          const taken = [...dealt.values()].reduce((sum, n) => sum + n, 0)
          const room = Math.min(50, total - waiting.reduce((sum, it) => sum + it.running, 0))
          const mostOf = (it: (typeof waiting)[number]) =>
            Math.max(0, Math.min(it.queued, (it.maxConcurrent ?? perWorkspace) - it.running))
          const wanted = waiting.reduce((sum, it) => sum + mostOf(it), 0)
          return (
            waiting.every((it) => (dealt.get(it.workspaceId) ?? 0) <= mostOf(it)) &&
            taken === Math.max(0, Math.min(room, wanted))
          )
        },
      ),
    )
  })

  test('a workspace with ten thousand waiting leaves room for one with three', () => {
    const waiting = [
      { workspaceId: 1, queued: 10_000, running: 0, maxConcurrent: null },
      { workspaceId: 2, queued: 3, running: 0, maxConcurrent: null },
    ]
    expect(shares(waiting, { total: 10, perWorkspace: 10, page: 250 })).toEqual([
      { workspaceId: 1, take: 7 },
      { workspaceId: 2, take: 3 },
    ])
  })
})
