import { property as fact, assert as check, integer } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../clock.ts'
import { backoffMs, jitterMs, mayRepeat, mayRetry, mustDisable } from './policies.ts'

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
    [{ attempt: 20, retries: 0, safeToRepeat: 'continues' as const }, true],
    [{ attempt: 21, retries: 0, safeToRepeat: 'continues' as const }, false],
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
