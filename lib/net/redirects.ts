/**
 * What is asked of the next address after a redirect. Pure.
 *
 * Promise: nothing that the caller meant for one origin reaches
 * another: no body, and no header but the few that say nothing.
 */

export interface Hop {
  url: URL
  method: string
  headers: Headers
  body?: string | Uint8Array | undefined
}

export type NextHop = { ok: true; hop: Hop } | { ok: false; message: string }

/**
 * A list of what may pass: secrets also travel as X-Api-Key,
 * webhook-signature and names that nobody can foresee.
 */
const HARMLESS_ELSEWHERE = ['accept', 'accept-language', 'user-agent']

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

export function nextHop({ url, method, headers, body }: Hop, status: number, to: URL): NextHop {
  const becomesGet =
    status === 303 ? method !== 'HEAD' : method === 'POST' && (status === 301 || status === 302)
  const sameOrigin = url.origin === to.origin
  if (body !== undefined && !becomesGet && !sameOrigin) {
    return {
      ok: false,
      message:
        `${url.origin} redirects a ${method} request to ${to.origin}; ` +
        'a body is not sent on to another origin. Use the final address.',
    }
  }
  const kept = [...headers].filter(
    ([name]) =>
      (sameOrigin || HARMLESS_ELSEWHERE.includes(name)) && !(becomesGet && name.startsWith('content-')),
  )
  return {
    ok: true,
    hop: {
      url: to,
      method: becomesGet ? 'GET' : method,
      headers: new Headers(kept),
      body: becomesGet ? undefined : body,
    },
  }
}
