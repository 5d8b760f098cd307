/** Rings once, at the earliest of the instants that were asked for since it rang. */
import type { Clock } from '../clock.ts'

export function createAlarm(clock: Pick<Clock, 'after' | 'monotonicMs'>, ring: () => void) {
  let set: { callOff(): void; atMs: number } | null = null
  let isOff = false
  return {
    in(delayMs: number): void {
      const atMs = clock.monotonicMs() + delayMs
      if (isOff || (set && set.atMs <= atMs)) return
      set?.callOff()
      const callOff = clock.after(delayMs, () => {
        set = null
        ring()
      })
      set = { callOff, atMs }
    },
    /** It never rings again. */
    off(): void {
      isOff = true
      set?.callOff()
    },
  }
}
