/** Text documents of a workspace. */
import { sql } from 'drizzle-orm'
import type { Document } from '#lib/contract/workspace.ts'
import { intValue, type Store, type Text, textValue, value } from '../store.ts'

interface Row {
  id: number
  name: string
  bytes: number
  createdAt: number
}
const toDocument = (row: Row): Document => ({ ...row, createdAt: new Date(row.createdAt).toISOString() })

const listText: Text = () =>
  sql`select id, name, bytes, created_at as "createdAt" from documents where workspace_id = ${value('workspaceId')} order by id desc limit 500`
export const list = async (store: Store, workspaceId: number) =>
  (await store.all<Row>(listText, { workspaceId })).map(toDocument)

const addText: Text = () => sql`
  insert into documents (workspace_id, name, content, bytes, created_by, created_at)
  values (${intValue('workspaceId')}, ${textValue('name')}, ${textValue('content')}, ${intValue('bytes')}, ${textValue('by')}, ${intValue('now')})
  returning id, name, bytes, created_at as "createdAt"`
export async function add(
  store: Store,
  it: { workspaceId: number; name: string; content: string; by: string },
  now: Date,
): Promise<Document> {
  const [rows] = await store.atomically([[addText, { ...it, bytes: Buffer.byteLength(it.content), now }]])
  return toDocument(rows?.[0] as unknown as Row)
}

const removeText: Text = () =>
  sql`delete from documents where id = ${intValue('id')} and workspace_id = ${intValue('workspaceId')} returning id`
export async function remove(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const [rows] = await store.atomically([[removeText, { id, workspaceId }]])
  return Boolean(rows?.length)
}
