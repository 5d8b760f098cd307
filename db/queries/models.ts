/** Where models are asked: of one workspace, and of the whole installation. */
import { and, asc, eq, isNull, or, type SQL } from 'drizzle-orm'
import type { Store } from '../store.ts'

export type ProviderRow = Store['t']['modelProviders']['$inferSelect']
export type ProviderValues = Omit<ProviderRow, 'id' | 'createdAt' | 'updatedAt'>

/** `workspaceId` null: those of the installation. */
const of = ({ t }: Store, workspaceId: number | null): SQL | undefined =>
  workspaceId === null ? isNull(t.modelProviders.workspaceId) : eq(t.modelProviders.workspaceId, workspaceId)

export const list = (store: Store, workspaceId: number | null): Promise<ProviderRow[]> =>
  store.q
    .select()
    .from(store.t.modelProviders)
    .where(of(store, workspaceId))
    .orderBy(asc(store.t.modelProviders.id))
    .limit(200)

/** The workspace's own first, then the installation's. */
export async function usable(store: Store, workspaceId: number): Promise<ProviderRow[]> {
  return [...(await list(store, workspaceId)), ...(await list(store, null))]
}

export async function find(store: Store, workspaceId: number, id: number): Promise<ProviderRow | null> {
  const { modelProviders: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(and(eq(it.id, id), or(isNull(it.workspaceId), eq(it.workspaceId, workspaceId))))
  return row ?? null
}

export async function get(store: Store, workspaceId: number | null, id: number): Promise<ProviderRow | null> {
  const { modelProviders: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(and(eq(it.id, id), of(store, workspaceId)))
  return row ?? null
}

export async function add(store: Store, values: ProviderValues, now: Date): Promise<ProviderRow> {
  const [row] = await store.q
    .insert(store.t.modelProviders)
    .values({ ...values, createdAt: now.getTime(), updatedAt: now.getTime() })
    .returning()
  if (!row) throw new Error('A provider that was just added is not there.')
  return row
}

export async function change(
  store: Store,
  id: number,
  values: Partial<ProviderValues>,
  now: Date,
): Promise<ProviderRow | null> {
  const { modelProviders: it } = store.t
  const [row] = await store.q
    .update(it)
    .set({ ...values, updatedAt: now.getTime() })
    .where(eq(it.id, id))
    .returning()
  return row ?? null
}

export async function remove(store: Store, workspaceId: number | null, id: number): Promise<boolean> {
  const { modelProviders: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.id, id), of(store, workspaceId)))
    .returning({ id: it.id })
  return removed.length > 0
}
