/**
 * Passwords at rest: Argon2id, with its parameters beside the digest so that they can rise later.
 *
 * Never on the event loop's own thread: the digest is costly on purpose.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { weaknessOf } from '#lib/contract/password.ts'
import { unacceptable } from '#lib/contract/problem.ts'

/** @throws ProblemError 422, for a password that would be guessed at once. */
export function requireStrong(password: string, email: string, path = 'password'): void {
  const message = weaknessOf(password, email)
  if (message) throw unacceptable([{ path, message }])
}

const derive = promisify(argon2)

// OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const DIGEST_BYTES = 32
const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const digest = await derive('argon2id', {
    ...COST,
    message: password.normalize('NFKC'),
    nonce,
    tagLength: DIGEST_BYTES,
  })
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(nonce)}$${base64(digest)}`
}

export async function verifyPassword({
  hash,
  password,
}: {
  hash: string
  password: string
}): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, digest] = FORM.exec(hash) ?? []
  if (!nonce || !digest) return false
  const known = Buffer.from(digest, 'base64')
  const given = await derive('argon2id', {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    message: password.normalize('NFKC'),
    nonce: Buffer.from(nonce, 'base64'),
    tagLength: known.length,
  })
  return timingSafeEqual(known, given)
}
