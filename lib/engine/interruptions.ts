/**
 * What kept facts from being heard when they came: a pause of everything, or a server that was down. Pure.
 *
 * Promise: a fact that only waited its turn is never called missed, however long that took; what is called so was told
 * while nothing could fire, or before that and not looked at until after it.
 */
import type { Outage } from '#db/queries/upkeep.ts'
import { LATE_MS } from './policies.ts'

export interface Interruptions {
  /** Everything was paused when it was told. What was told before that is due, as what waits in the queue is. */
  pause(toldAt: Date): Outage | null
  /** Nothing could fire between then and now, and it is more than late. */
  outage(toldAt: Date): Outage | null
}

export const UNINTERRUPTED: Interruptions = { pause: () => null, outage: () => null }

/** `outages`: those that reach past the oldest fact that is asked about, newest first. */
export function interruptionsIn(outages: readonly Outage[], now: Date): Interruptions {
  const pauses = outages.filter((it) => it.kind === 'paused')
  const gaps = outages.filter((it) => it.kind === 'down' || it.kind === 'asleep')
  return {
    pause: (toldAt) =>
      pauses.find(
        ({ startedAt, endedAt }) => toldAt >= startedAt && (endedAt === null || toldAt <= endedAt),
      ) ?? null,
    outage: (toldAt) =>
      now.getTime() - toldAt.getTime() <= LATE_MS
        ? null
        : (gaps.find(({ endedAt }) => endedAt === null || endedAt >= toldAt) ?? null),
  }
}
