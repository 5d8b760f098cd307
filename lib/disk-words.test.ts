import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { diskWords } from './disk-words.ts'

function thrownBy(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a file where a folder should be is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  expect(diskWords(thrownBy(() => mkdirSync(file, { recursive: true })))).toContain(`${file} is a file`)
  expect(diskWords(thrownBy(() => writeFileSync(join(file, 'x'), '')))).toContain('Set DATA_DIR')
})

test.each([
  [{ code: 'ENOSPC', path: '/data/secrets.json' }, 'The disk is full: /data/secrets.json'],
  [{ code: 'SQLITE_FULL' }, 'The disk is full'],
  [{ code: 'EACCES', path: '/data' }, '/data cannot be written by this user'],
  [{ code: 'EROFS', path: '/data' }, 'can only be read'],
])('%j is said with its remedy', (error, words) => {
  expect(diskWords(Object.assign(new Error('x'), error))).toMatch(words)
  expect(diskWords(Object.assign(new Error('x'), error))).toMatch(/start again\.$/)
})

test.each([new Error('x'), { code: 'EADDRINUSE' }, null, 'text'])('%j is no affair of the disk', (error) => {
  expect(diskWords(error)).toBeNull()
})
