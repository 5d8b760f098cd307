/** Tokens that a program or a link carries: 32 random bytes outside, their SHA-256 inside. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const newToken = () => randomBytes(32).toString('base64url')

// No salt and no slow hash: nobody guesses 32 random bytes.
export const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** Compares digests without telling by time where they differ. */
export function sameDigest(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
