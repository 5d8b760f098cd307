/** What keeps a server honest: who is alive, when nothing could fire, settings, retention. */
import { eq, sql } from 'drizzle-orm'
import { minutes } from '#lib/clock.ts'
import { intValue, type Store, type Text, textValue } from '../store.ts'

const beatText: Text = () => sql`
  insert into servers (id, started_at, seen_at, role, version) values (${textValue('id')}, ${intValue('now')}, ${intValue('now')}, ${textValue('role')}, ${textValue('version')})
  on conflict (id) do update set seen_at = excluded.seen_at`
/** Says that this server is alive. */
export async function beat(
  store: Store,
  server: { id: string; role: string; version: string },
  now: Date,
): Promise<void> {
  await store.atomically([[beatText, { ...server, now }]])
}

const lastBeatText: Text = () =>
  sql`select max(seen_at) as "seenAt" from servers where id <> ${textValue('except')}`
/** When any other server was last alive; null on a first start. */
export async function lastBeat(store: Store, except: string): Promise<Date | null> {
  const [row] = await store.all<{ seenAt: number | null }>(lastBeatText, { except })
  return row?.seenAt == null ? null : new Date(row.seenAt)
}

const forgetServersText: Text = () =>
  sql`delete from servers where seen_at < ${intValue('before')} and id <> ${textValue('except')}`
export async function forgetServers(store: Store, except: string, before: Date): Promise<void> {
  await store.atomically([[forgetServersText, { except, before }]])
}

export interface Outage {
  kind: 'down' | 'asleep' | 'paused'
  reason: string
  startedAt: Date
  endedAt: Date | null
}

export async function addOutage(store: Store, outage: Outage): Promise<void> {
  await store.atomically([[addOutageText, { ...outage }]])
}
const addOutageText: Text = () => sql`
  insert into outages (kind, reason, started_at, ended_at) values (${textValue('kind')}, ${textValue('reason')}, ${intValue('startedAt')}, ${intValue('endedAt')})`

const outagesText: Text = () => sql`
  select kind, reason, started_at as "startedAt", ended_at as "endedAt" from outages
  where ended_at is null or ended_at >= ${intValue('since')} order by started_at desc limit 50`
/** The newest outages that reach past `since`, newest first. */
export async function outages(store: Store, since: Date): Promise<Outage[]> {
  const rows = await store.all<{
    kind: Outage['kind']
    reason: string
    startedAt: number
    endedAt: number | null
  }>(outagesText, { since })
  return rows.map((it) => ({
    ...it,
    startedAt: new Date(it.startedAt),
    endedAt: it.endedAt === null ? null : new Date(it.endedAt),
  }))
}

const openPauseText: Text = () => sql`
  insert into outages (kind, reason, started_at)
  select 'paused', ${textValue('reason')}, ${intValue('now')} where not exists (select 1 from outages where kind = 'paused' and ended_at is null)`
const endPauseText: Text = () =>
  sql`update outages set ended_at = ${intValue('now')} where kind = 'paused' and ended_at is null`
/** The global pause: an outage without an end. Each trigger keeps its own state. */
export async function pauseAll(store: Store, reason: string, now: Date): Promise<void> {
  await store.atomically([[openPauseText, { reason, now }]])
}
export async function resumeAll(store: Store, now: Date): Promise<void> {
  await store.atomically([[endPauseText, { now }]])
}
const pauseText: Text = () =>
  sql`select reason, started_at as "startedAt" from outages where kind = 'paused' and ended_at is null limit 1`
export async function globalPause(store: Store): Promise<{ reason: string; since: Date } | null> {
  const [row] = await store.all<{ reason: string; startedAt: number }>(pauseText)
  return row ? { reason: row.reason, since: new Date(row.startedAt) } : null
}

export async function setting(store: Store, name: string): Promise<string | null> {
  const [row] = await store.q.select().from(store.t.settings).where(eq(store.t.settings.name, name))
  return row?.value ?? null
}
const setText: Text = () => sql`
  insert into settings (name, value) values (${textValue('name')}, ${textValue('value')}) on conflict (name) do update set value = excluded.value`
export async function setSetting(store: Store, name: string, content: string): Promise<void> {
  await store.atomically([[setText, { name, value: content }]])
}

const PRUNE_PAGE = 500
const pruneEventsText: Text = () => sql`
  delete from events where (workspace_id, seq) in (
    select v.workspace_id, v.seq from events v join workspaces w on w.id = v.workspace_id
    where v.at < ${intValue('before')} and v.seq < w.last_seq order by v.at limit ${intValue('limit')})
  returning seq`
const pruneKeysText: Text = () => sql`
  delete from idempotency_keys where (actor, key) in (select k.actor, k.key from idempotency_keys k where k.created_at < ${intValue('before')} limit ${intValue('limit')})
  returning key`
/** Events are for catching up, answers for repeated requests: both are short-lived. The newest event of a workspace stays: it carries the count. In pages, so that nobody waits for a busy day to be cleared. */
export async function prune(
  store: Store,
  { eventsBefore, answersBefore }: { eventsBefore: Date; answersBefore: Date },
): Promise<void> {
  for (let full = true; full; ) {
    const answers = await store.atomically([
      [pruneEventsText, { before: eventsBefore, limit: PRUNE_PAGE }],
      [pruneKeysText, { before: answersBefore, limit: PRUNE_PAGE }],
    ])
    full = answers.some((it) => it.length === PRUNE_PAGE)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

const planAnewText: Text = () => sql`
  update triggers set due_at = 0, next_run_at = null where due_at > ${intValue('soon')} and enabled = true and deleted_at is null`
/**
 * Lets every instant to come be computed again: the clock was wrong by years, or the rules of a zone have changed.
 * Instants that are due, or will be within a minute, keep their place: one that passes meanwhile would leave no trace.
 */
export async function planAnew(store: Store, now: Date): Promise<void> {
  await store.atomically([[planAnewText, { soon: now.getTime() + minutes(1) }]])
}
