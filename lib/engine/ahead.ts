/**
 * Instants computed before the moment: those that follow the ones due soon, so that a herd finds them ready.
 *
 * Promise: only a matter of speed. What was not computed ahead is computed when it is due.
 */
import { coming } from '#db/queries/due.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { nextInstant } from '../recurrence/index.ts'
import { inSlices } from './slices.ts'

/** How far ahead instants are computed. */
const AHEAD_MS = seconds(35)
const MOST_AHEAD = 20_000

/** `next`: when the first trigger is due. Once for each such moment. */
export function createLookAhead({ store, clock }: { store: Store; clock: Clock }) {
  let computedUntil = 0
  return async function computeAhead(next: Date): Promise<void> {
    const now = clock.now()
    if (next.getTime() > now.getTime() + AHEAD_MS || next.getTime() < computedUntil) return
    computedUntil = next.getTime() + 1
    const soon = await coming(store, now, new Date(next.getTime() + seconds(1)), MOST_AHEAD)
    await inSlices(soon, ({ cronExpression, timezone, nextRunAt }) => {
      nextInstant(cronExpression, timezone, new Date(nextRunAt))
    })
  }
}
