/**
 * The door to the account library: signing in and out, and changing one's own password.
 *
 * Promise: nothing else of the library can be reached, so nothing that it
 * adds opens by itself; guessing passwords is slow for an account and for a
 * network alike; an unknown account and a wrong password look the same.
 */
import { ProblemError, unacceptable } from '#lib/contract/problem.ts'
import { type Clock, days, minutes } from '#lib/clock.ts'
import { parseJson, readText, requireJson } from '#lib/http/body.ts'
import { clientOf } from '#lib/http/client-address.ts'
import { HEADERS, problem } from '#lib/http/answering.ts'
import { requireStrong } from './passwords.ts'
import { createThrottle, networkOf } from './throttle.ts'

const PATHS: Record<string, string> = {
  '/sign-in/email': 'POST',
  '/sign-out': 'POST',
  '/get-session': 'GET',
  '/change-password': 'POST',
  '/revoke-other-sessions': 'POST',
}
/** Where a password is judged. */
const GUESSABLE = new Set(['/sign-in/email', '/change-password'])
const MOST_BYTES = 16 * 1024

export interface AccountsBehind {
  /** The address of whoever is signed in. */
  signedIn(request: Request): Promise<string | null>
  /** The addresses from which somebody is signed in to an account. */
  addressesOf(email: string): Promise<string[]>
}

/**
 * How often a password may be tried: from one network, for an account from one network, and for an account at
 * all. The last does not count where somebody has signed in to it before: strangers lock nobody out.
 */
function createGuessing(clock: Clock, { addressesOf }: AccountsBehind) {
  const byNetwork = createThrottle({ clock, most: 50, withinMs: minutes(10) })
  const byPair = createThrottle({ clock, most: 10, withinMs: minutes(10) })
  const byAccount = createThrottle({ clock, most: 10, withinMs: minutes(10) })
  /** Where the password was right; bounded as the tries are. */
  const right = createThrottle({ clock, most: 1, withinMs: days(30) })

  const isKnown = async (account: string, network: string) =>
    right.isUsedUp(`${account} ${network}`) || (await addressesOf(account)).map(networkOf).includes(network)

  return {
    /** 0, or how many seconds to wait. */
    async take(account: string, network: string): Promise<number> {
      const own = Math.max(byNetwork.take(network), byPair.take(`${account} ${network}`))
      const wait = account === '' ? 0 : byAccount.take(account)
      return wait > own && (await isKnown(account, network)) ? own : Math.max(own, wait)
    },
    wasRight(account: string, network: string): void {
      byNetwork.giveBack(network)
      byPair.clear(`${account} ${network}`)
      byAccount.clear(account)
      right.take(`${account} ${network}`)
    },
  }
}

export function createSignIn(
  library: (request: Request) => Promise<Response>,
  basePath: string,
  clock: Clock,
  accounts: AccountsBehind,
): (request: Request) => Promise<Response> {
  const guessing = createGuessing(clock, accounts)

  /** Asks the library about a password, unless it was asked too often. */
  async function guess(request: Request, path: string, body: unknown): Promise<Response> {
    const account = path === '/sign-in/email' ? emailIn(body) : ((await accounts.signedIn(request)) ?? '')
    const chosen = textIn(body, 'newPassword')
    if (path === '/change-password' && chosen) requireStrong(chosen, account, 'newPassword')
    const network = networkOf(clientOf(request.headers))
    const waitSeconds = await guessing.take(account, network)
    if (waitSeconds > 0) {
      return problem(new ProblemError(429, `Too many tries. Wait ${waitSeconds} seconds.`).problem, {
        'retry-after': String(waitSeconds),
      })
    }
    const response = await library(withBody(request, body))
    if (response.ok) guessing.wasRight(account, network)
    // Whoever is signed in has said a wrong one.
    if (path === '/change-password' && response.status === 400)
      throw unacceptable([{ path: 'currentPassword', message: 'this is not your current password' }])
    return asOurs(response)
  }

  return async (request) => {
    const path = new URL(request.url).pathname.slice(basePath.length)
    const method = PATHS[path]
    if (!method) throw new ProblemError(404, 'There is nothing at this address.')
    if (request.method !== method) throw new ProblemError(405, `Use ${method} here.`)
    if (method === 'GET') return asOurs(await library(request))

    const text = await readText(request, MOST_BYTES)
    if (text) requireJson(request.headers)
    const body = text ? parseJson(text) : {}
    return GUESSABLE.has(path) ? guess(request, path, body) : asOurs(await library(withBody(request, body)))
  }
}

const textIn = (body: unknown, name: string) =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? String((body as Record<string, unknown>)[name])
    : ''
const emailIn = (body: unknown) => textIn(body, 'email').toLowerCase()

/** The same request again, with the body that was read and judged. */
function withBody({ url, method, headers: given }: Request, body: unknown): Request {
  const headers = new Headers(given)
  headers.set('content-type', 'application/json')
  headers.delete('content-length')
  return new Request(url, { method, headers, body: JSON.stringify(body) })
}

/** The library's answer with our headers, and its errors as problem documents. */
async function asOurs(response: Response): Promise<Response> {
  const cookies = response.headers.getSetCookie()
  const text = await response.text()
  const mine = response.ok
    ? new Response(text, {
        status: response.status,
        headers: { ...HEADERS, 'content-type': 'application/json' },
      })
    : problem(new ProblemError(response.status, detailOf(response.status, text)).problem)
  for (const cookie of cookies) mine.headers.append('set-cookie', cookie)
  return mine
}

function detailOf(status: number, text: string): string {
  if (status >= 500) return 'Something broke on the server; its log has the details.'
  if (status === 401) return 'Wrong e-mail address or password, or not signed in.'
  const body = text.startsWith('{') ? (JSON.parse(text) as { message?: unknown }) : {}
  return typeof body.message === 'string' ? body.message : 'The request was refused.'
}
