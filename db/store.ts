/**
 * What every database offers the verbs in `queries/`.
 *
 * Two ways to say something. A *statement* (`statement.ts`), written once for both databases, for what is hot, belongs
 * to a transaction or carries a secret: it is compiled and prepared once, and takes a whole page of rows as one JSON
 * array. Drizzle's builder (`store.q`, `store.t`) for other reads and writes of one row: it costs up to half a
 * millisecond to write a query out, each time, and repeats the parameters in its errors.
 * A transaction is a list of statements, never a conversation: a guard stands in a `where`, so one list serves both
 * databases.
 */
import type { SQL, SQLWrapper } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from './schema.ts'
import type { Definition, Statement, Values } from './statement.ts'

/** The few phrases that differ. Field names inside `page` are those of the JSON objects that `rows` is bound to. */
export interface Phrases {
  /** A table expression `p` over the JSON array bound to `rows`. */
  page: SQL
  /** Locks the workspaces whose ids are in the JSON array `workspaces`, in one order, until the transaction ends. */
  lockWorkspaces: SQL
  /** Makes the transaction the only one that claims, across servers. */
  lockClaims: SQL
  /** Holds the rows of a `select` until the transaction ends, and skips those that another one holds. */
  skipLocked: SQL
  /** Holds the rows of a `select` until the transaction ends. */
  lockRows: SQL
  least(a: SQL, b: SQL): SQL
  greatest(a: SQL, b: SQL): SQL
  /** A text in lower case, in every script, whatever the locale that the database was made with. */
  lower(text: SQLWrapper): SQL
  /** UTC day of an instant, as `2026-11-23`. */
  day(instant: SQL): SQL
  /** A text of a JSON object by its name; null where it has none. */
  jsonText(json: SQLWrapper, name: string): SQL
  /** A table expression `n` over a JSON array of texts: each is `n.value`. */
  texts(json: SQL): SQL
}

/** The rows of each statement of a list, typed by its definition. */
export type Answers<S extends readonly Statement[]> = {
  -readonly [K in keyof S]: S[K] extends readonly [Definition<infer Row>, Values] ? Row[] : never
}

export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** The dialect by the name that libraries on drizzle have for it. */
  readonly provider: 'sqlite' | 'pg'
  /**
   * Several servers may be alive on it. Where it is false, every server but this one is dead, and its clock
   * is ours.
   */
  readonly shared: boolean
  readonly t: Tables
  /** For reads, and for the libraries that bring their own queries. */
  readonly q: BaseSQLiteDatabase<'async', unknown>
  /** One statement, by itself. */
  all<Row>(statement: Statement<Row>): Promise<Row[]>
  /**
   * All or nothing, in order; answers the rows of each statement. Waits and tries again while another process
   * holds the database.
   */
  atomically<const S extends readonly Statement[]>(statements: S): Promise<Answers<S>>
  /** The same, ending with `note` where any of the others has changed a row; answers its row then. */
  noting<const S extends readonly Statement[]>(
    statements: S,
    note: Statement,
  ): Promise<{ answers: Answers<S>; noted: unknown }>
  /**
   * All that is asked within `work`, by whatever it calls, is one transaction: kept when it is done, undone where it
   * throws. Others wait meanwhile, on SQLite for all, so it is for the one thing that cannot be a list, an import; what
   * takes longer than `MOST_TALK_MS` is undone.
   */
  converse<Answer>(work: (talk: Talk) => Promise<Answer>): Promise<Answer>
  /** The database's own clock minus ours, in milliseconds; 0 where they are one machine. */
  clockSkewMs(): Promise<number>
  /** A number that differs after another process has written; null where a database tells of changes itself. */
  readonly foreignWrites: (() => Promise<number>) | null
  /**
   * Calls back with the workspaces whose story another server continued: a hint, which may be lost. Null
   * where there is no other server.
   */
  readonly onNews: ((listener: (workspaceIds: number[]) => void) => void) | null
  /**
   * A queue outside the rows joins every transaction that makes executions takeable: it hears of them before
   * the commit, through the transaction's own connection. Null where the rows are the only queue.
   */
  readonly joinQueue: ((queue: OutsideQueue) => void) | null
  close(): Promise<void>
}

/**
 * Statements mark an execution that may be taken from now on by answering its id as `takeable`, and from when
 * on as `availableAt`.
 */
export interface Takeable {
  takeable: number
  availableAt: number
}
export interface Joined {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}
export interface Talk {
  /** Where `step` throws, what it did is undone, and the rest is not. One after another. */
  attempt<Answer>(step: () => Promise<Answer>): Promise<Answer>
}
/** Shorter than others wait before they give up. */
export const MOST_TALK_MS = 8_000
export type OutsideQueue = (transaction: Joined, executions: Takeable[]) => Promise<void>

/** The database cannot be used right now; trying later may help. */
export class StoreUnavailable extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'StoreUnavailable'
  }
}

/** A conversation that others would have waited for too long. */
export class TalkTooLong extends StoreUnavailable {
  constructor() {
    super(
      `This took longer than ${MOST_TALK_MS / 1000} seconds, while others waited: nothing of it was kept.`,
      null,
    )
  }
}

/** Whether trying later may help: drizzle's builder wraps what the database said. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'StoreUnavailable' || isUnavailable(error.cause))

/** The start must stop, and the person must read why. */
export class StoreRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StoreRefused'
  }
}
