/**
 * Seals what must lie in the database but not be readable from
 * it: AES-256-GCM, a key for each purpose, bound to its row.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { Env } from '#lib/env.ts'
import { knownSecrets, readSecrets, type Secrets } from './secrets.ts'

export interface Seal {
  /** `place` names the row: what was sealed for one row does not open in another. */
  close(text: string, place: string): string
  /** Null where it was altered, or sealed with another secret or for another row. */
  open(sealed: string, place: string): string | null
  /** Tells equal texts apart from others, without being a digest that somebody could guess against. */
  digest(text: string | Uint8Array): string
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** What agents are given in confidence goes with the installation's own secrets. */
export const sealFor = (env: Env): Seal => sealOf(readSecrets(env))

/** For who only looks: null where its secrets are to be made yet. */
export function knownSeal(env: Env): Seal | null {
  const secrets = knownSecrets(env)
  return secrets && sealOf(secrets)
}

const sealOf = ({ SIG_KEY, SIG_SALT }: Secrets): Seal => createSeal(`${SIG_KEY}${SIG_SALT}`, 'agent secrets')

export function createSeal(secret: string, purpose: string): Seal {
  const key = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'carillon', `${purpose}: ${use}`, 32))
  const sealing = key('seal')
  const digesting = key('digest')
  return {
    close(text, place) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealing, iv).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        return Buffer.concat([
          decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
          decipher.final(),
        ]).toString('utf8')
      } catch {
        return null
      }
    },
    digest: (text) => createHmac('sha256', digesting).update(text).digest('hex'),
  }
}
