/**
 * claim: a queued execution gets an owner and a fencing number.
 *
 * Promise: one owner at a time, by compare-and-set on the status; never more than the limits, by counting
 * rows under the claims' lock. Capacity defers, never drops: what is not taken stays queued. What is taken began
 * when the lock was got and not when it was asked for, so no run seems to begin before the one it waited for ended.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { TriggerEvent } from '#lib/contract/trigger-event.ts'
import { isAdmittedFirst, isLive, status } from '../states.ts'
import {
  alias,
  as,
  oneOf,
  orNull,
  type Reading,
  type RowsOf,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import type { Store } from '../store.ts'
import { type Checkpoint, type DecidedRow, decidedOf, keptOf } from './checkpoints.ts'
import { lockClaims } from './takeable.ts'
import { mayStartNow, putOff } from './throttling.ts'

const e = alias(t.executions, 'e')
const running = alias(t.executions, 'r')
const last = alias(t.executions, 'l')
const w = alias(t.workspaces, 'w')
const tr = alias(t.triggers, 't')
const revision = alias(t.triggerRevisions, 'revision')
const s = alias(t.servers, 's')
const x = alias(t.executionEvents, 'x')

// The sum keeps SQLite from walking the whole history in the order of its workspaces: few rows run, and an
// index has just those.
const waitingAndRunning = statement({
  values: { now: 'instant' },
  answer: {
    workspaceId: w.id,
    /** The workspace's own limit, if it has one. */
    maxConcurrent: w.maxConcurrent,
    queued: as('int', sql`coalesce(q.n, 0)`),
    running: as('int', sql`coalesce(r.n, 0)`),
  },
  text: ({ answer, values: { now } }) => sql`
  select ${answer}
  from ${table(w)}
    left join (
      select ${e.workspaceId} as workspace_id, count(*) as n from ${table(e)}
      where ${e.status} = 'queued' and not ${e.held} and ${e.availableAt} <= ${now} group by ${e.workspaceId}) q
      on q.workspace_id = ${w.id}
    left join (
      select ${e.workspaceId} + 0 as workspace_id, count(*) as n from ${table(e)}
      where ${e.status} = 'running' group by 1) r
      on r.workspace_id = ${w.id}
  where q.n > 0 or r.n > 0`,
})
/** Who waits and who runs, by workspace. */
export const backlog = (store: Store, now: Date) => store.all(waitingAndRunning({ now }))

const firstAvailable = statement({
  values: { now: 'instant' },
  answer: { availableAt: as('instant?', sql`min(${e.availableAt})`) },
  text: ({ answer, values: { now } }) =>
    sql`select ${answer} from ${table(e)} where ${e.status} = 'queued' and not ${e.held} and ${e.availableAt} > ${now}`,
})
/** When the next execution that waits for its time (a retry) may be taken. */
export async function nextAvailable(store: Store, now: Date): Promise<Date | null> {
  const [row] = await store.all(firstAvailable({ now }))
  return row?.availableAt == null ? null : new Date(row.availableAt)
}

/** A tenth of all places is kept for workspaces that run nothing, so that nobody takes all. */
export const reserve = (total: SQL): SQL =>
  sql`case when (select count(*) from ${table(w)}) > 1 then ${total} / 10 else 0 end`

/**
 * What may not be ready, or asks a model, is admitted before it is taken (`budgets.ts`); all else needs no admission.
 */
const isAdmitted = (it: { triggerId: SQLWrapper; reservedTokens: SQLWrapper }) => sql`(
  ${it.reservedTokens} is not null
  or not exists (select 1 from ${table(tr)} where ${tr.id} = ${it.triggerId} and ${isAdmittedFirst(tr)}))`

const take = statement({
  values: {
    owner: 'text',
    workspaceId: 'int',
    take: 'int',
    total: 'int',
    perWorkspace: 'int',
    now: 'instant',
  },
  answer: { id: t.executions.id },
  text: ({ least, greatest, jsonText, skipLocked, returning, values: { now, workspaceId, ...values } }) => {
    const { executions } = t
    const late = sql`${now} - coalesce(${executions.scheduledFor}, ${executions.queuedAt})`
    const runningAtAll = sql`(select count(*) from ${table(running)} where ${running.status} = 'running')`
    const runningHere = sql`(
      select count(*) from ${table(running)} where ${running.status} = 'running' and ${running.workspaceId} = ${workspaceId})`
    const own = sql`(select ${w.maxConcurrent} from ${table(w)} where ${w.id} = ${workspaceId})`
    const mayRun = least(sql`coalesce(${own}, ${values.perWorkspace})`, values.perWorkspace)
    const shared = sql`${values.total} - ${runningAtAll} - ${reserve(values.total)}`
    const first = sql`case when ${runningHere} = 0 then ${least(sql`1`, sql`${values.total} - ${runningAtAll}`)} else 0 end`
    const free = greatest(least(shared, sql`${mayRun} - ${runningHere}`), first)
    return sql`
  update ${table(executions)} ${set(executions, {
    status: sql`'running'`,
    owner: values.owner,
    fence: sql`${executions.fence} + 1`,
    latenessMs: sql`case when ${executions.startedAt} is null then ${greatest(sql`0`, late)} else ${executions.latenessMs} end`,
    startedAt: now,
    collecting: sql`null`,
  })}
  where ${executions.id} in (
    select ${e.id} from ${table(e)}
    where ${e.workspaceId} = ${workspaceId} and ${e.status} = 'queued' and not ${e.held} and ${e.availableAt} <= ${now}
      and ${isAdmitted(e)} and ${mayStartNow(e, { jsonText, now })}
    order by ${e.rank}, ${e.id}
    limit ${greatest(sql`0`, least(values.take, free))}
    ${skipLocked})
  ${returning}`
  },
})

/** What a run needs to be carried out. */
const claimed = {
  id: e.id,
  workspaceId: e.workspaceId,
  workspaceName: w.name,
  workspaceSlug: w.slug,
  /** Of the workspace. */
  timezone: w.timezone,
  triggerId: e.triggerId,
  triggerName: e.triggerName,
  agentId: e.agentId,
  agentType: tr.agentType,
  kind: e.kind,
  fence: e.fence,
  attempt: e.attempt,
  scheduledFor: e.scheduledFor,
  startedAt: as('instant', e.startedAt),
  isCatchup: e.isCatchup,
  staged: e.staged,
  latenessMs: as('int', e.latenessMs),
  /** It was parked, after so long: what is left of its time-out counts from there. Null: it begins. */
  spentMs: e.durationMs,
  /** JSON of the trigger's revision that it was fired from. */
  config: orNull(revision.config),
  context: e.context,
  cancelRequestedAt: e.cancelRequestedAt,
  cancelReason: e.cancelReason,
  eventCount: e.eventCount,
  /** What the trigger's run before this one said. */
  lastOutput: as(
    'text?',
    sql`case when ${tr.post} = 'on_change' then (
      select ${last.output} from ${table(last)} where ${last.id} = ${tr.lastExecutionId}) end`,
  ),
}
const ofRevision = sql`left join ${table(revision)}
  on ${revision.triggerId} = ${e.triggerId} and ${revision.revision} = ${e.triggerRevision}`

const claimedAmong = statement({
  rows: 'int',
  answer: claimed,
  text: ({ page, row, answer }) => sql`
  select ${answer}
  from ${page}
    join ${table(e)} on ${e.id} = ${row}
    join ${table(w)} on ${w.id} = ${e.workspaceId}
    join ${table(tr)} on ${tr.id} = ${e.triggerId}
    ${ofRevision}`,
})
export type ClaimedRow = RowsOf<typeof claimedAmong> & {
  /** What earlier claims have kept; a first one has nothing to look for. */
  kept?: Checkpoint[] | undefined
  /** What was decided of what it asked for. */
  decided?: DecidedRow[] | undefined
  /** What has fired it, if facts have. */
  events?: TriggerEvent[] | undefined
}

/**
 * What a transaction that fired has claimed, by the keys of its page. The condition is a `case` so that SQLite
 * comes from the page and not from all that runs.
 */
export const begunNow = statement({
  values: { now: 'instant', owner: 'text' },
  rows: { triggerId: 'int', key: 'text' },
  answer: claimed,
  text: ({ page, row, answer, values: { now, owner } }) => sql`
  select ${answer}
  from ${page}
    join ${table(e)} on ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key}
    join ${table(w)} on ${w.id} = ${e.workspaceId}
    join ${table(tr)} on ${tr.id} = ${e.triggerId}
    ${ofRevision}
  where case when ${e.status} = 'running' then ${e.owner} = ${owner} and ${e.queuedAt} = ${now} and ${e.fence} = 1 end
  order by ${e.id}`,
})

export interface Share {
  workspaceId: number
  take: number
}

/** Takes the given number from each workspace's queue, in one transaction, and answers what was taken. */
export async function claim(
  store: Store,
  {
    owner,
    shares,
    limits,
    now,
  }: { owner: string; shares: Share[]; limits: { total: number; perWorkspace: number }; now: Reading },
): Promise<ClaimedRow[]> {
  const [, , ...taken] = await store.atomically([
    lockClaims(),
    putOff(
      shares.map((it) => it.workspaceId),
      now,
    ),
    ...shares.map((share) => take({ owner, ...share, ...limits, now })),
  ])
  const ids = taken.flat().map((it) => it.id)
  return ids.length === 0 ? [] : load(store, ids)
}

const eventsAmong = statement({
  rows: 'int',
  answer: { executionId: x.executionId, event: x.event },
  text: ({ page, row, answer }) =>
    sql`select ${answer} from ${page} join ${table(x)} on ${x.executionId} = ${row} order by ${x.executionId}, ${x.n}`,
})
/** With the facts that they stand for. */
export async function withEvents(store: Store, rows: ClaimedRow[]): Promise<ClaimedRow[]> {
  const ids = rows.filter((it) => it.eventCount !== null).map((it) => it.id)
  if (ids.length === 0) return rows
  const events = Map.groupBy(await store.all(eventsAmong({ rows: ids })), (it) => it.executionId)
  return rows.map((it) => ({ ...it, events: events.get(it.id)?.map(({ event }) => JSON.parse(event)) }))
}

async function load(store: Store, ids: number[]): Promise<ClaimedRow[]> {
  const rows = await withEvents(store, await store.all(claimedAmong({ rows: ids })))
  const continued = rows.filter((it) => it.fence > 1)
  if (continued.length === 0) return rows
  const again = continued.map((it) => it.id)
  const [kept, decided] = await Promise.all([keptOf(store, again), decidedOf(store, again)])
  return rows.map((it) => ({ ...it, kept: kept.get(it.id), decided: decided.get(it.id) }))
}

const asked = statement({
  values: { owner: 'text' },
  answer: { id: e.id, reason: e.cancelReason },
  text: ({ answer, values: { owner } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.status} = 'running' and ${e.owner} = ${owner} and ${e.cancelRequestedAt} is not null`,
})
/** Which of an owner's executions were asked to stop. */
export const askedToStop = (store: Store, owner: string) => store.all(asked({ owner }))

const abandonedAmong = statement({
  values: { owner: 'text', begunBefore: 'instant', aliveSince: 'instant', limit: 'int' },
  rows: 'int',
  answer: {
    ...claimed,
    agentType: tr.agentType,
    lastOutput: as('text?', sql`null`),
    owner: as('text', e.owner),
  },
  text: ({ page, row, answer, values: { owner, begunBefore, aliveSince, limit } }) => sql`
  select ${answer}
  from ${table(e)}
    join ${table(w)} on ${w.id} = ${e.workspaceId}
    join ${table(tr)} on ${tr.id} = ${e.triggerId}
    ${ofRevision}
  where ${e.status} = 'running' and case when ${e.owner} = ${owner}
    then ${e.startedAt} < ${begunBefore} and not exists (select 1 from ${page} where ${row} = ${e.id})
    else ${e.startedAt} <= ${aliveSince}
      and not exists (select 1 from ${table(s)} where ${s.id} = ${e.owner} and ${s.seenAt} > ${aliveSince}) end
  order by ${e.startedAt}, ${e.id} limit ${limit}`,
})
/**
 * What the asking server knows of its own: which executions it carries out, and from when on a claim may
 * still be unanswered.
 */
export interface Own {
  owner: string
  carriedOut: number[]
  begunBefore: Date
}

/**
 * Executions that nobody carries out though their row says so: the owner has not been seen since
 * `aliveSince`, for its process is dead or cut off (one that was frozen and has just begun again may claim
 * before it is seen: what began since is left alone); or the asking server owns them and knows nothing of
 * them, for the answer to its claim was lost.
 */
export const abandoned = (store: Store, aliveSince: Date, limit: number, { carriedOut, ...own }: Own) =>
  store.all(abandonedAmong({ aliveSince, limit, ...own, rows: carriedOut }))

const orphaned = statement({
  values: { limit: 'int' },
  answer: {
    id: e.id,
    workspaceId: e.workspaceId,
    triggerId: e.triggerId,
    triggerName: e.triggerName,
    status: oneOf<'queued' | 'waiting'>(sql`${e.status}`),
    owner: e.owner,
    fence: e.fence,
    attempt: e.attempt,
    durationMs: e.durationMs,
  },
  text: ({ answer, values: { limit } }) => sql`
  select ${answer} from ${table(e)} join ${table(tr)} on ${tr.id} = ${e.triggerId}
  where ${isLive(e.status)} and ${e.status} <> ${status('running')} and ${tr.deletedAt} is not null
  order by ${e.id} limit ${limit}`,
})
/** Executions that wait, for their turn or for a person, though their trigger was deleted. */
export const orphans = (store: Store, limit: number) => store.all(orphaned({ limit }))

const placesOf = statement({
  values: { workspaceId: 'int', total: 'int' },
  answer: ({ total }) => ({
    maxConcurrent: w.maxConcurrent,
    reserved: as('int', reserve(total)),
    here: as(
      'int',
      sql`(select count(*) from ${table(running)} where ${running.status} = 'running' and ${running.workspaceId} = ${w.id})`,
    ),
    all: as('int', sql`(select count(*) from ${table(running)} where ${running.status} = 'running')`),
  }),
  text: ({ answer, values: { workspaceId } }) =>
    sql`select ${answer} from ${table(w)} where ${w.id} = ${workspaceId}`,
})
/** How many run, in a workspace and at all, and what may: the workspace's own limit, and what is kept of `total`. */
export async function places(
  store: Store,
  workspaceId: number,
  total: number,
): Promise<RowsOf<typeof placesOf> | null> {
  const [row] = await store.all(placesOf({ workspaceId, total }))
  return row ?? null
}
