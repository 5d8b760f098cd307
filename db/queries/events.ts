/**
 * The workspace's story, as it is told: each event with what the rows that it points to say today.
 */
import { sql } from 'drizzle-orm'
import type { EventPage, EventType, LiveEvent } from '#lib/contract/event.ts'
import { alias, as, orNull, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { type MessageRow, shownOf, statusOf, toMessage } from './messages.ts'

const v = alias(t.events, 'v')
const n = alias(t.events, 'n')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const w = alias(t.workspaces, 'w')
const s = alias(t.executionSteps, 's')
const last = alias(t.executionSteps, 'l')
const m = alias(t.messages, 'm')

type Prefixed<T> = { [K in keyof T & string as `message.${K}`]: T[K] }
const prefixed = <T extends object>(of: T) =>
  Object.fromEntries(Object.entries(of).map(([field, it]) => [`message.${field}`, it])) as Prefixed<T>
const messageFields = Object.keys(shownOf(m)) as (keyof MessageRow)[]

// Rows stand for several events: only as many are read whole as are told.
const following = statement({
  values: { workspaceId: 'int', since: 'int', limit: 'int' },
  answer: {
    seq: v.seq,
    workspaceId: v.workspaceId,
    type: v.type,
    span: v.span,
    precededBy: v.precededBy,
    at: v.at,
    triggerId: v.triggerId,
    executionId: v.executionId,
    data: v.data,
    factType: v.factType,
    triggerName: as('text?', sql`coalesce(${e.triggerName}, ${tr.name})`),
    status: orNull(e.status),
    output: e.output,
    error: e.error,
    reason: e.reason,
    durationMs: e.durationMs,
    kind: orNull(tr.kind),
    ...prefixed(shownOf(m)),
    'message.id': orNull(m.id),
  },
  text: ({ answer, least, values: { workspaceId, since, limit } }) => {
    // Of a row that `since` lies in, only what comes after it counts.
    const told = least(sql`${n.span}`, sql`${n.seq} - ${since}`)
    return sql`
  select ${answer}
  from (
      select ${n.seq} as seq, sum(${told}) over (order by ${n.seq} rows unbounded preceding) - ${told} as before
      from ${table(n)} where ${n.workspaceId} = ${workspaceId} and ${n.seq} > ${since}
      order by ${n.seq} limit ${limit}
    ) page
    join ${table(v)} on ${v.workspaceId} = ${workspaceId} and ${v.seq} = page.seq
    left join ${table(e)} on ${e.id} = ${v.executionId}
    left join ${table(tr)} on ${tr.id} = ${v.triggerId}
    left join ${table(m)} on ${m.id} = ${v.messageId}
    ${statusOf(m)}
  where page.before < ${limit}
  order by ${v.seq}`
  },
})
type EventRow = RowsOf<typeof following>

const progress = statement({
  rows: 'int',
  answer: {
    executionId: as('int', sql`q.id`),
    step: as('text?', sql`q.step`),
    tool: as('text?', sql`q.tool`),
    text: as('text?', sql`q.written`),
    tokensUsed: as('int', sql`q.tokens`),
  },
  text: ({ page, row, answer, jsonText }) => {
    const tokens = (name: string) => sql`coalesce(cast(${jsonText(s.data, name)} as bigint), 0)`
    // The turns of its model say it themselves: a run that goes on has nothing counted yet.
    return sql`
  select ${answer} from (
    select ${row} as id, ${last.text} as step,
      case when ${last.kind} = 'tool' then ${jsonText(last.data, 'tool')} end as tool, ${m.text} as written,
      (select coalesce(sum(${tokens('tokensIn')} + ${tokens('tokensOut')}), 0) from ${table(s)}
        where ${s.executionId} = ${row} and ${s.kind} = 'model') as tokens
    from ${page} left join ${table(last)} on ${last.executionId} = ${row}
      and ${last.n} = (select max(${s.n}) from ${table(s)} where ${s.executionId} = ${row})
      left join ${table(m)} on ${m.executionId} = ${row} and ${m.include} = true
  ) q`
  },
})
type Progress = RowsOf<typeof progress>
/** How far the runs are whose progress is told. */
async function progressOf(store: Store, told: EventRow[]): Promise<Map<number, Progress>> {
  const ids = told.flatMap((it) => (it.type === 'execution:progress' ? (it.executionId ?? []) : []))
  if (ids.length === 0) return new Map()
  const rows = await store.all(progress({ rows: [...new Set(ids)] }))
  return new Map(rows.map((it) => [it.executionId, it]))
}

const bounds = statement({
  values: { workspaceId: 'int' },
  answer: {
    lastSeq: w.lastSeq,
    oldest: as(
      'int',
      sql`coalesce((
        select ${v.seq} - ${v.span} + 1 from ${table(v)} where ${v.workspaceId} = ${w.id} order by ${v.seq} limit 1),
        ${w.lastSeq} + 1)`,
    ),
  },
  text: ({ answer, values: { workspaceId } }) =>
    sql`select ${answer} from ${table(w)} where ${w.id} = ${workspaceId}`,
})

/** Events after `since`, oldest first, with what they say today. */
export async function since(
  store: Store,
  workspaceId: number,
  after: number,
  limit: number,
): Promise<EventPage> {
  const [ends] = await store.all(bounds({ workspaceId }))
  const rows = await store.all(following({ workspaceId, since: after, limit: limit + 1 }))
  const told = rows.flatMap(spread).filter((it) => it.seq > after)
  const shown = told.slice(0, limit)
  const progress = await progressOf(store, shown)
  return {
    events: shown.map((it) => toEvent(it, progress.get(it.executionId ?? 0))),
    lastSeq: ends?.lastSeq ?? 0,
    oldest: ends?.oldest ?? 1,
    truncated: told.length > limit,
  }
}

/** A row as the events that it stands for, each with its number. */
function spread(row: EventRow): EventRow[] {
  if (row.precededBy === null) return [row]
  const before = row.precededBy.split(',') as EventType[]
  const first = row.seq - before.length
  return [...before.map((type, n) => ({ ...row, type, seq: first + n, 'message.id': null })), row]
}

function toEvent(row: EventRow, progress: Progress | undefined): LiveEvent {
  const event: LiveEvent = {
    seq: row.seq,
    workspaceId: row.workspaceId,
    type: row.type,
    timestamp: new Date(row.at).toISOString(),
    ...(row.data !== null && (JSON.parse(row.data) as Partial<LiveEvent>)),
  }
  if (row.triggerId !== null) event.scheduleId = row.triggerId
  if (row.triggerName !== null) event.scheduleName = row.triggerName
  if (row.executionId !== null) event.executionId = row.executionId
  if (row.type === 'event:recorded' && row.factType !== null) event.eventType = row.factType
  if (row['message.id'] !== null) event.message = toMessage(messageOf(row))
  if (row.kind !== null) event.kind = row.kind
  return Object.assign(event, endOf(row), resultOf(row), wayOf(row, progress))
}

function wayOf(row: EventRow, progress: Progress | undefined): Partial<LiveEvent> {
  if (row.type !== 'execution:progress' || !progress) return {}
  const { step, tool, text, tokensUsed } = progress
  return {
    tokensUsed,
    ...(step !== null && { step }),
    ...(tool !== null && { tool }),
    ...(text !== null && { text }),
  }
}

/** An event of the start is told of a run that may have ended since. */
function endOf(row: EventRow): Partial<LiveEvent> {
  if (!row.type.startsWith('schedule:') || row.type === 'schedule:started') return {}
  return {
    ...(row.status !== null && { status: row.status }),
    ...(row.reason !== null && { reason: row.reason }),
  }
}

function resultOf(row: EventRow): Partial<LiveEvent> {
  const duration = row.durationMs ?? 0
  if (row.type === 'schedule:completed') return { success: true, duration, result: row.output ?? '' }
  if (row.type !== 'schedule:failed') return {}
  return { success: false, duration, error: row.error ?? row.reason ?? 'It did not finish.' }
}

const messageOf = (row: EventRow) =>
  Object.fromEntries(messageFields.map((it) => [it, row[`message.${it}`]])) as unknown as MessageRow

const newestSeqs = statement({
  rows: 'int',
  answer: { workspaceId: w.id, lastSeq: w.lastSeq },
  text: ({ page, row, answer }) =>
    sql`select ${answer} from ${table(w)} where ${w.id} in (select ${row} from ${page})`,
})
/** The number of the newest event of each workspace. */
export const lastSeqs = (store: Store, workspaceIds: number[]) =>
  store.all(newestSeqs({ rows: workspaceIds }))

/** More than anybody can have missed. */
const LEAP = 1_000_000_000
const leap = statement({
  text: () => sql`
  update ${table(t.workspaces)} ${set(t.workspaces, { lastSeq: sql`${t.workspaces.lastSeq} + ${sql.raw(String(LEAP))}` })}`,
})
const forgetEvents = statement({ text: () => sql`delete from ${table(t.events)}` })
/**
 * A backup was put back: clients may have seen numbers beyond its last one. The story goes on far ahead of them,
 * with none of the old events, so that whoever asks is told to read everything afresh.
 */
export async function beginStoryAnew(store: Store): Promise<void> {
  await store.atomically([leap(), forgetEvents()])
}
