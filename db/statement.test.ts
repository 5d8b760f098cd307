/**
 * Statements: what the compiler refuses, what goes in and comes out, and that every text is one that its
 * database takes.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as postgres from './postgres.ts'
import * as sqlite from './sqlite/index.ts'
import { alias, answerTo, as, insert, name, orNull, set, statement, t, table } from './statement.ts'
import type { Store } from './store.ts'
import { stores } from './testing/stores.ts'

const w = alias(t.workspaces, 'w')

const pgText = (it: SQL) => new PgDialect({ casing: 'snake_case' }).sqlToQuery(it).sql
const sqliteText = (it: SQL) => new SQLiteSyncDialect({ casing: 'snake_case' }).sqlToQuery(it).sql

type Render = typeof import('./statement.ts')['statements'][number]['render']
const compiled = {
  sqlite: (render: Render) =>
    new SQLiteSyncDialect({ casing: 'snake_case' }).sqlToQuery(render(sqlite.phrases)),
  postgres: (render: Render) => new PgDialect({ casing: 'snake_case' }).sqlToQuery(render(postgres.phrases)),
}
/** @throws what the database says of a text that it does not take. */
async function prepare(store: Store, text: string, n: number): Promise<void> {
  if (store.dialect === 'postgres')
    await (store.q as unknown as { $client: pg.Pool }).$client.query(`prepare checked_${n} as ${text}`)
  else {
    const [, , file] = (await store.q.get(sql.raw('pragma database_list'))) as string[]
    const beside = new Database(file)
    beside.prepare(text)
    beside.close()
  }
}

/** For `tsc` alone: each line below an expectation is one that must not compile. */
function whatTheCompilerRefuses(store: Store) {
  // @ts-expect-error: a column that the schema does not have
  sql`${w.slugg}`
  // @ts-expect-error: the same, where it is written to
  set(t.workspaces, { slugg: sql`1` })
  // @ts-expect-error: an insert without a column that must not be empty
  insert(t.settings, { name: sql`'a'` })
  // @ts-expect-error: a value that is not declared
  statement({ values: { now: 'instant' }, text: ({ values }) => sql`select ${values.noww}` })
  // @ts-expect-error: a field of the page that is not declared
  statement({ rows: { n: 'int' }, text: ({ row }) => sql`select ${row.m}` })
  // @ts-expect-error: a kind that there is not
  statement({ values: { now: 'instants' }, text: () => sql`select 1` })

  const found = statement({
    values: { slug: w.slug, since: 'instant?' },
    rows: { n: 'int', at: w.createdAt },
    answer: { id: w.id, limit: w.maxConcurrent, late: as('flag', sql`1 = 1`), name: orNull(w.name) },
    text: () => sql`select 1`,
  })
  const good = { slug: 'a', since: null, rows: [{ n: 1, at: new Date() }] }
  found(good)
  // @ts-expect-error: no values at all
  found()
  // @ts-expect-error: one is missing
  found({ since: 1, rows: [] })
  // @ts-expect-error: one too many
  found({ ...good, slugg: 'a' })
  // @ts-expect-error: of another type
  found({ ...good, slug: 1 })
  // @ts-expect-error: null where the column has none
  found({ ...good, slug: null })
  // @ts-expect-error: a row without a field
  found({ ...good, rows: [{ n: 1 }] })

  return async () => {
    const [row] = await store.all(found(good))
    const typed: { id: number; limit: number | null; late: boolean; name: string | null } | undefined = row
    // @ts-expect-error: a field that is not declared
    row?.slug
    // @ts-expect-error: it may be null
    const limit: number | undefined = row?.limit
    const [, second] = await store.atomically([found(good), found(good)])
    const flag: boolean | undefined = second[0]?.late
    return [typed, limit, flag]
  }
}

test('what is misspelt does not compile', () => expect(whatTheCompilerRefuses).toBeTypeOf('function'))

test('tables and columns are written as both databases know them', () => {
  const text = sql`select ${w.lastSeq}, ${name(w.lastSeq)} from ${table(w)}, ${table(t.apiKeys)}`
  const written = 'select "w"."last_seq", "last_seq" from "workspaces" as "w", "api_keys"'
  expect([sqliteText(text), pgText(text)]).toEqual([written, written])
})

test('an insert and an update name each column beside what goes into it', () => {
  expect(sqliteText(insert(t.settings, { value: sql`1`, name: sql`2` }))).toBe(
    'insert into "settings" ("value", "name")\n  select 1, 2',
  )
  expect(sqliteText(set(w, { lastSeq: sql`1`, slug: w.name }))).toBe(
    'set "last_seq" = 1, "slug" = "w"."name"',
  )
})

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ store, close } = await open())
  }, 120_000)
  afterAll(() => close())

  const echo = statement({
    values: { now: 'instant', yes: 'flag', no: 'flag', none: 'flag?', some: 'json', words: 'text' },
    answer: {
      now: as('instant', sql`now`),
      yes: as('flag', sql`yes`),
      no: as('flag', sql`no`),
      none: as('flag?', sql`none`),
      some: as('text', sql`data`),
      words: as('text', sql`words`),
    },
    text: ({ answer, values: it }) => sql`
      select ${answer} from (
        select ${it.now} as now, ${it.yes} as yes, ${it.no} as no,
          ${it.none} as none, ${it.some} as data, ${it.words} as words) e`,
  })
  test('values go in and come out as they are declared', async () => {
    const now = new Date('2026-03-01T09:00:00Z')
    const values = { now, yes: true, no: false, none: null, some: { a: [true] }, words: "it's" }
    expect(await store.all(echo(values))).toEqual([
      { now: now.getTime(), yes: true, no: false, none: null, some: '{"a":[true]}', words: "it's" },
    ])
  })

  const page = statement({
    rows: { n: 'int', at: 'instant?', on: 'flag', part: 'real', words: 'text?' },
    answer: {
      n: as('int', sql`n`),
      at: as('instant?', sql`at`),
      on: as('flag', sql`is_on`),
      part: as('real', sql`part`),
      words: as('text?', sql`words`),
    },
    text: ({ page, row, answer }) => sql`
      select ${answer} from (
        select ${row.n} as n, ${row.at} as at, ${row.on} as is_on,
          ${row.part} as part, ${row.words} as words from ${page}) r
      order by n`,
  })
  const list = statement({
    rows: 'int',
    answer: { n: as('int', sql`sum(n)`) },
    text: ({ page, row, answer }) => sql`select ${answer} from (select ${row} as n from ${page}) r`,
  })
  test('a page of rows, and of plain numbers, arrives as it is declared', async () => {
    const rows = [
      { n: 1, at: new Date(5), on: true, part: 0.5, words: 'ä"' },
      { n: 2, at: null, on: false, part: 2, words: null },
    ]
    const statements = [page({ rows }), list({ rows: [1, 2, 3] })]
    const answers = await store.atomically(statements)
    expect(answers).toEqual([
      [
        { n: 1, at: 5, on: true, part: 0.5, words: 'ä"' },
        { n: 2, at: null, on: false, part: 2, words: null },
      ],
      [{ n: 6 }],
    ])
    expect(answerTo(statements[1] as ReturnType<typeof list>, statements, answers)).toEqual([{ n: 6 }])
  })

  test('every text of the queries is one that the database takes, and uses what it declares', async () => {
    // A fresh list of them: what other tests beside this one write is none of the product's.
    vi.resetModules()
    const { statements } = await import('./statement.ts')
    const folder = join(import.meta.dirname, 'queries')
    for (const file of readdirSync(folder).filter((it) => !it.endsWith('.test.ts')))
      await import(join(folder, file))
    const here = statements.filter(({ only }) => only === null || only === store.dialect)
    expect(here.length).toBeGreaterThan(100)
    for (const [n, { render, declared }] of here.entries()) {
      const { sql: text, params } = compiled[store.dialect](render)
      await prepare(store, text, n)
      const used = new Set(params.map((it) => (it as Placeholder).name))
      expect(
        declared.filter((it) => !used.has(it) && it !== 'workspaces'),
        text,
      ).toEqual([])
    }
  })
})
