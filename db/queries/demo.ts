/**
 * The demo: what was lived through in a database of its own, brought over here as it is.
 *
 * Promise: it is a workspace of its own, marked as demo, which nobody sees before all of it is there; taking it away
 * takes all of it and nothing else. Ids are not made anew, so that whatever names one still means it.
 */
import { and, eq, getTableColumns, getTableName, gt, max, notExists, sql } from 'drizzle-orm'
import type { AnySQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { alias, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

/** Parents first. What is not here the demo does not have. */
const COPIED = [
  ...(['agents', 'agentRevisions', 'triggers', 'triggerRevisions', 'triggerMemory', 'documents'] as const),
  ...(['documentPieces', 'executions', 'executionSteps', 'executionEvents', 'evaluations'] as const),
  ...(['executionDays', 'messages', 'events', 'incidents'] as const),
] as const
/** So many may be made here while the demo is; where it was more, the demo is not brought over. */
const ROOM = 10_000

const columnOf = (it: SQLiteTable, name: string) => getTableColumns(it)[name] as AnySQLiteColumn | undefined
/** By the tables as the schema has them: each database calls a column's type by its own name. */
const isNumbered = (it: SQLiteTable) => columnOf(it, 'id')?.columnType === 'SQLiteInteger'

/** The ids that the demo must stay above, by the name of the table. */
export async function takenIds({ q, t: tables }: Store): Promise<Record<string, number>> {
  const taken: Record<string, number> = {}
  for (const name of [...COPIED, 'workspaces'] as const) {
    const it = tables[name]
    if (!isNumbered(t[name])) continue
    const [row] = await q.select({ last: max(columnOf(it, 'id') as AnySQLiteColumn) }).from(it)
    taken[getTableName(it)] = Number(row?.last ?? 0) + ROOM
  }
  return taken
}

const { workspaces, members, settings } = t
const w = alias(workspaces, 'w')
const u = alias(t.user, 'u')
const m = alias(members, 'm')

export interface Found {
  workspaceId: number
  slug: string
}
/** The demo, where all of it is here. */
export async function find({ q, t: tables }: Store): Promise<Found | null> {
  const { workspaces: it, members: of } = tables
  const [row] = await q
    .select({ workspaceId: it.id, slug: it.slug })
    .from(it)
    .innerJoin(of, eq(of.workspaceId, it.id))
    .where(eq(it.demo, true))
    .limit(1)
  return row ?? null
}

/** An address that is free: `demo`, `demo-2`. */
export async function freeSlug({ q, t: tables }: Store): Promise<string> {
  const { workspaces: it } = tables
  for (let n = 1; ; n++) {
    const slug = n === 1 ? 'demo' : `demo-${n}`
    if ((await q.$count(it, eq(it.slug, slug))) === 0) return slug
  }
}

/** Takes it away, with whatever a copy that broke off has left. */
export async function remove({ q, t: tables }: Store): Promise<void> {
  await q.delete(tables.workspaces).where(eq(tables.workspaces.demo, true))
}
/** What a copy that broke off has left. */
export async function sweep({ q, t: tables }: Store): Promise<void> {
  const { workspaces: it, members: of } = tables
  const nobody = notExists(q.select({ one: sql`1` }).from(of).where(eq(of.workspaceId, it.id)))
  await q.delete(it).where(and(eq(it.demo, true), nobody))
}

/** Rows of a page: few enough that nobody waits for one. */
const PAGE = 50

/** Brings over what was made in `from`. Nobody belongs to it yet. */
export async function copy(to: Store, from: Store, workspaceId: number): Promise<void> {
  const [made] = await from.q.select().from(from.t.workspaces).where(eq(from.t.workspaces.id, workspaceId))
  if (!made) throw new Error('The demo was not made.')
  if (to.dialect === 'postgres') await reserve(to, from)
  await to.q.insert(to.t.workspaces).values({ ...made, demo: true })
  for (const name of COPIED) await copyTable(to, from, name, workspaceId)
}

async function copyTable(to: Store, from: Store, name: (typeof COPIED)[number], workspaceId: number) {
  const source = from.t[name] as SQLiteTable
  const target = to.t[name] as SQLiteTable
  const own = columnOf(source, 'workspaceId')
  const rowid = sql<number>`rowid`
  for (let after = 0; ; ) {
    const page = await from.q
      .select({ rowid, row: getTableColumns(source) })
      .from(source)
      .where(and(gt(rowid, after), own && eq(own, workspaceId)))
      .orderBy(rowid)
      .limit(PAGE)
    const last = page.at(-1)
    if (!last) return
    await to.q.insert(target).values(page.map((it) => it.row))
    after = Number(last.rowid)
  }
}

/**
 * New rows count on from those that come: said before the first of them comes, for others go on making rows
 * meanwhile, and never backwards, for what others are just making is seen by nobody. SQLite does so by itself.
 */
const counters = [...COPIED, 'workspaces' as const]
  .filter((it) => isNumbered(t[it]))
  .map((it) => {
    const counter = sql`pg_get_serial_sequence('${sql.raw(getTableName(t[it]))}', 'id')::regclass`
    const upTo = statement({
      only: 'postgres',
      values: { last: 'int' },
      text: ({ values: { last } }) => sql`
  select setval(${counter}, cast(${last} as bigint))
  where coalesce(pg_sequence_last_value(${counter}), 0) < cast(${last} as bigint)`,
    })
    return { name: it, upTo }
  })
async function reserve(to: Store, from: Store): Promise<void> {
  for (const { name, upTo } of counters) {
    const source = from.t[name]
    const [row] = await from.q.select({ last: max(columnOf(source, 'id') as AnySQLiteColumn) }).from(source)
    const last = Number(row?.last ?? 0)
    if (last > 0) await to.atomically([upTo({ last })])
  }
}

const admit = statement({
  values: { workspaceId: 'int', userId: 'text', now: 'instant' },
  text: ({ values: { workspaceId, userId, now } }) => sql`
  ${insert(members, { workspaceId: w.id, userId: u.id, role: sql`'admin'`, createdAt: now })}
  from ${table(w)}, ${table(u)}
  where ${w.id} = ${workspaceId} and ${u.id} = ${userId}
    and not exists (select 1 from ${table(m)} where ${m.workspaceId} = ${w.id})`,
})
/** From now on it is there, for whoever asked for it. */
export async function open(store: Store, workspaceId: number, userId: string, now: Date): Promise<void> {
  await store.atomically([admit({ workspaceId, userId, now })])
}

const MAKING = sql`'demo_making'`
const note = statement({
  values: { value: 'text' },
  text: ({ values: { value } }) => sql`
  ${insert(settings, { name: MAKING, value })} where true
  on conflict (name) do update ${set(settings, { value })}`,
})
const startFrom = statement({
  values: { value: 'text', seen: 'text?' },
  answer: { name: settings.name },
  text: ({ returning, values: { value, seen } }) => sql`
  ${insert(settings, { name: MAKING, value })} where true
  on conflict (name) do update ${set(settings, { value })}
  where ${settings.value} is not distinct from ${seen} ${returning}`,
})
/** Of several who have seen the same (`making`) one begins. False: it is another. */
export async function begin(store: Store, seen: object | null, value: object): Promise<boolean> {
  const was = seen && JSON.stringify(seen)
  const [begun] = await store.atomically([startFrom({ value: JSON.stringify(value), seen: was })])
  return begun.length > 0
}
/** How far it is, for whichever server is asked. */
export async function noteMaking(store: Store, value: object): Promise<void> {
  await store.atomically([note({ value: JSON.stringify(value) })])
}
export async function making({ q, t: tables }: Store): Promise<object | null> {
  const { settings: it } = tables
  const [row] = await q.select({ value: it.value }).from(it).where(eq(it.name, 'demo_making'))
  return row ? (JSON.parse(row.value) as object) : null
}
