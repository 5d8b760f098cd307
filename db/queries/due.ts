/**
 * What is due, and what planning needs to know of it. Reads only.
 *
 * Promise: it costs what is due, not what exists: each question is a look into the index of due times.
 */
import { sql } from 'drizzle-orm'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import { isLive, occupies } from '../states.ts'
import type { Store } from '../store.ts'
import { unheld } from './locks.ts'
import { personBehind, rightsBehind } from './rights.ts'

const tr = alias(t.triggers, 't')
const e = alias(t.executions, 'e')
const u = alias(t.user, 'u')

/** Whoever made it may no longer run agents here. */
const ownerLeft = as(
  'flag',
  sql`coalesce(${rightsBehind(tr.createdBy, tr.workspaceId)}, 'none') not in ('', 'editor', 'admin')
    and exists (select 1 from ${table(u)} where ${u.id} = ${personBehind(tr.createdBy)})`,
)

const standing = statement({
  values: { id: 'int' },
  answer: { enabled: tr.enabled, pausedAt: tr.pausedAt, pausedReason: tr.pausedReason, ownerLeft },
  text: ({ answer, values: { id } }) => sql`
  select ${answer} from ${table(tr)} where ${tr.id} = ${id} and ${tr.deletedAt} is null`,
})
/** What decides whether a trigger may fire by itself; null when it is deleted. */
export async function standingOf(store: Store, id: number): Promise<RowsOf<typeof standing> | null> {
  const [row] = await store.all(standing({ id }))
  return row ?? null
}

/** What planning needs to know of a trigger. */
const planning = {
  id: tr.id,
  workspaceId: tr.workspaceId,
  revision: tr.revision,
  dueAt: tr.dueAt,
  nextRunAt: tr.nextRunAt,
  kind: tr.kind,
  name: tr.name,
  agentId: tr.agentId,
  cronExpression: tr.cronExpression,
  timezone: tr.timezone,
  everySeconds: tr.everySeconds,
  at: tr.at,
  config: tr.config,
  createdAt: tr.createdAt,
  misfire: tr.misfire,
  maxCatchup: tr.maxCatchup,
  catchupWindow: tr.catchupWindow,
  overlap: tr.overlap,
  jitterSeconds: tr.jitterSeconds,
  startsAt: tr.startsAt,
  endsAt: tr.endsAt,
  calendars: tr.calendars,
  maxExecutions: tr.maxExecutions,
  plannedRuns: tr.plannedRuns,
  priority: tr.priority,
  enabled: tr.enabled,
  pausedAt: tr.pausedAt,
  pausedUntil: tr.pausedUntil,
  pausedReason: tr.pausedReason,
  disabledReason: tr.disabledReason,
  problem: tr.problem,
  /** The planned instant of the run that is still going on, if any. */
  liveSince: as(
    'instant?',
    sql`(
      select coalesce(${e.scheduledFor}, ${e.queuedAt}) from ${table(e)}
      where ${e.triggerId} = ${tr.id} and ${occupies(e)} order by ${e.id} limit 1)`,
  ),
  /** Of one that has had all its runs: until when one of them still gathers facts. */
  gathersUntil: as(
    'instant?',
    sql`case when ${tr.collect} is not null and ${tr.plannedRuns} >= ${tr.maxExecutions} then (
      select max(${e.availableAt}) from ${table(e)}
      where ${e.triggerId} = ${tr.id} and ${e.collecting} is not null and ${isLive(e.status)}) end`,
  ),
  ownerLeft,
}

const dueAmong = statement({
  values: { now: 'instant', limit: 'int', offset: 'int' },
  answer: planning,
  text: ({ answer, values: { now, limit, offset } }) => {
    const inner = alias(t.triggers, 'inner_t')
    return sql`
  select ${answer} from ${table(tr)}
  where ${tr.id} in (
    select ${inner.id} from ${table(inner)} where ${inner.dueAt} <= ${now} and ${inner.deletedAt} is null
    order by ${inner.dueAt}, ${inner.id} limit ${limit} offset ${offset})
  order by ${tr.dueAt}, ${tr.id}`
  },
})
export type DueTrigger = RowsOf<typeof dueAmong>
/** Triggers whose instant has come, or that want planning, longest due first. */
export const due = (store: Store, now: Date, limit: number, offset = 0) =>
  store.all(dueAmong({ now, limit, offset }))

/** Those whose rows nobody else holds: one that somebody has locked would hold up all that is fired with it. */
export async function unlocked(store: Store, page: DueTrigger[]): Promise<DueTrigger[]> {
  const free = await unheld(
    store,
    'triggers',
    page.map((it) => it.id),
  )
  return page.filter((it) => free.has(it.id))
}

/** What must be known of a trigger to say what becomes of a fact. */
const awaiting = {
  id: tr.id,
  revision: tr.revision,
  workspaceId: tr.workspaceId,
  name: tr.name,
  kind: tr.kind,
  config: tr.config,
  cronExpression: tr.cronExpression,
  timezone: tr.timezone,
  everySeconds: tr.everySeconds,
  at: tr.at,
  createdAt: tr.createdAt,
  startsAt: tr.startsAt,
  endsAt: tr.endsAt,
  misfire: tr.misfire,
  maxCatchup: tr.maxCatchup,
  catchupWindow: tr.catchupWindow,
  maxExecutions: tr.maxExecutions,
  overlap: tr.overlap,
  collect: tr.collect,
  throttle: tr.throttle,
  overlapKey: tr.overlapKey,
  cancelOn: tr.cancelOn,
  hearsFrom: tr.hearsFrom,
  enabled: tr.enabled,
  pausedAt: tr.pausedAt,
  pausedUntil: tr.pausedUntil,
  pausedReason: tr.pausedReason,
  ownerLeft,
}
const severalAwaiting = statement({
  rows: 'int',
  answer: awaiting,
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(tr)} on ${tr.id} = ${row} where ${tr.deletedAt} is null`,
})
export type AwaitingTrigger = RowsOf<typeof severalAwaiting>
/** Those of them that wait for facts; none that is deleted. */
export const awaitingAmong = (store: Store, ids: number[]): Promise<AwaitingTrigger[]> =>
  store.all(severalAwaiting({ rows: ids }))

const allListening = statement({
  values: { workspaceId: 'int' },
  answer: awaiting,
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} is null and (${tr.kind} = 'event' or ${tr.cancelOn} is not null)
  order by ${tr.id}`,
})
/** Those of a workspace that hear of events, to fire or to call their runs off. */
export const listening = (store: Store, workspaceId: number): Promise<AwaitingTrigger[]> =>
  store.all(allListening({ workspaceId }))

const hears = statement({
  values: { id: 'int' },
  answer: { id: tr.id },
  text: ({ answer, values: { id } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.id} = ${id} and (${tr.kind} = 'event' or ${tr.cancelOn} is not null)`,
})
/** Whether a trigger hears of events. */
export const isListening = async (store: Store, id: number): Promise<boolean> =>
  (await store.all(hears({ id }))).length > 0

const oneToPlan = statement({
  values: { id: 'int' },
  answer: planning,
  text: ({ answer, values: { id } }) => sql`
  select ${answer} from ${table(tr)} where ${tr.id} = ${id} and ${tr.deletedAt} is null`,
})
/** One of them, due or not; null when it is deleted. */
export async function toPlan(store: Store, id: number): Promise<DueTrigger | null> {
  const [row] = await store.all(oneToPlan({ id }))
  return row ?? null
}

const firstDue = statement({
  answer: { dueAt: as('instant?', sql`min(${tr.dueAt})`) },
  text: ({ answer }) =>
    sql`select ${answer} from ${table(tr)} where ${tr.dueAt} is not null and ${tr.deletedAt} is null`,
})
/** When the loop must wake: one look into the index, however many triggers exist. */
export async function nextDue(store: Store): Promise<Date | null> {
  const [row] = await store.all(firstDue())
  return row?.dueAt == null ? null : new Date(row.dueAt)
}

const comingUp = statement({
  values: { now: 'instant', until: 'instant', limit: 'int' },
  answer: {
    cronExpression: as('text', tr.cronExpression),
    timezone: tr.timezone,
    nextRunAt: as('instant', tr.nextRunAt),
  },
  text: ({ answer, values: { now, until, limit } }) => sql`
  select distinct ${answer} from ${table(tr)}
  where ${tr.dueAt} > ${now} and ${tr.dueAt} <= ${until} and ${tr.deletedAt} is null
    and ${tr.kind} = 'schedule' and ${tr.nextRunAt} is not null
  limit ${limit}`,
})
/** The distinct patterns that come up soon, so that their following instants can be computed ahead of the moment. */
export const coming = (store: Store, now: Date, until: Date, limit: number) =>
  store.all(comingUp({ now, until, limit }))
