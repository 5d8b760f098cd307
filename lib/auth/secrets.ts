/**
 * The installation's own secrets.
 *
 * Promise: what the environment does not give is made once and kept in `DATA_DIR/secrets.json`, readable by
 * this user only; it never changes by itself, or every session would end.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Env } from '#lib/env.ts'

const NAMES = ['JWT_SECRET', 'SIG_KEY', 'SIG_SALT'] as const
export type Secrets = Record<(typeof NAMES)[number], string>

const Kept = z.object({
  JWT_SECRET: z.string().min(16),
  SIG_KEY: z.string().min(16),
  SIG_SALT: z.string().min(16),
})

type Given = Pick<Env, 'DATA_DIR' | 'JWT_SECRET' | 'SIG_KEY' | 'SIG_SALT'>
const fileIn = (folder: string) => join(folder, 'secrets.json')

export const readSecrets = (env: Given): Secrets => secretsOf(env, () => keptIn(env.DATA_DIR))

/** For who only looks: null where they are to be made yet. @throws where they cannot be read */
export function knownSecrets(env: Given): Secrets | null {
  const file = fileIn(env.DATA_DIR)
  const isWhole = NAMES.every((name) => env[name])
  return isWhole || existsSync(file) ? secretsOf(env, () => readFrom(file)) : null
}

function secretsOf({ JWT_SECRET, SIG_KEY, SIG_SALT }: Given, keptThere: () => Secrets): Secrets {
  if (JWT_SECRET && SIG_KEY && SIG_SALT) return { JWT_SECRET, SIG_KEY, SIG_SALT }
  const kept = keptThere()
  return {
    JWT_SECRET: JWT_SECRET ?? kept.JWT_SECRET,
    SIG_KEY: SIG_KEY ?? kept.SIG_KEY,
    SIG_SALT: SIG_SALT ?? kept.SIG_SALT,
  }
}

function keptIn(folder: string): Secrets {
  const file = fileIn(folder)
  mkdirSync(folder, { recursive: true })
  const fresh = Object.fromEntries(NAMES.map((name) => [name, randomBytes(32).toString('base64url')]))
  try {
    // Fails if the file is there: of two processes that start at once, one makes it and both read it.
    writeFileSync(file, `${JSON.stringify(fresh, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  chmodSync(file, 0o600)
  return readFrom(file)
}

function readFrom(file: string): Secrets {
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new Error(
      `${file} cannot be read as this installation's secrets. Put it back from your backup; ` +
        'to begin with new ones (everybody must sign in again), delete it.',
    )
  }
}
