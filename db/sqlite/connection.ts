/**
 * One connection to the file, as it is used by whoever holds it: the server's database thread, or a tool.
 *
 * Promise: an answer that was given survives a power cut (WAL with synchronous=FULL). Everything here is
 * synchronous, takes and answers plain values, and waits for another writer so briefly that others get their turn.
 */
import Database from 'better-sqlite3'

/** Waiting holds up whoever is next, so it is short; the rest of the wait is the caller's. */
export const BUSY_WAIT_MS = 50
const MOST_PREPARED = 1_000

/** A compiled text with its parameters in their places. */
export interface Call {
  text: string
  params: unknown[]
  /** What it changes is nobody's change. */
  isBookkeeping?: boolean
}
export interface How {
  /** All or nothing. */
  together?: boolean
  /** Said last where a row was changed. */
  note?: Call | undefined
  /** A part of a transaction that was begun before, and of no other. */
  within?: boolean
}
export type Method = 'run' | 'all' | 'values' | 'get'

export interface Connection {
  /**
   * In order. Answers the rows of each, and behind them those of the note, where it was said.
   */
  run(calls: readonly Call[], how: How): Record<string, unknown>[][]
  /** A query of drizzle's builder: rows are lists of values. */
  query(call: Call, method: Method, how?: Pick<How, 'within'>): { rows: unknown[]; changes?: number }
  /** Differs after another connection has written. */
  dataVersion(): number
  close(): void
}

/**
 * `prepare`: done first, for a database that lives no longer than its connection.
 * @throws SqliteError for a file that cannot be opened.
 */
export function connect(file: string, prepare?: (db: Database.Database) => void): Connection {
  const db = open(file)
  prepare?.(db)
  const statementOf = preparing(db)
  const totalChanges = db.prepare('select total_changes()').pluck()
  const dataVersion = db.prepare('pragma data_version').pluck()

  function one({ text, params }: Call): Record<string, unknown>[] {
    const it = statementOf(text)
    if (it.reader) return it.all(...params) as Record<string, unknown>[]
    it.run(...params)
    return []
  }
  const all = (calls: readonly Call[]) => calls.map(one)
  const inTransaction = db.transaction(all)
  const noting = db.transaction((calls: readonly Call[], note: Call) => {
    let changes = 0
    const answers = calls.map((call) => {
      const before = totalChanges.get() as number
      const rows = one(call)
      if (!call.isBookkeeping) changes += (totalChanges.get() as number) - before
      return rows
    })
    return changes > 0 ? [...answers, one(note)] : answers
  })
  // A builder's query answers lists of values: prepared apart, for a statement keeps its way to answer.
  const rawStatementOf = preparing(db)

  const requireBegun = (within: boolean | undefined) => {
    if (within && !db.inTransaction) throw new Error('The transaction that this belongs to is gone.')
  }

  return {
    run(calls, { together, note, within }) {
      requireBegun(within)
      if (note) return noting.immediate(calls, note)
      return together ? inTransaction.immediate(calls) : all(calls)
    },
    query({ text, params }, method, { within } = {}) {
      requireBegun(within)
      const it = rawStatementOf(text)
      if (!it.reader) return { rows: [], changes: it.run(...params).changes }
      it.raw(true)
      return { rows: (method === 'get' ? it.get(...params) : it.all(...params)) as unknown[] }
    },
    dataVersion: () => dataVersion.get() as number,
    close() {
      if (db.open) db.close()
    },
  }
}

/** The file with the settings that every connection of ours has. */
export function open(file: string): Database.Database {
  const db = new Database(file)
  db.pragma(`busy_timeout = ${BUSY_WAIT_MS * 100}`)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('cache_size = -65536')
  db.pragma('temp_store = MEMORY')
  db.pragma(`busy_timeout = ${BUSY_WAIT_MS}`)
  // SQLite's own knows the 26 letters of ASCII.
  db.function('lower', { deterministic: true }, (text) => (text === null ? null : String(text).toLowerCase()))
  return db
}

/** Each text is prepared once; what is asked in ever new texts does not fill the memory. */
function preparing(db: Database.Database): (text: string) => Database.Statement<unknown[]> {
  const prepared = new Map<string, Database.Statement<unknown[]>>()
  return (text) => {
    const known = prepared.get(text)
    if (known) return known
    if (prepared.size >= MOST_PREPARED) prepared.clear()
    const it = db.prepare<unknown[]>(text)
    prepared.set(text, it)
    return it
  }
}
