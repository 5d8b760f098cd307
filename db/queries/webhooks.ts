/**
 * Addresses that programs call, and the log of what has called them.
 *
 * Promise: of the calls with one id, or with one signature where that says nothing of the id, one is the first, by
 * `webhook_deliveries_first` and `webhook_deliveries_signature`; what became of it is written once.
 */
import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { DeliveryVerdict } from '#lib/contract/webhook.ts'
import {
  alias,
  as,
  insert,
  name,
  type RowsOf,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import type { Store } from '../store.ts'

const { webhooks, webhookDeliveries } = t
const h = alias(webhooks, 'h')
const d = alias(webhookDeliveries, 'd')
const tr = alias(t.triggers, 't')
const w = alias(t.workspaces, 'w')

export type WebhookRow = Store['t']['webhooks']['$inferSelect']
/** What of an address is given in confidence: sealed, and of the token its digest. */
export type Address = Pick<WebhookRow, 'tokenHash' | 'token' | 'secret'>

const make = statement({
  values: {
    triggerId: webhooks.triggerId,
    tokenHash: webhooks.tokenHash,
    token: webhooks.token,
    secret: webhooks.secret,
    now: 'instant',
  },
  answer: { triggerId: webhooks.triggerId },
  text: ({ values: { now, ...values }, returning }) => sql`
  ${insert(webhooks, { ...values, createdAt: now, changedAt: now })} where true
  on conflict do nothing ${returning}`,
})
/** False where the trigger has one. */
export async function open(store: Store, triggerId: number, address: Address, now: Date): Promise<boolean> {
  const [made] = await store.atomically([make({ triggerId, ...address, now })])
  return made.length > 0
}

export async function of({ q, t: { webhooks: it } }: Store, triggerId: number): Promise<WebhookRow | null> {
  const [row] = await q.select().from(it).where(eq(it.triggerId, triggerId))
  return row ?? null
}

const calledAt = statement({
  values: { tokenHash: 'text' },
  answer: {
    ...getTableColumns(h),
    workspaceId: tr.workspaceId,
    kind: tr.kind,
    config: tr.config,
    /** How much of its workspace's story triggers were not held against yet. */
    behind: as('int', sql`${w.lastSeq} - ${w.matchedSeq}`),
  },
  text: ({ answer, values: { tokenHash } }) => sql`
  select ${answer} from ${table(h)} join ${table(tr)} on ${tr.id} = ${h.triggerId}
    join ${table(w)} on ${w.id} = ${tr.workspaceId}
  where ${h.tokenHash} = ${tokenHash} and ${tr.kind} = 'webhook' and ${tr.deletedAt} is null`,
})
export type CalledWebhook = RowsOf<typeof calledAt>
/** Null where no webhook stands at it, or none any more. */
export async function byToken(store: Store, tokenHash: string): Promise<CalledWebhook | null> {
  const [row] = await store.all(calledAt({ tokenHash }))
  return row ?? null
}

const change = statement({
  values: {
    triggerId: 'int',
    seen: 'text',
    secret: 'text',
    previousSecret: 'text?',
    previousValidUntil: 'instant?',
    now: 'instant',
  },
  answer: { triggerId: webhooks.triggerId },
  text: ({ values: { triggerId, seen, now, ...next }, returning }) => sql`
  update ${table(webhooks)} ${set(webhooks, { ...next, changedAt: now })}
  where ${webhooks.triggerId} = ${triggerId} and ${webhooks.secret} = ${seen} ${returning}`,
})
/** Another secret in place of the one that was seen; false where somebody else has changed it. */
export async function changeSecret(
  store: Store,
  { triggerId, secret: seen }: Pick<WebhookRow, 'triggerId' | 'secret'>,
  next: Pick<WebhookRow, 'secret' | 'previousSecret' | 'previousValidUntil'>,
  now: Date,
): Promise<boolean> {
  const [changed] = await store.atomically([change({ triggerId, seen, ...next, now })])
  return changed.length > 0
}

const { id, ...columns } = getTableColumns(webhookDeliveries)
export type DeliveryRow = Store['t']['webhookDeliveries']['$inferSelect']
export type NewDelivery = Omit<DeliveryRow, 'id'>

const add = statement({
  values: columns,
  answer: { id },
  text: ({ values, returning }) => sql`
  ${insert(webhookDeliveries, values)} where true
  on conflict do nothing ${returning}`,
})
const known = statement({
  values: { triggerId: 'int', deliveryId: 'text', signature: 'text?' },
  answer: getTableColumns(d),
  text: ({ answer, values: { triggerId, deliveryId, signature } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.triggerId} = ${triggerId} and (${d.first} = ${deliveryId} or ${d.signature} = ${signature})
  order by case when ${d.first} = ${deliveryId} then 0 else 1 end, ${d.id} limit 1`,
})
export interface TakenIn {
  isFirst: boolean
  delivery: DeliveryRow
}
/** Keeps calls, each as the first of its id; answers for each that one, and whether it is this. */
export async function take(store: Store, all: readonly NewDelivery[]): Promise<TakenIn[]> {
  const statements = all.flatMap((it) => [add({ ...it, first: it.deliveryId }), known(it)] as const)
  const answers = (await store.atomically(statements)) as unknown[][]
  return all.map((_, n) => {
    const [delivery] = answers[2 * n + 1] as DeliveryRow[]
    if (!delivery) throw new Error('A call that was just kept is not there.')
    return { isFirst: (answers[2 * n] as unknown[]).length > 0, delivery }
  })
}

/** Keeps what is only to be seen: a call that was refused, or repeats another. */
export async function log(store: Store, it: NewDelivery, also: readonly Statement[] = []): Promise<void> {
  await store.atomically([add({ ...it, first: null, signature: null }), ...also])
}

const v = alias(t.evaluations, 'v')
const n = alias(t.evaluations, 'n')
const e = alias(t.executions, 'e')
const settleAsEvaluated = statement({
  values: { id: 'int', triggerId: 'int', deliveryId: 'text', trace: 'text' },
  answer: { verdict: webhookDeliveries.verdict, executionId: webhookDeliveries.executionId },
  text: ({ values: { id: which, triggerId, deliveryId, trace }, returning }) => sql`
  update ${table(webhookDeliveries)} ${set(webhookDeliveries, {
    verdict: sql`case when f.decided in ('collected', 'paused', 'filtered') then f.decided else 'accepted' end`,
    status: sql`case when f.decided = 'filtered' then 200 else ${webhookDeliveries.status} end`,
    executionId: sql`coalesce(f.became, ${webhookDeliveries.executionId})`,
    reason: sql`f.why`,
    trace,
  })}
  from (
    select ${v.verdict} as decided, ${v.reason} as why, (
      select ${e.id} from ${table(e)}
      where ${e.triggerId} = ${v.triggerId} and ${e.occurrence} = ${v.occurrence}) as became
    from ${table(v)}
    where ${v.id} = (select max(${n.id}) from ${table(n)} where ${n.triggerId} = ${triggerId})
      and ${v.deliveryId} = ${deliveryId}) f
  where ${webhookDeliveries.id} = ${which} and ${webhookDeliveries.verdict} is null ${returning}`,
})
/**
 * For the transaction that decides of it: the log says what was decided just before, with it. Answers nothing where
 * somebody else has settled it.
 */
export const settledAsEvaluated = (it: Pick<DeliveryRow, 'id' | 'triggerId' | 'deliveryId' | 'trace'>) =>
  settleAsEvaluated(it)

const one = statement({
  values: { id: 'int' },
  answer: { verdict: d.verdict, executionId: d.executionId },
  text: ({ answer, values: { id: which } }) => sql`
  select ${answer} from ${table(d)} where ${d.id} = ${which}`,
})
/** What has become of a call by now. */
export async function became(store: Store, which: number): Promise<RowsOf<typeof one> | null> {
  const [row] = await store.all(one({ id: which }))
  return row ?? null
}

const settle = statement({
  values: { id: 'int', verdict: 'text', status: 'int', reason: 'text?', executionId: 'int?', trace: 'text' },
  text: ({ values: { id: which, ...values } }) => sql`
  update ${table(webhookDeliveries)} ${set(webhookDeliveries, values)}
  where ${name(id)} = ${which} and ${webhookDeliveries.verdict} is null`,
})
export const settled = (
  which: number,
  it: Pick<DeliveryRow, 'status' | 'reason' | 'trace'> & {
    verdict: DeliveryVerdict
    executionId?: number | null
  },
): Statement => settle({ id: which, executionId: null, ...it })

const {
  headers: _h,
  query: _q,
  bodyHash: _bh,
  body: _b,
  isBase64: _i,
  trace: _t,
  first: _f,
  signature: _s,
  ...brief
} = getTableColumns(d)
const listed = statement({
  values: { triggerId: 'int', before: 'int?', verdict: 'text?', limit: 'int' },
  answer: brief,
  text: ({ answer, values: { triggerId, before, verdict, limit } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.triggerId} = ${triggerId} and (${before} is null or ${d.id} < ${before})
    and (${verdict} is null or ${d.verdict} = ${verdict})
  order by ${d.id} desc limit ${limit}`,
})
export type BriefDelivery = RowsOf<typeof listed>
/** The newest first, without what was sent. */
export const list = (
  store: Store,
  triggerId: number,
  { before, verdict, limit }: { before: number | null; verdict: DeliveryVerdict | null; limit: number },
): Promise<BriefDelivery[]> => store.all(listed({ triggerId, before, verdict, limit }))

const namedSo = statement({
  values: { triggerId: 'int', deliveryId: 'text' },
  answer: getTableColumns(d),
  text: ({ answer, values: { triggerId, deliveryId } }) => sql`
  select ${answer} from ${table(d)} where ${d.triggerId} = ${triggerId} and ${d.deliveryId} = ${deliveryId}
  order by case when ${d.first} is null then 1 else 0 end, ${d.id} limit 1`,
})
/** The first with that id. */
export async function get(store: Store, triggerId: number, deliveryId: string): Promise<DeliveryRow | null> {
  const [row] = await store.all(namedSo({ triggerId, deliveryId }))
  return row ?? null
}

const newestReceived = statement({
  values: { triggerId: 'int' },
  answer: { receivedAt: d.receivedAt },
  text: ({ answer, values: { triggerId } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.triggerId} = ${triggerId} and (${d.verdict} is null or ${d.verdict} <> 'refused') and ${d.replayOf} is null
  order by ${d.id} desc limit 1`,
})
/** When something genuine has called last. */
export async function lastReceivedAt(store: Store, triggerId: number): Promise<number | null> {
  const [row] = await store.all(newestReceived({ triggerId }))
  return row?.receivedAt ?? null
}

const unsettled = statement({
  values: { before: 'instant', after: 'int', limit: 'int' },
  answer: { ...getTableColumns(d), workspaceId: tr.workspaceId },
  text: ({ answer, values: { before, after, limit } }) => sql`
  select ${answer} from ${table(d)} join ${table(tr)} on ${tr.id} = ${d.triggerId}
  where ${d.verdict} is null and ${d.receivedAt} < ${before} and ${d.id} > ${after}
  order by ${d.id} limit ${limit}`,
})
/** What was taken in before `before`, and of which nothing has become: whoever took it in is gone. */
export const leftBehind = (store: Store, it: { before: Date; after: number; limit: number }) =>
  store.all(unsettled(it))

const ofPause = statement({
  values: { triggerId: 'int', from: 'instant', to: 'instant', after: 'int', limit: 'int' },
  answer: getTableColumns(d),
  text: ({ answer, values: { triggerId, from, to, after, limit } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.triggerId} = ${triggerId} and ${d.id} > ${after} and ${d.verdict} = 'paused'
    and ${d.receivedAt} >= ${from} and ${d.receivedAt} <= ${to}
  order by ${d.id} limit ${limit}`,
})
/** What came of a span while the trigger was off, the oldest first. */
export const pausedBetween = (
  store: Store,
  it: { triggerId: number; from: Date; to: Date; after: number; limit: number },
) => store.all(ofPause(it))

const ofScheme = statement({
  values: { workspaceId: 'int', scheme: 'text', limit: 'int' },
  answer: { id: tr.id },
  text: ({ answer, jsonText, values: { workspaceId, scheme, limit } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.kind} = 'webhook' and ${tr.deletedAt} is null
    and ${jsonText(tr.config, 'scheme')} = ${scheme}
  order by ${tr.id} desc limit ${limit}`,
})
/** The webhooks of a workspace that have a scheme, the newest first. */
export async function withScheme(
  store: Store,
  it: { workspaceId: number; scheme: string; limit: number },
): Promise<number[]> {
  return (await store.all(ofScheme(it))).map(({ id: triggerId }) => triggerId)
}

const firstOfSpan = statement({
  values: { from: 'instant' },
  answer: { id: d.id },
  text: ({ answer, values: { from } }) => sql`
  select ${answer} from ${table(d)} where ${d.receivedAt} >= ${from} order by ${d.receivedAt} limit 1`,
})
/** Servers that take calls in at one moment may number them the other way round. */
const SLACK = 1000
/** A number below those of all calls since an instant, for `genuineSince`; null where there is none. */
export async function beforeFirstSince(store: Store, from: Date): Promise<number | null> {
  const [row] = await store.all(firstOfSpan({ from }))
  return row ? Math.max(0, row.id - SLACK) : null
}

const own = alias(t.webhookDeliveries, 'own')
const genuineAmong = statement({
  values: { from: 'instant', after: 'int', limit: 'int' },
  rows: 'int',
  answer: getTableColumns(d),
  text: ({ answer, page, row, values: { from, after, limit } }) => sql`
  select ${answer} from ${page} join ${table(d)} on ${d.id} in (
    select ${own.id} from ${table(own)}
    where ${own.triggerId} = ${row} and ${own.id} > ${after} and ${own.first} is not null
      and ${own.receivedAt} >= ${from}
    order by ${own.id} limit ${limit})
  order by ${d.id} limit ${limit}`,
})
/** A page of the genuine calls to some webhooks since an instant, each once, in the order in which they came. */
export const genuineSince = (
  store: Store,
  { triggerIds: rows, ...it }: { triggerIds: number[]; from: Date; after: number; limit: number },
) => store.all(genuineAmong({ rows, ...it }))

const newestAmong = statement({
  values: { limit: 'int' },
  rows: 'int',
  answer: getTableColumns(d),
  text: ({ answer, page, row, values: { limit } }) => sql`
  select ${answer} from ${page} join ${table(d)} on ${d.id} in (
    select ${own.id} from ${table(own)}
    where ${own.triggerId} = ${row} and ${own.first} is not null and ${own.body} is not null
    order by ${own.id} desc limit ${limit})
  order by ${d.id} desc limit ${limit}`,
})
/** The newest calls to some webhooks of which it is known what they said, each once. */
export const newestGenuine = (
  store: Store,
  { triggerIds: rows, limit }: { triggerIds: number[]; limit: number },
) => store.all(newestAmong({ rows, limit }))

const backfill = statement({
  rows: { id: 'int', key: 'text' },
  text: ({ page, row }) => sql`
  update ${table(webhookDeliveries)} ${set(webhookDeliveries, { executionId: e.id })}
  from ${page} join ${table(e)} on ${e.occurrence} = ${row.key}
  where ${webhookDeliveries.id} = ${row.id} and ${e.triggerId} = ${webhookDeliveries.triggerId}`,
})
/** The log says which run has made up for a call. */
export async function madeUpFor(store: Store, calls: readonly { id: number; key: string }[]): Promise<void> {
  await store.atomically([backfill({ rows: calls })])
}

const PAGE = 500
const oldest = (limit: SQL, before: SQL, which: SQL) => sql`
  ${name(id)} in (
    select ${d.id} from ${table(d)}
    where ${d.receivedAt} < ${before} and ${which} order by ${d.receivedAt} limit ${limit})`
const bounds = { before: 'instant', limit: 'int' } as const
const dropBodies = statement({
  values: bounds,
  answer: { id },
  text: ({ returning, values: { before, limit } }) => sql`
  update ${table(webhookDeliveries)} ${set(webhookDeliveries, {
    body: sql`null`,
    headers: sql`'{}'`,
    query: sql`'{}'`,
    trace: sql`'[]'`,
  })}
  where ${oldest(limit, before, sql`${d.body} is not null`)} ${returning}`,
})
const dropBrief = statement({
  values: bounds,
  answer: { id },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${table(webhookDeliveries)}
  where ${oldest(limit, before, sql`${d.verdict} in ('refused', 'duplicate') and ${d.first} is null`)} ${returning}`,
})
const dropAll = statement({
  values: bounds,
  answer: { id },
  text: ({ returning, values: { before, limit } }) => sql`
  delete from ${table(webhookDeliveries)} where ${oldest(limit, before, sql`true`)} ${returning}`,
})
/**
 * What was sent is kept for looking, ids so that a repetition is known. In pages, so that nobody waits for a busy day
 * to be cleared.
 */
export async function prune(
  store: Store,
  { bodiesBefore, idsBefore }: { bodiesBefore: Date; idsBefore: Date },
): Promise<void> {
  for (let full = true; full; ) {
    const answers = await store.atomically([
      dropBodies({ before: bodiesBefore, limit: PAGE }),
      dropBrief({ before: bodiesBefore, limit: PAGE }),
      dropAll({ before: idsBefore, limit: PAGE }),
    ])
    full = answers.some((it) => it.length === PAGE)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
