/**
 * Whether a file may be used, said before anything touches it.
 *
 * Promise: a damaged, emptied or foreign file is refused, never repaired or greeted as a new installation; a
 * second server on the same file is refused. A file that was left in order, and is as it was left, is not read
 * through again.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { latestMigration, MIGRATIONS } from '../migrations.ts'
import { StoreRefused } from '../store.ts'
import { open } from './connection.ts'
import { codeOf, isBusy } from './errors.ts'

const MARKER_TEXT =
  'Carillon keeps its data beside this file. While it stands here, a missing or empty database is not a new installation.\n'

/** Looks at the file, brings it up to date, and leaves it closed for whoever uses it. */
export function prepareFile(file: string): void {
  refuseEmptied(file)
  mkdirSync(dirname(file), { recursive: true })
  const unchanged = isAsLeft(file)
  rmSync(orderOf(file), { force: true })
  const db = refusing(file, () => {
    if (!unchanged) check(file)
    return open(file)
  })
  try {
    bringUpToDate(db)
  } finally {
    db.close()
  }
  writeFileSync(markerOf(file), MARKER_TEXT)
}

/** Reads the file through. */
function check(file: string): void {
  const db = new Database(file)
  try {
    db.pragma('busy_timeout = 5000')
    const verdict = db.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw new StoreRefused(damaged(file, String(verdict)))
  } finally {
    db.close()
  }
}

function refusing<Result>(file: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    const code = codeOf(error)
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
      throw new StoreRefused(damaged(file, (error as Error).message))
    if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN') {
      throw new StoreRefused(
        `The database ${file} cannot be written. Give this user the right to write the file and its folder, and start again.`,
      )
    }
    throw error
  }
}

const damaged = (file: string, what: string) =>
  `The database ${file} is damaged (${what}). It was left as it is. Move it aside, put your newest backup in its place, and start again.`

/** Migrations, and the guide's views where they have changed. */
export function bringUpToDate(db: Database.Database): void {
  const known =
    db.prepare(`select count(*) from sqlite_master where name = '__drizzle_migrations'`).pluck().get() === 1
  const newest = known
    ? Number(db.prepare('select max(created_at) from __drizzle_migrations').pluck().get() ?? 0)
    : 0
  if (newest > latestMigration('sqlite')) {
    throw new StoreRefused(
      'The database was made by a newer Carillon than this one. Start the newer program, or restore a backup from before the upgrade.',
    )
  }
  if (newest < latestMigration('sqlite')) migrateFile(db)
  const views = readFileSync(join(import.meta.dirname, '..', 'views', 'sqlite.sql'), 'utf8')
  const fingerprint = createHash('sha256').update(views).digest('hex')
  if (db.prepare(`select value from settings where name = 'views'`).pluck().get() === fingerprint) return
  db.transaction(() => {
    db.exec(views)
    db.prepare(
      `insert into settings (name, value) values ('views', ?) on conflict (name) do update set value = excluded.value`,
    ).run(fingerprint)
  }).immediate()
}

function migrateFile(db: Database.Database): void {
  // A table that is made anew is dropped once, and what refers to it is not to go with it. Within the migration's
  // transaction nobody could say so.
  db.pragma('foreign_keys = OFF')
  try {
    migrate(drizzle(db), { migrationsFolder: join(MIGRATIONS, 'sqlite') })
  } catch (error) {
    // SQLite may have rolled back by itself: then all that is left to see is that a rollback failed.
    const refused = /^SQLITE_(FULL|IOERR)/.test(codeOf((error as Error).cause))
    if (!refused && !String(error).includes('ROLLBACK')) throw error
    throw new StoreRefused(
      `The database ${db.name} could not be brought up to date: the disk is full or does not answer. ` +
        'It is as it was. Make room, and start again.',
    )
  } finally {
    db.pragma('foreign_keys = ON')
  }
}

const markerOf = (file: string) => join(dirname(file), 'carillon.installed')

/** SQLite opens an empty file as an empty database without a word; the marker beside it knows better. */
function refuseEmptied(file: string): void {
  if (!existsSync(markerOf(file))) return
  const state = !existsSync(file) ? 'is missing' : statSync(file).size === 0 ? 'is empty' : null
  if (!state) return
  throw new StoreRefused(
    `The database ${file} ${state}, but Carillon was installed here before. Put your newest backup in its place and start again. ` +
      `To begin anew and lose what was there, delete ${markerOf(file)} first.`,
  )
}

/** How a server left the file when it ended in order. It is taken away at the next start. */
const orderOf = (file: string) => join(dirname(file), 'carillon.in-order')
const standing = (file: string) => {
  const { size, mtimeMs, ino } = statSync(file)
  return JSON.stringify({ size, mtimeMs: Math.round(mtimeMs), ino })
}
/** Called after the last connection was closed. */
export function leaveInOrder(file: string): void {
  if (existsSync(file) && !existsSync(`${file}-wal`)) writeFileSync(orderOf(file), standing(file))
}
const isAsLeft = (file: string) =>
  existsSync(file) &&
  existsSync(orderOf(file)) &&
  !existsSync(`${file}-wal`) &&
  readFileSync(orderOf(file), 'utf8') === standing(file)

/** A lock that dies with its process: an exclusive transaction on a file of its own. */
export function takeLock(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true })
  const lock = refusing(file, () => new Database(`${file}.lock`))
  try {
    lock.pragma('busy_timeout = 0')
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new StoreRefused(
      `Another Carillon server already uses ${file}. Stop it first, or set DATABASE_URL to a PostgreSQL database: there, several servers work together.`,
    )
  }
}
