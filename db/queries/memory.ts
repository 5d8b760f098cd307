/** What an agent of the product keeps from one run of a trigger to the next: one value, in place of the one before. */
import { sql } from 'drizzle-orm'
import { alias, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const m = alias(t.triggerMemory, 'm')
const tr = alias(t.triggers, 't')

const kept = statement({
  values: { workspaceId: 'int', triggerId: 'int' },
  answer: { content: m.content },
  text: ({ answer, values: { workspaceId, triggerId } }) => sql`
  select ${answer} from ${table(m)} join ${table(tr)} on ${tr.id} = ${m.triggerId}
  where ${m.triggerId} = ${triggerId} and ${tr.workspaceId} = ${workspaceId}`,
})
/** As the last success left it; null where there is none. */
export async function get(store: Store, workspaceId: number, triggerId: number): Promise<unknown> {
  const [row] = await store.all(kept({ workspaceId, triggerId }))
  return row ? JSON.parse(row.content) : null
}
