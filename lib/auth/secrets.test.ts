import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSeal } from './seal.ts'
import { knownSecrets, readSecrets } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('secrets are made once, kept for this user only, and stay the same', () => {
  const first = readSecrets({ DATA_DIR: folder })
  expect(new Set(Object.values(first)).size).toBe(3)
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600)
  expect(readSecrets({ DATA_DIR: folder })).toEqual(first)
})

test('the environment comes first, and needs no file when it is complete', () => {
  const given = { JWT_SECRET: 'j'.repeat(16), SIG_KEY: 'k'.repeat(16), SIG_SALT: 's'.repeat(16) }
  expect(readSecrets({ DATA_DIR: join(folder, 'never'), ...given })).toEqual(given)
  expect(readSecrets({ DATA_DIR: folder, SIG_KEY: given.SIG_KEY }).SIG_KEY).toBe(given.SIG_KEY)
})

test('who only looks finds what is there, and makes nothing', () => {
  expect(knownSecrets({ DATA_DIR: folder })).toBeNull()
  expect(existsSync(join(folder, 'secrets.json'))).toBe(false)
  const made = readSecrets({ DATA_DIR: folder })
  expect(knownSecrets({ DATA_DIR: folder })).toEqual(made)
  const SIG_KEY = 'k'.repeat(16)
  expect(knownSecrets({ DATA_DIR: folder, SIG_KEY })).toEqual({ ...made, SIG_KEY })
})

test('a damaged file stops the start with its name, and is not replaced', () => {
  writeFileSync(join(folder, 'secrets.json'), '{}')
  expect(() => readSecrets({ DATA_DIR: folder })).toThrow('secrets.json')
})

test('what was sealed opens with the same secret, purpose and place only', () => {
  const seal = createSeal('secret', 'answers')
  const sealed = seal.close('a key', 'ada 1')
  expect(sealed).not.toContain('a key')
  expect(seal.open(sealed, 'ada 1')).toBe('a key')
  expect(seal.open(sealed, 'ben 1')).toBeNull()
  expect(createSeal('other', 'answers').open(sealed, 'ada 1')).toBeNull()
  expect(createSeal('secret', 'mail').open(sealed, 'ada 1')).toBeNull()
  expect(seal.open('nonsense', 'ada 1')).toBeNull()
})
