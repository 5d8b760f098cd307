/**
 * A genuine call as filters and agents read it. Pure.
 *
 * Promise: what is secret in its headers and its query goes to neither, nor into the log; a body is JSON only where
 * everybody reads the same in it, else it is text.
 */
import { ambiguity } from '../../contract/json-text.ts'
import type { WebhookConfig } from '../../contract/webhook-trigger.ts'

export type Query = Record<string, string | string[]>
/** What a filter is held against, and what an agent is told. */
export interface Subject {
  headers: Record<string, string>
  query: Query
  body: unknown
}

/** Wherever they stand in a name. */
const NAMED_SO =
  /token|secret|passw|passphrase|passcode|signature|credential|authorization|authentication|cookie|hmac|jwt|bearer/
/** As a word of it: "sig", not "design". */
const WORDS = /(?:^|[-_.[])(?:sig|auth|pass|pwd|otp|sid|(?:php|j)?session-?_?id)(?:$|[-_.\]])/
/** A key that opens something; "user_key" and "idempotency-key" name something. */
const OPENERS =
  'api|app|access|auth|private|shared|sign|signing|webhook|hook|service|account|client|functions?|license'
const KEY = new RegExp(`^key$|(?:^|[-_.[])(?:${OPENERS})[-_]?key\\]?$`)
const inWords = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
/** Of a header, or of what stands in the query. */
export function isSecretName(name: string): boolean {
  const words = inWords(name)
  return NAMED_SO.test(words) || WORDS.test(words) || KEY.test(words)
}

/** The server's own stamps, and what it, or who stands before it, says of the way here: the address among it. */
const OWN_PREFIXES = 'x-carillon-|x-forwarded-|x-invoke-|x-middleware-|x-original-|x-envoy-original-'
const OWN = new RegExp(`^(?:${OWN_PREFIXES}|x-nonce$|content-security-policy$|x-rewrite-url$)`)
export const MASKED = '•••'

/** As they came, by names in lower case. */
export const headersOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !OWN.test(name)))

/** As the log keeps them. */
export const maskedHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretName(name) ? MASKED : value]),
  )
export const maskedQuery = (query: Query): Query =>
  mapped(query, (name, value) => (isSecretName(name) ? MASKED : value))

/** Whatever a name is, it is no other's. */
function mapped(
  query: Query,
  change: (name: string, value: string | string[]) => string | string[] | null,
): Query {
  const into: Query = {}
  for (const [name, given] of Object.entries(query)) {
    const value = change(name, given)
    if (value !== null) Object.defineProperty(into, name, { value, enumerable: true })
  }
  return into
}

/** What is given several times is a list. */
export function queryOf(search: URLSearchParams): Query {
  const query: Query = {}
  for (const name of new Set(search.keys())) {
    const [first = '', ...others] = search.getAll(name)
    Object.defineProperty(query, name, {
      value: others.length === 0 ? first : [first, ...others],
      enumerable: true,
    })
  }
  return query
}

/** Null where it is none: bytes, or text that no database keeps. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** `text` null: bytes, of which no agent reads anything. */
export function subjectOf(
  headers: Readonly<Record<string, string>>,
  query: Query,
  text: string | null,
): Subject {
  const shown = Object.entries(headers).filter(([name]) => !isSecretName(name))
  return {
    headers: Object.fromEntries(shown),
    query: mapped(query, (name, value) => (isSecretName(name) ? null : value)),
    body: bodyOf(text),
  }
}

function bodyOf(text: string | null): unknown {
  if (text === null || text === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return ambiguity(text) === null ? value : text
  } catch {
    return text
  }
}

const VISIBLE = /^[\x21-\x7e]{1,255}$/

/** The id of the delivery that the call names; `malformed` where what it names is none. */
export function idOf(
  { scheme, idFrom }: Pick<WebhookConfig, 'scheme' | 'idFrom'>,
  headers: Readonly<Record<string, string>>,
  subject: Subject,
): { id: string | null } | { malformed: string } {
  const { named, where } = namedId({ scheme, idFrom }, headers, subject)
  if (named === undefined || named === null || named === '') return { id: null }
  const id = typeof named === 'number' ? String(named) : named
  if (typeof id === 'string' && VISIBLE.test(id)) return { id }
  return { malformed: `The id of the delivery, ${where}, has 1 to 255 visible ASCII characters.` }
}

function namedId(
  { scheme, idFrom }: Pick<WebhookConfig, 'scheme' | 'idFrom'>,
  headers: Readonly<Record<string, string>>,
  subject: Subject,
): { named: unknown; where: string } {
  const header = (name: string) => ({ named: headers[name.toLowerCase()], where: `the header ${name}` })
  switch (scheme) {
    case 'standard':
      return header('webhook-id')
    case 'github':
      return header('X-GitHub-Delivery')
    case 'stripe':
      return { named: valueAt('body.id', subject), where: 'at body.id' }
    case 'token':
      if (!idFrom) return header('Idempotency-Key')
      return 'header' in idFrom
        ? header(idFrom.header)
        : { named: valueAt(idFrom.path, subject), where: `at ${idFrom.path}` }
  }
}

/** The id is signed, so that a call that is sent again has the same. */
export const coversId = (scheme: WebhookConfig['scheme'], id: string | null) =>
  id !== null && (scheme === 'standard' || scheme === 'stripe')

function valueAt(path: string, subject: Subject): unknown {
  let at: unknown = subject
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

/** What an agent reads of a body: all of it, up to here. */
const MOST_TOLD = 64 * 1024
/** As the event of the execution has it: a long body is its beginning as text. */
export function dataOf({ body, ...subject }: Subject): Record<string, unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  if (text.length <= MOST_TOLD) return { ...subject, body }
  // Not through the middle of a character.
  return { ...subject, body: text.slice(0, MOST_TOLD).toWellFormed(), truncated: true }
}
