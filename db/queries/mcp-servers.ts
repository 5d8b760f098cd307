/** Servers of tools of a workspace. What was given them in confidence is sealed before it comes here. */
import { and, asc, count, eq, inArray, sql } from 'drizzle-orm'
import type { Store } from '../store.ts'

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

export async function change(
  store: Store,
  { id, workspaceId }: Pick<McpServerRow, 'id' | 'workspaceId'>,
  values: Partial<McpServerValues>,
  now: Date,
): Promise<McpServerRow | null> {
  const { mcpServers: it } = store.t
  const [row] = await store.q
    .update(it)
    .set({ ...values, updatedAt: now.getTime() })
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
    .returning()
  return row ?? null
}

export interface Looked {
  status: string
  problem: string | null
  tools: string | null
  checkedAt: number
}
/** What a look has found; null where its tools were changed since `before` was read, or it is gone. */
export async function keepLook(
  store: Store,
  before: Pick<McpServerRow, 'id' | 'tools'>,
  looked: Looked,
): Promise<McpServerRow | null> {
  const { mcpServers: it } = store.t
  const [row] = await store.q
    .update(it)
    .set(looked)
    .where(and(eq(it.id, before.id), sql`${it.tools} is not distinct from ${before.tools}`))
    .returning()
  return row ?? null
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
