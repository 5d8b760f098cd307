/**
 * With overlap "cancel_other" the newest run wins.
 *
 * Promise: what never began is cancelled, what has begun is asked to stop; what is skipped itself, or gathered by a
 * window, takes nobody's place.
 */
import { type SQL, sql } from 'drizzle-orm'
import { isBackfilled, isLive, laneOf, status } from '../states.ts'
import { alias, insert, type Statement, set, statement, t, table } from '../statement.ts'
import type { Phrases } from '../store.ts'
import { takeable } from './takeable.ts'
import { asSeen, countEvents, nextSeq, seen } from './story.ts'
import { mayStartAt } from './throttling.ts'

const tr = alias(t.triggers, 't')
const e = alias(t.executions, 'e')
const w = alias(t.workspaces, 'w')

const superseding = {
  ...seen,
  status: 'text',
  kind: 'text',
  lane: 'int?',
  collecting: 'text?',
  availableAt: 'instant',
  requestedBy: 'json',
  counted: 'int?',
} as const
const gathering = alias(t.executions, 'gathering')
interface Superseding extends Pick<Phrases, 'jsonText' | 'greatest' | 'least'> {
  page: SQL
  row: Readonly<Record<keyof typeof superseding, SQL>>
  values: { now: SQL }
}
/** It starts too soon after others, and is skipped for that. */
const isLimited = ({ row, values: { now }, ...it }: Superseding) => sql`
  ${tr.throttle} is not null and ${it.jsonText(tr.throttle, 'excess')} = 'skip'
  and coalesce(${mayStartAt(tr, { row, now, ...it })}, 0) > ${row.availableAt}`
/** Its trigger has had all its runs, and it is skipped for that. */
const isSpent = ({ row }: Superseding) => sql`${tr.plannedRuns} + ${row.counted} >= ${tr.maxExecutions}`
/**
 * The triggers whose newest run takes the place of what they have. What a window takes in is no new run, and what is
 * skipped takes no place.
 */
const replaced = (it: Superseding) => sql`
  select ${tr.id} from ${it.page} join ${table(tr)} on ${tr.id} = ${it.row.triggerId}
  where ${asSeen(tr, it.row)} and ${tr.overlap} = 'cancel_other' and ${it.row.status} = 'queued'
    and ${it.row.kind} <> 'backfill' and not coalesce(${isLimited(it)}, false)
    and not coalesce(${isSpent(it)}, false)
    and (${it.row.collecting} is null or not exists (
      select 1 from ${table(gathering)}
      where ${gathering.triggerId} = ${tr.id} and ${gathering.collecting} = ${it.row.collecting}))`
/** With the slots that they want: another value's run goes on. */
const replacedLanes = ({ page, row }: Superseding) => sql`
  select ${tr.id}, coalesce(${row.lane}, ${tr.id}) from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId}
  where ${row.status} = 'queued' and ${row.kind} <> 'backfill'`
/** Of their runs, those that give way: a person asked for the backfilled ones, whatever the clock brings. */
const givesWay = (it: Superseding) => sql`
  ${isLive(e.status)} and not ${isBackfilled(e)} and ${e.triggerId} in (${replaced(it)})
  and (${e.triggerId}, ${laneOf(e)}) in (${replacedLanes(it)})`
/** What never began, in the queue or before a person's word: nobody needs to be asked before it is cancelled. */
const unbegun = (it: Superseding) => sql`${givesWay(it)} and ${e.fence} = 0`

/**
 * With overlap "cancel_other" the newest run wins: what never began is cancelled, what has begun is asked to
 * stop. If it waits, to be tried again, for its slot or for a person, it may be taken at once, so that it is
 * settled like every other. What is cancelled is held fast before it is told, so that no claim takes it
 * meanwhile: the events are of exactly those rows.
 */
const holdSuperseded = statement({
  values: { now: 'instant' },
  rows: superseding,
  answer: { id: e.id },
  text: ({ answer, lockRows, ...it }) =>
    sql`select ${answer} from ${table(e)} where ${unbegun(it)} ${lockRows}`,
})
const tellSuperseded = statement({
  values: { now: 'instant' },
  rows: superseding,
  text: (it) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, e.id),
    at: it.values.now,
    type: sql`'schedule:skipped'`,
    triggerId: e.triggerId,
    executionId: e.id,
  })}
  from ${table(e)} join ${table(w)} on ${w.id} = ${e.workspaceId} where ${unbegun(it)}`,
})
const cancelUnbegun = statement({
  values: { now: 'instant' },
  rows: superseding,
  text: (it) => sql`
  update ${table(e)} ${set(e, {
    status: sql`'cancelled'`,
    collecting: sql`null`,
    slot: sql`null`,
    held: sql`false`,
    completedAt: it.values.now,
    reason: sql`'Cancelled: a newer run took its place.'`,
    reasonCode: sql`'superseded'`,
  })}
  where ${unbegun(it)}`,
})
const askToStop = statement({
  values: { now: 'instant' },
  rows: superseding,
  answer: takeable,
  text: ({ returning, ...it }) => sql`
  update ${table(e)} ${set(e, {
    cancelRequestedAt: it.values.now,
    cancelReason: sql`'superseded'`,
    status: sql`case when ${e.status} = ${status('waiting')} then ${status('queued')} else ${e.status} end`,
    held: sql`false`,
    availableAt: sql`case when ${e.status} = ${status('running')} then ${e.availableAt} else ${it.values.now} end`,
  })}
  where ${givesWay(it)} and ${e.cancelRequestedAt} is null
  ${returning}`,
})

type Rows = Parameters<typeof cancelUnbegun>[0]['rows']
/** The statements that make room for those occurrences, before they are recorded. */
export const supersede = (rows: Rows, workspaceIds: number[], now: Date): Statement[] => [
  holdSuperseded({ rows, now }),
  tellSuperseded({ rows, now }),
  countEvents(workspaceIds),
  cancelUnbegun({ rows, now }),
  askToStop({ rows, now }),
]
