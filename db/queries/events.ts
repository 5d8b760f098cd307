/**
 * The workspace's story as numbered events.
 *
 * Promise: `seq` rises by one in each workspace and never skips. Every transaction that adds events has locked the workspace first and ends
 * with `countEvents`. An event is a pointer: what it says is read from the rows it points to when it is told.
 */
import { sql } from 'drizzle-orm'
import type { EventPage, EventType, LiveEvent } from '#lib/contract/event.ts'
import { int, intValue, type Statement, type Store, type Text, text, value } from '../store.ts'
import { messageColumns, type MessageRow, toMessage } from './messages.ts'

/** Moves each workspace's counter to its newest event. The last statement of a list that added events. */
const countEventsText: Text = ({ page }) => sql`
  update workspaces set last_seq = coalesce((select max(seq) from events where events.workspace_id = workspaces.id), last_seq)
  where id in (select cast(p.value as bigint) from ${page})`
export const countEvents = (workspaceIds: number[]): Statement => [countEventsText, { rows: workspaceIds }]

const lockText: Text = ({ lockWorkspaces }) => lockWorkspaces
/** Locks the workspaces whose story a transaction continues: the first statement of every such list. */
export const lockWorkspaces = (workspaceIds: number[]): Statement => [lockText, { workspaces: workspaceIds }]

export interface NewEvent {
  workspaceId: number
  type: EventType
  triggerId?: number
  executionId?: number
  messageId?: number
  data?: Record<string, unknown>
}

const tellText: Text = ({ page }) => sql`
  insert into events (workspace_id, seq, at, type, trigger_id, execution_id, message_id, data)
  select w.id, w.last_seq + row_number() over (partition by w.id order by ${int('ord')}), ${intValue('now')}, ${text('type')},
    ${int('triggerId')}, ${int('executionId')}, ${int('messageId')}, ${text('data')}
  from ${page} join workspaces w on w.id = ${int('workspaceId')}`
/** Adds events that nothing guards. Goes between `lockWorkspaces` and `countEvents`. */
export const tell = (events: NewEvent[], now: Date): Statement => [
  tellText,
  { rows: events.map((it, ord) => ({ ...it, data: it.data && JSON.stringify(it.data), ord })), now },
]

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
