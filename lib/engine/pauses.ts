/**
 * What came while a trigger was off is one row of its history once that is over: how much it was, from when to when.
 *
 * Promise: a row a pause, however often it is looked for and by how many servers, and nothing is in it that it does not
 * count; it can be caught up on request.
 */
import { fireNow } from '#db/queries/firing.ts'
import { type Pause, told, untoldPauses } from '#db/queries/pauses.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'

export interface PausesDeps {
  store: Store
  clock: Clock
  hint(workspaceIds: number[]): void
}

const iso = (at: number) => new Date(at).toISOString()
const saidOf = ({ count, from, to, reason }: Pause) => {
  const facts = count === 1 ? `1 event at ${iso(from)}` : `${count} events from ${iso(from)} to ${iso(to)}`
  return `Skipped (${facts}): ${(reason ?? 'it was off').replace(/^[ET]/, (it) => it.toLowerCase()).replace(/\.$/, '')}.`
}

/** Of the trigger that was switched on, or goes; of all that are on again where none is named. */
export async function tellPauses(
  { store, clock, hint }: PausesDeps,
  triggerId: number | null = null,
): Promise<void> {
  // What comes in a pause of everything is told when that is over.
  if (triggerId === null && (await globalPause(store))) return
  for (const it of await untoldPauses(store, triggerId)) {
    await tellPause({ store, clock }, it)
    hint([it.workspaceId])
  }
}

/** More may come while it is told: then it is told anew, with that. */
const TRIES = 5

async function tellPause({ store, clock }: Pick<PausesDeps, 'store' | 'clock'>, pause: Pause): Promise<void> {
  let it: Pause | undefined = pause
  for (let tries = 0; it && tries < TRIES; tries++) {
    const occurrence = occurrenceOf(it, clock.now())
    const made = await fireNow(store, it, [occurrence], clock.now(), [told(it.triggerId, occurrence.key)])
    if (made.length > 0) return
    it = (await untoldPauses(store, it.triggerId))[0]
  }
}

const occurrenceOf = (it: Pause, now: Date) => ({
  ...{ key: `pause:${iso(it.from)}`, kind: it.kind, scheduledFor: null, status: 'skipped' as const },
  ...{ availableAt: now, isCatchup: false, reason: saidOf(it), reasonCode: 'paused' as const },
  ...{ overlapReason: '', notice: null, tells: it.count },
  ...{ missedFrom: new Date(it.from), missedTo: new Date(it.to), missedCount: it.count },
})
