/**
 * Whether a call is genuine: signed with the secret as its scheme has it, over the bytes as they came. Pure.
 *
 * Promise: nothing of a body is read before this has said yes; how long it takes tells nothing of the secret or of
 * the signature that was expected.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { WebhookConfig } from '../../contract/webhook-trigger.ts'

export interface SignedCall {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

/** `signature`: by which the same is known again; null where nothing was signed. `reason`: for the log only. */
export type Verdict = { genuine: true; signature: string | null } | { genuine: false; reason: string }

type Schemed = Pick<WebhookConfig, 'scheme' | 'toleranceSeconds'>

/** `secrets`: those that count now. */
export function verify(
  { scheme, toleranceSeconds }: Schemed,
  secrets: readonly string[],
  call: SignedCall,
  now: Date,
): Verdict {
  switch (scheme) {
    case 'standard':
      return inTime(call.headers['webhook-timestamp'], 'webhook-timestamp', toleranceSeconds, now, (time) =>
        standard(secrets, call, time),
      )
    case 'github':
      return github(secrets, call)
    case 'stripe':
      return stripe(secrets, call, toleranceSeconds, now)
    case 'token':
      return bearer(secrets, call)
  }
}

const refused = (reason: string): Verdict => ({ genuine: false, reason })
const missing = (header: string) => refused(`The header ${header} is missing.`)
const NONE_FITS = refused(
  'No signature fits: it was made with another secret, or the body was changed on its way.',
)

/** A key that anybody could guess signs nothing. */
const SHORTEST_KEY_BYTES = 16
const PREFIX = 'whsec_'
export const keyOf = (secret: string): Buffer | null => {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64')
  return key.length < SHORTEST_KEY_BYTES ? null : key
}

function standard(secrets: readonly string[], { headers, body }: SignedCall, time: string): Verdict {
  const id = headers['webhook-id']
  const given = headers['webhook-signature']
  if (!id) return missing('webhook-id')
  if (!given) return missing('webhook-signature')
  const keys = secrets.flatMap((it) => keyOf(it) ?? [])
  if (keys.length === 0)
    return refused('The secret is none of this scheme (whsec_ and base64). Change it to another.')
  const signatures = given
    .split(/\s+/)
    .flatMap((it) => (it.startsWith('v1,') ? [Buffer.from(it.slice('v1,'.length), 'base64')] : []))
  return signed(keys, [`${id}.${time}.`, body], signatures)
}

function github(secrets: readonly string[], { headers, body }: SignedCall): Verdict {
  const given = headers['x-hub-signature-256']
  if (!given) return missing('X-Hub-Signature-256')
  const [, hex] = /^sha256=([\da-f]{64})$/i.exec(given) ?? []
  if (!hex) return refused('The header X-Hub-Signature-256 is not "sha256=" and 64 hexadecimal digits.')
  return signed(secrets, [body], [Buffer.from(hex, 'hex')])
}

function stripe(
  secrets: readonly string[],
  { headers, body }: SignedCall,
  toleranceSeconds: number,
  now: Date,
): Verdict {
  const given = headers['stripe-signature']
  if (!given) return missing('Stripe-Signature')
  const parts = given.split(',').map((it) => it.trim())
  const valuesOf = (name: string) =>
    parts.flatMap((it) => (it.startsWith(`${name}=`) ? [it.slice(name.length + 1)] : []))
  const [time, ...others] = valuesOf('t')
  // Of two, one would be judged and the other signed.
  if (others.length > 0) return refused('The header Stripe-Signature has more than one time.')
  return inTime(time, 'Stripe-Signature', toleranceSeconds, now, (at) =>
    signed(
      secrets,
      [`${at}.`, body],
      valuesOf('v1').map((it) => Buffer.from(it, 'hex')),
    ),
  )
}

function bearer(secrets: readonly string[], { headers }: SignedCall): Verdict {
  const given = headers.authorization
  if (given === undefined) return missing('Authorization')
  const [, token] = /^bearer +([\x21-\x7e]+) *$/i.exec(given) ?? []
  if (!token) return refused('The header Authorization is not "Bearer <secret>".')
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return isAmong(secrets.map(digest), [digest(token)])
    ? { genuine: true, signature: null }
    : refused('The bearer token is not the secret.')
}

function inTime(
  given: string | undefined,
  header: string,
  toleranceSeconds: number,
  now: Date,
  judge: (time: string) => Verdict,
): Verdict {
  if (!given) return missing(header)
  if (!/^\d{1,11}$/.test(given)) return refused(`The time in ${header} is not in whole seconds since 1970.`)
  const apart = Math.abs(now.getTime() / 1000 - Number(given))
  const verdict = judge(given)
  if (!verdict.genuine || apart <= toleranceSeconds) return verdict
  return refused(
    `It was signed at ${new Date(Number(given) * 1000).toISOString()}, ${Math.round(apart)} seconds from now; ` +
      `at most ${toleranceSeconds} may lie between. Is a clock wrong, or is it sent again?`,
  )
}

/** Every key is tried against every signature, whichever fits. */
function signed(
  keys: readonly (string | Buffer)[],
  content: readonly (string | Uint8Array)[],
  signatures: readonly Buffer[],
): Verdict {
  const expected = keys.map((key) => {
    const hmac = createHmac('sha256', key)
    for (const it of content) hmac.update(it)
    return hmac.digest()
  })
  const fitting = expected.filter((it) => isAmong([it], signatures))
  const [first] = fitting
  return first ? { genuine: true, signature: first.toString('hex') } : NONE_FITS
}

function isAmong(expected: readonly Buffer[], given: readonly Buffer[]): boolean {
  let found = false
  for (const one of expected)
    for (const other of given) found = (one.length === other.length && timingSafeEqual(one, other)) || found
  return found
}
