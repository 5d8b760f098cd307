/**
 * Incidents: what fails, by trigger and cause.
 *
 * Promise: one open incident a trigger and cause, by `incidents_open`; it is opened, counted and closed, and told as
 * such, in the transaction that settles the run.
 */
import { sql } from 'drizzle-orm'
import type { Incident } from '#lib/contract/incident.ts'
import { causeOf } from '#lib/contract/incident.ts'
import type { ReasonCode } from '#lib/contract/execution.ts'
import {
  alias,
  insert,
  name,
  names,
  type RowsOf,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import type { Phrases, Store } from '../store.ts'
import { guard, held, type Hold } from './entries.ts'
import { concerns, listens } from './owing.ts'
import { countEvents, nextSeq } from './story.ts'

const i = alias(t.incidents, 'i')
const e = alias(t.executions, 'e')
const w = alias(t.workspaces, 'w')
const tr = alias(t.triggers, 't')
const r = alias(t.deliveryRules, 'r')
const newer = alias(t.incidents, 'excluded')
const other = alias(t.incidents, 'o')

/** What somebody asked an agent for in the chat, or tried out, is answered there. */
export const isTold = sql`not ${e.staged} and ${tr.kind} <> 'chat' and ${tr.deletedAt} is null`

const openOne = statement({
  values: { now: 'instant' },
  rows: { ...held, cause: 'text', error: 'text?' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.incidents, {
    workspaceId: e.workspaceId,
    triggerId: e.triggerId,
    cause: row.cause,
    error: row.error,
    firstAt: now,
    lastAt: now,
    firstExecutionId: e.id,
    lastExecutionId: e.id,
  })}
  from ${page} join ${table(e)} on ${guard(row)} join ${table(tr)} on ${tr.id} = ${e.triggerId}
  where ${isTold}
  on conflict (${names(t.incidents.triggerId, t.incidents.cause)}) where ${name(t.incidents.closedAt)} is null
  do update ${set(t.incidents, {
    error: newer.error,
    count: sql`${t.incidents.count} + 1`,
    lastAt: newer.lastAt,
    lastExecutionId: newer.lastExecutionId,
  })}`,
})

/** It is over when whoever asks for the most successes in a row has seen them. */
const enough = (greatest: Phrases['greatest']) =>
  greatest(
    sql`1`,
    sql`coalesce((
      select max(${r.recoverAfter}) from ${table(r)}
      where ${r.workspaceId} = ${i.workspaceId} and ${concerns(r, i.triggerId)} and ${listens('recovery')}), 1)`,
  )
// Mostly nothing fails, which is asked once for the whole page.
const count = statement({
  values: { now: 'instant' },
  rows: { ...held, status: 'text' },
  text: ({ page, row, greatest, values: { now } }) => {
    const isOver = sql`${row.status} = 'success' and ${i.successes} + 1 >= ${enough(greatest)}`
    return sql`
  update ${table(i)} ${set(i, {
    successes: sql`case when ${row.status} = 'success' then ${i.successes} + 1 else 0 end`,
    closedAt: sql`case when ${isOver} then ${now} end`,
    closedBy: sql`case when ${isOver} then ${e.id} end`,
  })}
  from ${page}, ${table(e)}
  where ${guard(row)} and ${i.triggerId} = ${e.triggerId} and ${i.closedAt} is null and not ${e.staged}
    and ${row.status} in ('success', 'failed')
    and exists (select 1 from ${table(other)} where ${other.closedAt} is null)`
  },
})

const tell = statement({
  values: { now: 'instant' },
  rows: held,
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, i.id),
    at: now,
    type: sql`case when ${i.closedAt} is null then 'incident:opened' else 'incident:closed' end`,
    triggerId: i.triggerId,
    executionId: e.id,
    data: sql`'{"incidentId":' || cast(${i.id} as text) || '}'`,
  })}
  from ${page} join ${table(e)} on ${guard(row)} join ${table(w)} on ${w.id} = ${e.workspaceId}
    join ${table(i)} on ${i.triggerId} = ${e.triggerId} and (${i.firstExecutionId} = ${e.id} or ${i.closedBy} = ${e.id})
  where true`,
})

interface Ended extends Pick<Hold, 'executionId' | 'from' | 'owner' | 'fence'> {
  status: string
  reasonCode: ReasonCode | null
  error: string | null
  reason: string | null
}
/** What runs that end just now have begun or ended. Goes before their ends are written, and after other events. */
export function heed(ended: Ended[], workspaceIds: number[], now: Date): Statement[] {
  const failed = ended
    .filter((it) => it.status === 'failed')
    .map((it) => ({ ...it, cause: causeOf(it.reasonCode, it.error ?? it.reason) }))
  const judged = ended.filter((it) => it.status === 'failed' || it.status === 'success')
  if (judged.length === 0) return []
  return [
    ...(failed.length > 0 ? [openOne({ rows: failed, now })] : []),
    count({ rows: judged, now }),
    tell({ rows: judged, now }),
    countEvents(workspaceIds),
  ]
}

const closeOf = statement({
  values: { triggerId: 'int', now: 'instant' },
  text: ({ values: { triggerId, now } }) => sql`
  update ${table(i)} ${set(i, { closedAt: now })} where ${i.triggerId} = ${triggerId} and ${i.closedAt} is null`,
})
/** Of a trigger that is deleted: nobody waits for it to recover. */
export const closeIncidentsOf = (triggerId: number, now: Date) => closeOf({ triggerId, now })

const forgetOld = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { id: t.incidents.id },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${t.incidents} where ${t.incidents.id} in (
    select ${i.id} from ${table(i)} where ${i.closedAt} < ${before} limit ${limit})
  ${returning}`,
})
/** What is over for so long. */
export const pruneIncidents = (before: Date, limit: number) => forgetOld({ before, limit })

const listed = statement({
  values: { workspaceId: 'int', before: 'int', open: 'flag', closed: 'flag', id: 'int?', limit: 'int' },
  answer: {
    id: i.id,
    triggerId: i.triggerId,
    triggerName: tr.name,
    cause: i.cause,
    error: i.error,
    firstAt: i.firstAt,
    lastAt: i.lastAt,
    count: i.count,
    lastExecutionId: i.lastExecutionId,
    acknowledgedBy: i.acknowledgedBy,
    acknowledgedAt: i.acknowledgedAt,
    closedAt: i.closedAt,
  },
  text: ({ answer, values: { workspaceId, before, open, closed, id, limit } }) => sql`
  select ${answer} from ${table(i)} join ${table(tr)} on ${tr.id} = ${i.triggerId}
  where ${i.workspaceId} = ${workspaceId} and ${i.id} < ${before} and (${id} is null or ${i.id} = ${id})
    and ((${open} and ${i.closedAt} is null) or (${closed} and ${i.closedAt} is not null))
  order by ${i.id} desc limit ${limit}`,
})
type Row = RowsOf<typeof listed>
const iso = (at: number) => new Date(at).toISOString()
const toIncident = (it: Row): Incident => ({
  ...it,
  firstAt: iso(it.firstAt),
  lastAt: iso(it.lastAt),
  acknowledgedAt: it.acknowledgedAt === null ? null : iso(it.acknowledgedAt),
  closedAt: it.closedAt === null ? null : iso(it.closedAt),
})

/** Newest first. */
export async function list(
  store: Store,
  workspaceId: number,
  { status, before, limit }: { status: 'open' | 'closed' | undefined; before: number; limit: number },
): Promise<Incident[]> {
  const which = { open: status !== 'closed', closed: status !== 'open' }
  return (await store.all(listed({ workspaceId, before, ...which, id: null, limit }))).map(toIncident)
}
export async function get(store: Store, workspaceId: number, id: number): Promise<Incident | null> {
  const at = { before: Number.MAX_SAFE_INTEGER, open: true, closed: true, limit: 1 }
  const [row] = await store.all(listed({ workspaceId, ...at, id }))
  return row ? toIncident(row) : null
}

const acknowledgeIt = statement({
  values: { workspaceId: 'int', id: 'int', by: 'text', now: 'instant' },
  text: ({ values: { workspaceId, id, by, now } }) => sql`
  update ${table(i)} ${set(i, { acknowledgedBy: by, acknowledgedAt: now })}
  where ${i.id} = ${id} and ${i.workspaceId} = ${workspaceId} and ${i.acknowledgedAt} is null`,
})
/** Whoever was first has acknowledged it. */
export async function acknowledge(
  store: Store,
  it: { workspaceId: number; id: number; by: string; now: Date },
): Promise<void> {
  await store.atomically([acknowledgeIt(it)])
}
