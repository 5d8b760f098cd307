/** Contexts as they lie in the rows, for what has to go through all of them once. */
import { sql } from 'drizzle-orm'
import { alias, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const tr = alias(t.triggers, 't')
const r = alias(t.triggerRevisions, 'r')
const e = alias(t.executions, 'e')

/** A context, or a revision's configuration that has one, as JSON. */
export interface Kept {
  workspaceId: number
  agentId: string
  agentType: string
  text: string
}

const everywhere = statement({
  rows: { agentId: 'text' },
  answer: { workspaceId: tr.workspaceId, agentId: tr.agentId, agentType: tr.agentType, text: tr.context },
  text: ({ page, row, answer }) => sql`
  select distinct ${answer} from ${page} join ${table(tr)} on ${tr.agentId} = ${row.agentId}
  union select ${tr.workspaceId}, ${tr.agentId}, ${tr.agentType}, ${r.config}
  from ${page} join ${table(tr)} on ${tr.agentId} = ${row.agentId} join ${table(r)} on ${r.triggerId} = ${tr.id}
  union select ${e.workspaceId}, ${e.agentId}, ${tr.agentType}, ${e.context}
  from ${page} join ${table(e)} on ${e.agentId} = ${row.agentId} join ${table(tr)} on ${tr.id} = ${e.triggerId}
  where ${e.context} is not null`,
})
/** What triggers, their revisions and their runs keep for these agents, each text once. */
export const contextsOf = (store: Store, agentIds: string[]): Promise<Kept[]> =>
  store.all(everywhere({ rows: agentIds.map((agentId) => ({ agentId })) }))

const change = { old: 'text', fresh: 'text', workspaceId: 'int' } as const
const changeTriggers = statement({
  rows: change,
  text: ({ page, row }) => sql`
  update ${table(t.triggers)} ${set(t.triggers, { context: row.fresh })} from ${page}
  where ${t.triggers.context} = ${row.old} and ${t.triggers.workspaceId} = ${row.workspaceId}`,
})
const changeRevisions = statement({
  rows: change,
  text: ({ page, row }) => sql`
  update ${table(t.triggerRevisions)} ${set(t.triggerRevisions, { config: row.fresh })} from ${page}
  where ${name(t.triggerRevisions.config)} = ${row.old}
    and ${t.triggerRevisions.triggerId} in (
      select ${tr.id} from ${table(tr)} where ${tr.workspaceId} = ${row.workspaceId})`,
})
const changeRuns = statement({
  rows: change,
  text: ({ page, row }) => sql`
  update ${table(t.executions)} ${set(t.executions, { context: row.fresh })} from ${page}
  where ${t.executions.context} = ${row.old} and ${t.executions.workspaceId} = ${row.workspaceId}`,
})
/** Puts a text in the place of another, wherever a workspace keeps that one. */
export async function replaceContexts(
  store: Store,
  rows: { workspaceId: number; old: string; fresh: string }[],
): Promise<void> {
  await store.atomically([changeTriggers({ rows }), changeRevisions({ rows }), changeRuns({ rows })])
}
