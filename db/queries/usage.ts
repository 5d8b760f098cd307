/** How much of what is bounded a workspace has. Reads only. */
import { type SQL, sql } from 'drizzle-orm'
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
const largest = (count: SQL, of: SQL) =>
  as('int', sql`(select coalesce(max(n), 0) from (select ${count} as n ${of}) counted)`)
const ofDocuments = sql`from ${table(d)} group by ${d.workspaceId}`
/** The most that any one workspace has of each. */
const most = statement({
  answer: {
    schedules: largest(
      sql`count(*)`,
      sql`from ${table(tr)} where ${tr.deletedAt} is null group by ${tr.workspaceId}`,
    ),
    documents: largest(sql`count(*)`, ofDocuments),
    documentBytes: largest(sql`sum(${d.bytes})`, ofDocuments),
  },
  text: ({ answer }) => sql`select ${answer}`,
})
export async function fullest(store: Store): Promise<Usage> {
  const [row] = await store.all(most())
  if (!row) throw new Error('Counts without a group are always one row.')
  return row
}

export type Usage = RowsOf<typeof used>
export async function usage(store: Store, workspaceId: number): Promise<Usage> {
  const [row] = await store.all(used({ workspaceId }))
  if (!row) throw new Error('Counts without a group are always one row.')
  return row
}
