/** How often something may be tried in a while. Kept in memory: a restart forgives. */
import ipaddr from 'ipaddr.js'
import type { Clock } from '#lib/clock.ts'

export interface Throttle {
  /** Counts a try. Answers 0, or how many seconds to wait when it was one too many. */
  take(key: string): number
  /** Whether the next try would be one too many; does not count as one. */
  isUsedUp(key: string): boolean
  /** The try was a good one: it does not count. */
  giveBack(key: string): void
  /** Everything before is forgiven. */
  clear(key: string): void
}

const MOST_KEYS = 100_000

export function createThrottle({
  clock,
  most,
  withinMs,
}: {
  clock: Pick<Clock, 'monotonicMs'>
  most: number
  withinMs: number
}): Throttle {
  const windows = new Map<string, { tries: number; endsAtMs: number }>()
  return {
    take(key) {
      const nowMs = clock.monotonicMs()
      const open = windows.get(key)
      const window = open && open.endsAtMs > nowMs ? open : { tries: 0, endsAtMs: nowMs + withinMs }
      // Moved to the end, so that the first key is always the one that was tried longest ago.
      windows.delete(key)
      windows.set(key, window)
      if (windows.size > MOST_KEYS) windows.delete(windows.keys().next().value ?? key)
      if (window.tries >= most) return Math.ceil((window.endsAtMs - nowMs) / 1000)
      window.tries += 1
      return 0
    },
    isUsedUp(key) {
      const window = windows.get(key)
      return window !== undefined && window.endsAtMs > clock.monotonicMs() && window.tries >= most
    },
    giveBack(key) {
      const window = windows.get(key)
      if (window && window.tries > 0) window.tries -= 1
    },
    clear: (key) => void windows.delete(key),
  }
}

/** The network that one party is handed: an IPv4 address, or the /64 around an IPv6 address. */
export function networkOf(address: string | null): string {
  const bare = address?.replace(/^via /, '') ?? ''
  if (!ipaddr.isValid(bare)) return 'unknown'
  const parsed = ipaddr.process(bare)
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : `${(parsed as ipaddr.IPv6).parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
}
