/**
 * Accounts, passwords and sessions, by better-auth over our tables.
 *
 * Promise: a session lives in the database only (ending it ends it at once), its cookie is HttpOnly and
 * SameSite=Lax, and accounts arise through set-up, invitation and the environment, never by signing up.
 */
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import type { Logger } from 'pino'
import { bump } from '#db/queries/access.ts'
import { addressesOf, isDisabled } from '#db/queries/people.ts'
import { type Store, StoreUnavailable } from '#db/store.ts'
import { type Clock, days } from '#lib/clock.ts'
import type { Actor } from './actor.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { createSignIn } from './sign-in.ts'

export const BASE_PATH = '/api/auth'
const COOKIE_PREFIX = 'carillon'
const DISABLED = 'This account is disabled. Ask an administrator of this installation.'

/** A column of ours: read with the person, and set by nobody who signs up or in. */
const flag = { type: 'boolean', required: false, defaultValue: false, input: false } as const

export interface Accounts {
  handler(request: Request): Promise<Response>
  /** The person whose session the cookie names. */
  personOf(headers: Headers): Promise<Actor | null>
}

export interface AccountParts {
  store: Store
  clock: Clock
  log: Logger
  secret: string
  baseUrl: string
}

/**
 * A changed password ends every session, this one too: it gets a new id. Until it is changed nothing is, not even how
 * long the session lasts: what is refused leaves no trace.
 */
const keepingToItself = createAuthMiddleware(async ({ path, body, query }) => {
  if (path === '/change-password')
    return {
      context: { body: { ...body, revokeOtherSessions: true }, query: { ...query, disableRefresh: true } },
    }
})

export function createAccounts({ store, clock, log, secret, baseUrl }: AccountParts): Accounts {
  const { user, session, account, verification } = store.t
  const library = betterAuth({
    appName: 'Carillon',
    baseURL: baseUrl,
    basePath: BASE_PATH,
    secret,
    telemetry: { enabled: false },
    // Only the text: what follows it may hold what somebody typed.
    logger: {
      level: 'warn',
      log: (level, message) => log[level === 'warn' ? 'debug' : level]({ part: 'accounts' }, message),
    },
    database: drizzleAdapter(store.q, {
      provider: store.provider,
      schema: { user, session, account, verification },
    }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    user: { additionalFields: { installationAdmin: flag, disabled: flag } },
    session: { expiresIn: days(30) / 1000, updateAge: days(1) / 1000 },
    databaseHooks: {
      session: {
        // After the password was right: a stranger learns nothing.
        create: { before: async ({ userId }) => requireEnabled(store, userId) },
        delete: { after: async () => bump(store) },
      },
    },
    hooks: { before: keepingToItself },
    // The door in front (sign-in.ts, same-site.ts) counts tries and judges
    // hosts and origins; here only the request's own origin is left.
    rateLimit: { enabled: false },
    trustedOrigins: async (request) => {
      const host = request?.headers.get('host')
      return host ? [`http://${host}`, `https://${host}`] : []
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: baseUrl.startsWith('https://'),
      ipAddress: { ipAddressHeaders: ['x-carillon-client'] },
    },
  })

  async function personOf(headers: Headers): Promise<Actor | null> {
    const found = await library.api
      .getSession({ headers, query: { disableRefresh: true } })
      .catch((error: unknown) => {
        throw new StoreUnavailable('The session cannot be read.', error)
      })
    // One that began while the account was being disabled counts for nothing, too.
    if (!found || found.user.disabled) return null
    const { id, name, email, installationAdmin } = found.user
    return {
      kind: 'person',
      id,
      name,
      email,
      installationAdmin: installationAdmin === true,
      sessionId: found.session.id,
    }
  }
  const behind = {
    async signedIn({ headers }: Request) {
      const actor = await personOf(headers)
      return actor?.kind === 'person' ? actor.email.toLowerCase() : null
    },
    addressesOf: (email: string) => addressesOf(store, email),
  }
  return {
    handler: createSignIn((request) => library.handler(request), BASE_PATH, clock, behind),
    personOf,
  }
}

async function requireEnabled(store: Store, userId: string): Promise<void> {
  if (await isDisabled(store, userId)) throw new APIError('FORBIDDEN', { message: DISABLED })
}

/** Whether a request carries a session's cookie, valid or not. */
export const hasSessionCookie = (headers: Headers) =>
  new RegExp(`(^|;\\s*)(__Secure-)?${COOKIE_PREFIX}\\.session_token=`).test(headers.get('cookie') ?? '')
