/**
 * Time as the product sees it, so that tests can hold it still.
 *
 * Promise: nothing else in the product reads the wall clock for a decision or arms a timer.
 * No timer is longer than 30 s: Node turns a delay over 2³¹−1 ms into 1 ms, and a laptop that slept
 * must notice soon after it wakes.
 */

export interface Clock {
  /** The wall clock. May jump in either direction. */
  now(): Date
  /** Milliseconds that only grow, for durations. */
  monotonicMs(): number
  /** Calls `ring` once after `delayMs` of monotonic time, however long. Returns how to call it off. */
  after(delayMs: number, ring: () => void): () => void
}

export const seconds = (n: number) => n * 1000
export const minutes = (n: number) => n * 60_000
/** Zones differ from UTC by whole quarters of an hour: the longest that no zone cuts in two. */
export const QUARTER_MS = minutes(15)
export const hours = (n: number) => n * 3_600_000
export const days = (n: number) => n * 86_400_000

const LONGEST_TIMER_MS = seconds(30)

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after(delayMs, ring) {
    const endsAt = performance.now() + delayMs
    let timer: NodeJS.Timeout
    const arm = () => {
      const leftMs = endsAt - performance.now()
      timer =
        leftMs <= LONGEST_TIMER_MS ? setTimeout(ring, Math.max(0, leftMs)) : setTimeout(arm, LONGEST_TIMER_MS)
      timer.unref()
    }
    arm()
    return () => clearTimeout(timer)
  },
}

/** So long, or until the signal aborts: then it rejects with the signal's reason. */
export function rest(clock: Pick<Clock, 'after'>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      callOff()
      reject(signal.reason)
    }
    const callOff = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    return signal.addEventListener('abort', stop, { once: true })
  })
}

/** A clock that stands still until it is told to move. */
export interface HandClock extends Clock {
  /** Moves wall and monotonic time together and rings what falls due, in order. */
  advance(ms: number): void
  /**
   * Moves to an instant at once, as if the process had been
   * frozen: what fell due on the way rings once, then.
   */
  set(instant: Date | string): void
  /** Moves the wall clock alone, as an administrator or a bad NTP server would. */
  jump(ms: number): void
}

export function handClock(start: Date | string): HandClock {
  let wallMs = new Date(start).getTime()
  let monotonicMs = 0
  let nextId = 0
  const timers = new Map<number, { at: number; ring: () => void }>()
  const advance = (ms: number) => {
    const end = monotonicMs + ms
    for (;;) {
      const due = [...timers].filter(([, it]) => it.at <= end).sort((a, b) => a[1].at - b[1].at)[0]
      if (!due) break
      const [id, timer] = due
      timers.delete(id)
      wallMs += Math.max(0, timer.at - monotonicMs)
      monotonicMs = Math.max(monotonicMs, timer.at)
      timer.ring()
    }
    wallMs += end - monotonicMs
    monotonicMs = end
  }
  return {
    now: () => new Date(wallMs),
    monotonicMs: () => monotonicMs,
    after(delayMs, ring) {
      if (delayMs <= 0) {
        const soon = setImmediate(ring)
        return () => clearImmediate(soon)
      }
      const id = nextId++
      timers.set(id, { at: monotonicMs + delayMs, ring })
      return () => void timers.delete(id)
    },
    advance,
    set(instant) {
      const target = new Date(instant).getTime()
      monotonicMs += Math.max(0, target - wallMs)
      wallMs = target
      for (const [id, timer] of [...timers]
        .filter(([, it]) => it.at <= monotonicMs)
        .sort((a, b) => a[1].at - b[1].at)) {
        if (timers.delete(id)) timer.ring()
      }
    },
    jump(ms) {
      wallMs += ms
    },
  }
}
