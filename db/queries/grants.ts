/** What people have had remembered of approvals: which calls are not asked for again, so often, and until when. */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { alias, as, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const g = alias(t.approvalGrants, 'g')
const tr = alias(t.triggers, 't')

const grant = {
  id: g.id,
  triggerId: g.triggerId,
  triggerName: as('text', tr.name),
  approvalId: g.approvalId,
  tool: g.tool,
  summary: g.summary,
  argumentsHash: g.argumentsHash,
  filter: g.filter,
  maxUses: g.maxUses,
  uses: g.uses,
  until: g.until,
  createdBy: g.createdBy,
  createdName: g.createdName,
  createdAt: g.createdAt,
  lastUsedAt: g.lastUsedAt,
}
const listed = statement({
  values: { workspaceId: 'int', before: 'int', now: 'instant', limit: 'int' },
  answer: grant,
  text: ({ answer, values: { workspaceId, before, now, limit } }) => sql`
  select ${answer} from ${table(g)} join ${table(tr)} on ${tr.id} = ${g.triggerId}
  where ${g.workspaceId} = ${workspaceId} and ${g.id} < ${before} and ${isUsable(now)}
  order by ${g.id} desc limit ${limit}`,
})
const isUsable = (now: SQL) =>
  sql`(${g.until} is null or ${g.until} > ${now}) and (${g.maxUses} is null or ${g.uses} < ${g.maxUses})`
export type GrantRow = RowsOf<typeof listed>
/** Those that still hold, newest first. */
export const list = (store: Store, workspaceId: number, at: { before: number; now: Date; limit: number }) =>
  store.all(listed({ workspaceId, ...at }))

const used = { id: g.id, by: g.createdName, uses: g.uses, maxUses: g.maxUses }
const takeOne = statement({
  values: { workspaceId: 'int', triggerId: 'int', tool: 'text', argumentsHash: 'text', now: 'instant' },
  answer: used,
  text: ({ returning, values: { workspaceId, triggerId, tool, argumentsHash, now } }) => sql`
  update ${table(g)} ${set(g, { uses: sql`${g.uses} + 1`, lastUsedAt: now })}
  where ${g.id} in (
    select min(${g.id}) from ${table(g)} where ${g.workspaceId} = ${workspaceId} and ${g.triggerId} = ${triggerId}
      and ${g.tool} = ${tool} and ${g.argumentsHash} = ${argumentsHash} and ${g.filter} is null and ${isUsable(now)})
    and ${isUsable(now)}
  ${returning}`,
})
/** Takes one use of a remembered approval of just this call; null where there is none. */
export async function takeOf(
  store: Store,
  of: { workspaceId: number; triggerId: number; tool: string; argumentsHash: string; now: Date },
) {
  const [[taken]] = await store.atomically([takeOne(of)])
  return taken ?? null
}

const filtered = statement({
  values: { workspaceId: 'int', triggerId: 'int', tool: 'text', now: 'instant', limit: 'int' },
  answer: { id: g.id, filter: as('text', g.filter) },
  text: ({ answer, values: { workspaceId, triggerId, tool, now, limit } }) => sql`
  select ${answer} from ${table(g)} where ${g.workspaceId} = ${workspaceId} and ${g.triggerId} = ${triggerId}
    and ${g.tool} = ${tool} and ${g.argumentsHash} = '' and ${g.filter} is not null and ${isUsable(now)}
  order by ${g.id} limit ${limit}`,
})
/** Those that hold for whatever their filter lets through, oldest first. */
export const byFilter = (
  store: Store,
  of: { workspaceId: number; triggerId: number; tool: string; now: Date; limit: number },
) => store.all(filtered(of))

const takeThat = statement({
  values: { workspaceId: 'int', id: 'int', now: 'instant' },
  answer: used,
  text: ({ returning, values: { workspaceId, id, now } }) => sql`
  update ${table(g)} ${set(g, { uses: sql`${g.uses} + 1`, lastUsedAt: now })}
  where ${g.id} = ${id} and ${g.workspaceId} = ${workspaceId} and ${isUsable(now)}
  ${returning}`,
})
/** Takes one use of just this one; null where somebody has taken the last one, or had it forgotten. */
export async function takeById(store: Store, of: { workspaceId: number; id: number; now: Date }) {
  const [[taken]] = await store.atomically([takeThat(of)])
  return taken ?? null
}

/** What was remembered of tools that are not what they were. */
export async function forget(store: Store, workspaceId: number, tools: string[]): Promise<void> {
  const { approvalGrants: it } = store.t
  if (tools.length > 0)
    await store.q.delete(it).where(and(eq(it.workspaceId, workspaceId), inArray(it.tool, tools)))
}

export async function remove(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const { approvalGrants: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
    .returning({ id: it.id })
  return removed.length > 0
}
