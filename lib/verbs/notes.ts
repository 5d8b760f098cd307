/** What an agent keeps from one run of a trigger to the next, as people read and mend it. */
import * as notes from '#db/queries/notes.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { By } from '../contract/by.ts'
import type { Notes } from '../contract/notes.ts'
import { notFound } from '../contract/problem.ts'
import type { Deps } from './deps.ts'

type Shelf = Pick<Deps, 'store' | 'clock'>

export async function get({ store }: Shelf, workspaceId: number, id: number): Promise<Notes | null> {
  if (!(await triggers.get(store, workspaceId, id))) throw notFound('schedule')
  const row = await notes.get(store, workspaceId, id)
  if (!row) return null
  const { content, version, executionId, createdAt } = row
  return { content, version, executionId, updatedAt: new Date(createdAt).toISOString() }
}

/** An empty text takes them away; the versions before stay with their runs. */
export async function write(
  deps: Shelf,
  workspaceId: number,
  id: number,
  content: string,
  by: By,
): Promise<Notes | null> {
  await get(deps, workspaceId, id)
  await notes.write(deps.store, { triggerId: id, content, by: by.id, now: deps.clock.now() })
  return get(deps, workspaceId, id)
}
