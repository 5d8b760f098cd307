/**
 * What is let go of after a while, a page at a time.
 *
 * Promise: each call reads and writes at most one page, found through an index, so that years of history never hold up the server. What has not ended,
 * and each schedule's last run, stay whatever their age. A message that is archived is hidden, not deleted.
 */
import { sql } from 'drizzle-orm'
import { isEnded, isLive } from '../states.ts'
import { intValue, type Store, type Text, value } from '../store.ts'

const PAGE = 500

/** A page's end: hand `next` in for the page after it; null when nothing older than `before` is left. */
export interface Page<Place> {
  changed: number
  bytes: number
  next: Place | null
}

const oldMessagesText: Text = () => sql`
  select id, created_at as "createdAt" from messages where workspace_id = ${value('workspaceId')} and include = true and id > ${value('after')} order by id limit ${value('limit')}`
const archiveText: Text = ({ page }) => sql`
  update messages set include = false, version = version + 1, updated_at = ${intValue('now')}
  where id in (select cast(p.value as bigint) from ${page}) and include = true
    and not exists (select 1 from executions x where x.id = messages.execution_id and ${isLive(sql`x.status`)})
  returning id`
/** Archives a page of messages from before `before`; the place is a message's id, 0 at first. */
export async function archiveMessages(
  store: Store,
  { workspaceId, before, after, now }: { workspaceId: number; before: Date; after: number; now: Date },
): Promise<Page<number>> {
  const seen = await store.all<{ id: number; createdAt: number }>(oldMessagesText, {
    workspaceId,
    after,
    limit: PAGE,
  })
  const old = seen.filter((it) => it.createdAt < before.getTime()).map((it) => it.id)
  const [archived] = old.length > 0 ? await store.atomically([[archiveText, { rows: old, now }]]) : []
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

const oldExecutionsText: Text = () => sql`
  select id, queued_at as "queuedAt" from executions
  where workspace_id = ${value('workspaceId')} and queued_at < ${intValue('before')} and (queued_at, id) > (${intValue('queuedAt')}, ${intValue('id')})
  order by queued_at, id limit ${value('limit')}`
const prunable = sql`
  ${isEnded(sql`e.status`)}
  and not exists (select 1 from triggers t where t.id = e.trigger_id and t.last_execution_id = e.id and t.deleted_at is null)`
const stepBytesText: Text = ({ page }) => sql`
  select coalesce(sum(octet_length(s.text) + coalesce(octet_length(s.data), 0)), 0) as bytes
  from execution_steps s join executions e on e.id = s.execution_id where s.execution_id in (select cast(p.value as bigint) from ${page}) and ${prunable}`
const pruneText: Text = ({ page }) => sql`
  delete from executions as e where e.id in (select cast(p.value as bigint) from ${page}) and ${prunable}
  returning coalesce(octet_length(output), 0) + coalesce(octet_length(error), 0) + coalesce(octet_length(outcome), 0) + coalesce(octet_length(context), 0) as bytes`
/** Deletes a page of ended executions from before `before`, with their steps; their messages and the counts by day stay. */
export async function pruneExecutions(
  store: Store,
  { workspaceId, before, after }: { workspaceId: number; before: Date; after: Place },
): Promise<Page<Place>> {
  const seen = await store.all<Place>(oldExecutionsText, { workspaceId, before, ...after, limit: PAGE })
  const rows = seen.map((it) => it.id)
  const [steps, deleted] =
    rows.length > 0
      ? await store.atomically([
          [stepBytesText, { rows }],
          [pruneText, { rows }],
        ])
      : []
  const bytes = [...(steps ?? []), ...(deleted ?? [])].reduce((sum, it) => sum + (it.bytes as number), 0)
  return { changed: deleted?.length ?? 0, bytes, next: seen.length === PAGE ? (seen.at(-1) ?? null) : null }
}

const retentionText: Text = () =>
  sql`select retention_days as "days" from workspaces where id = ${value('workspaceId')}`
/** How long the workspace keeps its executions; null for ever. */
export async function retentionDays(store: Store, workspaceId: number): Promise<number | null> {
  const [row] = await store.all<{ days: number | null }>(retentionText, { workspaceId })
  return row?.days ?? null
}

const orphanTriggersText: Text = () => sql`
  delete from triggers where id in (
    select t.id from triggers t where t.workspace_id = ${value('workspaceId')} and t.deleted_at < ${intValue('before')}
      and not exists (select 1 from executions e where e.trigger_id = t.id)
    order by t.id limit ${value('limit')})
  returning id`
/** Deletes a page of schedules that were deleted before `before` and have no history left, with their revisions. */
export async function removeDeletedTriggers(
  store: Store,
  workspaceId: number,
  before: Date,
): Promise<{ removed: number; more: boolean }> {
  const [removed] = await store.atomically([[orphanTriggersText, { workspaceId, before, limit: PAGE }]])
  return { removed: removed?.length ?? 0, more: removed?.length === PAGE }
}

const staleInvitationsText: Text = () =>
  sql`delete from invitations where workspace_id = ${intValue('workspaceId')} and accepted_at is null and expires_at < ${intValue('before')} returning id`
/** Deletes invitations that ran out before `before` without being accepted. */
export async function removeStaleInvitations(
  store: Store,
  workspaceId: number,
  before: Date,
): Promise<number> {
  const [removed] = await store.atomically([[staleInvitationsText, { workspaceId, before }]])
  return removed?.length ?? 0
}

const spaceText: Text = () => sql`
  select page_count * page_size as bytes, freelist_count * page_size as free, page_size as "pageBytes", auto_vacuum as "autoVacuum"
  from pragma_page_count, pragma_freelist_count, pragma_page_size, pragma_auto_vacuum`
export interface Space {
  bytes: number
  free: number
  pageBytes: number
  autoVacuum: number
}
/** How big the SQLite file is, and how much of it is free to be used again. Null where the database gives space back by itself. */
export async function spaceOfFile(store: Store): Promise<Space | null> {
  if (store.dialect === 'postgres') return null
  const [space] = await store.all<Space>(spaceText)
  return space ?? { bytes: 0, free: 0, pageBytes: 0, autoVacuum: 0 }
}

const incrementText: Text = () => sql`pragma incremental_vacuum(200)`
/** Gives 200 free pages back to the file system, where the SQLite file was made for that (auto_vacuum = incremental). */
export const giveBackSomePages = (store: Store) => store.all(incrementText)
const rewriteText: Text = () => sql`vacuum`
/** Writes the SQLite file anew without its free pages. Nothing else happens meanwhile: for small files only. */
export const rewriteFile = (store: Store) => store.all(rewriteText)
const checkpointText: Text = () => sql`pragma wal_checkpoint(passive)`
/** Moves what the write-ahead log holds into the SQLite file, as far as nobody reads it. */
export const checkpoint = (store: Store) => store.all(checkpointText)
