/**
 * What every database offers the verbs in `queries/`.
 *
 * Two ways to say a statement. Drizzle's builder (`store.q`) for single reads. A *text*, written once for both databases, for what is hot or
 * belongs to a transaction: it is compiled and prepared once, and takes a whole page of rows as one JSON array.
 * A transaction is a list of texts, never a conversation: a guard stands in a `where`, so one list serves both databases.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from './schema.ts'
import type { Definition, Statement as Defined, Values } from './statement.ts'

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
  /** UTC day of an instant, as `2026-11-23`. */
  day(instant: SQL): SQL
}

/** A statement's text. Must be a constant of its module: it is compiled once for each store. */
export type Text = (phrases: Phrases) => SQL
export type { Values }
export type Statement = readonly [Text, Values?] | Defined
/** The rows of each statement of a list, typed by its definition. */
export type Answers<S extends readonly Statement[]> = {
  -readonly [K in keyof S]: S[K] extends readonly [Definition<infer Row>, Values]
    ? Row[]
    : Record<string, unknown>[]
}

export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** The dialect by the name that libraries on drizzle have for it. */
  readonly provider: 'sqlite' | 'pg'
  /** Several servers may be alive on it. Where it is false, every server but this one is dead, and its clock is ours. */
  readonly shared: boolean
  readonly t: Tables
  /** For reads, and for the libraries that bring their own queries. */
  readonly q: BaseSQLiteDatabase<'async', unknown>
  /** One statement, by itself. */
  all<Row>(statement: Text | Defined<Row>, values?: Values): Promise<Row[]>
  /** All or nothing, in order; answers the rows of each statement. Waits and tries again while another process holds the database. */
  atomically<const S extends readonly Statement[]>(statements: S): Promise<Answers<S>>
  /** The database's own clock minus ours, in milliseconds; 0 where they are one machine. */
  clockSkewMs(): Promise<number>
  /** A number that differs after another process has written; null where a database tells of changes itself. */
  foreignWrites(): number | null
  /** Calls back with the workspaces whose story another server continued: a hint, which may be lost. Null where there is no other server. */
  readonly onNews: ((listener: (workspaceIds: number[]) => void) => void) | null
  /**
   * A queue outside the rows joins every transaction that makes executions takeable: it hears of them before the commit, through the transaction's own
   * connection. Null where the rows are the only queue.
   */
  readonly joinQueue: ((queue: OutsideQueue) => void) | null
  close(): Promise<void>
}

/** Statements mark an execution that may be taken from now on by answering its id as `takeable`, and from when on as `availableAt`. */
export interface Takeable {
  takeable: number
  availableAt: number
}
export interface Joined {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}
export type OutsideQueue = (transaction: Joined, executions: Takeable[]) => Promise<void>

/** A named value of any type that the database infers. */
export const value = (name: string) => sql`${sql.placeholder(name)}`
export const intValue = (name: string) => sql`cast(${sql.placeholder(name)} as bigint)`
export const textValue = (name: string) => sql`cast(${sql.placeholder(name)} as text)`
/** Fields of the page's current row. */
export const int = (field: string) => sql.raw(`cast(p.value->>'${field}' as bigint)`)
export const real = (field: string) => sql.raw(`cast(p.value->>'${field}' as double precision)`)
export const text = (field: string) => sql.raw(`(p.value->>'${field}')`)
export const flag = (field: string) => sql.raw(`(cast(p.value->>'${field}' as bigint) = 1)`)

/** A value as both drivers take it: JSON for lists and objects, milliseconds for instants. */
export function plain(given: unknown): string | number | null {
  if (given === null || given === undefined) return null
  if (given instanceof Date) return given.getTime()
  if (typeof given === 'boolean') return given ? 1 : 0
  if (typeof given === 'object')
    return JSON.stringify(given, (_key, inner) => (typeof inner === 'boolean' ? Number(inner) : inner))
  return given as string | number
}

/** The database cannot be used right now; trying later may help. */
export class StoreUnavailable extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'StoreUnavailable'
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
