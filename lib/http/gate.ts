/**
 * What every request passes before the web framework sees it.
 *
 * Promise: a request under a foreign host name, in absolute form or with a forged address ends here; every
 * answer carries the headers that keep scripts and images of others out of a page.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
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
    `object-src 'none'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

export function createGate(env: Env) {
  const proxies = parseProxies(env.TRUSTED_PROXIES)
  const publicHosts = env.BASE_URL ? [new URL(env.BASE_URL).host] : []

  /** Null when the request may go on, else the sentence that refuses it. */
  function refusal(request: IncomingMessage): string | null {
    if (!request.url?.startsWith('/')) return 'This server is no proxy: ask for a path.'
    // Of two, one would be judged and the other might be used.
    if (request.headersDistinct.host?.length !== 1) return 'A request names its host once.'
    if (!isReadable(request.url))
      return 'The path is not well-formed: a % is followed by two hexadecimal digits of UTF-8.'
    // Pages are read; whatever changes something is below /api.
    if (!READS.has(request.method ?? '') && !request.url.startsWith('/api/')) return 'Pages take GET only.'
    try {
      requireOwnHost(get(request), env)
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  return {
    refusal,
    /** True when the request may go on; otherwise it has been answered. */
    admit(request: IncomingMessage, response: ServerResponse): boolean {
      const why = refusal(request)
      if (why) {
        response.writeHead(400, { 'content-type': 'application/problem+json', connection: 'close' })
        response.end(JSON.stringify({ type: 'about:blank', title: 'Bad request', status: 400, detail: why }))
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
      response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()')
      return true
    },
  }
}
