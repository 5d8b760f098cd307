/**
 * SQLite: one file, one server.
 *
 * Promise: a server's database works in a thread of its own, so that the server answers meanwhile; a tool looks
 * in beside it and needs none. What is refused at the start stands in `opening.ts`.
 */
import { sql } from 'drizzle-orm'
import { drizzle as proxied } from 'drizzle-orm/sqlite-proxy'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { type Definition, type Place, placeOf, type Statement } from '../statement.ts'
import { type Answers, type Phrases, type Store, StoreUnavailable } from '../store.ts'
import * as t from '../tables/sqlite.ts'
import { type Call, type Connection, connect } from './connection.ts'
import { conversing } from './conversing.ts'
import { isBusy, readable } from './errors.ts'
import { guardOf } from './guard.ts'
import { bringUpToDate, leaveInOrder, prepareFile, takeLock } from './opening.ts'
import { type Remote, threaded } from './threaded.ts'

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
  lower: (text) => sql`lower(${text})`,
  greatest: (a, b) => sql`max(${a}, ${b})`,
  day: (instant) => sql`strftime('%Y-%m-%d', ${instant} / 1000, 'unixepoch')`,
  jsonText: (json, name) => sql`json_extract(${json}, ${sql.raw(`'$.${name}'`)})`,
  texts: (json) => sql`json_each(${json}) as n`,
}

export interface SqliteOptions {
  /** The file; `:memory:` for tests. */
  file: string
  /** True for the server: takes the file for itself. Tools look in beside it. */
  exclusive?: boolean
  /** How often a server looks whether its file is still there. */
  lookEveryMs?: number
}

export async function openSqlite({ file, exclusive = false, lookEveryMs }: SqliteOptions): Promise<Store> {
  const nothingMore = async () => {}
  if (file === ':memory:') return store(here(connect(file, bringUpToDate)), nothingMore)
  if (!exclusive) {
    prepareFile(file)
    return store(here(connect(file)), nothingMore)
  }
  const lock = takeLock(file)
  try {
    prepareFile(file)
  } catch (error) {
    lock.close()
    throw error
  }
  const guard = guardOf(file, lookEveryMs)
  return store(guarded(threaded(file, guard.begun), guard.look), async () => {
    guard.end()
    leaveInOrder(file)
    lock.close()
  })
}

/** Nothing is asked of a file that is not what it was. */
const guarded = (it: Remote, look: () => void): Remote => {
  const after = async <Answer>(ask: () => Promise<Answer>) => {
    look()
    return ask()
  }
  return {
    run: (...asked) => after(() => it.run(...asked)),
    query: (...asked) => after(() => it.query(...asked)),
    dataVersion: () => after(it.dataVersion),
    close: it.close,
  }
}

/** A connection of this thread. */
function here(it: Connection): Remote {
  return {
    run: async (...asked) => it.run(...asked),
    query: async (...asked) => it.query(...asked),
    dataVersion: async () => it.dataVersion(),
    close: async () => it.close(),
  }
}

/** Each statement is compiled when it is first said. */
function compiling(): (statement: Statement) => Call {
  const dialect = new SQLiteSyncDialect({ casing: 'snake_case' })
  const compiled = new Map<Definition, { text: string; place: Place }>()
  return ([of, values]) => {
    let it = compiled.get(of)
    if (!it) {
      const query = dialect.sqlToQuery(of.render(phrases))
      it = { text: query.sql, place: placeOf(query) }
      if (!of.isSaidOnce) compiled.set(of, it)
    }
    const { isBookkeeping } = of
    return { text: it.text, params: it.place(of.encode(values)), isBookkeeping }
  }
}

function store(remote: Remote, closed: () => Promise<void>): Store {
  const compile = compiling()
  const { connection, converse } = conversing(remote, patiently)
  async function run(
    statements: readonly Statement[],
    together: boolean,
    note?: Statement,
  ): Promise<unknown[][]> {
    // Anew each time: what is read of a clock is read when the database is ours.
    const answers = await patiently(() =>
      connection.run(statements.map(compile), { together, note: note && compile(note) }),
    )
    return answers.map((rows, n) => ((statements[n] ?? note) as Statement)[0].decode(rows))
  }
  return {
    dialect: 'sqlite',
    provider: 'sqlite',
    shared: false,
    t,
    q: builderOf(connection),
    all: async <Row>(it: Statement<Row>) => (await run([it], false))[0] as Row[],
    atomically: async <const S extends readonly Statement[]>(statements: S) =>
      (await run(statements, true)) as Answers<S>,
    async noting<const S extends readonly Statement[]>(statements: S, note: Statement) {
      const answers = await run(statements, true, note)
      return {
        answers: answers.slice(0, statements.length) as Answers<S>,
        noted: answers[statements.length]?.[0],
      }
    },
    converse,
    clockSkewMs: async () => 0,
    foreignWrites: connection.dataVersion,
    onNews: null,
    joinQueue: null,
    async close() {
      await connection.close()
      await closed()
    },
  }
}

/** Drizzle's builder, and the account library through it: it waits as all else does. */
function builderOf(connection: Remote): Store['q'] {
  const inABatch = () => Promise.reject(new Error('A transaction is a list of statements.'))
  const ask = (text: string, params: unknown[], method: 'run' | 'all' | 'values' | 'get') =>
    patiently(() => connection.query({ text, params }, method)) as Promise<{ rows: never[] }>
  return proxied(ask, inABatch, { casing: 'snake_case' })
}

/**
 * Waits and asks again while another process holds the database: what was refused for it has changed nothing,
 * and whoever asks in between gets an answer.
 */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!isBusy(error)) throw readable(error)
      if (attempt === BUSY_RETRIES) throw new StoreUnavailable('Another process holds the database.', error)
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS))
    }
  }
}
