/**
 * Invitations to a workspace.
 *
 * Promise: a token works once and before it expires; only its hash is kept, and that too is gone once it was used.
 */
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Invitation } from '#lib/contract/workspace.ts'
import { alias, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const { invitations } = t
const i = alias(invitations, 'i')
const u = alias(t.user, 'u')

const shownOf = (it: typeof invitations) => ({
  id: it.id,
  email: it.email,
  role: it.role,
  expiresAt: it.expiresAt,
  createdAt: it.createdAt,
})
interface Row extends Omit<Invitation, 'expiresAt' | 'createdAt'> {
  expiresAt: number
  createdAt: number
}
const toInvitation = <R extends Row>({ expiresAt, createdAt, ...it }: R) => ({
  ...it,
  expiresAt: new Date(expiresAt).toISOString(),
  createdAt: new Date(createdAt).toISOString(),
})
const isOpen = ({ t: { invitations: it } }: Store, now: Date) =>
  and(isNull(it.acceptedAt), gt(it.expiresAt, now.getTime()))

/** Open invitations of a workspace, newest first. */
export async function list(store: Store, workspaceId: number, now: Date): Promise<Invitation[]> {
  const { invitations: it } = store.t
  const rows = await store.q
    .select(shownOf(it))
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), isOpen(store, now)))
    .orderBy(desc(it.id))
  return rows.map(toInvitation)
}

/** The open invitation behind a token, with the workspace that it leads to. */
export async function find(
  store: Store,
  tokenHash: string,
  now: Date,
): Promise<(Invitation & { workspaceName: string; slug: string }) | null> {
  const { invitations: it, workspaces: w } = store.t
  const [row] = await store.q
    .select({ ...shownOf(it), workspaceName: w.name, slug: w.slug })
    .from(it)
    .innerJoin(w, eq(w.id, it.workspaceId))
    .where(and(eq(it.tokenHash, tokenHash), isOpen(store, now)))
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
  answer: shownOf(invitations),
  text: ({ values, returning }) => sql`${insert(invitations, values)} ${returning}`,
})
/** Invites an e-mail address; an open invitation of the same address is replaced. */
export async function create(store: Store, invitation: NewInvitation, now: Date): Promise<Invitation> {
  const { workspaceId, email } = invitation
  const [, [created]] = await store.atomically([
    replace({ workspaceId, email }),
    add({ ...invitation, createdAt: now }),
  ])
  if (!created) throw new Error('An invitation that was just made is not there.')
  return toInvitation(created)
}

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
