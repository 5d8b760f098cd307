/**
 * What every request passes before the web framework sees it.
 *
 * Promise: a request under a foreign host name, in absolute form or with a forged address ends here; every
 * answer carries the headers that keep scripts and images of others out of a page.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ProblemError } from '../contract/problem.ts'
import type { Env } from '../env.ts'
import { parseProxies, stampClient } from './client-address.ts'
import { requireOwnHost } from './same-site.ts'

const get = (request: IncomingMessage) => ({
  get(name: string): string | null {
    const value = request.headers[name.toLowerCase()]
    return typeof value === 'string' ? value : null
  },
})

const READS = new Set(['GET', 'HEAD'])
const METHODS = new Set([...READS, 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** Of the framework's own addresses, what a page needs: its files, and no optimiser of images. */
const FILES = '/_next/static/'

interface Refusal {
  status: number
  detail: string
}
const bad = (detail: string): Refusal => ({ status: 400, detail })

/** The framework would fail on anything else. */
function isRouterState(header: string | string[] | undefined): boolean {
  if (header === undefined) return true
  try {
    return Array.isArray(JSON.parse(decodeURIComponent(String(header))))
  } catch {
    return false
  }
}

function isReadable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}

/**
 * `hosts`: the names that the page may have been opened under;
 * not every browser counts their web sockets as 'self'.
 */
function policy(nonce: string, hosts: Set<string>, development: boolean): string {
  const scripts = development
    ? `'self' 'unsafe-eval' 'unsafe-inline'`
    : `'self' 'nonce-${nonce}' 'strict-dynamic'`
  const sockets = [...hosts].flatMap((host) => [`ws://${host}`, `wss://${host}`]).join(' ')
  return [
    `default-src 'self'`,
    `script-src ${scripts}`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self' data:`,
    `connect-src 'self' ${sockets}`,
    `worker-src 'self'`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

export function createGate(env: Env) {
  const proxies = parseProxies(env.TRUSTED_PROXIES)
  const isSecure = env.BASE_URL?.startsWith('https://') ?? false
  const publicHosts = env.BASE_URL ? [new URL(env.BASE_URL).host] : []

  /** Null when the request may go on, else why it may not. */
  function refusal(request: IncomingMessage): Refusal | null {
    if (!request.url?.startsWith('/')) return bad('This server is no proxy: ask for a path.')
    // Of two, one would be judged and the other might be used.
    if (request.headersDistinct.host?.length !== 1) return bad('A request names its host once.')
    if (!isReadable(request.url))
      return bad('The path is not well-formed: a % is followed by two hexadecimal digits of UTF-8.')
    if (!isRouterState(request.headers['next-router-state-tree']))
      return bad('The header next-router-state-tree is not well-formed.')
    try {
      requireOwnHost(get(request), env)
    } catch (error) {
      return bad((error as Error).message)
    }
    return misplaced(request.method ?? '', request.url)
  }

  /** What this server does not have, or has only to be read. */
  function misplaced(method: string, url: string): Refusal | null {
    if (!METHODS.has(method)) return { status: 405, detail: `${method} does not work here.` }
    // As it will be looked up, not as it is written: what is below /api is decided once.
    const { pathname } = new URL(url, 'http://localhost')
    if (!READS.has(method) && !pathname.startsWith('/api/')) return bad('Pages take GET only.')
    const isInner = pathname.startsWith('/_next/') && !pathname.startsWith(FILES)
    return isInner && env.NODE_ENV !== 'development'
      ? { status: 404, detail: 'There is nothing at this address.' }
      : null
  }

  return {
    refusal,
    /** True when the request may go on; otherwise it has been answered. */
    admit(request: IncomingMessage, response: ServerResponse): boolean {
      const why = refusal(request)
      if (why) {
        const { problem } = new ProblemError(why.status, why.detail)
        response.writeHead(why.status, { 'content-type': 'application/problem+json', connection: 'close' })
        response.end(JSON.stringify(problem))
        return false
      }
      stampClient(request, proxies)
      const nonce = randomBytes(16).toString('base64')
      const csp = policy(
        nonce,
        new Set([String(request.headers.host), ...publicHosts]),
        env.NODE_ENV === 'development',
      )
      // The framework puts the nonce that it finds here on its own scripts.
      Object.assign(request.headers, {
        'x-nonce': nonce,
        'content-security-policy': csp,
        'x-carillon-path': request.url,
      })
      response.setHeader('content-security-policy', csp)
      response.setHeader('x-content-type-options', 'nosniff')
      response.setHeader('referrer-policy', 'same-origin')
      response.setHeader('x-frame-options', 'DENY')
      response.setHeader('cross-origin-opener-policy', 'same-origin')
      if (isSecure) response.setHeader('strict-transport-security', 'max-age=31536000')
      response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()')
      return true
    },
  }
}
