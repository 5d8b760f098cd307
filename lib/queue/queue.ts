/**
 * How queued executions reach the set of runs: the port between fire and claim.
 *
 * Two meanings: *look* (executions were queued; a mere hint) and *take*
 * (claimed executions arrive at `begin`, as many as there is room for).
 */
import type { ClaimedRow, Share } from '#db/queries/claiming.ts'
import type { Taking } from '#db/queries/firing.ts'

export interface Limits {
  /** Of all servers together. */
  total: number
  perWorkspace: number
}

export interface Queue {
  readonly name: string
  /** Connects; from now on it hears of what is queued. */
  join(): Promise<void>
  /** Begins to take. */
  start(): void
  /**
   * Executions were queued, or slots became free: look now instead
   * of at the next poll. A mere hint: nothing depends on it.
   */
  look(): void
  /** What a transaction that fires may claim in the same breath; null while this server takes nothing. */
  readonly taking: Taking | null
  /** Takes nothing more; resolves when no claim is under way. */
  stop(): Promise<void>
  /** When the claim began whose answer is still to come; null when none is under way. */
  readonly claimingSince: Date | null
  /** Disconnects, after the last outcome was recorded. */
  leave(): Promise<void>
}

export interface Taker {
  begin(claimed: ClaimedRow[]): void
  /**
   * Before a claim of so many of each workspace: what needs a share of a budget gets it, or leaves the queue. What has
   * no turn yet has nothing set aside.
   */
  admit(shares: readonly Share[]): Promise<void>
  readonly running: number
}
