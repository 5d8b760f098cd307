/**
 * From a credential to whoever asks: the one resolver of every door.
 *
 * Promise: a key counts as a bearer token and nowhere else (no other header, query or cookie); two
 * credentials at once are refused, since nobody could say whose rights were meant.
 */
import type { Logger } from 'pino'
import * as apiKeys from '#db/queries/api-keys.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '#lib/clock.ts'
import { ProblemError } from '#lib/contract/problem.ts'
import { type Accounts, hasSessionCookie } from './accounts.ts'
import type { Actor } from './actor.ts'
import { hashOf, sameDigest } from './tokens.ts'

const TOUCH_EVERY_MS = minutes(1)

export interface Credentials {
  /** Null: no credential, or none that is valid. @throws ProblemError 400 for two at once. */
  actorOf(headers: Headers): Promise<Actor | null>
  /** The same for an API key by itself. */
  actorOfToken(token: string): Promise<Actor | null>
}

export function createCredentials(store: Store, clock: Clock, log: Logger, accounts: Accounts): Credentials {
  const actorOfToken = async (token: string): Promise<Actor | null> => {
    if (!/^car_[\w-]{43}$/.test(token)) return null
    const now = clock.now()
    const digest = hashOf(token)
    const key = await apiKeys.live(store, digest, now)
    if (!key || !sameDigest(key.hash, digest)) return null
    if (!key.lastUsedAt || now.getTime() - Date.parse(key.lastUsedAt) >= TOUCH_EVERY_MS) {
      // Nobody waits for a note.
      apiKeys
        .touch(store, key.id, now)
        .catch((error: Error) =>
          log.debug({ keyId: key.id, error: error.message }, 'the use of a key was not noted'),
        )
    }
    return {
      kind: 'key',
      id: `key:${key.id}`,
      name: key.name,
      keyId: key.id,
      workspaceId: key.workspaceId,
      role: key.role,
      mayApprove: key.mayApprove,
      expiresAt: key.expiresAt,
    }
  }
  return {
    actorOfToken,
    async actorOf(headers) {
      const [, token] = /^bearer(?:\s+(.*))?$/i.exec(headers.get('authorization')?.trim() ?? '') ?? []
      const withCookie = hasSessionCookie(headers)
      if (token !== undefined && withCookie)
        throw new ProblemError(
          400,
          'The request carries two credentials, an API key and a session. Send one.',
        )
      if (token !== undefined) return actorOfToken(token.trim())
      return withCookie ? accounts.personOf(headers) : null
    },
  }
}
