/**
 * The only way out: every outbound HTTP request of the product goes through here.
 *
 * Promise: a socket is only ever opened to an address that was judged. A name is looked up
 * once for a connection, every answer must pass, and the socket goes to an answer that did,
 * so a name that changes its mind between check and use gains nothing. Whatever happens, a
 * request ends by its deadline and holds no more than `maxBytes` of the answer.
 */
import { Agent, fetch, type Response } from 'undici'
import { type Clock, seconds, systemClock } from '#lib/clock.ts'
import { inTime } from '#lib/deadline.ts'
import { parseNetworks } from './addresses.ts'
import { guardedLookup, type Lookup, OutboundRefused, systemLookup } from './guarded-address.ts'
import { judgeUrl, type OutboundPolicy } from './judge-url.ts'
import { type Hop, isRedirect, nextHop } from './redirects.ts'

export { OutboundRefused } from './guarded-address.ts'
export type { OutboundPolicy } from './judge-url.ts'

export interface GuardedRequest {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  signal?: AbortSignal
  /** Of the decoded body; what comes after is left unread. Default 64 KiB. */
  maxBytes?: number
  /** Default 5. */
  maxRedirects?: number
  /** False: a redirect is the answer. */
  follow?: boolean
  /** Asked for each address on the way: why it may not be asked, or null. */
  judge?: (url: URL) => string | null
  /** For the whole exchange, redirects and body included. Default 30 s. */
  timeoutMs?: number
}

export interface GuardedResponse {
  status: number
  headers: Headers
  /** Where the answer came from. */
  url: string
  /** The addresses that were redirected to, in order. */
  redirects: string[]
  bytes: Uint8Array
  /** The body was longer than `maxBytes`. */
  truncated: boolean
  /** The body as UTF-8. */
  text(): string
}

/** @throws OutboundRefused; the signal's reason; an Error in words when the exchange fails. */
export type GuardedFetch = (url: string | URL, request?: GuardedRequest) => Promise<GuardedResponse>

export interface GuardedFetchOptions extends OutboundPolicy {
  lookup?: Lookup
  clock?: Clock
}

/** @throws Error when an allowed network cannot be read. */
export function createGuardedFetch({
  allowedPrivateNetworks,
  lookup = systemLookup,
  clock = systemClock,
}: GuardedFetchOptions): GuardedFetch & { close(): Promise<void> } {
  const policy = { allowedPrivateNetworks }
  const agent = new Agent({
    connect: { lookup: guardedLookup(lookup, parseNetworks(allowedPrivateNetworks)) },
  })

  const guardedFetch: GuardedFetch = async (given, request = {}) => {
    const { maxBytes = 65_536, maxRedirects = 5, timeoutMs = seconds(30) } = request
    const way: Way = { hop: firstHop(given, request, policy), redirects: [] }
    const { follow = true, judge } = request
    const late = () => {
      const why = `${way.hop.url.host} did not answer completely within ${timeoutMs / 1000} s.`
      return new DOMException(why, 'TimeoutError')
    }
    const signals = request.signal ? [request.signal] : []
    return inTime({ clock, ms: timeoutMs, signals, late }, async (signal) => {
      try {
        const response = await arrive(way, { policy, agent, signal, maxRedirects, follow, judge })
        return await read(response, { url: way.hop.url.href, redirects: way.redirects, maxBytes })
      } catch (error) {
        throw inWords(error, way.hop.url)
      }
    })
  }

  // Not `agent.close()`: that waits for servers that never answer.
  return Object.assign(guardedFetch, { close: () => agent.destroy() })
}

function firstHop(given: string | URL, request: GuardedRequest, policy: OutboundPolicy): Hop {
  const { method = 'GET', headers = {}, body } = request
  return { url: judged(given, policy), method: method.toUpperCase(), headers: ownHeaders(headers), body }
}

/** How far a request has come: where it asks now, and where it was sent before. */
interface Way {
  hop: Hop
  redirects: string[]
}

interface Travel {
  policy: OutboundPolicy
  agent: Agent
  signal: AbortSignal
  maxRedirects: number
  follow: boolean
  judge: GuardedRequest['judge']
}

/** Goes where it is redirected to, each address judged anew, until something else is answered. */
async function arrive(way: Way, travel: Travel): Promise<Response> {
  const { policy, agent, signal, maxRedirects, follow, judge } = travel
  for (;;) {
    const { hop, redirects } = way
    const refused = judge?.(hop.url)
    if (refused) throw new OutboundRefused(refused)
    const response = await fetch(hop.url, {
      method: hop.method,
      headers: [...hop.headers],
      body: hop.body ?? null,
      redirect: 'manual',
      dispatcher: agent,
      signal,
    })
    const location = follow && isRedirect(response.status) ? response.headers.get('location') : null
    if (location === null) return response

    await response.body?.cancel()
    if (redirects.length === maxRedirects)
      throw new OutboundRefused(
        `${hop.url.origin} redirects once more after ${maxRedirects} redirects. Use the final address.`,
      )
    // Header values come as one character a byte; servers that do not escape send UTF-8.
    const to = judged(Buffer.from(location, 'latin1').toString(), policy, hop.url)
    const next = nextHop(hop, response.status, to)
    if (!next.ok) throw new OutboundRefused(next.message)
    way.hop = next.hop
    redirects.push(next.hop.url.href)
  }
}

function judged(given: string | URL, policy: OutboundPolicy, base?: URL): URL {
  const verdict = judgeUrl(given, policy, base)
  if (!verdict.ok)
    throw new OutboundRefused(
      base ? `${base.origin} redirects to a refused address. ${verdict.message}` : verdict.message,
    )
  return verdict.url
}

/**
 * These say where the bytes go and where they end. With another Host a
 * proxy inside would serve what the judged URL does not name.
 */
const HEADERS_OF_THE_CONNECTION =
  /^(host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i

function ownHeaders(given: Record<string, string>): Headers {
  const headers = new Headers({ 'user-agent': 'Carillon' })
  for (const [name, value] of Object.entries(given)) {
    if (HEADERS_OF_THE_CONNECTION.test(name))
      throw new OutboundRefused(`The header "${name}" belongs to the connection. Leave it out.`)
    try {
      headers.set(name, value)
    } catch {
      // The platform's own message repeats the value, which may be a secret.
      throw new OutboundRefused(
        `The header ${JSON.stringify(name)} has a character in its name or value that HTTP does not allow.`,
      )
    }
  }
  return headers
}

async function read(
  response: Response,
  { url, redirects, maxBytes }: { url: string; redirects: string[]; maxBytes: number },
): Promise<GuardedResponse> {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    if (length > maxBytes) break
  }
  const bytes = new Uint8Array(Buffer.concat(chunks, Math.min(length, maxBytes)))
  const truncated = length > maxBytes
  return {
    status: response.status,
    headers: new Headers([...response.headers]),
    url,
    redirects,
    bytes,
    truncated,
    // `stream` leaves a character out that the cut went through.
    text: () => new TextDecoder().decode(bytes, { stream: truncated }),
  }
}

/** fetch says "fetch failed" and hides why in the cause. */
function inWords(error: unknown, { host }: URL): unknown {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error
  if (error.cause instanceof OutboundRefused) return error.cause
  const why = error.cause.message || ('code' in error.cause ? String(error.cause.code) : error.cause.name)
  return new Error(`The request to "${host}" failed: ${why}.`, { cause: error.cause })
}
