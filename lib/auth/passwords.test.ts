import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from './passwords.ts'

test('a password is known again by its hash, and no other is', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await verifyPassword({ hash, password: 'correct horse' })).toBe(true)
  expect(await verifyPassword({ hash, password: 'correct horsf' })).toBe(false)
  expect(await hashPassword('correct horse')).not.toBe(hash)
})

test('two spellings of one character are one password', async () => {
  const hash = await hashPassword('caf\u00e9 au lait')
  expect(await verifyPassword({ hash, password: 'cafe\u0301 au lait' })).toBe(true)
})

test('what is no hash lets nobody in', async () => {
  expect(await verifyPassword({ hash: '', password: '' })).toBe(false)
  expect(await verifyPassword({ hash: 'correct horse', password: 'correct horse' })).toBe(false)
})
