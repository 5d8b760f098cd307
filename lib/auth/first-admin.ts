/**
 * How an empty installation gets its first workspace and its first
 * administrator: by the environment, or by a link in the server's log.
 */
import { randomUUID } from 'node:crypto'
import * as budgets from '#db/queries/budgets.ts'
import * as people from '#db/queries/people.ts'
import * as workspaces from '#db/queries/workspaces.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '#lib/clock.ts'
import type { Api, BodyOf } from '#lib/contract/api.ts'
import { NewSharedBudget } from '#lib/contract/budget.ts'
import { forbidden } from '#lib/contract/problem.ts'
import type { Env } from '#lib/env.ts'
import { hashPassword, requireStrong } from './passwords.ts'
import { hashOf, newToken, sameDigest } from './tokens.ts'
import { setting } from '#db/queries/upkeep.ts'

export interface FirstAdmin {
  /**
   * What an empty database needs: the first workspace, and the
   * administrator that the environment names. Twice is fine.
   */
  boot(): Promise<void>
  setUpNeeded(): Promise<boolean>
  /** A new one-time link, which ends any earlier one; null when there is an administrator. */
  setUpLink(): Promise<string | null>
  /** @throws ProblemError 403 for any token but the one that waits. */
  setUp(body: BodyOf<Api['setUp']>): Promise<void>
}

/** Whoever sets nothing is protected all the same. */
const USUAL_BUDGET = NewSharedBudget.parse({ period: 'day', cost: 10 })

export function createFirstAdmin(
  store: Store,
  env: Pick<Env, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>,
  clock: Clock,
  baseUrl: string,
): FirstAdmin {
  const setUpNeeded = async () => !(await people.hasAdmin(store))
  return {
    setUpNeeded,
    async boot() {
      if (await workspaces.createFirst(store, 'My Workspace', 'my-workspace', clock.now()))
        await budgets.replace(store, null, [USUAL_BUDGET], clock.now())
      const email = env.ADMIN_EMAIL?.toLowerCase()
      if (!email || !env.ADMIN_PASSWORD || (await people.isKnown(store, email))) return
      const name = email.split('@')[0] ?? email
      await people.createAdmin(
        store,
        { id: randomUUID(), name, email, passwordHash: await hashPassword(env.ADMIN_PASSWORD) },
        clock.now(),
      )
    },
    async setUpLink() {
      if (!(await setUpNeeded())) return null
      const token = newToken()
      await people.offerSetUp(store, hashOf(token))
      return `${baseUrl}/set-up?token=${token}`
    },
    async setUp({ token, name, email, password }) {
      const refused = forbidden(
        'This set-up link is not valid any more. The server prints a new one when it starts without an administrator.',
      )
      requireStrong(password, email)
      // Asked first, so that a stranger cannot make the server hash passwords.
      if (!sameDigest((await setting(store, 'set_up_token')) ?? '', hashOf(token))) throw refused
      const person = { id: randomUUID(), name, email, passwordHash: await hashPassword(password) }
      if (!(await people.setUp(store, person, hashOf(token), clock.now()))) throw refused
    },
  }
}
