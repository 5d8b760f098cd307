/**
 * Who belongs to a workspace.
 *
 * Promise: a workspace that has an admin never loses its last one, however many people are demoted or removed at once: every change
 * locks the workspace first.
 */
import { sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Member } from '#lib/contract/workspace.ts'
import { intValue, type Store, type Text, textValue } from '../store.ts'
import { bumpAccess } from './access.ts'
import { lockWorkspaces } from './story.ts'

interface Row {
  userId: string
  name: string
  email: string
  role: Role
  since: number
}
const toMember = (row: Row): Member => ({ ...row, since: new Date(row.since).toISOString() })

const selected = sql`
  select m.user_id as "userId", u.name, u.email, m.role, m.created_at as since
  from members m join "user" u on u.id = m.user_id where m.workspace_id = ${intValue('workspaceId')}`

const listText: Text = () => sql`${selected} order by lower(u.name), u.id`
/** The people of a workspace, by name. */
export async function list(store: Store, workspaceId: number): Promise<Member[]> {
  return (await store.all<Row>(listText, { workspaceId })).map(toMember)
}

const getText: Text = () => sql`${selected} and m.user_id = ${textValue('userId')}`
export async function get(store: Store, workspaceId: number, userId: string): Promise<Member | null> {
  const [row] = await store.all<Row>(getText, { workspaceId, userId })
  return row ? toMember(row) : null
}

const byEmailText: Text = () => sql`${selected} and u.email = ${textValue('email')}`
export async function byEmail(store: Store, workspaceId: number, email: string): Promise<Member | null> {
  const [row] = await store.all<Row>(byEmailText, { workspaceId, email })
  return row ? toMember(row) : null
}

const anotherAdmin = sql`(role <> 'admin' or exists (
  select 1 from members other where other.workspace_id = members.workspace_id and other.role = 'admin' and other.user_id <> members.user_id))`

const changeText: Text = () => sql`
  update members set role = ${textValue('role')}
  where workspace_id = ${intValue('workspaceId')} and user_id = ${textValue('userId')} and (${textValue('role')} = 'admin' or ${anotherAdmin})
  returning user_id`
/** Gives a member another role. False: there is no such member, or it is the last admin. */
export async function change(
  store: Store,
  workspaceId: number,
  userId: string,
  role: Role,
): Promise<boolean> {
  const [, changed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    [changeText, { workspaceId, userId, role }],
    bumpAccess,
  ])
  return changed?.length === 1
}

const removeText: Text = () => sql`
  delete from members where workspace_id = ${intValue('workspaceId')} and user_id = ${textValue('userId')} and ${anotherAdmin} returning user_id`
/** Ends a membership. False: there is no such member, or it is the last admin. */
export async function remove(store: Store, workspaceId: number, userId: string): Promise<boolean> {
  const [, removed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    [removeText, { workspaceId, userId }],
    bumpAccess,
  ])
  return removed?.length === 1
}
