/**
 * The small rules of the engine, pure: no clock, no database, no random of their own.
 * What a gap of missed instants means stands in `planning.ts`.
 */
import type { Repeatable } from '../agents/agent.ts'
import { minutes, seconds } from '../clock.ts'

/** Where in its spread a trigger starts: the same for ever, so that the pattern stays regular. */
export function jitterMs(triggerId: number, jitterSeconds: number): number {
  // Knuth's multiplicative hash: neighbouring ids land far apart.
  const spread = ((triggerId * 2_654_435_761) % 2 ** 32) / 2 ** 32
  return Math.floor(spread * jitterSeconds * 1000)
}

const FIRST_BACKOFF_MS = seconds(5)
const LONGEST_BACKOFF_MS = minutes(15)

/**
 * How long attempt `attempt + 1` waits after attempt `attempt` failed; `chance` in [0, 1) spreads it by a
 * quarter either way.
 */
export function backoffMs(attempt: number, chance: number): number {
  const exact = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS)
  return Math.round(exact * (0.75 + chance / 2))
}

export interface Failure {
  transient: boolean
  attempt: number
  retries: number
}

/** Only what may pass by itself is tried again. */
export const mayRetry = ({ transient, attempt, retries }: Failure) => transient && attempt <= retries

/** An agent that goes on where it was cut off may be cut off so often: a run that ends its server must end, too. */
const MOST_CONTINUED = 20

/**
 * A run that its server's death cut off: once more if repeating does no harm, again and again if it goes on where it
 * was, or while the trigger has retries left.
 */
export const mayRepeat = ({
  attempt,
  retries,
  safeToRepeat,
}: {
  attempt: number
  retries: number
  safeToRepeat: Repeatable
}) =>
  attempt <= retries ||
  (safeToRepeat === 'continues' ? attempt <= MOST_CONTINUED : safeToRepeat && attempt === 1)

export interface Record {
  consecutiveFailures: number
  disableAfterFailures: number
  disableBelowSuccessRate: number
  recent: number
  recentSuccesses: number
}

/** Enough failures in a row, and too few successes among the most recent 20. */
export function mustDisable({
  consecutiveFailures,
  disableAfterFailures,
  disableBelowSuccessRate,
  recent,
  recentSuccesses,
}: Record): boolean {
  const rate = recent === 0 ? 100 : (100 * recentSuccesses) / recent
  return consecutiveFailures >= disableAfterFailures && rate < disableBelowSuccessRate
}

/** An instant that is fired this soon after its time is late, not missed. */
export const LATE_MS = seconds(60)
