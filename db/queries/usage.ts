/** How much of what is bounded a workspace has. Reads only. */
import { sql } from 'drizzle-orm'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const tr = alias(t.triggers, 't')
const d = alias(t.documents, 'd')

const used = statement({
  values: { workspaceId: 'int' },
  answer: ({ workspaceId }) => ({
    schedules: as(
      'int',
      sql`(select count(*) from ${table(tr)}
        where ${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} is null)`,
    ),
    documents: as('int', sql`(select count(*) from ${table(d)} where ${d.workspaceId} = ${workspaceId})`),
    documentBytes: as(
      'int',
      sql`(select coalesce(sum(${d.bytes}), 0) from ${table(d)} where ${d.workspaceId} = ${workspaceId})`,
    ),
  }),
  text: ({ answer, values: { workspaceId } }) => sql`select ${answer} where ${workspaceId} is not null`,
})
export type Usage = RowsOf<typeof used>
export async function usage(store: Store, workspaceId: number): Promise<Usage> {
  const [row] = await store.all(used({ workspaceId }))
  if (!row) throw new Error('Counts without a group are always one row.')
  return row
}
