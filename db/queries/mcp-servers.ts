/** Servers of tools of a workspace. What was given them in confidence is sealed before it comes here. */
import { and, asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { McpStatus } from '#lib/contract/mcp.ts'
import { alias, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

export type McpServerRow = Store['t']['mcpServers']['$inferSelect']
export type McpServerValues = Omit<McpServerRow, 'id' | 'createdAt' | 'updatedAt'>

export const list = (store: Store, workspaceId: number): Promise<McpServerRow[]> =>
  store.q
    .select()
    .from(store.t.mcpServers)
    .where(eq(store.t.mcpServers.workspaceId, workspaceId))
    .orderBy(asc(store.t.mcpServers.id))

export const named = async (store: Store, workspaceId: number, ids: number[]): Promise<McpServerRow[]> =>
  ids.length === 0
    ? []
    : store.q
        .select()
        .from(store.t.mcpServers)
        .where(and(eq(store.t.mcpServers.workspaceId, workspaceId), inArray(store.t.mcpServers.id, ids)))
        .orderBy(asc(store.t.mcpServers.id))

export async function get(store: Store, workspaceId: number, id: number): Promise<McpServerRow | null> {
  const [row] = await named(store, workspaceId, [id])
  return row ?? null
}

const m = alias(t.mcpServers, 'm')
const { id, ...columns } = getTableColumns(t.mcpServers)
const put = statement({
  values: { ...columns, most: 'int' },
  answer: { id, ...columns },
  text: ({ values: { most, ...fields }, returning }) => sql`
  ${insert(t.mcpServers, fields)}
  where ${most} > (select count(*) from ${table(m)} where ${m.workspaceId} = ${fields.workspaceId})
  on conflict do nothing ${returning}`,
})
/** Null where the workspace has one of that slug, or as many as it may. */
export async function add(
  store: Store,
  values: McpServerValues,
  { now, most }: { now: Date; most: number },
): Promise<McpServerRow | null> {
  const at = now.getTime()
  // Two at once would each count without the other.
  const list = [
    lockWorkspaces([values.workspaceId]),
    put({ ...values, createdAt: at, updatedAt: at, most }),
  ] as const
  const [, [row]] = await store.atomically(list)
  return row ?? null
}

/** By it a look sees that it was of what is no more: of two changes in one moment, too. */
const later = ({ updatedAt }: Store['t']['mcpServers'], now: Date) =>
  sql`case when ${updatedAt} >= ${now.getTime()} then ${updatedAt} + 1 else ${now.getTime()} end`

export async function change(
  store: Store,
  { id, workspaceId }: Pick<McpServerRow, 'id' | 'workspaceId'>,
  values: Partial<McpServerValues>,
  now: Date,
): Promise<McpServerRow | null> {
  const { mcpServers: it } = store.t
  const [row] = await store.q
    .update(it)
    .set({ ...values, updatedAt: later(it, now) })
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
    .returning()
  return row ?? null
}

export interface Looked {
  status: McpStatus
  problem: string | null
  /** JSON. */
  tools: string | null
  /** When somebody has looked last; accepting what was seen is no look. */
  checkedAt: Date | number | null
}

const w = alias(t.workspaces, 'w')
const values = {
  id: 'int',
  before: 'text?',
  seen: 'instant',
  status: 'text',
  tools: 'text?',
} as const
/** Of a server as it was read: what was looked at since is not undone. */
const unchanged = (v: Record<'id' | 'before' | 'seen', SQL>) => sql`
  ${m.id} = ${v.id} and ${m.updatedAt} = ${v.seen} and ${m.tools} is not distinct from ${v.before}`
const told = statement({
  values: { ...values, now: 'instant' },
  text: ({ values: v }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, m.id),
    at: v.now,
    type: sql`'mcp:status'`,
    data: sql`'{"mcpServerId":' || cast(${m.id} as text) || ',"status":"' || ${v.status} || '"}'`,
  })}
  from ${table(m)} join ${table(w)} on ${w.id} = ${m.workspaceId}
  where ${unchanged(v)} and (${m.status} <> ${v.status} or ${m.tools} is distinct from ${v.tools})`,
})
const looked = statement({
  values: { ...values, problem: 'text?', checkedAt: 'instant?' },
  answer: { id: m.id },
  text: ({ values: v, returning }) => sql`
  update ${table(m)}
  ${set(m, { status: v.status, problem: v.problem, tools: v.tools, checkedAt: v.checkedAt })}
  where ${unchanged(v)} ${returning}`,
})
/** What a look has found, told where it is news. False where somebody has looked or changed it since, or it is gone. */
export async function keepLook(
  store: Store,
  { id, workspaceId, tools, updatedAt }: Pick<McpServerRow, 'id' | 'workspaceId' | 'tools' | 'updatedAt'>,
  found: Looked,
  now: Date,
): Promise<boolean> {
  const { problem, checkedAt, ...about } = { id, before: tools, seen: updatedAt, ...found }
  const list = [
    lockWorkspaces([workspaceId]),
    told({ ...about, now }),
    countEvents([workspaceId]),
    looked({ ...about, problem, checkedAt }),
  ] as const
  const [, , , kept] = await store.atomically(list)
  return kept.length > 0
}

/** What a server was signed in to with; it says nothing of the server's settings. */
export async function keepAccess(
  store: Store,
  id: number,
  access: Pick<McpServerRow, 'grantedAccess' | 'expiresAt'>,
): Promise<void> {
  const { mcpServers: it } = store.t
  await store.q.update(it).set(access).where(eq(it.id, id))
}

export async function remove(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const { mcpServers: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.id, id)))
    .returning({ id: it.id })
  return removed.length > 0
}
