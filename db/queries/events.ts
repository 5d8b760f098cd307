/**
 * The workspace's story as numbered events.
 *
 * Promise: `seq` rises by one in each workspace and never skips. Every transaction that adds events has locked the workspace first and ends
 * with `countEvents`. An event is a pointer: what it says is read from the rows it points to when it is told.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { EventPage, EventType, LiveEvent } from '#lib/contract/event.ts'
import { alias, insert, set, statement, t, table } from '../statement.ts'
import { type Store, type Text, value } from '../store.ts'
import { messageColumns, type MessageRow, toMessage } from './messages.ts'

const w = alias(t.workspaces, 'w')

/** The number of an event in its workspace's story: one after another in the order of `by`, from the last that was counted. */
export const nextSeq = (workspace: Pick<typeof w, 'id' | 'lastSeq'>, by: SQLWrapper): SQL =>
  sql`${workspace.lastSeq} + row_number() over (partition by ${workspace.id} order by ${by})`

const moveCounters = statement({
  rows: 'int',
  text: ({ page, row }) => sql`
  update ${table(t.workspaces)} ${set(t.workspaces, {
    lastSeq: sql`coalesce(
      (select max(${t.events.seq}) from ${table(t.events)} where ${t.events.workspaceId} = ${t.workspaces.id}), ${t.workspaces.lastSeq})`,
  })}
  where ${t.workspaces.id} in (select ${row} from ${page})`,
})
/** Moves each workspace's counter to its newest event. The last statement of a list that added events. */
export const countEvents = (workspaceIds: number[]) => moveCounters({ rows: workspaceIds })

const lock = statement({ values: { workspaces: 'json' }, text: ({ lockWorkspaces }) => lockWorkspaces })
/** Locks the workspaces whose story a transaction continues: the first statement of every such list. */
export const lockWorkspaces = (workspaceIds: number[]) => lock({ workspaces: workspaceIds })

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

const sinceText: Text = () => sql`
  select v.seq, v.workspace_id as "workspaceId", v.type, v.at, v.trigger_id as "triggerId", v.execution_id as "executionId", v.data,
    coalesce(e.trigger_name, t.name) as "triggerName", e.status, e.output, e.error, e.reason, e.duration_ms as "durationMs",
    case when v.type = 'execution:progress' then (select s.text from execution_steps s where s.execution_id = v.execution_id order by s.n desc limit 1) end as step,
    m.id as "message.id", ${messageColumns}
  from events v
  left join executions e on e.id = v.execution_id
  left join triggers t on t.id = v.trigger_id
  left join messages m on m.id = v.message_id
  left join executions x on x.id = m.execution_id
  where v.workspace_id = ${value('workspaceId')} and v.seq > ${value('since')}
  order by v.seq limit ${value('limit')}`

interface EventRow extends MessageRow {
  seq: number
  workspaceId: number
  type: EventType
  at: number
  triggerId: number | null
  executionId: number | null
  data: string | null
  triggerName: string | null
  status: string | null
  output: string | null
  error: string | null
  reason: string | null
  durationMs: number | null
  step: string | null
}

const boundsText: Text = () => sql`
  select w.last_seq as "lastSeq", coalesce((select min(seq) from events where workspace_id = w.id), w.last_seq + 1) as "oldest"
  from workspaces w where w.id = ${value('workspaceId')}`

/** Events after `since`, oldest first, with what they say today. */
export async function since(
  store: Store,
  workspaceId: number,
  after: number,
  limit: number,
): Promise<EventPage> {
  const [bounds] = await store.all<{ lastSeq: number; oldest: number }>(boundsText, { workspaceId })
  const rows = await store.all<EventRow>(sinceText, { workspaceId, since: after, limit: limit + 1 })
  return {
    events: rows.slice(0, limit).map(toEvent),
    lastSeq: bounds?.lastSeq ?? 0,
    oldest: bounds?.oldest ?? 1,
    truncated: rows.length > limit,
  }
}

const TELLS_RESULT: readonly EventType[] = ['schedule:completed', 'schedule:failed']

function toEvent(row: EventRow): LiveEvent {
  const data = row.data ? (JSON.parse(row.data) as Partial<LiveEvent>) : {}
  const event: LiveEvent = {
    seq: row.seq,
    workspaceId: row.workspaceId,
    type: row.type,
    timestamp: new Date(row.at).toISOString(),
    ...data,
  }
  if (row.triggerId !== null) event.scheduleId = row.triggerId
  if (row.triggerName !== null) event.scheduleName = row.triggerName
  if (row.executionId !== null) event.executionId = row.executionId
  if (row['message.id'] !== null) event.message = toMessage(row)
  // An event of the start is told of a run that may have ended since.
  const ended = row.type.startsWith('schedule:') && row.type !== 'schedule:started'
  if (ended && row.status !== null) event.status = row.status
  if (ended && row.reason !== null) event.reason = row.reason
  if (row.step !== null) event.step = row.step
  if (TELLS_RESULT.includes(row.type)) {
    event.success = row.type === 'schedule:completed'
    event.duration = row.durationMs ?? 0
    if (event.success) event.result = row.output ?? ''
    else event.error = row.error ?? row.reason ?? 'It did not finish.'
  }
  return event
}

const seqsText: Text = ({ page }) => sql`
  select id as "workspaceId", last_seq as "lastSeq" from workspaces where id in (select cast(p.value as bigint) from ${page})`
/** The number of the newest event of each workspace. */
export const lastSeqs = (store: Store, workspaceIds: number[]) =>
  store.all<{ workspaceId: number; lastSeq: number }>(seqsText, { rows: workspaceIds })
