/** Which sources of events a trigger may listen to: those of its workspace. */
import { named } from '#db/queries/sources.ts'
import type { EventTrigger } from '../contract/event-trigger.ts'
import { unacceptable } from '../contract/problem.ts'
import type { Deps } from './deps.ts'

/** @throws ProblemError 422 that names those which are not there */
export async function requireSources(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  { sourceIds = [] }: Pick<EventTrigger, 'sourceIds'> = {},
): Promise<void> {
  const there = (await named(store, workspaceId, sourceIds)).map((it) => it.id)
  const missing = sourceIds.filter((it) => !there.includes(it))
  if (missing.length > 0)
    throw unacceptable([
      {
        path: 'event.sourceIds',
        message: `names ${missing.join(', ')}: there is no such source in this workspace`,
      },
    ])
}
