/**
 * Deliveries: judged, sent and recorded, by whatever server.
 *
 * Promise: what is judged is judged once and in order, for it is written only where the oldest of the workspace is
 * still the one that the judge began with; what is sent is sent by whoever holds it (`owner`, `tries`), and nobody
 * else records what came of it.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryState,
  DeliveryStatus,
  KeptDeliveryStatus,
  Tellable,
} from '#lib/contract/delivery.ts'
import {
  alias,
  answerTo,
  as,
  insert,
  name,
  orNull,
  type RowsOf,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import type { Store } from '../store.ts'
import { mayHear, nameForAll } from './channels.ts'
import { wordsIn } from './owing.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

const d = alias(t.deliveries, 'd')
const x = alias(t.deliveries, 'x')
const y = alias(t.deliveries, 'y')
const c = alias(t.channels, 'c')
const r = alias(t.deliveryRules, 'r')
const i = alias(t.incidents, 'i')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const w = alias(t.workspaces, 'w')
const heard = alias(t.incidentTellings, 'h')

const unjudgedIn = statement({
  values: { limit: 'int' },
  answer: { workspaceId: d.workspaceId },
  text: ({ answer, values: { limit } }) => sql`
  select distinct ${answer} from ${table(d)} where ${d.status} = 'new' limit ${limit}`,
})
/** Workspaces in which something happened that nobody has judged yet. */
export const workspacesToJudge = async (store: Store, limit: number): Promise<number[]> =>
  (await store.all(unjudgedIn({ limit }))).map((it) => it.workspaceId)

/** Of an output, as much as a message shows. */
const EXCERPT = sql.raw('4000')
const unjudged = statement({
  values: { workspaceId: 'int', limit: 'int' },
  answer: {
    id: d.id,
    channelId: d.channelId,
    triggerId: d.triggerId,
    executionId: d.executionId,
    incidentId: d.incidentId,
    subject: d.subject,
    facts: d.facts,
    nth: d.nth,
    words: d.words,
    createdAt: d.createdAt,
    triggerName: as('text?', sql`coalesce(${e.triggerName}, ${tr.name})`),
    output: as('text?', sql`substr(${e.output}, 1, ${EXCERPT})`),
    error: as('text?', sql`substr(coalesce(${e.error}, ${e.reason}), 1, ${EXCERPT})`),
    reason: orNull(e.reason),
    executionStatus: as('text?', e.status),
    scheduledFor: orNull(e.scheduledFor),
    missedCount: orNull(e.missedCount),
    acknowledged: as('flag', sql`(${i.acknowledgedAt} is not null)`),
    ruleEvents: orNull(r.events),
    afterFailures: orNull(r.afterFailures),
    repeat: orNull(r.repeat),
    recoverAfter: orNull(r.recoverAfter),
    channelEnabled: orNull(c.enabled),
    channelProblem: orNull(c.problem),
    mayHear: as('flag', mayHear(c, d.workspaceId)),
    quietHours: orNull(c.quietHours),
    digestAt: orNull(c.digestAt),
    maxPerHour: orNull(c.maxPerHour),
    slug: w.slug,
    timezone: w.timezone,
  },
  text: ({ answer, values: { workspaceId, limit } }) => sql`
  select ${answer} from ${table(d)} join ${table(w)} on ${w.id} = ${d.workspaceId}
    left join ${table(e)} on ${e.id} = ${d.executionId}
    left join ${table(tr)} on ${tr.id} = ${d.triggerId}
    left join ${table(i)} on ${i.id} = ${d.incidentId}
    left join ${table(r)} on ${r.id} = ${d.ruleId}
    left join ${table(c)} on ${c.id} = ${d.channelId}
  where ${d.workspaceId} = ${workspaceId} and ${d.status} = 'new'
  order by ${d.id} limit ${limit}`,
})
export type Unjudged = RowsOf<typeof unjudged>

const heardOf = statement({
  rows: { triggerId: 'int', channelId: 'int' },
  answer: { incidentId: heard.incidentId, channelId: heard.channelId, triggerId: i.triggerId },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(i)} on ${i.triggerId} = ${row.triggerId}
    join ${table(heard)} on ${heard.incidentId} = ${i.id} and ${heard.channelId} = ${row.channelId}`,
})
export type Heard = RowsOf<typeof heardOf>

const went = statement({
  values: { since: 'instant' },
  rows: 'int',
  answer: { channelId: d.channelId, goesAt: as('instant', d.goesAt) },
  text: ({ page, row, answer, values: { since } }) => sql`
  select ${answer} from ${page} join ${table(d)} on ${d.channelId} = ${row} and ${d.goesAt} > ${since}
  where ${d.foldedInto} is null and ${d.status} in ('pending', 'sent', 'failed', 'unknown')`,
})
const HOUR_MS = 3_600_000
/** When messages went to each channel in the last hour, or are to go. */
export async function lastHour(
  store: Store,
  channelIds: number[],
  now: Date,
): Promise<Map<number, number[]>> {
  const rows = await store.all(went({ rows: channelIds, since: now.getTime() - HOUR_MS }))
  return new Map(
    [...Map.groupBy(rows, (it) => it.channelId)].map(([id, them]) => [id, them.map((it) => it.goesAt)]),
  )
}

const distinctBy = <Row>(rows: Row[], key: (row: Row) => string): Row[] => [
  ...new Map(rows.map((it) => [key(it), it])).values(),
]
/** What a judge must know, all of one workspace. */
export async function toJudge(store: Store, workspaceId: number, limit: number, now: Date) {
  const rows = await store.all(unjudged({ workspaceId, limit }))
  const pairs = rows.flatMap(({ triggerId, channelId }) =>
    triggerId === null ? [] : [{ triggerId, channelId }],
  )
  const [heard, last] = await Promise.all([
    store.all(heardOf({ rows: distinctBy(pairs, (it) => `${it.triggerId} ${it.channelId}`) })),
    lastHour(store, [...new Set(rows.map((it) => it.channelId))], now),
  ])
  return { rows, heard, last }
}

/** The judge's work is written where nobody else has judged meanwhile: `first` is the oldest that it saw. */
const isFirst = (it: { first: SQL }) => sql`${it.first} = (
  select min(${x.id}) from ${table(x)} where ${x.workspaceId} = ${d.workspaceId} and ${x.status} = 'new')`
const judgedRow = {
  id: 'int',
  first: 'int',
  status: 'text',
  facts: 'text',
  reason: 'text?',
  message: 'json',
  goesAt: 'instant?',
} as const
const judge = statement({
  values: { now: 'instant' },
  rows: judgedRow,
  answer: { id: d.id },
  text: ({ page, row, returning, values: { now } }) => sql`
  update ${table(d)} ${set(d, {
    status: row.status,
    facts: row.facts,
    reason: row.reason,
    message: row.message,
    nextAttemptAt: row.goesAt,
    goesAt: row.goesAt,
    updatedAt: now,
  })}
  from ${page} where ${d.id} = ${row.id} and ${d.status} = 'new' and ${isFirst(row)} ${returning}`,
})
const told = { first: 'int', deliveryId: 'int', incidentId: 'int', channelId: 'int' } as const
const hear = statement({
  rows: told,
  text: ({ page, row }) => sql`
  ${insert(t.incidentTellings, { incidentId: i.id, channelId: c.id })}
  from ${page} join ${table(d)} on ${d.id} = ${row.deliveryId} and ${d.status} = 'new' and ${isFirst(row)}
    join ${table(i)} on ${i.id} = ${row.incidentId} join ${table(c)} on ${c.id} = ${row.channelId}
  where true
  on conflict do nothing`,
})
const forget = statement({
  rows: told,
  text: ({ page, row }) => sql`
  delete from ${t.incidentTellings} where (${t.incidentTellings.incidentId}, ${t.incidentTellings.channelId}) in (
    select ${row.incidentId}, ${row.channelId}
    from ${page} join ${table(d)} on ${d.id} = ${row.deliveryId} and ${d.status} = 'new' and ${isFirst(row)})`,
})

export interface Judged {
  id: number
  status: Exclude<DeliveryStatus, 'sent' | 'failed' | 'unknown'>
  said: Tellable
  reason: string | null
  message: unknown
  /** When it goes; null: it does not. */
  goesAt: Date | null
}
export interface Telling {
  deliveryId: number
  incidentId: number
  channelId: number
}
/** False where somebody else has judged meanwhile: nothing was written. */
export async function keepJudged(
  store: Store,
  workspaceId: number,
  { judged, hears, recovers }: { judged: Judged[]; hears: Telling[]; recovers: Telling[] },
  now: Date,
): Promise<boolean> {
  const first = Math.min(...judged.map((it) => it.id))
  const of = <Row>(rows: Row[]) => rows.map((it) => ({ ...it, first }))
  const [, , , written] = await store.atomically([
    lockWorkspaces([workspaceId]),
    hear({ rows: of(hears) }),
    forget({ rows: of(recovers) }),
    judge({ rows: of(judged.map(({ said, ...it }) => ({ ...it, facts: `,${said},` }))), now }),
  ])
  return written.length > 0
}

const due = statement({
  values: { now: 'instant', limit: 'int' },
  answer: {
    id: d.id,
    workspaceId: d.workspaceId,
    channelId: d.channelId,
    message: d.message,
    slug: w.slug,
    maxPerHour: orNull(c.maxPerHour),
  },
  text: ({ answer, values: { now, limit } }) => sql`
  select ${answer} from ${table(d)} join ${table(w)} on ${w.id} = ${d.workspaceId}
    left join ${table(c)} on ${c.id} = ${d.channelId}
  where ${d.status} = 'held' and ${d.foldedInto} is null and ${d.nextAttemptAt} <= ${now}
  order by ${d.id} limit ${limit}`,
})
export type Held = RowsOf<typeof due>
/** What was held back, and need not be any longer. */
export const heldUntilNow = (store: Store, now: Date, limit: number) => store.all(due({ now, limit }))

const isHeld = (id: SQL) => sql`exists (
  select 1 from ${table(x)} where ${x.id} = ${id} and ${x.status} = 'held' and ${x.foldedInto} is null)`
const fold = statement({
  values: { leader: 'int', now: 'instant' },
  rows: 'int',
  text: ({ page, row, values: { leader, now } }) => sql`
  update ${table(d)} ${set(d, {
    foldedInto: leader,
    nextAttemptAt: sql`null`,
    reason: sql`'Goes with the message of delivery ' || cast(${leader} as text) || '.'`,
    updatedAt: now,
  })}
  from ${page} where ${d.id} = ${row} and ${d.status} = 'held' and ${d.foldedInto} is null and ${isHeld(leader)}`,
})
const letGo = statement({
  values: { leader: 'int', message: 'json', now: 'instant' },
  answer: { id: d.id },
  text: ({ returning, values: { leader, message, now } }) => sql`
  update ${table(d)} ${set(d, {
    status: sql`'pending'`,
    reason: sql`null`,
    message,
    nextAttemptAt: now,
    goesAt: now,
    updatedAt: now,
  })}
  where ${d.id} = ${leader} and ${d.status} = 'held' and ${d.foldedInto} is null ${returning}`,
})
/** What was held goes as one message, that of the oldest, and stays with it. */
export async function gather(
  store: Store,
  { leader, others, message }: { leader: Held; others: Held[]; message: unknown },
  now: Date,
): Promise<void> {
  await store.atomically([
    lockWorkspaces([leader.workspaceId]),
    fold({ leader: leader.id, rows: others.map((it) => it.id), now }),
    letGo({ leader: leader.id, message, now }),
  ])
}
const holdOn = statement({
  values: { until: 'instant' },
  rows: 'int',
  text: ({ page, row, values: { until } }) => sql`
  update ${table(d)} ${set(d, { nextAttemptAt: until })}
  from ${page} where ${d.id} = ${row} and ${d.status} = 'held' and ${d.foldedInto} is null`,
})
export const holdLonger = async (store: Store, ids: number[], until: Date): Promise<void> => {
  await store.atomically([holdOn({ rows: ids, until })])
}

/**
 * Whose turn it is: a channel is sent one at a time, in the order of the facts (nobody reads that it works again before
 * that it failed, and one that hangs holds one place); a workspace has at most `most` on their way, by all servers, and
 * one that has few goes before one that has many. All that waits is looked through once.
 */
const turns = ({ now, most, limit }: Record<'now' | 'most' | 'limit', SQL>): SQL => {
  const [id, at, of] = [name(d.id), name(d.nextAttemptAt), name(d.workspaceId)]
  const waiting = sql`
    select ${y.id}, ${y.workspaceId}, ${y.nextAttemptAt},
      count(${y.owner}) over (partition by ${y.workspaceId}) as busy,
      case when ${y.owner} is null
        then row_number() over (partition by ${y.channelId} order by ${y.owner} is null, ${y.id}) end as place
    from ${table(y)}
    where ${y.nextAttemptAt} > 0 and ${y.status} = 'pending' and (${y.owner} is not null or ${y.nextAttemptAt} <= ${now})`
  const first = sql`
    select ${id}, ${at}, busy + row_number() over (partition by ${of} order by ${at}, ${id}) as turn
    from (${waiting}) as waiting where place = 1`
  return sql`select ${id} from (${first}) as first where turn <= ${most} order by turn, ${at}, ${id} limit ${limit}`
}
const take = statement({
  values: { owner: 'text', now: 'instant', until: 'instant', most: 'int', limit: 'int' },
  answer: {
    id: d.id,
    workspaceId: d.workspaceId,
    channelId: d.channelId,
    triggerId: d.triggerId,
    executionId: d.executionId,
    facts: d.facts,
    message: d.message,
    attempts: d.attempts,
    tries: d.tries,
  },
  text: ({ returning, skipLocked, values: { owner, now, until, ...fair } }) => sql`
  update ${table(d)} ${set(d, {
    owner,
    tries: sql`${d.tries} + 1`,
    nextAttemptAt: until,
    updatedAt: now,
  })}
  where ${d.status} = 'pending' and ${d.owner} is null and ${d.id} in (
    select ${x.id} from ${table(x)}
    where ${x.status} = 'pending' and ${x.owner} is null and ${x.id} in (${turns({ now, ...fair })}) ${skipLocked})
  ${returning}`,
})
export type Taken = RowsOf<typeof take>
/** Due deliveries, this server's from now on until `until`. */
export const takeDue = async (
  store: Store,
  it: { owner: string; now: Date; until: Date; most: number; limit: number },
): Promise<Taken[]> => {
  const [taken] = await store.atomically([take(it)])
  return taken
}

const left = statement({
  values: { now: 'instant', limit: 'int' },
  answer: {
    id: d.id,
    workspaceId: d.workspaceId,
    channelId: d.channelId,
    triggerId: d.triggerId,
    executionId: d.executionId,
    attempts: d.attempts,
    tries: d.tries,
    owner: as('text', d.owner),
  },
  text: ({ answer, values: { now, limit } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.nextAttemptAt} <= ${now} and ${d.status} = 'pending' and ${d.owner} is not null limit ${limit}`,
})
/** What somebody began to send who has not come back. */
export const leftByTheDead = (store: Store, now: Date, limit: number) => store.all(left({ now, limit }))

const freeAll = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  update ${table(d)} ${set(d, { nextAttemptAt: now })}
  where ${d.nextAttemptAt} > ${now} and ${d.status} = 'pending' and ${d.owner} is not null`,
})
/** Every other server of such a database is dead. */
export const believeAllDead = async (store: Store, now: Date): Promise<void> => {
  await store.atomically([freeAll({ now })])
}

const holder = { id: 'int', owner: 'text', tries: 'int' } as const
const isHolder = (
  it: Record<'id' | 'owner' | 'tries' | 'status', SQLWrapper>,
  { id, owner, tries }: Record<keyof typeof holder, SQL>,
) => sql`${it.id} = ${id} and ${it.owner} = ${owner} and ${it.tries} = ${tries} and ${it.status} = 'pending'`
const asJson = (it: SQLWrapper) => sql`coalesce(cast(${it} as text), 'null')`
const tellFailed = statement({
  values: { ...holder, reason: 'text', now: 'instant' },
  text: ({ values: { now, reason, ...of } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, d.id),
    at: now,
    type: sql`'delivery:failed'`,
    triggerId: d.triggerId,
    executionId: d.executionId,
    data: sql`'{"deliveryId":' || cast(${d.id} as text) || ',"channelId":' || ${asJson(d.channelId)}
      || ',"triggerId":' || ${asJson(d.triggerId)} || ',"executionId":' || ${asJson(d.executionId)}
      || ',"reason":' || ${reason} || '}'`,
  })}
  from ${table(d)} join ${table(w)} on ${w.id} = ${d.workspaceId} where ${isHolder(d, of)}`,
})
const recordFolded = statement({
  values: { ...holder, status: 'text', reason: 'text', now: 'instant' },
  text: ({ values: { status, reason, now, ...of } }) => sql`
  update ${table(d)} ${set(d, { status, reason, updatedAt: now })}
  where ${d.foldedInto} = ${of.id} and exists (select 1 from ${table(x)} where ${isHolder(x, of)})`,
})
/** What nobody knows to have arrived, nobody has heard: the next failure is told again. */
const unhear = statement({
  values: holder,
  text: ({ values: of }) => sql`
  delete from ${t.incidentTellings} where (${t.incidentTellings.incidentId}, ${t.incidentTellings.channelId}) in (
    select ${d.incidentId}, ${d.channelId} from ${table(d)}
    where (${d.id} = ${of.id} or ${d.foldedInto} = ${of.id}) and ${d.facts} = ',failure,'
      and exists (select 1 from ${table(x)} where ${isHolder(x, of)}))`,
})
const switchOff = statement({
  values: { ...holder, problem: 'text', now: 'instant' },
  text: ({ values: { problem, now, ...of } }) => sql`
  update ${table(c)} ${set(c, { enabled: sql`false`, problem, updatedAt: now })}
  where ${c.id} = (select ${d.channelId} from ${table(d)} where ${isHolder(d, of)})`,
})
const record = statement({
  values: {
    ...holder,
    status: 'text',
    reason: 'text?',
    attempts: 'json',
    nextAttemptAt: 'instant?',
    now: 'instant',
  },
  answer: { id: d.id },
  text: ({ returning, values: { status, reason, attempts, nextAttemptAt, now, ...of } }) => sql`
  update ${table(d)} ${set(d, {
    status,
    reason,
    attempts,
    nextAttemptAt,
    owner: sql`null`,
    updatedAt: now,
  })}
  where ${isHolder(d, of)} ${returning}`,
})
export interface Recorded {
  status: DeliveryStatus
  reason: string | null
  attempts: DeliveryAttempt[]
  nextAttemptAt: Date | null
  /** Why nothing is to be sent there any more. */
  channelProblem: string | null
}
/** What came of a try. False where it had passed to somebody else meanwhile. */
export async function keepTried(
  store: Store,
  { id, workspaceId, owner, tries }: { id: number; workspaceId: number; owner: string; tries: number },
  { status, reason, attempts, nextAttemptAt, channelProblem }: Recorded,
  now: Date,
): Promise<boolean> {
  const of = { id, owner, tries, now }
  const withIt = { status, reason: `Went with the message of delivery ${id}.` }
  const kept = record({ ...of, status, reason, attempts, nextAttemptAt })
  const list: Statement[] = [
    lockWorkspaces([workspaceId]),
    ...(status === 'failed'
      ? [tellFailed({ ...of, reason: JSON.stringify(reason) }), countEvents([workspaceId])]
      : []),
    ...(status === 'failed' || status === 'suppressed' || status === 'unknown' ? [unhear(of)] : []),
    ...(status === 'pending' ? [] : [recordFolded({ ...of, ...withIt })]),
    ...(channelProblem === null ? [] : [switchOff({ ...of, problem: channelProblem })]),
    kept,
  ]
  return answerTo(kept, list, await store.atomically(list)).length > 0
}

const next = statement({
  answer: { at: as('instant?', sql`min(${d.nextAttemptAt})`) },
  text: ({ answer }) => sql`select ${answer} from ${table(d)} where ${d.nextAttemptAt} is not null`,
})
/** When somebody has to look again, whatever else happens. */
export async function nextAt(store: Store): Promise<number | null> {
  const [row] = await store.all(next())
  return row?.at ?? null
}

const listed = statement({
  values: {
    workspaceId: 'int',
    before: 'int',
    status: 'text?',
    channelId: 'int?',
    executionId: 'int?',
    id: 'int?',
    limit: 'int',
  },
  answer: {
    id: d.id,
    channelId: d.channelId,
    channelName: d.channelName,
    ruleId: d.ruleId,
    triggerId: d.triggerId,
    executionId: d.executionId,
    incidentId: d.incidentId,
    facts: d.facts,
    message: d.message,
    status: d.status,
    reason: d.reason,
    attempts: d.attempts,
    nextAttemptAt: as('instant?', sql`case when ${d.owner} is null then ${d.nextAttemptAt} end`),
    foldedInto: d.foldedInto,
    resendOf: d.resendOf,
    createdAt: d.createdAt,
  },
  text: ({ answer, values: { workspaceId, before, status, channelId, executionId, id, limit } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.workspaceId} = ${workspaceId} and ${d.id} < ${before} and (${id} is null or ${d.id} = ${id})
    and (${status} is null or ${d.status} = ${status} or (${status} = 'pending' and ${d.status} = 'new'))
    and (${channelId} is null or ${d.channelId} = ${channelId})
    and (${executionId} is null or ${d.executionId} = ${executionId})
  order by ${d.id} desc limit ${limit}`,
})
const iso = (at: number) => new Date(at).toISOString()
function toDelivery({ facts, message, attempts, status, ...it }: RowsOf<typeof listed>): Delivery {
  return {
    ...it,
    event: (wordsIn(facts)[0] ?? 'failure') as Tellable,
    title: message === null ? null : (JSON.parse(message) as { title: string }).title,
    status: shownStatus(status),
    attempts: JSON.parse(attempts) as DeliveryAttempt[],
    nextAttemptAt: it.nextAttemptAt === null ? null : iso(it.nextAttemptAt),
    createdAt: iso(it.createdAt),
  }
}
const shownStatus = (it: KeptDeliveryStatus): DeliveryStatus => (it === 'new' ? 'pending' : it)

export interface DeliveryFilter {
  status?: DeliveryStatus | undefined
  channelId?: number | undefined
  executionId?: number | undefined
}
/** Newest first. */
export async function list(
  store: Store,
  workspaceId: number,
  { status = undefined, channelId = undefined, executionId = undefined }: DeliveryFilter,
  { before, limit }: { before: number; limit: number },
): Promise<Delivery[]> {
  const which = { status: status ?? null, channelId: channelId ?? null, executionId: executionId ?? null }
  return (await store.all(listed({ workspaceId, before, ...which, id: null, limit }))).map(toDelivery)
}
export async function get(store: Store, workspaceId: number, id: number): Promise<Delivery | null> {
  const which = { status: null, channelId: null, executionId: null }
  const at = { before: Number.MAX_SAFE_INTEGER, limit: 1 }
  const [row] = await store.all(listed({ workspaceId, ...at, ...which, id }))
  return row ? toDelivery(row) : null
}

const again = statement({
  values: { workspaceId: 'int', id: 'int', now: 'instant' },
  answer: { id: t.deliveries.id },
  text: ({ returning, values: { workspaceId, id, now } }) => sql`
  ${insert(t.deliveries, {
    workspaceId: d.workspaceId,
    channelId: d.channelId,
    channelName: nameForAll(c),
    triggerId: d.triggerId,
    executionId: d.executionId,
    incidentId: d.incidentId,
    facts: d.facts,
    nth: d.nth,
    message: d.message,
    status: sql`'pending'`,
    nextAttemptAt: now,
    goesAt: now,
    resendOf: d.id,
    createdAt: now,
    updatedAt: now,
  })}
  from ${table(d)} join ${table(c)} on ${c.id} = ${d.channelId}
  where ${d.id} = ${id} and ${d.workspaceId} = ${workspaceId} and ${d.message} is not null ${returning}`,
})
/** The same message to the same channel, as a delivery of its own. Null without a message, or a channel. */
export async function resend(
  store: Store,
  it: { workspaceId: number; id: number; now: Date },
): Promise<number | null> {
  const [[row]] = await store.atomically([again(it)])
  return row?.id ?? null
}

const STATES: readonly DeliveryState[] = ['none', 'sent', 'failed', 'pending']
/** Of an execution, by its place in `STATES`; null where nobody was to be told. */
export const deliveryStateOf = (execution: Pick<typeof e, 'id'>) =>
  as(
    'int?',
    sql`(select max(case ${x.status} when 'suppressed' then 0 when 'sent' then 1
      when 'failed' then 2 when 'unknown' then 2 else 3 end)
    from ${table(x)} where ${x.executionId} = ${execution.id})`,
  )
export const deliveryState = (place: number | null): DeliveryState => STATES[place ?? 0] ?? 'none'

const forgetOld = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { id: t.deliveries.id },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${t.deliveries} where ${t.deliveries.id} in (
    select ${x.id} from ${table(x)}
    where ${x.createdAt} < ${before} and ${x.status} not in ('new', 'pending', 'held') order by ${x.createdAt} limit ${limit})
  ${returning}`,
})
export const pruneDeliveries = (before: Date, limit: number) => forgetOld({ before, limit })
