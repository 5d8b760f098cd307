/**
 * One message as one HTTP request, and what its answer means.
 *
 * Promise: an address is never repeated in words, for it may be a secret itself; of an answer a little is told, as
 * text. A connection that ended after the request may have left is "unknown"; one that was never made is not.
 */
import type { GuardedRequest, GuardedResponse } from '../net/guarded-fetch.ts'
import { OutboundRefused } from '../net/guarded-fetch.ts'
import { unreachable } from '../net/unreachable.ts'
import { hours, seconds } from '../clock.ts'
import type { Sending, Sent } from './port.ts'

const LONGEST_MS = seconds(15)
const LONGEST_WAIT_MS = hours(24)
/** Of the other 4xx a later try would hear the same. */
const MAY_PASS = [408, 425, 429]
/** The connection was not made, so nothing can have left. */
const NOT_MADE = [
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENODATA|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|EPROTO)$/,
  /^(ERR_TLS|ERR_SSL|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)_/,
]

export interface Posted {
  url: string
  body: string | Uint8Array
  headers?: Record<string, string>
  /** What the answer says of a wait, where a service says it elsewhere than in its head. */
  retryAfterSeconds?(answer: unknown): number | undefined
}

export async function post(
  { ways }: { ways: Pick<Sending['ways'], 'fetch' | 'now'> },
  { url, body, headers = {}, retryAfterSeconds }: Posted,
): Promise<Sent> {
  const request: GuardedRequest = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    follow: false,
    timeoutMs: LONGEST_MS,
    maxBytes: 4_096,
  }
  try {
    const response = await ways.fetch(url, request)
    return answered(response, ways.now(), retryAfterSeconds)
  } catch (error) {
    return notAnswered(error)
  }
}

function answered(
  response: GuardedResponse,
  now: Date,
  retryAfterSeconds: Posted['retryAfterSeconds'],
): Sent {
  const { status } = response
  const detail = `HTTP ${status}${excerpt(response)}`
  if (status >= 200 && status < 300) return { kind: 'sent', detail }
  if (status === 410) return { kind: 'refused', detail, status, lasting: true, gone: true }
  if (status >= 300 && status < 400)
    return {
      kind: 'refused',
      detail: `HTTP ${status}: it redirects. Enter the final address.`,
      lasting: true,
    }
  const waitMs = waitOf(response, now, retryAfterSeconds)
  return {
    kind: 'refused',
    detail,
    status,
    lasting: status < 500 && !MAY_PASS.includes(status),
    ...(waitMs !== null && { retryAfterMs: waitMs }),
  }
}

/** What is secret in it is hidden before it is cut to what is told: half of a word would not be found. */
function excerpt({ text, truncated }: GuardedResponse): string {
  const line = text()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  const whole = truncated ? line.slice(0, Math.max(0, line.lastIndexOf(' '))) : line
  return whole === '' ? '' : `: ${whole}`
}

function waitOf(
  { headers, text }: GuardedResponse,
  now: Date,
  retryAfterSeconds: Posted['retryAfterSeconds'],
): number | null {
  const told = headers.get('retry-after')
  const inBody = retryAfterSeconds?.(parsed(text()))
  const ms = inBody !== undefined ? seconds(inBody) : told === null ? null : readRetryAfter(told, now)
  return ms === null || !Number.isFinite(ms) || ms < 0 ? null : Math.min(ms, LONGEST_WAIT_MS)
}

/** Seconds, or an instant. Milliseconds from now. */
function readRetryAfter(text: string, now: Date): number | null {
  if (/^\d{1,9}$/.test(text.trim())) return seconds(Number(text))
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  const own = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return own || codeOf(error.cause)
}
function notAnswered(error: unknown): Sent {
  if (error instanceof OutboundRefused)
    // Its own words repeat the address.
    return {
      kind: 'refused',
      detail: 'Its address leads where nothing may be sent: see ALLOWED_PRIVATE_NETWORKS.',
      lasting: true,
    }
  const detail = unreachable(error)
  const code = codeOf(error)
  return NOT_MADE.some((it) => it.test(code))
    ? { kind: 'refused', detail, lasting: false }
    : { kind: 'unknown', detail: `${detail} Whether it arrived is unknown.` }
}
