/** Both clocks: the one of the machine, and the one that tests hold in their hand. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { days, handClock, hours, minutes, seconds, systemClock } from './clock.ts'

test('units are milliseconds', () => {
  expect([seconds(1), minutes(1), hours(1), days(1)]).toEqual([1000, 60_000, 3_600_000, 86_400_000])
})

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('rings once after a delay longer than any timer of the platform, and arms none over 30 seconds', () => {
    const armed = vi.spyOn(globalThis, 'setTimeout')
    const ring = vi.fn()
    systemClock.after(days(30), ring)
    vi.advanceTimersByTime(days(30) - 1)
    expect(ring).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(ring).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(days(30))
    expect(ring).toHaveBeenCalledTimes(1)
    expect(Math.max(...armed.mock.calls.map(([, delay]) => delay ?? 0))).toBeLessThanOrEqual(seconds(30))
  })

  test('a ring that was called off, also in a later stretch, does not come', () => {
    const ring = vi.fn()
    const callOff = systemClock.after(minutes(2), ring)
    vi.advanceTimersByTime(seconds(70))
    callOff()
    vi.advanceTimersByTime(minutes(5))
    expect(ring).not.toHaveBeenCalled()
  })

  test('a delay that has passed already rings at once, and a wall clock that jumps changes no delay', () => {
    const [late, later] = [vi.fn(), vi.fn()]
    systemClock.after(-5, late)
    systemClock.after(seconds(10), later)
    vi.setSystemTime(Date.now() + days(1))
    vi.advanceTimersByTime(seconds(9))
    expect([late.mock.calls.length, later.mock.calls.length]).toEqual([1, 0])
    vi.advanceTimersByTime(seconds(1))
    expect(later).toHaveBeenCalledTimes(1)
  })
})

describe('a clock in the hand', () => {
  const start = '2026-03-01T09:00:00.000Z'
  const rings = () => {
    const clock = handClock(start)
    const heard: string[] = []
    return {
      clock,
      heard,
      ring: (name: string) => () => void heard.push(`${name} ${clock.now().toISOString().slice(11, 19)}`),
    }
  }

  test('advances in order, and each ring sees its own time', () => {
    const { clock, heard, ring } = rings()
    clock.after(seconds(20), ring('b'))
    clock.after(seconds(10), ring('a'))
    clock.after(seconds(5), () => clock.after(seconds(6), ring('inner')))
    clock.advance(seconds(15))
    expect(heard).toEqual(['a 09:00:10', 'inner 09:00:11'])
    expect([clock.now().toISOString(), clock.monotonicMs()]).toEqual(['2026-03-01T09:00:15.000Z', 15_000])
  })

  test('set is a freeze: what fell due on the way rings once, at the end', () => {
    const { clock, heard, ring } = rings()
    const again = () => {
      ring('tick')()
      clock.after(seconds(10), again)
    }
    clock.after(seconds(10), again)
    clock.set('2026-03-01T10:00:00Z')
    expect(heard).toEqual(['tick 10:00:00'])
    expect(clock.monotonicMs()).toBe(hours(1))
  })

  test('set and jump may go back: the wall clock does, monotonic time never', () => {
    const { clock, heard, ring } = rings()
    clock.after(seconds(10), ring('a'))
    clock.jump(-hours(1))
    expect(clock.now().toISOString()).toBe('2026-03-01T08:00:00.000Z')
    clock.set('2026-02-01T00:00:00Z')
    expect([clock.monotonicMs(), heard]).toEqual([0, []])
    clock.advance(seconds(10))
    expect(heard).toEqual(['a 00:00:10'])
  })

  test('a ring that was called off does not come, not even one of no delay', async () => {
    const { clock, heard, ring } = rings()
    clock.after(seconds(1), ring('a'))()
    clock.after(0, ring('b'))()
    const soon = Promise.withResolvers<void>()
    clock.after(0, soon.resolve)
    clock.advance(minutes(1))
    await soon.promise
    expect(heard).toEqual([])
  })
})
