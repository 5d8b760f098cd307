/** Text documents of a workspace. */
import { and, desc, eq, max } from 'drizzle-orm'
import type { Document } from '#lib/contract/workspace.ts'
import type { Store } from '../store.ts'

const shownOf = ({ t: { documents: it } }: Store) => ({
  id: it.id,
  name: it.name,
  bytes: it.bytes,
  createdAt: it.createdAt,
})
const toDocument = <Row extends { createdAt: number }>(row: Row) => ({
  ...row,
  createdAt: new Date(row.createdAt).toISOString(),
})

export async function list(store: Store, workspaceId: number): Promise<Document[]> {
  const { documents: it } = store.t
  const rows = await store.q
    .select(shownOf(store))
    .from(it)
    .where(eq(it.workspaceId, workspaceId))
    .orderBy(desc(it.id))
    .limit(500)
  return rows.map(toDocument)
}

export async function add(
  store: Store,
  { workspaceId, name, content, by }: { workspaceId: number; name: string; content: string; by: string },
  now: Date,
): Promise<Document> {
  const bytes = Buffer.byteLength(content)
  const [row] = await store.q
    .insert(store.t.documents)
    .values({ workspaceId, name, content, bytes, createdBy: by, createdAt: now.getTime() })
    .returning(shownOf(store))
  if (!row) throw new Error('A document that was just added is not there.')
  return toDocument(row)
}

/** The document of that name gets the text, or is made. */
export async function put(
  store: Store,
  it: { workspaceId: number; name: string; content: string; by: string; tainted: boolean },
  now: Date,
): Promise<{ id: number }> {
  const { documents } = store.t
  const values = { ...it, bytes: Buffer.byteLength(it.content) }
  const newest = store.q
    .select({ id: max(documents.id) })
    .from(documents)
    .where(and(eq(documents.workspaceId, it.workspaceId), eq(documents.name, it.name)))
  const [changed] = await store.q
    .update(documents)
    .set({ content: it.content, bytes: values.bytes, tainted: it.tainted, createdAt: now.getTime() })
    .where(eq(documents.id, newest))
    .returning({ id: documents.id })
  if (changed) return changed
  const { by, ...row } = values
  const [made] = await store.q
    .insert(documents)
    .values({ ...row, createdBy: by, createdAt: now.getTime() })
    .returning({ id: documents.id })
  if (!made) throw new Error('A document that was just written is not there.')
  return made
}

export async function remove(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const { documents: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
    .returning({ id: it.id })
  return removed.length > 0
}
