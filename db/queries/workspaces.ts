/**
 * Workspaces, found through whoever asks.
 *
 * Promise: nothing here answers a workspace to somebody who has no role in it, so "not there" and "not yours" look alike by construction.
 */
import { sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { intValue, type Statement, type Store, type Text, textValue } from '../store.ts'

/** How far somebody reaches: through memberships (`userId`), and with `role` in one workspace (`only`) or, where that is null, in all. */
export interface Reach {
  userId: string | null
  role: Role | null
  only: number | null
}

interface Row {
  id: number
  name: string
  slug: string
  role: Role
  lastSeq: number
  retentionDays: number | null
  maxConcurrent: number | null
  createdAt: number
}
const toWorkspace = (row: Row): Workspace => ({ ...row, createdAt: new Date(row.createdAt).toISOString() })

const reachable = sql`
  select w.id, w.name, w.slug, w.last_seq as "lastSeq", w.retention_days as "retentionDays", w.max_concurrent as "maxConcurrent", w.created_at as "createdAt",
    case when ${textValue('role')} is not null and (${intValue('only')} is null or w.id = ${intValue('only')}) then ${textValue('role')} else m.role end as role
  from workspaces w left join members m on m.workspace_id = w.id and m.user_id = ${textValue('userId')}`

const findText: Text = () =>
  sql`select * from (${reachable} where w.slug = ${textValue('slug')}) found where role is not null`
/** The workspace with the role that this reach has in it, or null where it has none. */
export async function find(store: Store, slug: string, reach: Reach): Promise<Workspace | null> {
  const [row] = await store.all<Row>(findText, { slug, ...reach })
  return row ? toWorkspace(row) : null
}

const listText: Text = () =>
  sql`select * from (${reachable}) found where role is not null order by lower(name), id`
/** Every workspace within reach, by name. */
export async function list(store: Store, reach: Reach): Promise<Workspace[]> {
  return (await store.all<Row>(listText, { ...reach })).map(toWorkspace)
}

const idText: Text = () => sql`select id from workspaces where slug = ${textValue('slug')}`
/** The id behind a slug, for commands that the machine's own administrator gives. */
export async function idOf(store: Store, slug: string): Promise<number | null> {
  const [row] = await store.all<{ id: number }>(idText, { slug })
  return row?.id ?? null
}

const createText: Text = () => sql`
  insert into workspaces (name, slug, created_at) select ${textValue('name')}, ${textValue('slug')}, ${intValue('now')} where true
  on conflict (slug) do nothing returning id`
const firstMemberText: Text = () => sql`
  insert into members (workspace_id, user_id, role, created_at)
  select w.id, u.id, 'admin', ${intValue('now')} from workspaces w, "user" u
  where w.slug = ${textValue('slug')} and w.created_at = ${intValue('now')} and u.id = ${textValue('userId')}
  on conflict do nothing`
/** Makes a workspace, with whoever made it as its admin. False: the slug is taken. */
export async function create(
  store: Store,
  { name, slug, userId }: { name: string; slug: string; userId: string | null },
  now: Date,
): Promise<boolean> {
  const values = { name, slug, userId, now }
  const [created] = await store.atomically([
    [createText, values],
    [firstMemberText, values],
  ])
  return created?.length === 1
}

const createFirstText: Text = () => sql`
  insert into workspaces (name, slug, created_at) select ${textValue('name')}, ${textValue('slug')}, ${intValue('now')}
  where not exists (select 1 from workspaces) on conflict do nothing returning id`
/** Makes a workspace in an empty database, and does nothing in any other. */
export async function createFirst(store: Store, name: string, slug: string, now: Date): Promise<boolean> {
  const [created] = await store.atomically([[createFirstText, { name, slug, now }]])
  return created?.length === 1
}

export interface WorkspaceEdit {
  name?: string | undefined
  retentionDays?: number | null | undefined
  maxConcurrent?: number | null | undefined
}

const changeText: Text = () => sql`
  update workspaces set name = coalesce(${textValue('name')}, name),
    retention_days = case when ${intValue('setsRetention')} = 1 then ${intValue('retentionDays')} else retention_days end,
    max_concurrent = case when ${intValue('setsMaximum')} = 1 then ${intValue('maxConcurrent')} else max_concurrent end
  where id = ${intValue('id')}`
/** Changes what is named; what is not named keeps its value, and null takes a limit away. */
export async function change(
  store: Store,
  id: number,
  { name, retentionDays, maxConcurrent }: WorkspaceEdit,
): Promise<void> {
  const values = {
    id,
    name: name ?? null,
    retentionDays: retentionDays ?? null,
    maxConcurrent: maxConcurrent ?? null,
  }
  await store.atomically([
    [
      changeText,
      { ...values, setsRetention: retentionDays !== undefined, setsMaximum: maxConcurrent !== undefined },
    ],
  ])
}

const adoptText: Text = () => sql`
  insert into members (workspace_id, user_id, role, created_at)
  select w.id, u.id, 'admin', ${intValue('now')} from workspaces w, "user" u
  where u.id = ${textValue('userId')} and not exists (select 1 from members m where m.workspace_id = w.id)`
/** Makes a person the admin of every workspace that nobody belongs to. */
export const adoptEmpty = (userId: string, now: Date): Statement => [adoptText, { userId, now }]
