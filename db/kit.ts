/**
 * The column kit: the few words that the schema is written in, once for each database.
 *
 * PostgreSQL's kit is cast to SQLite's type, so that `schema.ts` and every query are checked once.
 * Instants are whole milliseconds in both, so that one SQL text compares, adds and indexes them alike.
 */
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'

const toDate = {
  toDriver: (value: Date) => value.getTime(),
  fromDriver: (value: unknown) => new Date(Number(value)),
}

const sqliteInstant = sqlite.customType<{ data: Date; driverData: number }>({
  dataType: () => 'integer',
  ...toDate,
})
const pgInstant = pg.customType<{ data: Date; driverData: number }>({ dataType: () => 'bigint', ...toDate })

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
} as unknown as typeof sqliteKit

export type Kit = typeof sqliteKit
