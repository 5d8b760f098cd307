/**
 * Signing in to a server of tools as a person does (OAuth): begun here, agreed to there, finished by whoever began.
 *
 * Promise: what is granted is sealed, goes to the server that it was granted for, and is renewed before it is used;
 * where that is refused, the server is `reauth_required` at once; nothing of it takes longer than its time.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { auth, type OAuthClientProvider } from '@ai-sdk/mcp'
import type { McpServerRow } from '#db/queries/mcp-servers.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes, seconds } from '../../clock.ts'
import { inTime, unlessEnded } from '../../deadline.ts'
import type { GuardedStream } from '../../net/guarded-stream.ts'
import type { Box } from '../sealed.ts'
import { type Access, type KeptAccess, keptAccess, mustSignIn, type Tokens } from './access.ts'
import { notWithin, signInAway } from './connection.ts'
import { McpProblem } from './problem.ts'
import { watched } from './watched.ts'

export interface SignIn {
  /** Where a person agrees to it. @throws McpProblem where the server takes no such sign-in */
  begin(row: McpServerRow, it: { redirectUrl: string; by: string }): Promise<string>
  /** @throws McpProblem where it was not begun by them, or is refused */
  finish(row: McpServerRow, it: { code: string; state: string; issuer?: string; by: string }): Promise<void>
  /** For one connection; null where nothing was granted. Renews what is about to end. @throws McpProblem */
  granted(row: McpServerRow, signal: AbortSignal): Promise<Granted | null>
}
export interface Granted {
  provider: OAuthClientProvider
  /** Not to be told; what is granted in its place later comes to it. */
  confidential: string[]
}

interface Deps {
  store: Store
  clock: Clock
  box: Box
  fetch: GuardedStream
}

/** A person has this long to agree. */
const BEGUN_HOLDS_MS = minutes(10)
/** What ends so soon is renewed first. */
const RENEWED_BEFORE_MS = minutes(1)
const EXCHANGE_MS = seconds(15)

export function createSignIn(deps: Deps): SignIn {
  const { clock } = deps
  const { now, write, providerOf } = keptAccess(deps)
  const renew = renewing(deps, { now, providerOf })

  return {
    async begin(row, { redirectUrl, by }) {
      let url: URL | null = null
      const state = `${row.id}.${randomBytes(24).toString('base64url')}`
      // What was granted before holds until this is agreed to; a server knows us by where it sends people back to.
      const before = await now(row)
      const { client: _, ...rest } = before ?? {}
      await write(row, before?.redirectUrl === redirectUrl ? before : { ...rest, redirectUrl })
      const provider = providerOf(row, redirectUrl, {
        tokens: () => undefined,
        state: () => state,
        async saveCodeVerifier(verifier) {
          const begun = { by, state, verifier, at: clock.now().getTime() }
          await write(row, { redirectUrl, ...(await now(row)), begun })
        },
        redirectToAuthorization(to) {
          url = to
        },
      })
      await exchange(deps, row, provider, {})
      return safeUrl(row, url)
    },
    async finish(row, { code, state, issuer, by }) {
      const { begun, redirectUrl } = (await now(row)) ?? {}
      if (!begun || !redirectUrl || begun.by !== by || !sameText(begun.state, state))
        throw new McpProblem(
          'reauth_required',
          'This sign-in was not begun here, or not by you. Begin it again.',
        )
      if (clock.now().getTime() - begun.at > BEGUN_HOLDS_MS)
        throw new McpProblem('reauth_required', 'This sign-in was begun too long ago. Begin it again.')
      const provider = providerOf(row, redirectUrl, { codeVerifier: () => begun.verifier })
      await exchange(deps, row, provider, {
        authorizationCode: code,
        ...(issuer !== undefined && { callbackIssuer: issuer }),
      })
      const { begun: _, ...rest } = (await now(row)) ?? { redirectUrl }
      await write(row, rest)
    },
    async granted(row, signal) {
      const access = await now(row)
      if (!access?.tokens) return null
      await renew(row, access, signal)
      const { tokens } = (await now(row)) ?? {}
      if (!tokens) return mustSignIn()
      const confidential = textsOf(tokens)
      const provider = providerOf(row, access.redirectUrl)
      return {
        confidential,
        provider: {
          ...provider,
          saveTokens(fresh) {
            confidential.push(...textsOf(fresh))
            return provider.saveTokens(fresh)
          },
        },
      }
    },
  }
}

/** What is about to end is asked for anew, once at a time, since what renews holds once; whoever comes waits for it. */
function renewing(deps: Deps, { now, providerOf }: Pick<KeptAccess, 'now' | 'providerOf'>) {
  const { clock } = deps
  const open = new Map<number, Promise<void>>()
  function begin(row: McpServerRow, { redirectUrl }: Access): Promise<void> {
    const renewal = exchange(deps, row, providerOf(row, redirectUrl), {}).finally(() => open.delete(row.id))
    open.set(row.id, renewal)
    return renewal
  }
  return async (row: McpServerRow, access: Access, signal: AbortSignal): Promise<void> => {
    const { until, tokens } = access
    if (typeof until !== 'number' || until - clock.now().getTime() >= RENEWED_BEFORE_MS) return
    try {
      await unlessEnded(signal, open.get(row.id) ?? begin(row, access))
    } catch (error) {
      signal.throwIfAborted()
      // Another of our servers may have been first: what it was granted holds.
      const fresh = (await now(row))?.tokens
      if (!fresh || fresh.access_token === tokens?.access_token) throw error
    }
  }
}

const textsOf = ({ access_token, refresh_token }: Tokens): string[] =>
  refresh_token ? [access_token, refresh_token] : [access_token]

function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** A server chooses where a browser goes. */
function safeUrl({ name }: McpServerRow, url: URL | null): string {
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url.href
  throw new McpProblem('misconfigured', `The MCP server "${name}" says no address at which one signs in.`)
}

/** Asks the server that grants it, in its time. */
async function exchange(
  { clock, fetch }: Deps,
  { name, url }: McpServerRow,
  provider: OAuthClientProvider,
  options: Pick<Parameters<typeof auth>[1], 'authorizationCode' | 'callbackIssuer'>,
): Promise<void> {
  await inTime({ clock, ms: EXCHANGE_MS, late: () => notWithin(EXCHANGE_MS) }, async (signal) => {
    const watch = watched(((input, init) => fetch(input, { ...init, signal })) as typeof globalThis.fetch)
    try {
      await auth(provider, { serverUrl: url ?? '', fetchFn: watch.fetch, ...options })
    } catch (error) {
      const away = watch.away()
      if (away !== null) throw signInAway(name, away)
      if (error instanceof McpProblem) throw error
      // What it said may hold what was sent.
      throw new McpProblem('reauth_required', `The sign-in to the MCP server "${name}" was refused.`, error)
    }
  })
}
