/**
 * The databases that the tests run on: a SQLite file, and a real PostgreSQL that the tests start themselves.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openPostgres, patiently } from '../postgres.ts'
import { openSqlite } from '../sqlite/index.ts'
import type { Store } from '../store.ts'
import { freshDatabase } from './fresh-database.ts'

/** Two connections to one fresh database, so that they can race. */
export interface Opened {
  store: Store
  second: Store
  close(): Promise<void>
}

async function sqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-test-'))
  const file = join(folder, 'carillon.db')
  // As a server has it, in its thread; and as a tool that looks in beside it.
  const store = await openSqlite({ file, exclusive: true })
  const second = await openSqlite({ file })
  return {
    store,
    second,
    async close() {
      await Promise.all([store.close(), second.close()])
      rmSync(folder, { recursive: true })
    },
  }
}

async function postgres(): Promise<Opened> {
  const database = await freshDatabase()
  const store = await openPostgres({ url: database.url, connections: 4 })
  const second = await openPostgres({ url: database.url, connections: 4 })
  return {
    store,
    second,
    async close() {
      await Promise.all([store.close(), second.close()])
      await database.drop()
    },
  }
}

const EVERY_SO_MANY_CALLS = 20
const TABLES_AT_ONCE = 5

/**
 * PostgreSQL while the next versions' migrations run beside this program: every table gets a column more,
 * again and again, under statements that are prepared already.
 */
async function beingUpgraded(): Promise<Opened> {
  const database = await freshDatabase()
  const store = await openPostgres({ url: database.url, connections: 4 })
  const second = await openPostgres({ url: database.url, connections: 4 })
  const newer = new pg.Client(database.url)
  await newer.connect()
  const { rows: tables } = await newer.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  let calls = 0
  async function migrate(): Promise<void> {
    if (++calls % EVERY_SO_MANY_CALLS !== 0) return
    // As a migration does: some tables at once, and others the next time.
    const place = ((calls / EVERY_SO_MANY_CALLS) * TABLES_AT_ONCE) % tables.length
    const some = [...tables, ...tables].slice(place, place + TABLES_AT_ONCE)
    const added = some.map(
      ({ name }) => `alter table ${name} add column added_${calls} bigint not null default 0`,
    )
    await patiently(() => newer.query(added.join(';')))
  }
  const beside = (it: Store): Store => ({
    ...it,
    all: async (statement) => migrate().then(() => it.all(statement)),
    atomically: async (statements) => migrate().then(() => it.atomically(statements)),
  })
  return {
    store: beside(store),
    second: beside(second),
    async close() {
      await Promise.all([store.close(), second.close(), newer.end()])
      await database.drop()
    },
  }
}

export const upgrading = { name: 'PostgreSQL, while the next version migrates it', open: beingUpgraded }
export const stores: { name: string; open(): Promise<Opened> }[] = [
  { name: 'SQLite', open: sqlite },
  { name: 'PostgreSQL', open: postgres },
]
