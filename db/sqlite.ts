/**
 * SQLite: one file, one server.
 *
 * Promise: an answer that was given survives a power cut (WAL with synchronous=FULL); a damaged, emptied or
 * foreign file is refused, never repaired or greeted as a new installation; a second server on the same file
 * is refused.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { drizzle as proxied } from 'drizzle-orm/sqlite-proxy'
import { latestMigration, MIGRATIONS } from './migrations.ts'
import { type Definition, type Place, placeOf, type Statement } from './statement.ts'
import { type Answers, type Phrases, type Store, StoreRefused, StoreUnavailable } from './store.ts'
import * as t from './tables/sqlite.ts'

/** Waiting blocks the event loop, so it is short; the rest of the wait is a timer. */
const BUSY_WAIT_MS = 50
const BUSY_RETRIES = 60
const BUSY_PAUSE_MS = 100

const nothing = sql`select 1`
export const phrases: Phrases = {
  page: sql`jsonb_each(jsonb(${sql.placeholder('rows')})) as p`,
  // SQLite has one writer: a transaction that has begun already holds every lock.
  lockWorkspaces: nothing,
  lockClaims: nothing,
  skipLocked: sql``,
  lockRows: sql``,
  least: (a, b) => sql`min(${a}, ${b})`,
  greatest: (a, b) => sql`max(${a}, ${b})`,
  day: (instant) => sql`strftime('%Y-%m-%d', ${instant} / 1000, 'unixepoch')`,
}

export interface SqliteOptions {
  /** The file; `:memory:` for tests. */
  file: string
  /** True for the server: takes the file for itself. Tools look in beside it. */
  exclusive?: boolean
}

export async function openSqlite({ file, exclusive = false }: SqliteOptions): Promise<Store> {
  const inMemory = file === ':memory:'
  const lock = inMemory || !exclusive ? null : takeLock(file)
  try {
    if (!inMemory) refuseEmptied(file)
    const db = openFile(file)
    migrateSchema(db)
    if (!inMemory)
      writeFileSync(
        markerOf(file),
        'Carillon keeps its data beside this file. While it stands here, a missing or empty database is not a new installation.\n',
      )
    return store(db, lock)
  } catch (error) {
    lock?.close()
    throw error
  }
}

/** Runs statements, each of which is compiled and prepared when it is first needed. */
function runnerOf(db: Database.Database) {
  const dialect = new SQLiteSyncDialect({ casing: 'snake_case' })
  const prepared = new Map<Definition, { statement: Database.Statement<unknown[]>; place: Place }>()
  function preparedOf(of: Definition) {
    const known = prepared.get(of)
    if (known) return known
    const query = dialect.sqlToQuery(of.render(phrases))
    const it = { statement: db.prepare<unknown[]>(query.sql), place: placeOf(query) }
    prepared.set(of, it)
    return it
  }
  return ([of, values]: Statement): unknown[] => {
    const { statement, place } = preparedOf(of)
    const params = place(of.encode(values))
    if (statement.reader) return of.decode(statement.all(...params) as Record<string, unknown>[])
    statement.run(...params)
    return []
  }
}

function store(db: Database.Database, lock: Database.Database | null): Store {
  const run = runnerOf(db)
  const dataVersion = db.prepare('pragma data_version').pluck()
  const together = db.transaction((statements: readonly Statement[]) => statements.map(run))

  return {
    dialect: 'sqlite',
    provider: 'sqlite',
    shared: false,
    t,
    q: builderOf(db),
    all: async <Row>(it: Statement<Row>) => (await patiently(() => run(it))) as Row[],
    atomically: async <const S extends readonly Statement[]>(statements: S) =>
      (await patiently(() => together.immediate(statements))) as Answers<S>,
    clockSkewMs: async () => 0,
    foreignWrites: () => dataVersion.get() as number,
    onNews: null,
    joinQueue: null,
    async close() {
      if (db.open) db.close()
      lock?.close()
    },
  }
}

const MOST_PREPARED = 500
/** Drizzle's builder, and the account library through it: each query is prepared once, and waits as all else does. */
function builderOf(db: Database.Database): Store['q'] {
  const prepared = new Map<string, Database.Statement<unknown[]>>()
  function preparedOf(text: string) {
    const it = prepared.get(text) ?? db.prepare(text)
    if (prepared.size >= MOST_PREPARED) prepared.clear()
    prepared.set(text, it)
    return it
  }
  const answer = (text: string, params: unknown[], method: string) => {
    const it = preparedOf(text)
    if (!it.reader) return { rows: [], changes: it.run(...params).changes }
    it.raw(true)
    return { rows: (method === 'get' ? it.get(...params) : it.all(...params)) as never[] }
  }
  const inABatch = () => Promise.reject(new Error('A transaction is a list of statements.'))
  return proxied((...asked) => patiently(() => answer(...asked)), inABatch, { casing: 'snake_case' })
}

/** Waits and asks again while another process holds the database: what was refused for it has changed nothing. */
async function patiently<Answer>(ask: () => Answer): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return ask()
    } catch (error) {
      if (!isBusy(error)) throw readable(error)
      if (attempt === BUSY_RETRIES) throw new StoreUnavailable('Another process holds the database.', error)
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
    }
  }
}

function openFile(file: string): Database.Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const db = new Database(file)
  try {
    db.pragma(`busy_timeout = ${BUSY_WAIT_MS * 100}`)
    const verdict = db.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw new StoreRefused(damaged(file, String(verdict)))
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('cache_size = -65536')
    db.pragma('temp_store = MEMORY')
    db.pragma(`busy_timeout = ${BUSY_WAIT_MS}`)
    return db
  } catch (error) {
    db.close()
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

function migrateSchema(db: Database.Database): void {
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
  if (newest < latestMigration('sqlite'))
    migrate(drizzle(db), { migrationsFolder: join(MIGRATIONS, 'sqlite') })
  const views = readFileSync(join(import.meta.dirname, 'views', 'sqlite.sql'), 'utf8')
  const fingerprint = createHash('sha256').update(views).digest('hex')
  if (db.prepare(`select value from settings where name = 'views'`).pluck().get() === fingerprint) return
  db.transaction(() => {
    db.exec(views)
    db.prepare(
      `insert into settings (name, value) values ('views', ?) on conflict (name) do update set value = excluded.value`,
    ).run(fingerprint)
  }).immediate()
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

/** A lock that dies with its process: an exclusive transaction on a file of its own. */
export function takeLock(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true })
  const lock = new Database(`${file}.lock`)
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

const codeOf = (error: unknown) => (error instanceof Database.SqliteError ? error.code : '')
const isBusy = (error: unknown) => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

function readable(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_FULL')
    return new StoreUnavailable('The disk is full: nothing can be recorded until there is space.', error)
  if (code.startsWith('SQLITE_READONLY'))
    return new StoreUnavailable('The database has become read-only.', error)
  if (code.startsWith('SQLITE_IOERR')) return new StoreUnavailable('The disk does not answer.', error)
  return error
}
