/** Signs what goes out as Standard Webhooks has it. */
import { createHmac } from 'node:crypto'
import { z } from 'zod'

const PREFIX = 'whsec_'
/** A key that anybody could guess signs nothing. */
const SHORTEST_KEY_BYTES = 16
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** A secret of another form than `whsec_` and base64 is its own text. */
const keyOf = (secret: string): Buffer | string =>
  secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : secret
const isKey = (secret: string) =>
  !secret.startsWith(PREFIX) ||
  (BASE64.test(secret.slice(PREFIX.length)) && keyOf(secret).length >= SHORTEST_KEY_BYTES)

export const SigningSecret = z
  .string()
  .min(8, 'expects at least 8 characters')
  .max(500)
  .refine(
    isKey,
    `expects ${PREFIX} and the base64 of 24 to 64 random bytes, of ${SHORTEST_KEY_BYTES} at the least`,
  )

/** The header `webhook-signature`; `timestamp` in whole seconds, as in the header of its name. */
export const signatureOf = (
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: string; body: string },
): string => `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`
