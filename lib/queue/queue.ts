/**
 * How queued executions reach an executor: the port between fire and claim.
 *
 * Two meanings: *hand over* (executions were queued; may be a mere hint) and *take* (claimed executions arrive at `begin`, as many as there is room for).
 */
import type { ClaimedRow } from '#db/queries/claiming.ts'

export interface Limits {
  /** Of all servers together. */
  total: number
  perWorkspace: number
}

export interface Queue {
  readonly name: string
  /** Connects; from now on what is queued is handed over. */
  join(): Promise<void>
  /** Begins to take. */
  start(): void
  /** Executions were queued or slots became free. */
  handOver(): void
  /** Takes nothing more; resolves when no claim is under way. */
  stop(): Promise<void>
  /** When the claim began whose answer is still to come; null when none is under way. */
  readonly claimingSince: Date | null
  /** Disconnects, after the last outcome was recorded. */
  leave(): Promise<void>
}

export interface Taker {
  begin(claimed: ClaimedRow[]): void
  readonly running: number
}
