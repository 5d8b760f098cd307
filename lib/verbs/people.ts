/**
 * Who belongs to a workspace, and in which role.
 *
 * Invitations, keys and accounts are not here: they make and check credentials, which only `lib/auth` knows.
 */
import * as invitations from '#db/queries/invitations.ts'
import * as members from '#db/queries/members.ts'
import type { AnswerOf, Api } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import type { Role } from '../contract/fields.ts'
import { notFound, ProblemError } from '../contract/problem.ts'
import type { Member } from '../contract/workspace.ts'
import type { Deps } from './deps.ts'

type People = Pick<Deps, 'store' | 'clock'>

/** The members, and who is invited to become one. */
export const list = async (
  { store, clock }: People,
  workspaceId: number,
): Promise<AnswerOf<Api['listMembers']>> => ({
  members: await members.list(store, workspaceId),
  invitations: await invitations.list(store, workspaceId, clock.now()),
})

export async function change(
  { store }: People,
  workspaceId: number,
  userId: string,
  role: Role,
  _by: By,
): Promise<Member> {
  const changed = await members.change(store, workspaceId, userId, role)
  const member = await members.get(store, workspaceId, userId)
  if (!member) throw notFound('member')
  if (!changed) throw lastAdmin(member)
  return member
}

export async function remove(
  { store, clock }: People,
  workspaceId: number,
  userId: string,
  _by: By,
): Promise<void> {
  if (await members.remove(store, workspaceId, userId, clock.now())) return
  const member = await members.get(store, workspaceId, userId)
  throw member ? lastAdmin(member) : notFound('member')
}

/** Why a guarded change found no row although there is one. */
const lastAdmin = ({ name }: Member) =>
  new ProblemError(409, `${name} is the last admin of this workspace. Make somebody else an admin first.`)
