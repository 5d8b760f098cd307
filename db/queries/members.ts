/**
 * Who belongs to a workspace.
 *
 * Promise: a workspace that has an admin never loses its last one, however many people are demoted or removed at
 * once: every change locks the workspace first.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Member } from '#lib/contract/workspace.ts'
import { alias, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { bumpAccess } from './access.ts'
import { revokeThoseOf } from './api-keys.ts'
import { withdrawThoseOf } from './invitations.ts'
import { lockWorkspaces } from './story.ts'

const { members } = t
const other = alias(members, 'other')

/** The members of a workspace, by name; `also` names one of them. */
async function find(
  { q, t: { members: m, user: u } }: Store,
  workspaceId: number,
  also?: SQL,
): Promise<Member[]> {
  const rows = await q
    .select({ userId: m.userId, name: u.name, email: u.email, role: m.role, since: m.createdAt })
    .from(m)
    .innerJoin(u, eq(u.id, m.userId))
    .where(and(eq(m.workspaceId, workspaceId), also))
    .orderBy(sql`lower(${u.name})`, u.id)
  return rows.map((it) => ({ ...it, since: new Date(it.since).toISOString() }))
}

/** The people of a workspace, by name. */
export const list = (store: Store, workspaceId: number): Promise<Member[]> => find(store, workspaceId)

export async function get(store: Store, workspaceId: number, userId: string): Promise<Member | null> {
  const [member] = await find(store, workspaceId, eq(store.t.members.userId, userId))
  return member ?? null
}

export async function byEmail(store: Store, workspaceId: number, email: string): Promise<Member | null> {
  const [member] = await find(store, workspaceId, eq(store.t.user.email, email))
  return member ?? null
}

const which = { workspaceId: 'int', userId: 'text' } as const
const isIt = ({ workspaceId, userId }: Record<keyof typeof which, SQL>) =>
  sql`${members.workspaceId} = ${workspaceId} and ${members.userId} = ${userId}`
const anotherAdmin = sql`(${members.role} <> 'admin' or exists (
  select 1 from ${table(other)}
  where ${other.workspaceId} = ${members.workspaceId} and ${other.role} = 'admin' and ${other.userId} <> ${members.userId}))`

const giveRole = statement({
  values: { ...which, role: members.role },
  answer: { userId: members.userId },
  text: ({ returning, values: { role, ...member } }) => sql`
  update ${table(members)} ${set(members, { role })}
  where ${isIt(member)} and (${role} = 'admin' or ${anotherAdmin})
  ${returning}`,
})
/** Gives a member another role. False: there is no such member, or it is the last admin. */
export async function change(
  store: Store,
  workspaceId: number,
  userId: string,
  role: Role,
): Promise<boolean> {
  const [, changed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    giveRole({ workspaceId, userId, role }),
    withdrawThoseOf({ workspaceId, userId }),
    bumpAccess,
  ])
  return changed.length === 1
}

const end = statement({
  values: which,
  answer: { userId: members.userId },
  text: ({ returning, values }) => sql`
  delete from ${table(members)} where ${isIt(values)} and ${anotherAdmin} ${returning}`,
})
/**
 * Ends a membership, and with it the keys and invitations that came of it. False: there is no such member, or it
 * is the last admin.
 */
export async function remove(store: Store, workspaceId: number, userId: string, now: Date): Promise<boolean> {
  const [, removed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    end({ workspaceId, userId }),
    withdrawThoseOf({ workspaceId, userId }),
    revokeThoseOf({ workspaceId, userId, now }),
    bumpAccess,
  ])
  return removed.length === 1
}
