/**
 * Invitations to a workspace.
 *
 * Promise: a token works once and before it expires; only its hash is kept, and that too is gone once it was used.
 */
import { sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Invitation } from '#lib/contract/workspace.ts'
import { intValue, type Statement, type Store, type Text, textValue } from '../store.ts'

interface Row {
  id: number
  email: string
  role: Role
  expiresAt: number
  createdAt: number
}
const toInvitation = ({ id, email, role, expiresAt, createdAt }: Row): Invitation => ({
  id,
  email,
  role,
  expiresAt: new Date(expiresAt).toISOString(),
  createdAt: new Date(createdAt).toISOString(),
})

const selected = sql`select i.id, i.email, i.role, i.expires_at as "expiresAt", i.created_at as "createdAt"`
const open = sql`i.accepted_at is null and i.expires_at > ${intValue('now')}`

const listText: Text = () =>
  sql`${selected} from invitations i where i.workspace_id = ${intValue('workspaceId')} and ${open} order by i.id desc`
/** Open invitations of a workspace, newest first. */
export async function list(store: Store, workspaceId: number, now: Date): Promise<Invitation[]> {
  return (await store.all<Row>(listText, { workspaceId, now })).map(toInvitation)
}

const findText: Text = () => sql`
  ${selected}, w.name as "workspaceName", w.slug from invitations i join workspaces w on w.id = i.workspace_id
  where i.token_hash = ${textValue('tokenHash')} and ${open}`
/** The open invitation behind a token, with the workspace that it leads to. */
export async function find(
  store: Store,
  tokenHash: string,
  now: Date,
): Promise<(Invitation & { workspaceName: string; slug: string }) | null> {
  const [row] = await store.all<Row & { workspaceName: string; slug: string }>(findText, { tokenHash, now })
  return row ? { ...toInvitation(row), workspaceName: row.workspaceName, slug: row.slug } : null
}

export interface NewInvitation {
  workspaceId: number
  email: string
  role: Role
  tokenHash: string
  createdBy: string
  expiresAt: Date
}

const replaceText: Text = () => sql`
  delete from invitations where workspace_id = ${intValue('workspaceId')} and email = ${textValue('email')} and accepted_at is null`
const createText: Text = () => sql`
  insert into invitations (workspace_id, email, role, token_hash, created_by, created_at, expires_at)
  values (${intValue('workspaceId')}, ${textValue('email')}, ${textValue('role')}, ${textValue('tokenHash')}, ${textValue('createdBy')}, ${intValue('now')}, ${intValue('expiresAt')})
  returning id, email, role, expires_at as "expiresAt", created_at as "createdAt"`
/** Invites an e-mail address; an open invitation of the same address is replaced. */
export async function create(store: Store, invitation: NewInvitation, now: Date): Promise<Invitation> {
  const values = { ...invitation, now }
  const [, created] = await store.atomically([
    [replaceText, values],
    [createText, values],
  ])
  return toInvitation((created as unknown as [Row])[0])
}

const withdrawText: Text = () => sql`
  delete from invitations where workspace_id = ${intValue('workspaceId')} and id = ${intValue('id')} and accepted_at is null returning id`
/** Takes an open invitation back. False: there is none of this id in this workspace. */
export async function withdraw(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const [withdrawn] = await store.atomically([[withdrawText, { workspaceId, id }]])
  return withdrawn?.length === 1
}

/** `taken` replaces the token's hash; `email` is whom the invitation must be for, null where its bearer makes the account. */
export interface Claim {
  tokenHash: string
  taken: string
  userId: string
  email: string | null
  now: Date
}

const claimText: Text = () => sql`
  update invitations set token_hash = ${textValue('taken')}, accepted_at = ${intValue('now')}
  where token_hash = ${textValue('tokenHash')} and accepted_at is null and expires_at > ${intValue('now')}
    and (${textValue('email')} is null or email = ${textValue('email')})`
/** Marks the invitation before anything is made from it: whoever comes second at the same moment waits, and finds it taken. */
export const claimInvitation = (claim: Claim): Statement => [claimText, { ...claim }]

const enrolText: Text = () => sql`
  insert into members (workspace_id, user_id, role, created_at)
  select i.workspace_id, u.id, i.role, ${intValue('now')} from invitations i, "user" u
  where i.token_hash = ${textValue('taken')} and u.id = ${textValue('userId')}
  on conflict do nothing`
/** Makes a person a member of the workspace that the claimed invitation is for. */
export const enrolInvited = (claim: Claim): Statement => [enrolText, { ...claim }]

const releaseText: Text = () => sql`
  update invitations set token_hash = ${textValue('tokenHash')}, accepted_at = null
  where token_hash = ${textValue('taken')} and not exists (select 1 from "user" where id = ${textValue('userId')})`
/** Opens the invitation again where no account came of it. */
export const releaseInvitation = (claim: Claim): Statement => [releaseText, { ...claim }]

const takenText: Text = () => sql`select id from invitations where token_hash = ${textValue('taken')}`
/** Lets a person who has an account into the workspace. False: the invitation is not open, or not for this person's e-mail address. */
export async function accept(store: Store, claim: Claim): Promise<boolean> {
  const answers = await store.atomically([
    claimInvitation(claim),
    enrolInvited(claim),
    [takenText, { taken: claim.taken }],
  ])
  return answers[2]?.length === 1
}
