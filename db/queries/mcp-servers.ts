/** Servers of tools of a workspace. What was given them in confidence is sealed before it comes here. */
import { and, asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm'
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

export async function countOf(store: Store, workspaceId: number): Promise<number> {
  const [row] = await store.q
    .select({ n: count() })
    .from(store.t.mcpServers)
    .where(eq(store.t.mcpServers.workspaceId, workspaceId))
  return row?.n ?? 0
}

/** Null where the workspace has one of that slug. */
export async function add(store: Store, values: McpServerValues, now: Date): Promise<McpServerRow | null> {
  const [row] = await store.q
    .insert(store.t.mcpServers)
    .values({ ...values, createdAt: now.getTime(), updatedAt: now.getTime() })
    .onConflictDoNothing()
    .returning()
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
}

const m = alias(t.mcpServers, 'm')
const w = alias(t.workspaces, 'w')
const values = {
  id: 'int',
  before: 'text?',
  seen: 'instant',
  status: 'text',
  tools: 'text?',
  now: 'instant',
} as const
/** Of a server as it was read: what was looked at since is not undone. */
const unchanged = (v: Record<'id' | 'before' | 'seen', SQL>) => sql`
  ${m.id} = ${v.id} and ${m.updatedAt} = ${v.seen} and ${m.tools} is not distinct from ${v.before}`
const told = statement({
  values,
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
  values: { ...values, problem: 'text?' },
  answer: { id: m.id },
  text: ({ values: v, returning }) => sql`
  update ${table(m)}
  ${set(m, { status: v.status, problem: v.problem, tools: v.tools, checkedAt: v.now })}
  where ${unchanged(v)} ${returning}`,
})
/** What a look has found, told where it is news. False where somebody has looked or changed it since, or it is gone. */
export async function keepLook(
  store: Store,
  { id, workspaceId, tools, updatedAt }: Pick<McpServerRow, 'id' | 'workspaceId' | 'tools' | 'updatedAt'>,
  found: Looked,
  now: Date,
): Promise<boolean> {
  const { problem, ...about } = { id, before: tools, seen: updatedAt, ...found, now }
  const list = [
    lockWorkspaces([workspaceId]),
    told(about),
    countEvents([workspaceId]),
    looked({ ...about, problem }),
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
