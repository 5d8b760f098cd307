/** A file that is taken away from under a running server. */
import { copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { raw } from '../testing/raw.ts'
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

test('put back as it was, it is used again', async () => {
  renameSync(file, `${file}.away`)
  await expect(ask()).rejects.toThrow('was deleted')
  renameSync(`${file}.away`, file)
  expect(await ask()).toEqual([{ n: 0 }])
})
