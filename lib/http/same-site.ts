/**
 * What keeps other sites out of a signed-in person's browser.
 *
 * Promise: a name that the administrator did not choose (DNS rebinding) is refused, and so is a change that
 * another site makes a browser send. The socket handshake asks the same questions.
 */
import { networkInterfaces } from 'node:os'
import { ProblemError } from '#lib/contract/problem.ts'
import type { Env } from '#lib/env.ts'

type Headings = Pick<Headers, 'get'>
type HostEnv = Pick<Env, 'HOST' | 'BASE_URL'>

const bare = (host: string) => host.replace(/^\[|\]$/g, '').toLowerCase()

/** The host name of a Host header or an authority; null where it is none. */
function nameOf(host: string | null): string | null {
  if (!host || !/^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host)) return null
  return bare(host.replace(/:\d{1,5}$/, ''))
}

function ownNames({ HOST, BASE_URL }: HostEnv): Set<string> {
  const everywhere = HOST === '0.0.0.0' || HOST === '::'
  const addresses = everywhere
    ? Object.values(networkInterfaces())
        .flatMap((it) => it ?? [])
        .map((it) => bare(it.address))
    : [bare(HOST)]
  return new Set([
    'localhost',
    '127.0.0.1',
    '::1',
    ...addresses,
    ...(BASE_URL ? [bare(new URL(BASE_URL).hostname)] : []),
  ])
}

/** @throws ProblemError 400 for a Host that is not this server's. */
export function requireOwnHost(headers: Headings, env: HostEnv): void {
  const name = nameOf(headers.get('host'))
  if (name !== null && ownNames(env).has(name)) return
  throw new ProblemError(
    400,
    'This server does not answer under that host name. An administrator can name it in BASE_URL.',
  )
}

/** Whether a page of `origin` is a page of this server, as this request addressed it. */
export function isOwnOrigin(origin: string, headers: Headings, env: HostEnv): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  if (env.BASE_URL && origin === new URL(env.BASE_URL).origin) return true
  // The port too: another program on this machine's localhost is another site.
  return /^https?:$/.test(protocol) && host === headers.get('host')?.toLowerCase()
}

/** @throws ProblemError 403 for a change that another site asks for. */
export function requireOwnOrigin(headers: Headings, env: HostEnv): void {
  const refused = (detail: string) => new ProblemError(403, `Refused: ${detail}.`)
  const origin = headers.get('origin')
  if (origin !== null && !isOwnOrigin(origin, headers, env))
    throw refused('the request comes from another site')
  const site = headers.get('sec-fetch-site')
  if (site === 'cross-site' || (site === 'same-site' && origin === null))
    throw refused('the request comes from another site')
  if (headers.get('cookie') && origin === null && site !== 'same-origin')
    throw refused('a change with a cookie must say its Origin')
}
