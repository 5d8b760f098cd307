/**
 * The column kit: the few words that the schema is written in, once for each database.
 *
 * PostgreSQL's kit is cast to SQLite's type, so that `schema.ts` and every query are checked once.
 * Instants are whole milliseconds in both, so that one SQL text compares, adds and indexes them alike.
 */
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'

/** The account library's own tables hold a `Date`, as it expects. */
const toDate = {
  toDriver: (value: Date) => value.getTime(),
  fromDriver: (value: unknown) => new Date(Number(value)),
}
const sqliteDate = sqlite.customType<{ data: Date; driverData: number }>({
  dataType: () => 'integer',
  ...toDate,
})
const pgDate = pg.customType<{ data: Date; driverData: number }>({ dataType: () => 'bigint', ...toDate })
const asIs = { toDriver: (value: number) => value, fromDriver: Number }
const sqliteInstant = sqlite.customType<{ data: number; driverData: number }>({
  dataType: () => 'integer',
  ...asIs,
})
const pgInstant = pg.customType<{ data: number; driverData: number }>({ dataType: () => 'bigint', ...asIs })

export const sqliteKit = {
  table: sqlite.sqliteTable,
  index: sqlite.index,
  unique: sqlite.uniqueIndex,
  primaryKey: sqlite.primaryKey,
  id: () => sqlite.integer().primaryKey({ autoIncrement: true }),
  text: () => sqlite.text(),
  int: () => sqlite.integer(),
  real: () => sqlite.real(),
  flag: () => sqlite.integer({ mode: 'boolean' }),
  instant: () => sqliteInstant(),
  date: () => sqliteDate(),
}

export const postgresKit = {
  table: pg.pgTable,
  index: pg.index,
  unique: pg.uniqueIndex,
  primaryKey: pg.primaryKey,
  id: () => pg.bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  text: () => pg.text(),
  int: () => pg.bigint({ mode: 'number' }),
  real: () => pg.doublePrecision(),
  flag: () => pg.boolean(),
  instant: () => pgInstant(),
  date: () => pgDate(),
} as unknown as typeof sqliteKit

export type Kit = typeof sqliteKit
