/**
 * What triggers name, and what does not go while one names it: calendars, sources of events, agents that people wrote.
 *
 * Promise: where something is to go while a trigger is being given it, one of the two comes first, and the other is
 * refused: each is one transaction under the workspace's lock.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, as, name, statement, t, table } from '../statement.ts'
import type { Phrases, Store } from '../store.ts'
import { lockWorkspaces } from './story.ts'

const c = alias(t.calendars, 'c')
const s = alias(t.sources, 's')
const a = alias(t.agents, 'a')
const tr = alias(t.triggers, 't')

/** One of what a trigger names, whichever it is. */
export type Name = `calendar:${number}` | `source:${number}` | `agent:${string}`

/** Whether all that a trigger is to name is in its workspace; of nothing, that is so. */
export const areThere = ({ texts }: Pick<Phrases, 'texts'>, workspaceId: SQLWrapper, names: SQL): SQL => sql`
  not exists (select 1 from ${texts(names)} where n.value not in (
    select 'calendar:' || ${c.id} from ${table(c)} where ${c.workspaceId} = ${workspaceId}
    union all select 'source:' || ${s.id} from ${table(s)} where ${s.workspaceId} = ${workspaceId}
    union all select 'agent:' || ${a.id} from ${table(a)} where ${a.workspaceId} = ${workspaceId}))`

const editsOf = (workspaceId: SQLWrapper) => sql`(
  select coalesce(sum(${tr.revision}), 0) from ${table(tr)} where ${tr.workspaceId} = ${workspaceId})`
const edits = statement({
  values: { workspaceId: 'int' },
  answer: ({ workspaceId }) => ({ count: as('int', editsOf(workspaceId)) }),
  text: ({ answer }) => sql`select ${answer}`,
})
/** It rises with every trigger of the workspace that is made, edited or brought back. */
export async function editsIn(store: Store, workspaceId: number): Promise<number> {
  const [row] = await store.all(edits({ workspaceId }))
  return row?.count ?? 0
}

/** Whether that is still so: nothing is named that was not then. */
export const isUnedited = (workspaceId: SQLWrapper, edits: SQL): SQL =>
  sql`${editsOf(workspaceId)} = ${edits}`

const removal = (of: typeof t.calendars | typeof t.sources) =>
  statement({
    values: { workspaceId: 'int', id: 'int', edits: 'int' },
    answer: { id: as('int', sql`${name(of.id)}`) },
    text: ({ returning, values: { workspaceId, id, edits } }) => sql`
    delete from ${table(of)}
    where ${of.workspaceId} = ${workspaceId} and ${of.id} = ${id} and ${isUnedited(workspaceId, edits)}
    ${returning}`,
  })
const removals = { calendar: removal(t.calendars), source: removal(t.sources) }
/** What no trigger named after so many edits (`editsIn`). False where there was another since, or it is not there. */
export async function removeUnnamed(
  store: Store,
  kind: keyof typeof removals,
  it: { workspaceId: number; id: number; edits: number },
): Promise<boolean> {
  const [, removed] = await store.atomically([lockWorkspaces([it.workspaceId]), removals[kind](it)])
  return removed.length > 0
}
