/**
 * The one way in for what the clock did not plan: a person's request, and later what happened.
 *
 * Promise: a key makes one execution, however often it is handed in; a deleted trigger makes none; one that is
 * paused, switched off or whose maker left leaves a skipped row that says so, unless somebody who may asks.
 */
import { standingOf } from '#db/queries/due.ts'
import { fireNow, type Occurrence } from '#db/queries/firing.ts'
import { keepRevisions, type TriggerRow } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import { obstacleOf } from './standing.ts'

export interface FireDeps {
  store: Store
  clock: Clock
  hint(workspaceIds: number[]): void
  lookAtQueue(): void
  lookForStops(): Promise<void>
}

export interface FireOptions {
  /** Somebody who may asks for it: what keeps the trigger from firing by itself does not count. */
  evenIfPaused: boolean
  /** When they were queued; one value for pages of one request. */
  at?: Date
}

/** Answers the execution of each key, the one that it made before too; none of a trigger that is deleted. */
export type Fire = (
  trigger: TriggerRow,
  occurrences: Occurrence[],
  options: FireOptions,
) => Promise<Awaited<ReturnType<typeof fireNow>>>

export function createFire({ store, clock, hint, lookAtQueue, lookForStops }: FireDeps): Fire {
  return async (trigger, occurrences, { evenIfPaused, at = clock.now() }) => {
    const { id: triggerId, workspaceId, overlap } = trigger
    // Plain SQL and a switching-off make revisions that nobody kept yet; a run must know what it ran with.
    await keepRevisions(store, [trigger], at)
    const wanted = evenIfPaused ? occurrences : await held(store, triggerId, occurrences)
    const fired = await fireNow(store, { workspaceId, triggerId, overlap }, wanted, at)
    hint([workspaceId])
    lookAtQueue()
    if (overlap === 'cancel_other') await lookForStops()
    return fired
  }
}

/** As they are, or skipped with what keeps their trigger from firing. */
async function held(store: Store, triggerId: number, occurrences: Occurrence[]): Promise<Occurrence[]> {
  const standing = await standingOf(store, triggerId)
  const obstacle = standing && obstacleOf(standing)
  if (!obstacle) return occurrences
  const trace = { status: 'skipped', reason: `Skipped: ${obstacle.why}.`, reasonCode: obstacle.code } as const
  return occurrences.map((it) => ({ ...it, ...trace }))
}
