/**
 * What came while a trigger was off is one row of its history once that is over: how much it was, from when to when.
 *
 * Promise: a row a pause, however often it is looked for; it can be caught up on request.
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

/** Of the trigger that is about to change; of all that are on again where none is named. */
export async function tellPauses(
  { store, clock, hint }: PausesDeps,
  triggerId: number | null = null,
): Promise<void> {
  // What comes in a pause of everything is told when that is over.
  if (triggerId === null && (await globalPause(store))) return
  for (const it of await untoldPauses(store, triggerId)) {
    const occurrence = {
      key: `pause:${iso(it.from)}`,
      kind: it.kind,
      scheduledFor: null,
      status: 'skipped' as const,
      availableAt: clock.now(),
      isCatchup: false,
      reason: saidOf(it),
      reasonCode: 'paused' as const,
      overlapReason: '',
      notice: null,
      missedFrom: new Date(it.from),
      missedTo: new Date(it.to),
      missedCount: it.count,
    }
    await fireNow(store, it, [occurrence], clock.now())
    await store.atomically([told(it, occurrence.key)])
    hint([it.workspaceId])
  }
}
