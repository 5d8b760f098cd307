/**
 * The workspace's story, as it is written: numbered events.
 *
 * Promise: `seq` rises by one in each workspace and never skips. Every transaction that adds events has locked the
 * workspace first and ends with `countEvents`. An event is a pointer: what it says is read from the rows it points
 * to when it is told.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { EventType } from '#lib/contract/event.ts'
import { alias, insert, set, statement, t, table } from '../statement.ts'

const w = alias(t.workspaces, 'w')

/**
 * The number of an event in its workspace's story: one after another in the order of `by`, from the last that
 * was counted.
 */
export const nextSeq = (workspace: Pick<typeof w, 'id' | 'lastSeq'>, by: SQLWrapper, span = sql`1`): SQL =>
  sql`${workspace.lastSeq} + sum(${span}) over (
    partition by ${workspace.id} order by ${by} rows between unbounded preceding and current row)`

const moveCounters = statement({
  isBookkeeping: true,
  rows: 'int',
  text: ({ page, row }) => sql`
  update ${table(t.workspaces)} ${set(t.workspaces, {
    lastSeq: sql`coalesce(
      (select max(${t.events.seq}) from ${table(t.events)} where ${t.events.workspaceId} = ${t.workspaces.id}),
      ${t.workspaces.lastSeq})`,
  })}
  where ${t.workspaces.id} in (select ${row} from ${page})`,
})
/** Moves each workspace's counter to its newest event. The last statement of a list that added events. */
export const countEvents = (workspaceIds: number[]) => moveCounters({ rows: workspaceIds })

/** Whether the story was matched just so far, where that is asked; under the workspace's lock it stays so. */
export const isAtSeq = (workspaceId: SQLWrapper, seenSeq: SQL): SQL => sql`(
  ${seenSeq} is null or (select ${w.matchedSeq} from ${table(w)} where ${w.id} = ${workspaceId}) = ${seenSeq})`

const lock = statement({ values: { workspaces: 'json' }, text: ({ lockWorkspaces }) => lockWorkspaces })
/** Locks the workspaces whose story a transaction continues: the first statement of every such list. */
export const lockWorkspaces = (workspaceIds: number[]) => lock({ workspaces: workspaceIds })

const d = alias(t.webhookDeliveries, 'd')
/** What a row of a page was decided from, where it was: how far the story was matched; the call that it carries. */
export const fence = { seenSeq: 'int?', openDelivery: 'int?' } as const
/**
 * Whether that is still so: no other server has matched the story meanwhile, or carried the call. Under the
 * workspace's lock it stays so until the transaction settles the call itself.
 */
export const stillStands = (
  workspaceId: SQLWrapper,
  { seenSeq, openDelivery }: Readonly<Record<keyof typeof fence, SQL>>,
): SQL => sql`${isAtSeq(workspaceId, seenSeq)} and (${openDelivery} is null or exists (
    select 1 from ${table(d)} where ${d.id} = ${openDelivery} and ${d.verdict} is null))`

/**
 * The state of its trigger that a row of the page was planned from. `revision` null: no guard; a person or an
 * event asks, not the clock.
 */
export const seen = { triggerId: 'int', seenDueAt: 'instant?', revision: 'int?', ...fence } as const
/** Of the trigger `tr` that the row was planned from: it is still as it was then. */
export const asSeen = (
  tr: Record<'workspaceId' | 'deletedAt' | 'dueAt' | 'revision', SQLWrapper>,
  { seenDueAt, revision, ...fences }: Readonly<Record<keyof typeof seen, SQL>>,
): SQL => sql`
  ${tr.deletedAt} is null and (
    ${revision} is null or (${tr.dueAt} is not distinct from ${seenDueAt} and ${tr.revision} = ${revision}))
  and ${stillStands(tr.workspaceId, fences)}`

export interface NewEvent {
  workspaceId: number
  type: EventType
  triggerId?: number
  executionId?: number
  messageId?: number
  data?: Record<string, unknown>
}

const addEvents = statement({
  values: { now: 'instant' },
  rows: {
    ord: 'int',
    workspaceId: 'int',
    type: 'text',
    triggerId: 'int?',
    executionId: 'int?',
    messageId: 'int?',
    data: 'json',
  },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, row.ord),
    at: now,
    type: row.type,
    triggerId: row.triggerId,
    executionId: row.executionId,
    messageId: row.messageId,
    data: row.data,
  })}
  from ${page} join ${table(w)} on ${w.id} = ${row.workspaceId}`,
})
/** Adds events that nothing guards. Goes between `lockWorkspaces` and `countEvents`. */
export const tell = (events: NewEvent[], now: Date) =>
  addEvents({
    rows: events.map(
      ({ triggerId = null, executionId = null, messageId = null, data = null, ...it }, ord) => ({
        ...it,
        triggerId,
        executionId,
        messageId,
        data,
        ord,
      }),
    ),
    now,
  })
