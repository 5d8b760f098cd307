/**
 * Agents that people wrote, each with its revisions.
 *
 * Promise: an agent and its newest revision are written together; a revision is never changed.
 */
import { and, asc, eq, isNull, max, ne, type SQLWrapper, sql } from 'drizzle-orm'
import type { AgentUse } from '#lib/contract/agent.ts'
import type { EventType } from '#lib/contract/event.ts'
import { alias, as, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { isUnedited } from './naming.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

export type AgentRow = Store['t']['agents']['$inferSelect']

export async function get(store: Store, workspaceId: number, id: string): Promise<AgentRow | null> {
  const { agents: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.id, id)))
  return row ?? null
}

export const list = (store: Store, workspaceId: number): Promise<AgentRow[]> =>
  store.q
    .select()
    .from(store.t.agents)
    .where(eq(store.t.agents.workspaceId, workspaceId))
    .orderBy(asc(store.t.agents.id))
    .limit(500)

const a = alias(t.agents, 'a')
const w = alias(t.workspaces, 'w')
/** An id is a slug: nothing in it has to be escaped. */
const dataOf = (id: SQLWrapper) => sql`'{"agentId":"' || ${id} || '"}'`
const written = {
  workspaceId: 'int',
  id: 'text',
  revision: 'int',
  config: 'text',
  now: 'instant',
} as const

const made = statement({
  values: { ...written, by: 'text?' },
  answer: { id: a.id },
  text: ({ values: v, returning }) => sql`
  ${insert(t.agents, {
    workspaceId: v.workspaceId,
    id: v.id,
    revision: v.revision,
    config: v.config,
    createdBy: v.by,
    createdAt: v.now,
    updatedAt: v.now,
  })}
  where true on conflict do nothing ${returning}`,
})
const edited = statement({
  values: written,
  answer: { id: a.id },
  text: ({ values: v, returning }) => sql`
  update ${table(a)} ${set(a, { revision: v.revision, config: v.config, updatedAt: v.now })}
  where ${a.workspaceId} = ${v.workspaceId} and ${a.id} = ${v.id} and ${a.revision} = ${v.revision} - 1
  ${returning}`,
})
/** Of the agent as it is now: nothing where the statement before it changed nothing. */
const revised = statement({
  values: { workspaceId: 'int', id: 'text', revision: 'int', by: 'text?', now: 'instant' },
  text: ({ values: v }) => sql`
  ${insert(t.agentRevisions, {
    workspaceId: a.workspaceId,
    agentId: a.id,
    revision: a.revision,
    config: a.config,
    changedBy: v.by,
    createdAt: v.now,
  })}
  from ${table(a)}
  where ${a.workspaceId} = ${v.workspaceId} and ${a.id} = ${v.id} and ${a.revision} = ${v.revision}
  on conflict do nothing`,
})

/** Of the agent as it was written just now. */
const told = statement({
  values: { ...written, type: 'text' },
  text: ({ values: v }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, a.id),
    at: v.now,
    type: v.type,
    data: dataOf(a.id),
  })}
  from ${table(a)} join ${table(w)} on ${w.id} = ${a.workspaceId}
  where ${a.workspaceId} = ${v.workspaceId} and ${a.id} = ${v.id} and ${a.revision} = ${v.revision}
    and ${a.config} = ${v.config} and ${a.updatedAt} = ${v.now}`,
})

export interface Written {
  workspaceId: number
  id: string
  revision: number
  config: string
  by: string | null
  now: Date
}
type How = 'made' | 'edited'
const TOLD: Record<How, EventType> = { made: 'agent:created', edited: 'agent:updated' }

/** False where its id is taken, or where somebody else has edited it since revision `revision` - 1. */
export async function write(store: Store, how: How, { config, ...it }: Written): Promise<boolean> {
  const { by, ...same } = it
  const [, rows] = await store.atomically([
    lockWorkspaces([it.workspaceId]),
    how === 'made' ? made({ ...it, config }) : edited({ ...same, config }),
    revised({ ...same, by }),
    told({ ...same, config, type: TOLD[how] }),
    countEvents([it.workspaceId]),
  ])
  return rows.length > 0
}

const gone = statement({
  values: { workspaceId: 'int', id: 'text', edits: 'int', now: 'instant' },
  text: ({ values: v }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, a.id),
    at: v.now,
    type: sql`'agent:deleted'`,
    data: dataOf(a.id),
  })}
  from ${table(a)} join ${table(w)} on ${w.id} = ${a.workspaceId}
  where ${a.workspaceId} = ${v.workspaceId} and ${a.id} = ${v.id} and ${isUnedited(v.workspaceId, v.edits)}`,
})
const removed = statement({
  values: { workspaceId: 'int', id: 'text', edits: 'int' },
  answer: { id: t.agents.id },
  text: ({ values: v, returning }) => sql`
  delete from ${table(t.agents)}
  where ${t.agents.workspaceId} = ${v.workspaceId} and ${t.agents.id} = ${v.id}
    and ${isUnedited(v.workspaceId, v.edits)} ${returning}`,
})
/** Which no trigger named after so many `edits`. False where there was another since, or it is not there. */
export async function remove(
  store: Store,
  workspaceId: number,
  id: string,
  { edits, now }: { edits: number; now: Date },
): Promise<boolean> {
  const [, , rows] = await store.atomically([
    lockWorkspaces([workspaceId]),
    gone({ workspaceId, id, edits, now }),
    removed({ workspaceId, id, edits }),
    countEvents([workspaceId]),
  ])
  return rows.length > 0
}

/** 0 where there never was one of this name; what was deleted is not counted anew. */
export async function newestRevision(
  { q, t: { agentRevisions: it } }: Store,
  workspaceId: number,
  id: string,
) {
  const [row] = await q
    .select({ revision: max(it.revision) })
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.agentId, id)))
  return row?.revision ?? 0
}

/** The schedules that name it. */
export const usersOf = async (
  store: Store,
  workspaceId: number,
  agentId: string,
): Promise<{ id: number; name: string }[]> => {
  const { triggers: it } = store.t
  return store.q
    .select({ id: it.id, name: it.name })
    .from(it)
    .where(
      and(
        eq(it.workspaceId, workspaceId),
        eq(it.agentId, agentId),
        eq(it.agentType, 'custom'),
        isNull(it.deletedAt),
        ne(it.kind, 'chat'),
      ),
    )
    .limit(20)
}

const d = alias(t.executionDays, 'd')
const tr = alias(t.triggers, 't')
const e = alias(t.executions, 'e')

const fared = statement({
  values: { workspaceId: 'int', day: 'text' },
  answer: {
    agentId: tr.agentId,
    schedules: as(
      'int',
      sql`count(distinct case when ${tr.deletedAt} is null and ${tr.kind} <> 'chat' then ${tr.id} end)`,
    ),
    successful: as('int', sql`coalesce(sum(${d.success}), 0)`),
    failed: as('int', sql`coalesce(sum(${d.failed}), 0)`),
  },
  text: ({ answer, values: { workspaceId, day } }) => sql`
  select ${answer} from ${table(tr)}
    left join ${table(d)} on ${d.workspaceId} = ${tr.workspaceId} and ${d.triggerId} = ${tr.id} and ${d.day} >= ${day}
  where ${tr.workspaceId} = ${workspaceId} group by ${tr.agentId}`,
})
const costs = statement({
  values: { workspaceId: 'int', since: 'instant' },
  answer: { agentId: e.agentId, cost: as('real', sql`sum(${e.cost})`) },
  text: ({ answer, values: { workspaceId, since } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.workspaceId} = ${workspaceId} and ${e.model} is not null and ${e.queuedAt} >= ${since}
  group by ${e.agentId}`,
})

/** How much each agent is used, and how it has fared since a moment, by the name that its schedules have for it. */
export async function usedSince(
  store: Store,
  workspaceId: number,
  since: Date,
): Promise<Map<string, AgentUse>> {
  const day = since.toISOString().slice(0, 10)
  const [runs, spent] = await Promise.all([
    store.all(fared({ workspaceId, day })),
    store.all(costs({ workspaceId, since })),
  ])
  const byAgent = new Map(spent.map((it) => [it.agentId, it.cost]))
  return new Map(runs.map(({ agentId, ...it }) => [agentId, { ...it, cost: byAgent.get(agentId) ?? 0 }]))
}
