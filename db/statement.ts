/**
 * SQL that the compiler knows.
 *
 * Promise: a statement takes its tables and columns from the schema, and declares its values, the fields of
 * its page and those of its answer by name: a renamed column or a misspelt name does not compile. By these
 * declarations what goes in is encoded and what comes out is decoded, once and alike in both databases: flags
 * are booleans, instants milliseconds.
 *
 * Milliseconds, because rows are compared, subtracted and kept as JSON (pages, revisions) just as the texts
 * do it; a `Date` is taken, too.
 */
import { getTableColumns, is, Placeholder, type Query, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { type AnySQLiteColumn, alias as aliased, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Phrases } from './store.ts'

/** The schema's names, which are the same in both databases. */
export * as t from './tables/sqlite.ts'

interface Kinds {
  int: number
  real: number
  text: string
  flag: boolean
  instant: number
  json: unknown
}
type Kind = keyof Kinds
/** How a value is declared: by a column of the schema, or by its kind, with `?` where it may be null. */
type Declared = Kind | `${Kind}?` | AnySQLiteColumn

type OfColumn<C extends AnySQLiteColumn> = C['_']['notNull'] extends true
  ? C['_']['data']
  : C['_']['data'] | null
/** The type that a declaration answers with. */
type Out<D> = D extends AnySQLiteColumn
  ? OfColumn<D>
  : D extends Kind
    ? Kinds[D]
    : D extends `${infer K extends Kind}?`
      ? Kinds[K] | null
      : never
/** Read when the statement is said, after those before it in its list: once their locks are held, that is. */
export type Reading = () => Date
/** The type that a declaration takes: an instant comes as milliseconds, as a `Date`, or as a reading of a clock. */
type In<D> =
  | Out<D>
  | (D extends 'instant' | 'instant?'
      ? Date | Reading
      : D extends AnySQLiteColumn
        ? D['_']['columnType'] extends 'SQLiteCustomColumn'
          ? Date
          : never
        : never)

export type Fields = Readonly<Record<string, Declared>>
/** The fields of a page's row; or what the row itself is, where the page is a plain list. */
type RowFields = Fields | Kind
type Given<V extends Fields, R extends RowFields> = { [K in keyof V]: In<V[K]> } & ([R] extends [never]
  ? unknown
  : { rows: readonly (R extends Kind ? In<R> : { [K in keyof R]: In<R[K]> })[] })

/** An expression whose type is declared. */
interface Typed<T> {
  readonly expression: SQLWrapper
  readonly kind: Kind
  readonly type?: T
}
type Answer = Readonly<Record<string, AnySQLiteColumn | Typed<unknown>>>
type RowOf<A extends Answer> = {
  [K in keyof A]: A[K] extends Typed<infer T> ? T : A[K] extends AnySQLiteColumn ? OfColumn<A[K]> : never
}

/** The rows that a statement answers with, by the function that `statement` made of it. */
// biome-ignore lint/suspicious/noExplicitAny: whatever values it takes.
export type RowsOf<S extends (...given: any[]) => Statement> =
  ReturnType<S>[0] extends Definition<infer Row> ? Row : never

/** What a text is written with. */
interface Scope<V extends Fields, R extends RowFields> extends Phrases {
  /** The declared values, each with its type. */
  values: { readonly [K in keyof V]: SQL<Out<V[K]>> }
  /**
   * The same without a cast: what walks an index by a pair of columns is compared with these, for SQLite
   * walks by the first alone otherwise.
   */
  bare: { readonly [K in keyof V]: SQL<Out<V[K]>> }
  /** The fields of the page's current row. */
  row: R extends Fields ? { readonly [K in keyof R]: SQL<Out<R[K]>> } : SQL<Out<R>>
  /** The declared answer, after `select`. */
  answer: SQL
  /** The declared answer as `returning …`. SQLite knows the columns there by their bare names. */
  returning: SQL
}

/** A statement as its module defines it: compiled once for each store. */
export interface Definition<Row = unknown> {
  render(phrases: Phrases): SQL
  /** The values as both drivers take them. */
  encode(values: Values): Record<string, unknown>
  /** The rows as they are declared. */
  decode(rows: Record<string, unknown>[]): Row[]
  /** The names that are declared, for the test that looks for one which nothing uses. */
  readonly declared: readonly string[]
  /** Where it can be said, if it is not everywhere. */
  readonly only: 'sqlite' | 'postgres' | null
  /** It keeps books: what it changes is nobody's change. */
  readonly isBookkeeping: boolean
  /** It is made for one call, so that nothing of it is kept. */
  readonly isSaidOnce?: true
}
export type Values = Readonly<Record<string, unknown>>
/** A definition with the values of one call. */
export type Statement<Row = unknown> = readonly [Definition<Row>, Values]

/** Every statement there is, in the order of definition. */
export const statements: Definition[] = []

/**
 * Defines a statement, as a constant of its module; called with its values, it is what a store takes.
 *
 * `values` are the names it takes, `rows` the fields of the page that `page` introduces as `p`, `answer` the fields
 * of its rows, which may lean on the values.
 */
export function statement<
  const V extends Fields = Record<never, never>,
  const R extends RowFields = never,
  A extends Answer = Record<never, never>,
>(of: {
  values?: V
  rows?: R
  answer?: A | ((values: Scope<V, R>['values']) => A)
  only?: 'sqlite' | 'postgres'
  isBookkeeping?: true
  text(scope: Scope<V, R>): SQL
}) {
  const values = Object.entries(of.values ?? {})
  const placed = Object.fromEntries(
    values.map(([value, declared]) => [value, typed(kindOf(declared), sql`${sql.placeholder(value)}`)]),
  ) as Scope<V, R>['values']
  const answer = (typeof of.answer === 'function' ? of.answer(placed) : of.answer) ?? ({} as A)
  const scope = { values: placed, ...scopeOf(values, of.rows, answer) }
  const definition: Definition<RowOf<A>> = {
    declared: [...values.map(([name]) => name), ...(of.rows ? ['rows'] : [])],
    only: of.only ?? null,
    isBookkeeping: of.isBookkeeping ?? false,
    render: (phrases) => of.text({ ...phrases, ...scope } as Scope<V, R>),
    encode: encoderOf(values, of.rows),
    decode: decoderOf<RowOf<A>>(answer),
  }
  statements.push(definition)
  return (...given: keyof Given<V, R> extends never ? [] : [Given<V, R>]): Statement<RowOf<A>> =>
    [definition, given[0] ?? {}] as const
}

/** The rows that a statement of a list got, where the list is not written out. */
export const answerTo = <Row>(
  it: Statement<Row>,
  list: readonly Statement[],
  answers: readonly unknown[][],
): Row[] => (answers[list.indexOf(it)] ?? []) as Row[]

/** Declares the type of an expression in an answer. */
export const as = <const D extends Kind | `${Kind}?`>(
  declared: D,
  expression: SQLWrapper,
): Typed<Out<D>> => ({
  expression,
  kind: kindOf(declared),
})
/** A text of which the schema knows the words, as an expression answers it. */
export const oneOf = <T extends string | null>(expression: SQLWrapper): Typed<T> => ({
  expression,
  kind: 'text',
})
/** A column that is null where an outer join found nothing. */
export const orNull = <C extends AnySQLiteColumn>(column: C): Typed<C['_']['data'] | null> => ({
  expression: column,
  kind: kindOf(column),
})

/** A column's name without its table, as `set`, `insert` and `returning` need it. */
export const name = (column: AnySQLiteColumn): SQL => sql`${sql.identifier(toSnakeCase(column.name))}`
export const names = (...columns: AnySQLiteColumn[]): SQL => sql.join(columns.map(name), sql`, `)

const originals = new WeakMap<SQLiteTable, SQLiteTable>()
/** A table under another name, for its columns; `table` introduces it. */
export function alias<T extends SQLiteTable, N extends string>(of: T, name: N) {
  const it = aliased(of, name)
  originals.set(it, of)
  return it
}
/** A table where it is introduced, after `from`, `join` or `update`: under its alias, if it has one. */
export function table(it: SQLiteTable): SQL {
  const original = originals.get(it)
  return original ? sql`${original} as ${it}` : sql`${it}`
}

type Filled<T extends SQLiteTable> = { [K in keyof T['$inferInsert']]: SQLWrapper }
const columnsOf = (it: SQLiteTable, fields: object) => {
  const columns = getTableColumns(it)
  return Object.keys(fields).map((key) => name(columns[key] as AnySQLiteColumn))
}
/** `insert into … (…) select …`, each column beside what goes into it; goes on with `from`. */
export const insert = <T extends SQLiteTable>(into: T, fields: Filled<T>): SQL =>
  sql`insert into ${table(into)} (${sql.join(columnsOf(into, fields), sql`, `)})
  select ${sql.join(Object.values<SQLWrapper>(fields), sql`, `)}`
/** `set …, …` of an update. */
export const set = <T extends SQLiteTable>(of: T, fields: Partial<Filled<T>>): SQL => {
  const columns = columnsOf(of, fields)
  const assigned = Object.values<SQLWrapper>(fields as Filled<T>).map((it, n) => sql`${columns[n]} = ${it}`)
  return sql`set ${sql.join(assigned, sql`, `)}`
}

function kindOf(declared: Declared): Kind {
  if (typeof declared === 'string') return declared.replace('?', '') as Kind
  switch (declared.columnType) {
    case 'SQLiteInteger':
      return 'int'
    case 'SQLiteReal':
      return 'real'
    case 'SQLiteBoolean':
      return 'flag'
    case 'SQLiteCustomColumn':
      return 'instant'
    default:
      return 'text'
  }
}

function typed(kind: Kind, it: SQL): SQL {
  switch (kind) {
    case 'int':
    case 'instant':
      return sql`cast(${it} as bigint)`
    case 'real':
      return sql`cast(${it} as double precision)`
    case 'flag':
      return sql`(cast(${it} as bigint) = 1)`
    case 'text':
    case 'json':
      return sql`cast(${it} as text)`
  }
}

/** A field of the page's row: text as it is. */
const fieldOf = (field: string, declared: Declared): SQL => {
  const kind = kindOf(declared)
  const raw = sql.raw(`(p.value->>'${field}')`)
  return kind === 'text' || kind === 'json' ? raw : typed(kind, raw)
}

function scopeOf(values: [string, Declared][], rows: RowFields | undefined, answer: Answer) {
  const each = Object.entries(answer)
  const list = (shown: (it: AnySQLiteColumn | Typed<unknown>) => SQLWrapper) =>
    sql.join(
      each.map(([field, it]) => sql`${shown(it)} as ${sql.identifier(field)}`),
      sql`, `,
    )
  return {
    bare: Object.fromEntries(values.map(([value]) => [value, sql`${sql.placeholder(value)}`])),
    row:
      typeof rows === 'string'
        ? typed(rows, sql.raw('p.value'))
        : Object.fromEntries(Object.entries(rows ?? {}).map(([field, it]) => [field, fieldOf(field, it)])),
    answer: list((it) => ('expression' in it ? it.expression : it)),
    returning: sql`returning ${list((it) => ('expression' in it ? it.expression : name(it)))}`,
  }
}

function encoded(kind: Kind, it: unknown): unknown {
  if (it === null || it === undefined) return null
  if (kind === 'instant') return millisecondsOf(it)
  if (kind === 'flag') return it ? 1 : 0
  if (kind === 'json') return JSON.stringify(it)
  return typeof it === 'string' ? storable(it) : it
}
function millisecondsOf(it: unknown): unknown {
  const read = typeof it === 'function' ? (it as Reading)() : it
  return read instanceof Date ? read.getTime() : read
}
/** PostgreSQL keeps no NUL and no half of a character, which a cut may leave. */
const storable = (text: string): string =>
  text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '')

/** Only what is declared goes to the database, whatever else an object carries. */
function encoderOf(values: [string, Declared][], rows: RowFields | undefined) {
  const kinds = values.map(([value, declared]) => [value, kindOf(declared)] as const)
  const fields =
    rows === undefined || typeof rows === 'string'
      ? null
      : Object.entries(rows).map(([field, declared]) => [field, kindOf(declared)] as const)
  const encodeAll = (list: readonly (readonly [string, Kind])[], from: Values) => {
    const all: Record<string, unknown> = {}
    for (const [field, kind] of list) all[field] = encoded(kind, from[field])
    return all
  }
  return (given: Values): Record<string, unknown> => {
    const all = encodeAll(kinds, given)
    if (fields) all.rows = JSON.stringify((given.rows as Values[]).map((row) => encodeAll(fields, row)))
    else if (rows) all.rows = JSON.stringify(given.rows)
    return all
  }
}

function decoderOf<Row>(answer: Answer) {
  const flags = Object.entries(answer)
    .filter(([, it]) => ('expression' in it ? it.kind : kindOf(it)) === 'flag')
    .map(([field]) => field)
  return (rows: Record<string, unknown>[]): Row[] => {
    for (const row of flags.length > 0 ? rows : [])
      for (const flag of flags) row[flag] = row[flag] === null ? null : Boolean(row[flag])
    return rows as Row[]
  }
}

/** Puts encoded values where a compiled text expects them. */
export type Place = (encoded: Record<string, unknown>) => unknown[]
export function placeOf({ params }: Query): Place {
  const names = params.map((it) => (is(it, Placeholder) ? it.name : null))
  return (encoded) => names.map((name, n) => (name === null ? params[n] : encoded[name]))
}
