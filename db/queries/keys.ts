/**
 * What things are called in documents, whatever their ids.
 *
 * Promise: by the primary key, two things of a kind in a workspace never have the same key. What is gone, or was never
 * made, holds none from others; a deleted trigger keeps its own as long as nobody asks for just that.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { ResourceKind } from '#lib/contract/exchange.ts'
import { alias, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { lockWorkspaces } from './story.ts'

/** The key of an agent is its id. */
export type KeyedKind = Exclude<ResourceKind, 'agent'>

const { resourceKeys } = t
const k = alias(resourceKeys, 'k')
const o = alias(resourceKeys, 'o')
const of = { workspaceId: 'int', kind: 'text' } as const
type Of = Readonly<Record<keyof typeof of, SQL>>
const isOf = (it: Of, keys: typeof k | typeof resourceKeys | typeof o) =>
  sql`${keys.workspaceId} = ${it.workspaceId} and ${keys.kind} = ${it.kind}`

const among = statement({
  values: of,
  rows: 'int',
  answer: { objectId: k.objectId, key: k.key },
  text: ({ answer, page, row, values }) => sql`
  select ${answer} from ${page} join ${table(k)} on ${k.objectId} = ${row} where ${isOf(values, k)}`,
})
const all = statement({
  values: of,
  answer: { key: k.key },
  text: ({ answer, values }) => sql`select ${answer} from ${table(k)} where ${isOf(values, k)}`,
})

export interface Scope {
  workspaceId: number
  kind: KeyedKind
}
/** Of those that have one. */
export async function keysOf(
  store: Store,
  scope: Scope,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const rows = ids.length === 0 ? [] : await store.all(among({ ...scope, rows: ids }))
  return new Map(rows.map((it) => [it.objectId as number, it.key]))
}
export const taken = async (store: Store, scope: Scope): Promise<Set<string>> =>
  new Set((await store.all(all(scope))).map((it) => it.key))

const giveAll = statement({
  isBookkeeping: true,
  values: { ...of, now: 'instant' },
  rows: { objectId: 'int', key: 'text' },
  text: ({ page, row, values: { workspaceId, kind, now } }) => sql`
  ${insert(resourceKeys, { workspaceId, kind, key: row.key, objectId: row.objectId, since: now })}
  from ${page} where true on conflict do nothing`,
})

/** Whether the thing behind a key is there at all, and whether it counts. */
interface Behind {
  exists(id: SQLWrapper): SQL
  counts(id: SQLWrapper): SQL
}
const inTable = (it: SQLiteTable & { id: SQLWrapper }): Behind => {
  const exists = (id: SQLWrapper) => sql`exists (select 1 from ${table(it)} where ${it.id} = ${id})`
  return { exists, counts: exists }
}
const BEHIND: Readonly<Record<KeyedKind, Behind>> = {
  trigger: {
    ...inTable(t.triggers),
    counts: (id) =>
      sql`exists (select 1 from ${t.triggers} where ${t.triggers.id} = ${id} and ${t.triggers.deletedAt} is null)`,
  },
  channel: inTable(t.channels),
  rule: inTable(t.deliveryRules),
  calendar: inTable(t.calendars),
  budget: inTable(t.budgets),
  source: inTable(t.sources),
}

const isLeft = (staleBefore: SQL) =>
  sql`(${resourceKeys.objectId} is null and ${resourceKeys.since} < ${staleBefore})`
/** Keys of what is gone. */
const sweeping = ({ exists }: Behind) =>
  statement({
    isBookkeeping: true,
    values: { ...of, staleBefore: 'instant' },
    text: ({ values: { staleBefore, ...it } }) => sql`
  delete from ${table(resourceKeys)} where ${isOf(it, resourceKeys)} and (${isLeft(staleBefore)}
    or (${resourceKeys.objectId} is not null and not ${exists(resourceKeys.objectId)}))`,
  })
/** One key, where nothing that counts has it. */
const freeing = ({ counts }: Behind) =>
  statement({
    isBookkeeping: true,
    values: { ...of, key: 'text', staleBefore: 'instant' },
    text: ({ values: { key, staleBefore, ...it } }) => sql`
  delete from ${table(resourceKeys)} where ${isOf(it, resourceKeys)} and ${resourceKeys.key} = ${key}
    and (${isLeft(staleBefore)} or (${resourceKeys.objectId} is not null and not ${counts(resourceKeys.objectId)}))`,
  })
const asking = ({ counts }: Behind) =>
  statement({
    values: { ...of, key: 'text' },
    answer: { objectId: k.objectId },
    text: ({ answer, values: { key, ...it } }) => sql`
  select ${answer} from ${table(k)} where ${isOf(it, k)} and ${k.key} = ${key} and ${counts(k.objectId)}`,
  })
const sayings = (it: Behind) => ({ sweep: sweeping(it), free: freeing(it), whose: asking(it) })
const SAID = {
  trigger: sayings(BEHIND.trigger),
  channel: sayings(BEHIND.channel),
  rule: sayings(BEHIND.rule),
  calendar: sayings(BEHIND.calendar),
  budget: sayings(BEHIND.budget),
  source: sayings(BEHIND.source),
}

/** What somebody has taken and made nothing for counts for so long. */
const HELD_MS = 60_000
const times = (now: Date) => ({ now, staleBefore: new Date(now.getTime() - HELD_MS) })

/** Drops the keys of what is gone, so that they are free. */
export async function sweep(store: Store, scope: Scope, now: Date): Promise<void> {
  await store.atomically([SAID[scope.kind].sweep({ ...scope, staleBefore: times(now).staleBefore })])
}
/** What is taken meanwhile, or has a key already, is left out. */
export async function give(
  store: Store,
  scope: Scope,
  rows: { objectId: number; key: string }[],
  now: Date,
): Promise<void> {
  await store.atomically([giveAll({ ...scope, now, rows })])
}

const holdIt = statement({
  isBookkeeping: true,
  values: { ...of, key: 'text', now: 'instant' },
  answer: { key: resourceKeys.key },
  text: ({ returning, values: { workspaceId, kind, key, now } }) => sql`
  ${insert(resourceKeys, { workspaceId, kind, key, objectId: sql`cast(null as bigint)`, since: now })}
  where true on conflict do nothing ${returning}`,
})
const dropOwn = statement({
  isBookkeeping: true,
  values: { ...of, objectId: 'int' },
  text: ({ values: { objectId, ...it } }) => sql`
  delete from ${table(resourceKeys)} where ${isOf(it, resourceKeys)} and ${resourceKeys.objectId} = ${objectId}`,
})
const bindIt = statement({
  isBookkeeping: true,
  values: { ...of, key: 'text', objectId: 'int' },
  text: ({ values: { objectId, key, ...it } }) => sql`
  update ${table(resourceKeys)} ${set(resourceKeys, { objectId })}
  where ${isOf(it, resourceKeys)} and ${resourceKeys.key} = ${key} and ${resourceKeys.objectId} is null`,
})
const letGo = statement({
  isBookkeeping: true,
  values: { ...of, key: 'text' },
  text: ({ values: { key, ...it } }) => sql`
  delete from ${table(resourceKeys)}
  where ${isOf(it, resourceKeys)} and ${resourceKeys.key} = ${key} and ${resourceKeys.objectId} is null`,
})

/** Takes a key for what is about to be made. False where something has it. */
export async function hold(store: Store, scope: Scope, key: string, now: Date): Promise<boolean> {
  const { staleBefore } = times(now)
  const [, held] = await store.atomically([
    SAID[scope.kind].free({ ...scope, key, staleBefore }),
    holdIt({ ...scope, key, now }),
  ])
  return held.length > 0
}
export async function bind(store: Store, scope: Scope, key: string, objectId: number): Promise<void> {
  await store.atomically([dropOwn({ ...scope, objectId }), bindIt({ ...scope, key, objectId })])
}
export async function release(store: Store, scope: Scope, key: string): Promise<void> {
  await store.atomically([letGo({ ...scope, key })])
}

const renameIt = statement({
  values: { ...of, key: 'text', objectId: 'int' },
  answer: { key: resourceKeys.key },
  text: ({ returning, values: { objectId, key, ...it } }) => sql`
  update ${table(resourceKeys)} ${set(resourceKeys, { key })}
  where ${isOf(it, resourceKeys)} and ${resourceKeys.objectId} = ${objectId} and not exists (
    select 1 from ${table(o)} where ${isOf(it, o)} and ${o.key} = ${key})
  ${returning}`,
})
/** Of what has a key already. False where something else has this one. */
export async function rename(
  store: Store,
  scope: Scope,
  { key, objectId, now }: { key: string; objectId: number; now: Date },
): Promise<boolean> {
  const { staleBefore } = times(now)
  const [, , renamed] = await store.atomically([
    lockWorkspaces([scope.workspaceId]),
    SAID[scope.kind].free({ ...scope, key, staleBefore }),
    renameIt({ ...scope, key, objectId }),
  ])
  return renamed.length > 0
}
/** What has it, and counts; null where nothing does, or what is just being made. */
export async function behind(store: Store, scope: Scope, key: string): Promise<number | null> {
  const [row] = await store.all(SAID[scope.kind].whose({ ...scope, key }))
  return row?.objectId ?? null
}

const dropThose = statement({
  isBookkeeping: true,
  values: of,
  rows: { objectId: 'int', key: 'text' },
  text: ({ page, row, values }) => sql`
  delete from ${table(resourceKeys)} where ${isOf(values, resourceKeys)} and exists (
    select 1 from ${page} where ${row.objectId} = ${resourceKeys.objectId} or ${row.key} = ${resourceKeys.key})`,
})
/** So they are called, whatever had these keys before: of a list that is replaced as a whole. */
export async function assign(
  store: Store,
  scope: Scope,
  rows: { objectId: number; key: string }[],
  now: Date,
): Promise<void> {
  if (rows.length > 0)
    await store.atomically([dropThose({ ...scope, rows }), giveAll({ ...scope, now, rows })])
}
