/** Which calendars a trigger may name: those of its workspace. */
import { named } from '#db/queries/calendars.ts'
import { unacceptable } from '../contract/problem.ts'
import type { Deps } from './deps.ts'

/** @throws ProblemError 422 that names those which are not there */
export async function requireCalendars(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  ids: readonly number[] = [],
  path = 'calendars',
): Promise<void> {
  const there = (await named(store, workspaceId, [...ids])).map((it) => it.id)
  const missing = ids.filter((it) => !there.includes(it))
  if (missing.length > 0)
    throw unacceptable([
      {
        path,
        message: `names ${missing.join(', ')}: there is no such calendar in this workspace`,
      },
    ])
}
