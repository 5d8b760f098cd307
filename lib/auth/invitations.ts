/**
 * Invitations: how people who are not administrators get an account or a workspace.
 *
 * Promise: whoever invites cannot learn whether an address
 * has an account; only the bearer of the link is told.
 */
import { randomUUID } from 'node:crypto'
import * as invitations from '#db/queries/invitations.ts'
import * as members from '#db/queries/members.ts'
import * as people from '#db/queries/people.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days } from '#lib/clock.ts'
import type { AnswerOf, Api, BodyOf } from '#lib/contract/api.ts'
import { forbidden, notFound, ProblemError } from '#lib/contract/problem.ts'
import type { Actor } from './actor.ts'
import { hashPassword, requireStrong } from './passwords.ts'
import { hashOf, newToken } from './tokens.ts'

const VALID_MS = days(7)

export interface Invitations {
  about(token: string): Promise<AnswerOf<Api['invitation']>>
  invite(workspaceId: number, body: BodyOf<Api['invite']>, actor: Actor): Promise<AnswerOf<Api['invite']>>
  /** Makes the account that the invitation is for. */
  join(body: BodyOf<Api['join']>): Promise<AnswerOf<Api['join']>>
  /** Lets somebody in who has an account. */
  accept(token: string, actor: Actor): Promise<AnswerOf<Api['accept']>>
  withdraw(workspaceId: number, id: number): Promise<void>
}

export function createInvitations(store: Store, clock: Clock, baseUrl: string): Invitations {
  const find = async (token: string) => {
    const invitation = await invitations.find(store, hashOf(token), clock.now())
    if (!invitation) throw notFound('open invitation')
    return invitation
  }
  return {
    async about(token) {
      const { workspaceName, email, role } = await find(token)
      return { workspaceName, email, role, known: await people.isKnown(store, email) }
    },
    async invite(workspaceId, { email, role }, actor) {
      const member = await members.byEmail(store, workspaceId, email)
      if (member)
        throw new ProblemError(
          409,
          `${member.name} (${email}) is already a member of this workspace. Change the role instead.`,
        )
      const token = newToken()
      const now = clock.now()
      const expiresAt = new Date(now.getTime() + VALID_MS)
      const invitation = await invitations.create(
        store,
        { workspaceId, email, role, tokenHash: hashOf(token), createdBy: actor.id, expiresAt },
        now,
      )
      return { invitation, link: `${baseUrl}/join?token=${token}` }
    },
    async join({ token, name, password }) {
      // Asked first, so that a stranger cannot make the server hash passwords.
      const invitation = await find(token)
      requireStrong(password, invitation.email)
      const passwordHash = await hashPassword(password)
      const made = await people.join(
        store,
        { id: randomUUID(), name, passwordHash },
        hashOf(token),
        clock.now(),
      )
      if (!made)
        throw new ProblemError(
          409,
          `There is already an account for ${invitation.email}. Sign in, then open the invitation again.`,
        )
      return { slug: invitation.slug }
    },
    async accept(token, actor) {
      if (actor.kind === 'key') throw forbidden('A person accepts an invitation, not an API key.')
      const invitation = await find(token)
      if (invitation.email !== actor.email.toLowerCase())
        throw forbidden(`This invitation is for another e-mail address than yours (${actor.email}).`)
      const accepted = await invitations.accept(store, {
        tokenHash: hashOf(token),
        taken: `taken:${randomUUID()}`,
        userId: actor.id,
        email: invitation.email,
        now: clock.now(),
      })
      if (!accepted) throw notFound('open invitation')
      return { slug: invitation.slug }
    },
    async withdraw(workspaceId, id) {
      if (!(await invitations.withdraw(store, workspaceId, id))) throw notFound('open invitation')
    },
  }
}
