/**
 * What is known of a trigger at one instant: the rows that answer why it ran, or did not. Reads only.
 *
 * Promise: each is a look into an index, however long the history is.
 */
import { sql } from 'drizzle-orm'
import { days } from '#lib/clock.ts'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'
import type { Execution, Status } from '#lib/contract/execution.ts'
import { isOneOf as isOneOfStates, NEVER_RAN } from '#lib/contract/states.ts'
import { alias, as, oneOf, type RowsOf, statement, t, table } from '../statement.ts'
import { isOneOf, status } from '../states.ts'
import type { Store } from '../store.ts'
import { nameBehind } from './rights.ts'

const tr = alias(t.triggers, 't')
const r = alias(t.triggerRevisions, 'r')
const e = alias(t.executions, 'e')
const v = alias(t.evaluations, 'v')
const w = alias(t.workspaces, 'w')

const theTrigger = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: {
    id: tr.id,
    name: tr.name,
    revision: tr.revision,
    timezone: tr.timezone,
    enabled: tr.enabled,
    nextRunAt: tr.nextRunAt,
    maxExecutions: tr.maxExecutions,
    plannedRuns: tr.plannedRuns,
    pausedAt: tr.pausedAt,
    pausedUntil: tr.pausedUntil,
    pausedReason: tr.pausedReason,
    disabledReason: tr.disabledReason,
    problem: tr.problem,
    kind: tr.kind,
    createdAt: tr.createdAt,
    deletedAt: tr.deletedAt,
  },
  text: ({ answer, values: { workspaceId, id } }) =>
    sql`select ${answer} from ${table(tr)} where ${tr.id} = ${id} and ${tr.workspaceId} = ${workspaceId}`,
})
export type KnownTrigger = RowsOf<typeof theTrigger>
/** A trigger, deleted or not. */
export async function trigger(store: Store, workspaceId: number, id: number): Promise<KnownTrigger | null> {
  const [row] = await store.all(theTrigger({ workspaceId, id }))
  return row ?? null
}

const revision = {
  revision: r.revision,
  config: r.config,
  createdAt: r.createdAt,
  by: as('text?', nameBehind(r.changedBy)),
}
const before = statement({
  values: { id: 'int', at: 'instant' },
  answer: revision,
  text: ({ answer, values: { id, at } }) => sql`
  select ${answer} from ${table(r)} where ${r.triggerId} = ${id} and ${r.createdAt} < ${at}
  order by ${r.revision} desc limit 1`,
})
const MOST_FOLLOWING = 50
const after = statement({
  values: { id: 'int', at: 'instant' },
  answer: revision,
  text: ({ answer, values: { id, at } }) => sql`
  select ${answer} from ${table(r)} where ${r.triggerId} = ${id} and ${r.createdAt} >= ${at}
  order by ${r.revision} limit ${sql.raw(String(MOST_FOLLOWING))}`,
})
export type KnownRevision = RowsOf<typeof before>
/** The revision that was in force at an instant, and those after it, in order. An edit holds from then on. */
export async function revisionsAround(
  store: Store,
  id: number,
  at: Date,
): Promise<{ inForce: KnownRevision | null; following: KnownRevision[] }> {
  const [[inForce], following] = await Promise.all([
    store.all(before({ id, at })),
    store.all(after({ id, at })),
  ])
  return { inForce: inForce ?? null, following }
}

const run = {
  id: e.id,
  kind: e.kind,
  occurrence: e.occurrence,
  status: oneOf<Status>(sql`${e.status}`),
  reasonCode: oneOf<Execution['reasonCode']>(sql`${e.reasonCode}`),
  reason: e.reason,
  error: e.error,
  held: e.held,
  isCatchup: e.isCatchup,
  scheduledFor: e.scheduledFor,
  queuedAt: e.queuedAt,
  startedAt: e.startedAt,
  completedAt: e.completedAt,
  latenessMs: e.latenessMs,
  missedCount: e.missedCount,
}
const ofKeys = statement({
  values: { id: 'int' },
  rows: { key: 'text' },
  answer: run,
  text: ({ page, row, answer, values: { id } }) => sql`
  select ${answer} from ${page} join ${table(e)} on ${e.triggerId} = ${id} and ${e.occurrence} = ${row.key}
  order by ${e.id}`,
})
export type KnownRun = RowsOf<typeof ofKeys>
/** The execution of a key. */
export async function runOfKey(store: Store, id: number, key: string): Promise<KnownRun | null> {
  const [row] = await store.all(ofKeys({ id, rows: [{ key }] }))
  return row ?? null
}
/** The rows of one planned instant: its own, one that was backfilled, one that was written too early. */
export function runsAt(store: Store, id: number, at: Date): Promise<KnownRun[]> {
  const key = at.toISOString()
  const keys = [key, `backfill:${key}`, `${key}/early`]
  return store.all(ofKeys({ id, rows: keys.map((it) => ({ key: it })) }))
}

const begunIn = statement({
  values: { id: 'int', from: 'instant', to: 'instant', limit: 'int' },
  answer: run,
  text: ({ answer, values: { id, from, to, limit } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${id} and ${e.startedAt} >= ${from} and ${e.startedAt} < ${to}
  order by ${e.startedAt}, ${e.id} limit ${limit}`,
})
const askedIn = statement({
  values: { id: 'int', from: 'instant', to: 'instant' },
  answer: run,
  text: ({ answer, values: { id, from, to } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${id} and ${e.queuedAt} >= ${from} and ${e.queuedAt} < ${to}
    and ${e.kind} in ('manual', 'retry')
  order by ${e.queuedAt}, ${e.id} limit 1`,
})
interface Stretch {
  from: Date
  to: Date
}
const MOST_BEGUN = 20
/** Runs that began in [from, to), and the first that somebody asked for then. */
export async function runsIn(store: Store, id: number, it: Stretch): Promise<KnownRun[]> {
  const found = await Promise.all([
    store.all(begunIn({ id, ...it, limit: MOST_BEGUN })),
    store.all(askedIn({ id, ...it })),
  ])
  return found.flat()
}

const LAST = new Date(Date.UTC(2200, 0, 1))
const lastBefore = statement({
  values: { id: 'int', from: 'instant' },
  answer: run,
  text: ({ answer, values: { id, from } }) => sql`
  select ${answer} from ${table(e)} where ${e.triggerId} = ${id} and ${e.startedAt} < ${from}
  order by ${e.startedAt} desc, ${e.id} desc limit 1`,
})
/** The run that began nearest to it, and not in it. */
export async function nearestRun(store: Store, id: number, { from, to }: Stretch): Promise<KnownRun | null> {
  const [[earlier], [later]] = await Promise.all([
    store.all(lastBefore({ id, from })),
    store.all(begunIn({ id, from: to, to: LAST, limit: 1 })),
  ])
  if (!earlier || !later) return earlier ?? later ?? null
  const isEarlier = from.getTime() - Number(earlier.startedAt) <= Number(later.startedAt) - to.getTime()
  return isEarlier ? earlier : later
}
const near = alias(t.executions, 'near')
const x = alias(t.executionEvents, 'x')
/** So long a window is open at the most, and so many are at once. */
const LONGEST_WINDOW_MS = days(7)
const MOST_WINDOWS = 10_000
const gathered = statement({
  values: { id: 'int', eventId: 'text', at: 'instant', since: 'instant' },
  answer: run,
  text: ({ answer, jsonText, values: { id, eventId, at, since } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.id} in (
      select ${near.id} from ${table(near)}
      where ${near.triggerId} = ${id} and ${near.queuedAt} <= ${at} and ${near.queuedAt} >= ${since}
      order by ${near.queuedAt} desc, ${near.id} desc limit ${sql.raw(String(MOST_WINDOWS))})
    and ${e.collectUntil} >= ${at} and exists (
      select 1 from ${table(x)} where ${x.executionId} = ${e.id} and ${jsonText(x.event, 'id')} = ${eventId})
  order by ${e.id} limit 1`,
})
/** What an event has become: alone, made up for, or gathered with others into a window that was open then. */
export async function runOfEvent(
  store: Store,
  id: number,
  eventId: number,
  look: KnownLook | null,
): Promise<KnownRun | null> {
  const key = `event:${eventId}`
  const own = await store.all(ofKeys({ id, rows: [{ key }, { key: `backfill:${key}` }] }))
  const [found = own[0]] = own.filter((it) => !isOneOfStates(it.status, NEVER_RAN))
  if (found || look?.verdict !== 'collected') return found ?? null
  const { firstAt: at } = look
  const [row] = await store.all(gathered({ id, eventId: String(eventId), at, since: at - LONGEST_WINDOW_MS }))
  return row ?? null
}

const ofId = statement({
  values: { id: 'int', executionId: 'int' },
  answer: run,
  text: ({ answer, values: { id, executionId } }) => sql`
  select ${answer} from ${table(e)} where ${e.id} = ${executionId} and ${e.triggerId} = ${id}`,
})
export async function runOfId(store: Store, id: number, executionId: number): Promise<KnownRun | null> {
  const [row] = await store.all(ofId({ id, executionId }))
  return row ?? null
}

const looked = {
  eventId: v.eventId,
  deliveryId: v.deliveryId,
  verdict: oneOf<EvaluationVerdict>(sql`${v.verdict}`),
  reason: v.reason,
  trace: v.trace,
  occurrence: v.occurrence,
  firstAt: v.firstAt,
  lastAt: v.lastAt,
}
const evaluation = statement({
  values: { id: 'int', eventId: 'int?', at: 'instant?' },
  answer: looked,
  text: ({ answer, values: { id, eventId, at } }) => sql`
  select ${answer} from ${table(v)}
  where ${v.triggerId} = ${id} and (${eventId} is null or ${v.eventId} = ${eventId})
    and (${at} is null or ${v.firstAt} <= ${at})
  order by ${v.id} desc limit 1`,
})
export type KnownLook = RowsOf<typeof evaluation>
/** The newest time that it was looked at, of an event, or up to an instant. */
export async function lookOf(
  store: Store,
  id: number,
  it: { eventId?: number; at?: Date },
): Promise<KnownLook | null> {
  const { eventId = null, at = null } = it
  const [row] = await store.all(evaluation({ id, eventId, at }))
  return row ?? null
}

const lookedIn = statement({
  values: { id: 'int', from: 'instant', to: 'instant' },
  answer: looked,
  text: ({ answer, values: { id, from, to } }) => sql`
  select ${answer} from ${table(v)}
  where ${v.triggerId} = ${id} and ${v.lastAt} >= ${from} and ${v.lastAt} < ${to}
  order by ${v.id} desc limit 1`,
})
/** The newest whose last one, which it names, was in [from, to). */
export async function lookIn(store: Store, id: number, it: Stretch): Promise<KnownLook | null> {
  const [row] = await store.all(lookedIn({ id, ...it }))
  return row ?? null
}

const matched = statement({
  values: { workspaceId: 'int' },
  answer: { matchedSeq: w.matchedSeq, lastSeq: w.lastSeq },
  text: ({ answer, values: { workspaceId } }) =>
    sql`select ${answer} from ${table(w)} where ${w.id} = ${workspaceId}`,
})
/** How far the story of a workspace goes, and how far triggers were held against it. */
export async function storyOf(store: Store, workspaceId: number): Promise<RowsOf<typeof matched>> {
  const [row] = await store.all(matched({ workspaceId }))
  return row ?? { matchedSeq: 0, lastSeq: 0 }
}

/** A gap is recorded with the first thing that becomes of its trigger after it: it is among the next rows. */
const SOON_AFTER = 2_000
const gap = statement({
  values: { id: 'int', at: 'instant' },
  answer: run,
  text: ({ answer, values: { id, at } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.id} in (
      select ${near.id} from ${table(near)} where ${near.triggerId} = ${id} and ${near.queuedAt} >= ${at}
      order by ${near.queuedAt}, ${near.id} limit ${sql.raw(String(SOON_AFTER))})
    and ${isOneOf(e.status, NEVER_RAN)} and ${e.missedFrom} <= ${at} and ${e.missedTo} >= ${at}
  order by ${e.queuedAt}, ${e.id} limit 1`,
})
/** The row that stands for several instants, this one among them. */
export async function gapAt(store: Store, id: number, at: Date): Promise<KnownRun | null> {
  const [row] = await store.all(gap({ id, at }))
  return row ?? null
}

const MOST_DECIDED = 500
const decided = statement({
  values: { id: 'int', since: 'instant', from: 'instant', to: 'instant' },
  answer: {
    id: e.id,
    reason: e.reason,
    reasonCode: oneOf<Execution['reasonCode']>(sql`${e.reasonCode}`),
    scheduledFor: e.scheduledFor,
    queuedAt: e.queuedAt,
    missedFrom: e.missedFrom,
    missedTo: e.missedTo,
    missedCount: e.missedCount,
  },
  text: ({ answer, values: { id, since, from, to } }) => sql`
  select ${answer} from ${table(e)} join ${table(tr)} on ${tr.id} = ${e.triggerId}
  where ${e.triggerId} = ${id} and ${e.queuedAt} >= ${since} and ${e.kind} = ${tr.kind}
    and ${e.status} <> ${status('missed')} and ${e.scheduledFor} >= ${from} and ${e.scheduledFor} <= ${to}
  order by ${e.queuedAt} desc, ${e.id} desc limit ${sql.raw(String(MOST_DECIDED))}`,
})
export type Decided = RowsOf<typeof decided>
/** What became of the instants between two, the newest 500 first, of those that were written since an instant. */
export const decisions = (store: Store, id: number, range: { since: Date; from: Date; to: Date }) =>
  store.all(decided({ id, ...range }))
