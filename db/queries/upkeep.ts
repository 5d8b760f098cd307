/** What keeps a server honest: who is alive, when nothing could fire, settings, retention. */
import { and, desc, eq, gte, isNull, like, ne, or, sql } from 'drizzle-orm'
import { minutes } from '#lib/clock.ts'
import type { OutageKind } from '../schema.ts'
import { alias, insert, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { pruneDeliveries } from './deliveries.ts'
import { pruneIncidents } from './incidents.ts'

const plan = alias(t.importPlans, 'plan')
const { servers, outages: gaps, settings, events, idempotencyKeys: keys, triggers } = t

const markSeen = statement({
  values: { id: servers.id, role: servers.role, version: servers.version, now: 'instant' },
  text: ({ values: { now, ...server } }) => sql`
  ${insert(servers, { ...server, startedAt: now, seenAt: now })}
  where true
  on conflict (${name(servers.id)}) do update ${set(servers, { seenAt: now })}`,
})
/** Says that this server is alive. */
export async function beat(
  store: Store,
  server: { id: string; role: string; version: string },
  now: Date,
): Promise<void> {
  await store.atomically([markSeen({ ...server, now })])
}

const begun = alias(t.productVersions, 'begun')
const note = statement({
  values: { version: 'text', now: 'instant' },
  text: ({ values: { version, now } }) => sql`
  ${insert(t.productVersions, { version, since: now })}
  where ${version} is distinct from (
    select ${begun.version} from ${table(begun)} order by ${begun.id} desc limit 1)`,
})
/** Which version of the product is begun; nothing where it is the one that was begun last. */
export async function noteVersion(store: Store, version: string, now: Date): Promise<void> {
  await store.atomically([note({ version, now })])
}

/** When any other server was last alive; null on a first start. */
export async function lastBeat({ q, t: { servers: it } }: Store, except: string): Promise<Date | null> {
  const [row] = await q
    .select({ seenAt: it.seenAt })
    .from(it)
    .where(ne(it.id, except))
    .orderBy(desc(it.seenAt))
    .limit(1)
  return row ? new Date(row.seenAt) : null
}

const forget = statement({
  values: { except: 'text', before: 'instant' },
  text: ({ values: { except, before } }) =>
    sql`delete from ${table(servers)} where ${servers.seenAt} < ${before} and ${servers.id} <> ${except}`,
})
export async function forgetServers(store: Store, except: string, before: Date): Promise<void> {
  await store.atomically([forget({ except, before })])
}

export interface Outage {
  kind: OutageKind
  reason: string
  startedAt: Date
  endedAt: Date | null
}

const add = statement({
  values: { kind: gaps.kind, reason: gaps.reason, startedAt: gaps.startedAt, endedAt: gaps.endedAt },
  text: ({ values }) => insert(gaps, values),
})
export async function addOutage(store: Store, outage: Outage): Promise<void> {
  await store.atomically([add({ ...outage })])
}

/** The newest outages that reach past `since`, newest first. */
export async function outages({ q, t: { outages: it } }: Store, since: Date): Promise<Outage[]> {
  const rows = await q
    .select({ kind: it.kind, reason: it.reason, startedAt: it.startedAt, endedAt: it.endedAt })
    .from(it)
    .where(or(isNull(it.endedAt), gte(it.endedAt, since.getTime())))
    .orderBy(desc(it.startedAt))
    .limit(50)
  return rows.map((row) => ({
    ...row,
    startedAt: new Date(row.startedAt),
    endedAt: row.endedAt === null ? null : new Date(row.endedAt),
  }))
}

const isPause = sql`${gaps.kind} = 'paused' and ${gaps.endedAt} is null`
const beginPause = statement({
  values: { reason: 'text', now: 'instant' },
  text: ({ values: { reason, now } }) => sql`
  ${insert(gaps, { kind: sql`'paused'`, reason, startedAt: now })}
  where not exists (select 1 from ${table(gaps)} where ${isPause})`,
})
/** The global pause: an outage without an end. Each trigger keeps its own state. */
export async function pauseAll(store: Store, reason: string, now: Date): Promise<void> {
  await store.atomically([beginPause({ reason, now })])
}
export async function resumeAll({ q, t: { outages: it } }: Store, now: Date): Promise<void> {
  await q
    .update(it)
    .set({ endedAt: now.getTime() })
    .where(and(eq(it.kind, 'paused'), isNull(it.endedAt)))
}
const thePause = statement({
  answer: { reason: gaps.reason, startedAt: gaps.startedAt },
  text: ({ answer }) => sql`select ${answer} from ${table(gaps)} where ${isPause} limit 1`,
})
export async function globalPause(store: Store): Promise<{ reason: string; since: Date } | null> {
  const [row] = await store.all(thePause())
  return row ? { reason: row.reason, since: new Date(row.startedAt) } : null
}

export async function setting({ q, t: { settings: it } }: Store, name: string): Promise<string | null> {
  const [row] = await q.select({ value: it.value }).from(it).where(eq(it.name, name))
  return row?.value ?? null
}
const keepSetting = statement({
  values: { name: settings.name, value: settings.value },
  text: ({ values }) => sql`
  ${insert(settings, values)}
  where true
  on conflict (${name(settings.name)}) do update ${set(settings, { value: values.value })}`,
})
export async function setSetting(store: Store, name: string, content: string): Promise<void> {
  await store.atomically([keepSetting({ name, value: content })])
}
const replace = statement({
  values: { name: settings.name, seen: 'text?', next: settings.value },
  answer: { name: settings.name },
  text: ({ returning, values: { name: called, seen, next } }) => sql`
  ${insert(settings, { name: called, value: next })}
  where true
  on conflict (${name(settings.name)}) do update ${set(settings, { value: next })}
  where ${settings.value} = ${seen} ${returning}`,
})
/** Whether it was still as it was seen; null: it was not there. */
export async function replaceSetting(
  store: Store,
  called: string,
  { seen, next }: { seen: string | null; next: string },
): Promise<boolean> {
  const [rows] = await store.atomically([replace({ name: called, seen, next })])
  return rows.length === 1
}

const MOST_SETTINGS = 200
/** The settings whose names begin so. */
export async function settingsLike({ q, t: { settings: it } }: Store, prefix: string) {
  return q
    .select({ name: it.name, value: it.value })
    .from(it)
    .where(like(it.name, `${prefix}%`))
    .limit(MOST_SETTINGS)
}
export async function forgetSetting({ q, t: { settings: it } }: Store, name: string): Promise<void> {
  await q.delete(it).where(eq(it.name, name))
}

const PRUNE_PAGE = 500
const v = alias(events, 'v')
const w = alias(t.workspaces, 'w')
const k = alias(keys, 'k')
const l = alias(t.evaluations, 'l')
const pruneEvents = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { seq: events.seq },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${table(events)} where (${events.workspaceId}, ${events.seq}) in (
    select ${v.workspaceId}, ${v.seq} from ${table(v)} join ${table(w)} on ${w.id} = ${v.workspaceId}
    where ${v.at} < ${before} and ${v.seq} < ${w.lastSeq} and ${v.seq} <= ${w.matchedSeq}
    order by ${v.at} limit ${limit})
  ${returning}`,
})
const pruneKeys = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { key: keys.key },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${table(keys)} where (${keys.actor}, ${keys.key}) in (
    select ${k.actor}, ${k.key} from ${table(k)} where ${k.createdAt} < ${before} limit ${limit})
  ${returning}`,
})
// What a pause has held back is still to be told, however long it lasts.
const pruneEvaluations = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { id: t.evaluations.id },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${table(t.evaluations)} where ${t.evaluations.id} in (
    select ${l.id} from ${table(l)} where ${l.lastAt} < ${before}
      and not (${l.verdict} = 'paused' and ${l.occurrence} is null) order by ${l.lastAt} limit ${limit})
  ${returning}`,
})
const dropPlans = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { id: t.importPlans.id },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${table(t.importPlans)} where ${t.importPlans.id} in (
    select ${plan.id} from ${table(plan)} where ${plan.createdAt} < ${before} order by ${plan.createdAt} limit ${limit})
  ${returning}`,
})
/**
 * Events are for catching up, answers for repeated requests: both are short-lived. The newest event of a workspace
 * stays: it carries the count. In pages, so that nobody waits for a busy day to be cleared.
 */
export async function prune(
  store: Store,
  {
    eventsBefore,
    answersBefore,
    evaluationsBefore,
    deliveriesBefore,
  }: Record<'eventsBefore' | 'answersBefore' | 'evaluationsBefore' | 'deliveriesBefore', Date>,
): Promise<void> {
  for (let full = true; full; ) {
    const answers = await store.atomically([
      pruneEvents({ before: eventsBefore, limit: PRUNE_PAGE }),
      pruneKeys({ before: answersBefore, limit: PRUNE_PAGE }),
      pruneEvaluations({ before: evaluationsBefore, limit: PRUNE_PAGE }),
      pruneDeliveries(deliveriesBefore, PRUNE_PAGE),
      pruneIncidents(deliveriesBefore, PRUNE_PAGE),
      dropPlans({ before: answersBefore, limit: PRUNE_PAGE }),
    ])
    full = answers.some((it) => it.length === PRUNE_PAGE)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

const unplan = statement({
  values: { soon: 'instant' },
  text: ({ values: { soon } }) => sql`
  update ${table(triggers)} ${set(triggers, { dueAt: sql`0`, nextRunAt: sql`null` })}
  where ${triggers.dueAt} > ${soon} and ${triggers.enabled} = true and ${triggers.deletedAt} is null`,
})
/**
 * Lets every instant to come be computed again: the clock was wrong by years, or the rules of a zone have changed.
 * Instants that are due, or will be within a minute, keep their place: one that passes meanwhile would leave no trace.
 */
export async function planAnew(store: Store, now: Date): Promise<void> {
  await store.atomically([unplan({ soon: now.getTime() + minutes(1) })])
}
