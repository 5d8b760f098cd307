/** What an agent keeps from one run of a trigger to the next. A version is never changed; the newest holds. */
import { sql } from 'drizzle-orm'
import { alias, insert, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const n = alias(t.triggerNotes, 'n')
const tr = alias(t.triggers, 't')

const newest = statement({
  values: { workspaceId: 'int', triggerId: 'int' },
  answer: {
    content: n.content,
    version: n.version,
    executionId: n.executionId,
    tainted: n.tainted,
    updatedBy: n.updatedBy,
    createdAt: n.createdAt,
  },
  text: ({ answer, values: { workspaceId, triggerId } }) => sql`
  select ${answer} from ${table(n)} join ${table(tr)} on ${tr.id} = ${n.triggerId}
  where ${n.triggerId} = ${triggerId} and ${tr.workspaceId} = ${workspaceId}
  order by ${n.version} desc limit 1`,
})
/** Null where there are none, or they were taken away. */
export async function get(store: Store, workspaceId: number, triggerId: number) {
  const [row] = await store.all(newest({ workspaceId, triggerId }))
  return row && row.content !== '' ? row : null
}

const add = statement({
  values: { triggerId: 'int', content: 'text', by: 'text', now: 'instant' },
  text: ({ values: { triggerId, content, by, now } }) => sql`
  ${insert(t.triggerNotes, {
    triggerId,
    version: sql`(select coalesce(max(${n.version}), 0) + 1 from ${table(n)} where ${n.triggerId} = ${triggerId})`,
    content,
    updatedBy: by,
    createdAt: now,
  })}`,
})
/** By a person; an empty text takes them away. */
export const write = (store: Store, it: { triggerId: number; content: string; by: string; now: Date }) =>
  store.atomically([add(it)])
