/** What can happen to a file, and what the person is told. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { setSetting, setting } from '../queries/upkeep.ts'
import { openSqlite } from './index.ts'
import { bringUpToDate } from './opening.ts'
import { threaded } from './threaded.ts'
import { raw } from '../testing/raw.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-file-'))
  file = join(folder, 'carillon.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function install(): Promise<void> {
  const store = await openSqlite({ file, exclusive: true })
  await setSetting(store, 'k', 'v')
  await store.close()
}

test('an answer that was given survives: WAL, full sync, foreign keys', async () => {
  const store = await openSqlite({ file })
  const pragma = async (name: string) => ((await store.q.get(sql.raw(`pragma ${name}`))) as unknown[])[0]
  expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys')]).toEqual([
    'wal',
    2,
    1,
  ])
  await store.close()
})

test('a second server on the same file is refused, and points to PostgreSQL; after the first has ended it may start', async () => {
  const first = await openSqlite({ file, exclusive: true })
  await expect(openSqlite({ file, exclusive: true })).rejects.toThrow(
    /Another Carillon server already uses .* PostgreSQL/,
  )
  await first.close()
  await (await openSqlite({ file, exclusive: true })).close()
})

test.each([
  ['missing', () => rmSync(file)],
  ['empty', () => truncateSync(file, 0)],
])('a database that is %s where Carillon was installed is no new installation', async (state, harm) => {
  await install()
  for (const it of ['-wal', '-shm']) rmSync(file + it, { force: true })
  harm()
  await expect(openSqlite({ file, exclusive: true })).rejects.toThrow(
    new RegExp(`is ${state}, but Carillon was installed here before. Put your newest backup in its place`),
  )
  rmSync(join(folder, 'carillon.installed'))
  await (await openSqlite({ file, exclusive: true })).close()
})

test('a damaged file is refused and left as it is', async () => {
  await install()
  const page = Buffer.alloc(4096, 7)
  writeFileSync(
    file,
    Buffer.concat([readFileSync(file).subarray(0, 4096), page, readFileSync(file).subarray(8192)]),
  )
  const before = readFileSync(file)
  await expect(openSqlite({ file, exclusive: true })).rejects.toThrow(/is damaged .* It was left as it is/s)
  expect(readFileSync(file).equals(before)).toBe(true)
  writeFileSync(file, 'this is not a database, though it is long enough to look at twice'.repeat(20))
  await expect(openSqlite({ file, exclusive: true })).rejects.toThrow(/is damaged/)
})

test('a file that is as a server left it in order is not read through again; any other is', async () => {
  const store = await openSqlite({ file, exclusive: true })
  const rooted = sql.raw(`select rootpage from sqlite_master where name = 'documents'`)
  const [page] = (await store.q.get(rooted)) as [number]
  await store.close()
  const { atime, mtime } = statSync(file)
  // Damage that only reading it all finds; size and time say that nobody has touched it.
  writeFileSync(file, readFileSync(file).fill(7, (page - 1) * 4096, page * 4096))
  utimesSync(file, atime, mtime)
  await (await openSqlite({ file, exclusive: true })).close()
  // A server that did not end in order leaves no word.
  rmSync(join(folder, 'carillon.in-order'))
  await expect(openSqlite({ file, exclusive: true })).rejects.toThrow(/is damaged/)
})

test('a thread that ends fails what was under way, and is made anew for what comes next', async () => {
  const database = threaded(join(folder, 'later', 'x.db'))
  const ask = () => database.run([{ text: 'select 1 as one', params: [] }], {})
  await expect(ask()).rejects.toThrow('The database thread has ended.')
  mkdirSync(join(folder, 'later'))
  expect(await ask()).toEqual([[{ one: 1 }]])
  await database.close()
  await expect(ask()).rejects.toThrow('The database is closed.')
})

test('whoever reads is answered while a write waits for another process', async () => {
  const store = await openSqlite({ file, exclusive: true })
  const other = new Database(file)
  other.exec('begin immediate')
  let written = false
  const writing = setSetting(store, 'patience', 'rewarded').then(() => {
    written = true
  })
  for (let i = 0; i < 20; i++) expect(await setting(store, 'patience')).toBeNull()
  expect(written).toBe(false)
  other.exec('commit')
  other.close()
  await writing
  expect(await setting(store, 'patience')).toBe('rewarded')
  await store.close()
})

test('a database of a newer program is refused', async () => {
  await install()
  const shell = new Database(file)
  shell.exec(`insert into __drizzle_migrations (hash, created_at) values ('x', 9999999999999)`)
  shell.close()
  await expect(openSqlite({ file, exclusive: true })).rejects.toThrow(/made by a newer Carillon/)
})

const forget = raw(sql`delete from settings where name = 'patience' returning name`)

test('a writer of another process delays, and loses nothing', async () => {
  const store = await openSqlite({ file })
  const other = new Database(file)
  other.exec('begin immediate')
  const waiting = setSetting(store, 'patience', 'rewarded')
  other.exec('commit')
  await waiting
  expect(await setting(store, 'patience')).toBe('rewarded')
  other.exec('begin immediate')
  const byItself = store.all(forget)
  other.exec('commit')
  expect(await byItself).toEqual([{ name: 'patience' }])
  other.exec('begin immediate')
  const byTheBuilder = store.q.insert(store.t.settings).values({ name: 'patience', value: 'again' }).execute()
  other.exec('commit')
  await byTheBuilder
  expect(await setting(store, 'patience')).toBe('again')
  other.close()
  await store.close()
})

test('a full disk is said in words, and passes', async () => {
  const store = await openSqlite({ file })
  const [pages] = (await store.q.get(sql.raw('pragma page_count'))) as [number]
  await store.q.run(sql.raw(`pragma max_page_count = ${pages}`))
  const much = 'x'.repeat(200_000)
  await expect(setSetting(store, 'much', much)).rejects.toThrow('The disk is full')
  await store.q.run(sql.raw('pragma max_page_count = 1000000'))
  await setSetting(store, 'much', much)
  expect(await setting(store, 'much')).toHaveLength(200_000)
  await store.close()
})

test('a folder that cannot be written is said in words', async (context) => {
  if (process.getuid?.() === 0) {
    // Root may write anywhere: a folder that is a file stands for it.
    writeFileSync(join(folder, 'blocked'), '')
    await expect(openSqlite({ file: join(folder, 'blocked', 'carillon.db') })).rejects.toThrow()
    return
  }
  chmodSync(folder, 0o500)
  context.onTestFinished(() => chmodSync(folder, 0o700))
  await expect(openSqlite({ file })).rejects.toThrow(/cannot be written/)
  expect(existsSync(file)).toBe(false)
})

test('where the disk is full at the first start, that is said, and nothing is left half done', () => {
  const db = new Database(file)
  onTestFinished(() => void db.close())
  db.pragma('max_page_count = 8')
  expect(() => bringUpToDate(db)).toThrow(/carillon\.db could not be brought up to date: the disk is full/)
  expect(db.prepare(`select count(*) from sqlite_master where name = 'triggers'`).pluck().get()).toBe(0)
})
