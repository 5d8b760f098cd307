/**
 * What is let go of after a while, a page at a time.
 *
 * Promise: each call reads and writes at most one page, found through an index, so that years of history never hold
 * up the server. What has not ended, and each schedule's last run, stay whatever their age. A message that is
 * archived is hidden, not deleted.
 */
import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import { alias, as, name, type RowsOf, set, statement, t, table } from '../statement.ts'
import { isEnded, isLive } from '../states.ts'
import type { Store } from '../store.ts'

const { messages, triggers } = t
const m = alias(messages, 'm')
const e = alias(t.executions, 'e')
const tr = alias(triggers, 't')
const s = alias(t.executionSteps, 's')
const c = alias(t.executionCheckpoints, 'c')

const PAGE = 500

/** A page's end: hand `next` in for the page after it; null when nothing older than `before` is left. */
export interface Page<Place> {
  changed: number
  bytes: number
  next: Place | null
}

const earliest = statement({
  values: { workspaceId: 'int', after: 'int', limit: 'int' },
  answer: { id: m.id, createdAt: m.createdAt },
  text: ({ answer, values: { workspaceId, after, limit } }) => sql`
  select ${answer} from ${table(m)}
  where ${m.workspaceId} = ${workspaceId} and ${m.include} = true and ${m.id} > ${after}
  order by ${m.id} limit ${limit}`,
})
const archive = statement({
  values: { now: 'instant' },
  rows: 'int',
  answer: { id: messages.id },
  text: ({ page, row, returning, values: { now } }) => sql`
  update ${table(messages)} ${set(messages, {
    include: sql`false`,
    version: sql`${messages.version} + 1`,
    updatedAt: now,
  })}
  where ${messages.id} in (select ${row} from ${page}) and ${messages.include} = true
    and not exists (select 1 from ${table(e)} where ${e.id} = ${messages.executionId} and ${isLive(e.status)})
  ${returning}`,
})
/** Archives a page of messages from before `before`; the place is a message's id, 0 at first. */
export async function archiveMessages(
  store: Store,
  { workspaceId, before, after, now }: { workspaceId: number; before: Date; after: number; now: Date },
): Promise<Page<number>> {
  const seen = await store.all(earliest({ workspaceId, after, limit: PAGE }))
  const old = seen.filter((it) => it.createdAt < before.getTime()).map((it) => it.id)
  const [archived] = old.length > 0 ? await store.atomically([archive({ rows: old, now })]) : []
  // Ids rise with time: a page without an old message is the last.
  return {
    changed: archived?.length ?? 0,
    bytes: 0,
    next: old.length > 0 && seen.length === PAGE ? (seen.at(-1)?.id ?? null) : null,
  }
}

/** A place in the order of executions. */
export interface Place {
  queuedAt: number
  id: number
}
export const FIRST: Place = { queuedAt: -1, id: 0 }

const oldest = statement({
  values: { workspaceId: 'int', before: 'instant', queuedAt: 'instant', id: 'int', limit: 'int' },
  answer: { id: e.id, queuedAt: e.queuedAt },
  text: ({ answer, bare, values: { workspaceId, before, limit } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.workspaceId} = ${workspaceId} and ${e.queuedAt} < ${before}
    and (${e.queuedAt}, ${e.id}) > (${bare.queuedAt}, ${bare.id})
  order by ${e.queuedAt}, ${e.id} limit ${limit}`,
})
const isPrunable = sql`
  ${isEnded(e.status)} and not exists (
    select 1 from ${table(tr)}
    where ${tr.id} = ${e.triggerId} and ${tr.lastExecutionId} = ${e.id} and ${tr.deletedAt} is null)`
const stepBytes = statement({
  rows: 'int',
  answer: {
    bytes: as('int', sql`coalesce(sum(octet_length(${s.text}) + coalesce(octet_length(${s.data}), 0)), 0)`),
  },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${table(s)} join ${table(e)} on ${e.id} = ${s.executionId}
  where ${s.executionId} in (select ${row} from ${page}) and ${isPrunable}`,
})
const bytesOf = (column: AnySQLiteColumn) => sql`coalesce(octet_length(${name(column)}), 0)`
const pruneEnded = statement({
  rows: 'int',
  answer: {
    bytes: as(
      'int',
      sql`${bytesOf(e.output)} + ${bytesOf(e.error)} + ${bytesOf(e.outcome)} + ${bytesOf(e.context)}`,
    ),
  },
  text: ({ page, row, returning }) => sql`
  delete from ${table(e)} where ${e.id} in (select ${row} from ${page}) and ${isPrunable}
  ${returning}`,
})
/**
 * Deletes a page of ended executions from before `before`, with their steps; their messages and the counts by
 * day stay.
 */
export async function pruneExecutions(
  store: Store,
  { workspaceId, before, after }: { workspaceId: number; before: Date; after: Place },
): Promise<Page<Place>> {
  const seen = await store.all(oldest({ workspaceId, before, ...after, limit: PAGE }))
  const rows = seen.map((it) => it.id)
  const [steps = [], deleted = []] =
    rows.length > 0 ? await store.atomically([stepBytes({ rows }), pruneEnded({ rows })]) : []
  const bytes = [...steps, ...deleted].reduce((sum, it) => sum + it.bytes, 0)
  return { changed: deleted.length, bytes, next: seen.length === PAGE ? (seen.at(-1) ?? null) : null }
}

const withCheckpoints = statement({
  values: { workspaceId: 'int', before: 'instant', after: 'int', limit: 'int' },
  answer: { id: e.id, bytes: as('int', sql`sum(octet_length(${c.value}))`) },
  text: ({ answer, values: { workspaceId, before, after, limit } }) => sql`
  select ${answer} from ${table(c)} join ${table(e)} on ${e.id} = ${c.executionId}
  where ${c.executionId} > ${after} and ${e.workspaceId} = ${workspaceId}
    and ${isEnded(e.status)} and ${e.completedAt} < ${before}
  group by ${e.id} order by ${e.id} limit ${limit}`,
})
const dropCheckpoints = statement({
  rows: 'int',
  text: ({ page, row }) =>
    sql`delete from execution_checkpoints where execution_id in (select ${row} from ${page})`,
})
/**
 * Deletes what a page of executions that ended before `before` had kept for whoever would have continued them; the
 * place is an execution's id, 0 at first.
 */
export async function dropWorkingCopies(
  store: Store,
  { workspaceId, before, after }: { workspaceId: number; before: Date; after: number },
): Promise<Page<number>> {
  const seen = await store.all(withCheckpoints({ workspaceId, before, after, limit: PAGE }))
  const rows = seen.map((it) => it.id)
  if (rows.length > 0) await store.atomically([dropCheckpoints({ rows })])
  return {
    changed: rows.length,
    bytes: seen.reduce((sum, it) => sum + it.bytes, 0),
    next: seen.length === PAGE ? (rows.at(-1) ?? null) : null,
  }
}

/** How long the workspace keeps its executions; null for ever. */
export async function retentionDays(
  { q, t: { workspaces: it } }: Store,
  workspaceId: number,
): Promise<number | null> {
  const [row] = await q.select({ days: it.retentionDays }).from(it).where(eq(it.id, workspaceId))
  return row?.days ?? null
}

const removeOrphans = statement({
  values: { workspaceId: 'int', before: 'instant', limit: 'int' },
  answer: { id: triggers.id },
  text: ({ returning, values: { workspaceId, before, limit } }) => sql`
  delete from ${table(triggers)} where ${triggers.id} in (
    select ${tr.id} from ${table(tr)}
    where ${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} < ${before}
      and not exists (select 1 from ${table(e)} where ${e.triggerId} = ${tr.id})
    order by ${tr.id} limit ${limit})
  ${returning}`,
})
/** Deletes a page of schedules that were deleted before `before` and have no history left, with their revisions. */
export async function removeDeletedTriggers(
  store: Store,
  workspaceId: number,
  before: Date,
): Promise<{ removed: number; more: boolean }> {
  const [removed] = await store.atomically([removeOrphans({ workspaceId, before, limit: PAGE })])
  return { removed: removed.length, more: removed.length === PAGE }
}

/** Deletes invitations that ran out before `before` without being accepted. */
export async function removeStaleInvitations(
  { q, t: { invitations: it } }: Store,
  workspaceId: number,
  before: Date,
): Promise<number> {
  const removed = await q
    .delete(it)
    .where(and(eq(it.workspaceId, workspaceId), isNull(it.acceptedAt), lt(it.expiresAt, before.getTime())))
    .returning({ id: it.id })
  return removed.length
}

const space = statement({
  only: 'sqlite',
  answer: {
    bytes: as('int', sql`page_count * page_size`),
    free: as('int', sql`freelist_count * page_size`),
    pageBytes: as('int', sql`page_size`),
    autoVacuum: as('int', sql`auto_vacuum`),
  },
  text: ({ answer }) => sql`
  select ${answer} from pragma_page_count, pragma_freelist_count, pragma_page_size, pragma_auto_vacuum`,
})
export type Space = RowsOf<typeof space>
/**
 * How big the SQLite file is, and how much of it is free to be used again. Null where the database gives space back
 * by itself.
 */
export async function spaceOfFile(store: Store): Promise<Space | null> {
  if (store.dialect === 'postgres') return null
  const [it] = await store.all(space())
  return it ?? { bytes: 0, free: 0, pageBytes: 0, autoVacuum: 0 }
}

const increment = statement({ only: 'sqlite', text: () => sql`pragma incremental_vacuum(200)` })
/**
 * Gives 200 free pages back to the file system, where the SQLite file was made for that (auto_vacuum =
 * incremental).
 */
export const giveBackSomePages = (store: Store) => store.all(increment())
const vacuum = statement({ only: 'sqlite', text: () => sql`vacuum` })
/** Writes the SQLite file anew without its free pages. Nothing else happens meanwhile: for small files only. */
export const rewriteFile = (store: Store) => store.all(vacuum())
const moveLog = statement({ only: 'sqlite', text: () => sql`pragma wal_checkpoint(passive)` })
/** Moves what the write-ahead log holds into the SQLite file, as far as nobody reads it. */
export const checkpoint = (store: Store) => store.all(moveLog())
