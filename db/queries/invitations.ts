/**
 * Invitations to a workspace.
 *
 * Promise: a token works once and before it expires; only its hash is kept, and that too is gone once it was used.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Invitation } from '#lib/contract/workspace.ts'
import { alias, as, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { hasEnded, makerOf, nameBehind, rightsBehind } from './rights.ts'

const { invitations } = t
const i = alias(invitations, 'i')
const u = alias(t.user, 'u')
const w = alias(t.workspaces, 'w')

const shown = {
  id: i.id,
  email: i.email,
  role: i.role,
  expiresAt: i.expiresAt,
  createdAt: i.createdAt,
  createdBy: i.createdBy,
  maker: as('text?', nameBehind(i.createdBy)),
}
interface Row extends Omit<Invitation, 'expiresAt' | 'createdAt' | 'createdBy'> {
  expiresAt: number
  createdAt: number
  createdBy: string | null
  maker: string | null
}
const toInvitation = <R extends Row>({ expiresAt, createdAt, createdBy, maker, ...it }: R) => ({
  ...it,
  expiresAt: new Date(expiresAt).toISOString(),
  createdAt: new Date(createdAt).toISOString(),
  createdBy: makerOf({ createdBy, maker }),
})
/** It may be used, and whoever made it may still let people in. */
const isOpen = (now: SQL) => sql`${i.acceptedAt} is null and ${i.expiresAt} > ${now}
  and coalesce(${rightsBehind(i.createdBy, i.workspaceId)}, 'none') in ('admin', '')
  and not ${hasEnded(i.createdBy, now)}`

const open = statement({
  values: { workspaceId: 'int', now: 'instant' },
  answer: shown,
  text: ({ answer, values: { workspaceId, now } }) => sql`
  select ${answer} from ${table(i)}
  where ${i.workspaceId} = ${workspaceId} and ${isOpen(now)} order by ${i.id} desc`,
})
/** Open invitations of a workspace, newest first. */
export const list = async (store: Store, workspaceId: number, now: Date): Promise<Invitation[]> =>
  (await store.all(open({ workspaceId, now }))).map(toInvitation)

const behind = statement({
  values: { tokenHash: 'text', now: 'instant' },
  answer: { ...shown, workspaceName: w.name, slug: w.slug },
  text: ({ answer, values: { tokenHash, now } }) => sql`
  select ${answer} from ${table(i)} join ${table(w)} on ${w.id} = ${i.workspaceId}
  where ${i.tokenHash} = ${tokenHash} and ${isOpen(now)}`,
})
/** The open invitation behind a token, with the workspace that it leads to. */
export async function find(
  store: Store,
  tokenHash: string,
  now: Date,
): Promise<(Invitation & { workspaceName: string; slug: string }) | null> {
  const [row] = await store.all(behind({ tokenHash, now }))
  return row ? toInvitation(row) : null
}

export interface NewInvitation {
  workspaceId: number
  email: string
  role: Role
  tokenHash: string
  createdBy: string
  expiresAt: Date
}

const replace = statement({
  values: { workspaceId: 'int', email: 'text' },
  text: ({ values: { workspaceId, email } }) => sql`
  delete from ${table(invitations)}
  where ${invitations.workspaceId} = ${workspaceId} and ${invitations.email} = ${email}
    and ${invitations.acceptedAt} is null`,
})
const add = statement({
  values: {
    workspaceId: invitations.workspaceId,
    email: invitations.email,
    role: invitations.role,
    tokenHash: invitations.tokenHash,
    createdBy: invitations.createdBy,
    createdAt: invitations.createdAt,
    expiresAt: invitations.expiresAt,
  },
  answer: { id: invitations.id },
  text: ({ values, returning }) => sql`${insert(invitations, values)} ${returning}`,
})
const oneOfId = statement({
  values: { id: 'int' },
  answer: shown,
  text: ({ answer, values: { id } }) => sql`select ${answer} from ${table(i)} where ${i.id} = ${id}`,
})
/** Invites an e-mail address; an open invitation of the same address is replaced. */
export async function create(store: Store, invitation: NewInvitation, now: Date): Promise<Invitation> {
  const { workspaceId, email } = invitation
  const [, [made]] = await store.atomically([
    replace({ workspaceId, email }),
    add({ ...invitation, createdAt: now }),
  ])
  const [created] = made ? await store.all(oneOfId({ id: made.id })) : []
  if (!created) throw new Error('An invitation that was just made is not there.')
  return toInvitation(created)
}

const withdrawAll = statement({
  values: { workspaceId: 'int', userId: 'text' },
  text: ({ values: { workspaceId, userId } }) => sql`
  delete from ${table(invitations)}
  where ${invitations.workspaceId} = ${workspaceId} and ${invitations.createdBy} = ${userId}
    and ${invitations.acceptedAt} is null
    and coalesce(${rightsBehind(invitations.createdBy, invitations.workspaceId)}, 'none') <> 'admin'`,
})
/** Takes back what a person has sent for a workspace that they do not administer any more. */
export const withdrawThoseOf = (of: { workspaceId: number; userId: string }) => withdrawAll(of)

/** Takes an open invitation back. False: there is none of this id in this workspace. */
export async function withdraw(
  { q, t: { invitations: it } }: Store,
  workspaceId: number,
  id: number,
): Promise<boolean> {
  const withdrawn = await q
    .delete(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.id, id), isNull(it.acceptedAt)))
    .returning({ id: it.id })
  return withdrawn.length === 1
}

/**
 * `taken` replaces the token's hash; `email` is whom the invitation must be for, null where its bearer makes
 * the account.
 */
export interface Claim {
  tokenHash: string
  taken: string
  userId: string
  email: string | null
  now: Date
}

const mark = statement({
  values: { tokenHash: 'text', taken: 'text', email: 'text?', now: 'instant' },
  text: ({ values: { tokenHash, taken, email, now } }) => sql`
  update ${table(invitations)} ${set(invitations, { tokenHash: taken, acceptedAt: now })}
  where ${invitations.tokenHash} = ${tokenHash} and ${invitations.acceptedAt} is null
    and ${invitations.expiresAt} > ${now}
    and coalesce(${rightsBehind(invitations.createdBy, invitations.workspaceId)}, 'none') in ('admin', '')
    and (${email} is null or ${invitations.email} = ${email})`,
})
/**
 * Marks the invitation before anything is made from it: whoever comes second at the same moment waits, and
 * finds it taken.
 */
export const claimInvitation = ({ userId, ...claim }: Claim) => mark(claim)

const enrol = statement({
  values: { taken: 'text', userId: 'text', now: 'instant' },
  text: ({ values: { taken, userId, now } }) => sql`
  ${insert(t.members, { workspaceId: i.workspaceId, userId: u.id, role: i.role, createdAt: now })}
  from ${table(i)}, ${table(u)}
  where ${i.tokenHash} = ${taken} and ${u.id} = ${userId}
  on conflict do nothing`,
})
/** Makes a person a member of the workspace that the claimed invitation is for. */
export const enrolInvited = ({ taken, userId, now }: Claim) => enrol({ taken, userId, now })

const release = statement({
  values: { tokenHash: 'text', taken: 'text', userId: 'text' },
  text: ({ values: { tokenHash, taken, userId } }) => sql`
  update ${table(invitations)} ${set(invitations, { tokenHash, acceptedAt: sql`null` })}
  where ${invitations.tokenHash} = ${taken} and not exists (select 1 from ${table(u)} where ${u.id} = ${userId})`,
})
/** Opens the invitation again where no account came of it. */
export const releaseInvitation = ({ tokenHash, taken, userId }: Claim) =>
  release({ tokenHash, taken, userId })

const takenOne = statement({
  values: { taken: 'text' },
  answer: { id: i.id },
  text: ({ answer, values: { taken } }) =>
    sql`select ${answer} from ${table(i)} where ${i.tokenHash} = ${taken}`,
})
/**
 * Lets a person who has an account into the workspace. False: the invitation is not open, or not for this
 * person's e-mail address.
 */
export async function accept(store: Store, claim: Claim): Promise<boolean> {
  const [, , taken] = await store.atomically([
    claimInvitation(claim),
    enrolInvited(claim),
    takenOne({ taken: claim.taken }),
  ])
  return taken.length === 1
}
