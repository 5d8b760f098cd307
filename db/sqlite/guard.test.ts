/** A file that is taken away from under a running server. */
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { raw } from '../testing/raw.ts'
import { guardOf } from './guard.ts'
import { openSqlite } from './index.ts'

let folder: string
let file: string
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-guard-'))
  file = join(folder, 'carillon.db')
  store = await openSqlite({ file, exclusive: true, lookEveryMs: 0 })
  await ask()
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})
const ask = () => store.all(raw(sql`select count(*) as n from workspaces`))
const write = () => store.atomically([raw(sql`insert into settings (name, value) values ('x', 'y')`)])

test.each<[string, () => void, string]>([
  ['deleted', () => rmSync(file), 'was deleted under the running server'],
  [
    'replaced',
    () => {
      copyFileSync(file, `${file}.copy`)
      renameSync(`${file}.copy`, file)
    },
    'was replaced by another file',
  ],
  ['emptied', () => truncateSync(file, 0), 'was emptied'],
  ['cut', () => truncateSync(file, 8_192), 'was cut'],
  ['overwritten', () => writeFileSync(file, 'x'.repeat(500_000), { flag: 'r+' }), 'was damaged'],
  ['robbed of its log', () => rmSync(`${file}-wal`), 'has lost its log'],
])('%s: nothing is read and nothing is written, and it says so', async (_what, harm, words) => {
  await write()
  harm()
  await expect(ask()).rejects.toThrow(words)
  await expect(write()).rejects.toMatchObject({ name: 'StoreUnavailable' })
})

test('looking takes no lock away: another program that looks in does not take itself for the last one', async () => {
  const isHeld = () => {
    const { ino } = statSync(file)
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .some((line) => line.includes(` ${process.pid} `) && line.includes(`:${ino} `))
  }
  expect(isHeld()).toBe(true)
  await write()
  expect(isHeld()).toBe(true)
})

test('a checkpoint that was cut off, or is under way, has written the head before the rest: nothing is amiss', () => {
  const half = join(folder, 'half.db')
  const head = Buffer.alloc(12_288)
  head.write('SQLite format 3\0', 'latin1')
  head.writeUInt16BE(4_096, 16)
  head.writeUInt32BE(100, 28)
  writeFileSync(half, head)
  const guard = guardOf(half, 0)
  guard.look()
  truncateSync(half, 8_192)
  expect(guard.look).toThrow('was cut')
  guard.end()
})

test('a connection that is made anew begins with a log of its own', () => {
  const guard = guardOf(file, 0)
  guard.look()
  renameSync(`${file}-wal`, `${file}-gone`)
  expect(guard.look).toThrow('has lost its log')
  guard.begun()
  guard.look()
  renameSync(`${file}-gone`, `${file}-wal`)
  guard.end()
})

test('put back as it was, it is used again', async () => {
  renameSync(file, `${file}.away`)
  await expect(ask()).rejects.toThrow('was deleted')
  renameSync(`${file}.away`, file)
  expect(await ask()).toEqual([{ n: 0 }])
})
