/**
 * What administrators of the installation do with accounts: disable them, sign them out, let their owners choose a
 * new password.
 *
 * Promise: nobody learns or chooses the password of another; the last administrator stays able to sign in.
 */
import { randomUUID } from 'node:crypto'
import * as accounts from '#db/queries/accounts.ts'
import type { Recording } from '#db/recording.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days } from '#lib/clock.ts'
import type { Account } from '#lib/contract/account.ts'
import type { AnswerOf, Api, BodyOf } from '#lib/contract/api.ts'
import { notFound, ProblemError } from '#lib/contract/problem.ts'
import type { Actor } from './actor.ts'
import { hashPassword, requireStrong } from './passwords.ts'
import { hashOf, newToken } from './tokens.ts'

const LINK_VALID_MS = days(1)

export interface Administration {
  list(): Promise<Account[]>
  /** @throws ProblemError 409 for one's own account, and for the last administrator's. */
  change(actor: Actor, id: string, body: BodyOf<Api['changeAccount']>): Promise<Account>
  endSessions(id: string): Promise<AnswerOf<Api['endSessions']>>
  offerPassword(id: string): Promise<AnswerOf<Api['offerPassword']>>
  /** Open to whoever bears the link. */
  resetPassword(body: BodyOf<Api['resetPassword']>): Promise<AnswerOf<Api['resetPassword']>>
}

interface Deps {
  store: Store
  clock: Clock
  baseUrl: string
  recording: Pick<Recording, 'name'>
}

export function createAdministration({ store, clock, baseUrl, recording }: Deps): Administration {
  async function find(id: string): Promise<Account> {
    const account = await accounts.get(store, id, clock.now())
    if (!account) throw notFound('account')
    return account
  }
  return {
    list: () => accounts.list(store, clock.now()),
    async change(actor, id, { disabled }) {
      const { email } = await find(id)
      if (disabled && actor.id === id)
        throw new ProblemError(409, 'This is your own account. Another administrator can disable it.')
      if (!(await accounts.setDisabled(store, id, disabled)))
        throw new ProblemError(409, `${email} is the last administrator who can sign in.`)
      return find(id)
    },
    async endSessions(id) {
      await find(id)
      return { ended: await accounts.endSessions(store, id) }
    },
    async offerPassword(userId) {
      await find(userId)
      const token = newToken()
      const now = clock.now()
      const expiresAt = new Date(now.getTime() + LINK_VALID_MS)
      await accounts.offerPassword(
        store,
        { id: randomUUID(), userId, tokenHash: hashOf(token), expiresAt },
        now,
      )
      return { link: `${baseUrl}/reset?token=${token}`, expiresAt: expiresAt.toISOString() }
    },
    async resetPassword({ token, password }) {
      const spent = new ProblemError(
        404,
        'This link is not valid any more. Ask an administrator for a new one.',
      )
      // Asked first, so that a stranger cannot make the server hash passwords.
      const owner = await accounts.ownerOf(store, hashOf(token), clock.now())
      if (!owner) throw spent
      requireStrong(password, owner.email)
      const change = {
        tokenHash: hashOf(token),
        taken: `taken:${randomUUID()}`,
        passwordHash: await hashPassword(password),
      }
      recording.name({ actorId: owner.id, actorName: owner.name })
      if (!(await accounts.resetPassword(store, change, clock.now()))) throw spent
      return { email: owner.email }
    },
  }
}
