/**
 * How far each reader has read, and what is left.
 *
 * Promise: a mark only ever moves on. One's own messages and what is not shown are never unread; a change of a message
 * makes nothing unread, for its place stays where it was.
 */
import { type SQL, sql } from 'drizzle-orm'
import { MOST_UNREAD } from '#lib/contract/unread.ts'
import { status } from '../states.ts'
import { alias, as, insert, names, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const { messageReads } = t
const m = alias(t.messages, 'm')
const first = alias(t.messages, 'first')
const newest = alias(t.messages, 'newest')
const r = alias(messageReads, 'r')
const ofThread = alias(messageReads, 'of_thread')
const x = alias(t.executions, 'x')
const a = alias(t.approvals, 'a')
const member = alias(t.members, 'member')
const wanted = alias(messageReads, 'excluded')

/** A reader in a workspace; `rank` of the role there: 0 viewer, 1 editor, 2 admin. */
export interface Reader {
  workspaceId: number
  readerId: string
  rank: number
}
const reader = { workspaceId: 'int', readerId: 'text', rank: 'int' } as const

/** Whether a message is news to the reader. Beyond the mark, which the caller compares, for that walks an index. */
const isNews = (it: typeof m, workspaceId: SQL, readerId: SQL) => sql`
  ${it.workspaceId} = ${workspaceId} and ${it.include} = true and ${it.deletedAt} is null
  and ${it.userId} is distinct from ${readerId}
  and not exists (
    select 1 from ${table(ofThread)}
    where ${ofThread.workspaceId} = ${workspaceId} and ${ofThread.readerId} = ${readerId}
      and ${ofThread.threadId} in (${it.id}, ${it.threadId}) and ${ofThread.upTo} >= ${it.id})`

const counted = statement({
  rows: reader,
  answer: {
    workspaceId: as('int', sql`c.workspace_id`),
    readerId: as('text', sql`c.reader_id`),
    begun: as('flag', sql`c.mark is not null`),
    messages: as('int', sql`count(${m.id})`),
    mentions: as(
      'int',
      sql`coalesce(sum(case when ${m.mentions} like '%"' || c.reader_id || '"%' then 1 else 0 end), 0)`,
    ),
    failures: as('int', sql`coalesce(sum(case when ${x.status} = ${status('failed')} then 1 else 0 end), 0)`),
    approvals: as(
      'int',
      sql`(select count(*) from ${table(a)} where ${a.workspaceId} = c.workspace_id and ${a.status} = 'pending'
        and case ${a.requiredRole} when 'viewer' then 0 when 'editor' then 1 else 2 end <= c.rank)`,
    ),
    firstUnreadId: as(
      'int?',
      sql`(select ${first.id} from ${table(first)}
        where ${isNews(first as unknown as typeof m, sql`c.workspace_id`, sql`c.reader_id`)} and ${first.id} > c.mark
        order by ${first.id} limit 1)`,
    ),
  },
  text: ({ answer, page, row, greatest }) => sql`
  with c as (
    select ${row.workspaceId} as workspace_id, ${row.readerId} as reader_id, ${row.rank} as rank,
      ${r.upTo} as mark,
      coalesce((
        select ${newest.id} from ${table(newest)}
        where ${newest.workspaceId} = ${row.workspaceId} and ${newest.include} = true
        order by ${newest.id} desc limit 1 offset ${sql.raw(String(MOST_UNREAD))}), 0) as beyond
    from ${page} left join ${table(r)}
      on ${r.workspaceId} = ${row.workspaceId} and ${r.readerId} = ${row.readerId} and ${r.threadId} = 0)
  select ${answer}
  from c left join ${table(m)}
    on ${isNews(m, sql`c.workspace_id`, sql`c.reader_id`)} and ${m.id} > ${greatest(sql`c.mark`, sql`c.beyond`)}
    left join ${table(x)} on ${x.id} = ${m.executionId}
  group by c.workspace_id, c.reader_id, c.rank, c.mark`,
})
export type Left = RowsOf<typeof counted>

const begin = statement({
  values: { now: 'instant' },
  rows: reader,
  text: ({ page, row, values: { now } }) => sql`
  ${insert(messageReads, {
    workspaceId: row.workspaceId,
    readerId: row.readerId,
    threadId: sql`0`,
    upTo: sql`coalesce((
      select max(${m.id}) from ${table(m)} join ${table(member)}
        on ${member.workspaceId} = ${m.workspaceId} and ${member.userId} = ${row.readerId}
      where ${m.workspaceId} = ${row.workspaceId} and ${m.createdAt} < ${member.createdAt}), 0)`,
    updatedAt: now,
  })}
  from ${page} where true
  on conflict do nothing`,
})

/** What each of these has not read. Whoever joined later has read what was there before. */
export async function left(store: Store, readers: Reader[], now: Date): Promise<Left[]> {
  if (readers.length === 0) return []
  const rows = await store.all(counted({ rows: readers }))
  if (rows.every((it) => it.begun)) return rows
  const [, answer] = await store.atomically([begin({ rows: readers, now }), counted({ rows: readers })])
  return answer
}

const marking = { workspaceId: 'int', readerId: 'text', threadId: 'int', upTo: 'int' } as const
const mark = statement({
  values: { ...marking, now: 'instant' },
  text: ({ values: { workspaceId, readerId, threadId, upTo, now } }) => sql`
  ${insert(messageReads, { workspaceId, readerId, threadId, upTo, updatedAt: now })}
  where true
  on conflict (${names(messageReads.workspaceId, messageReads.readerId, messageReads.threadId)})
  do update ${set(messageReads, { upTo: sql`${wanted.upTo}`, updatedAt: sql`${wanted.updatedAt}` })}
  where ${messageReads.upTo} < ${wanted.upTo}`,
})
const marked = statement({
  values: { workspaceId: 'int', readerId: 'text', threadId: 'int' },
  answer: { upTo: r.upTo },
  text: ({ answer, values: { workspaceId, readerId, threadId } }) => sql`
  select ${answer} from ${table(r)}
  where ${r.workspaceId} = ${workspaceId} and ${r.readerId} = ${readerId} and ${r.threadId} = ${threadId}`,
})
const place = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: { threadId: as('int', sql`coalesce(${m.threadId}, ${m.id})`) },
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(m)} where ${m.workspaceId} = ${workspaceId} and ${m.id} = ${id}`,
})
/** The thread in which a message stands: of one that is no reply its own. Null: there is none here. */
export async function threadOf(store: Store, workspaceId: number, id: number): Promise<number | null> {
  const [row] = await store.all(place({ workspaceId, id }))
  return row?.threadId ?? null
}

/** Moves the mark on, and answers where it stands. `threadId` 0: of the chat as a whole. */
export async function markRead(
  store: Store,
  to: { workspaceId: number; readerId: string; threadId: number; upTo: number },
  now: Date,
): Promise<number> {
  const [, , [row]] = await store.atomically([
    begin({ rows: to.threadId === 0 ? [] : [{ ...to, rank: 0 }], now }),
    mark({ ...to, now }),
    marked(to),
  ])
  return row?.upTo ?? to.upTo
}

const movedSince = statement({
  values: { since: 'instant' },
  rows: 'int',
  answer: { workspaceId: r.workspaceId, readerId: r.readerId },
  text: ({ answer, page, row, values: { since } }) => sql`
  select distinct ${answer} from ${table(r)}
  where ${r.workspaceId} in (select ${row} from ${page}) and ${r.updatedAt} >= ${since}`,
})
/** Who has read on in these workspaces, on whichever server. */
export const readersSince = (store: Store, workspaceIds: number[], since: Date) =>
  store.all(movedSince({ rows: workspaceIds, since }))
