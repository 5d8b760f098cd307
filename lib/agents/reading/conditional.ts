/**
 * Asks an address again for what it answered before, and takes "as before" for an answer.
 *
 * Promise: whatever comes of it is a value, with the sentence for whoever watches the address; the sentence names at
 * most the host, for the rest of an address may be a secret.
 */
import { type GuardedFetch, type GuardedResponse, OutboundRefused } from '../../net/guarded-fetch.ts'
import { inBytes } from '../markdown.ts'

/** By which a server tells whether it has changed since. */
export interface Validators {
  etag?: string | undefined
  modified?: string | undefined
}
export type AskedAgain =
  | { kind: 'same' }
  | { kind: 'answer'; answer: GuardedResponse; validators: Validators }
  /** It says that there is nothing at that address. */
  | { kind: 'gone'; problem: string }
  | { kind: 'failed'; problem: string; transient: boolean; wantsSignIn?: boolean }

const PASSING = new Set([408, 425, 429])
const SIGN_IN = /^(accounts\.google\.com|login\.(microsoftonline|live)\.com|[\w-]+\.okta\.com)$/
/** A longer one would fill what is remembered. */
const LONGEST_VALIDATOR = 200

export async function askAgain(
  url: string,
  { etag, modified }: Validators,
  { tools, signal, maxBytes }: { tools: { fetch: GuardedFetch }; signal: AbortSignal; maxBytes: number },
): Promise<AskedAgain> {
  const headers = {
    ...(etag && { 'if-none-match': etag }),
    ...(modified && { 'if-modified-since': modified }),
  }
  try {
    return judged(await tools.fetch(url, { headers, signal, maxBytes }))
  } catch (error) {
    signal.throwIfAborted()
    const problem = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', problem, transient: !(error instanceof OutboundRefused) }
  }
}

function judged(answer: GuardedResponse): AskedAgain {
  const { status, headers, truncated, bytes } = answer
  const { host } = new URL(answer.url)
  const failed = (problem: string, transient = false) => ({ kind: 'failed', problem, transient }) as const
  if (status === 304) return { kind: 'same' }
  if (status === 404 || status === 410)
    return { kind: 'gone', problem: `${host} answers ${status}: there is nothing at this address.` }
  if (status === 401 || status === 403 || SIGN_IN.test(host))
    return {
      ...failed(`${host} wants a sign-in. Share it by a link that opens without one.`),
      wantsSignIn: true,
    }
  if (status >= 400) return failed(`${host} answers ${status}.`, status >= 500 || PASSING.has(status))
  if (status !== 200 && status !== 203) return failed(`${host} answers ${status}, which carries no content.`)
  if (truncated) return failed(`It is longer than ${inBytes(bytes.length)}, which is the most that is read.`)
  const short = (name: string) => {
    const value = headers.get(name)
    return value !== null && value.length <= LONGEST_VALIDATOR ? value : undefined
  }
  return { kind: 'answer', answer, validators: { etag: short('etag'), modified: short('last-modified') } }
}
