/**
 * A workspace at a glance. But for `seeTo`, reads only.
 *
 * Promise: each reading walks an index from the newest and is bounded, whatever the workspace holds.
 */
import { type SQL, sql } from 'drizzle-orm'
import { QUARTER_MS } from '#lib/clock.ts'
import type { Status } from '#lib/contract/states.ts'
import { alias, as, oneOf, type RowsOf, set, statement, t, table } from '../statement.ts'
import { isOneOf, lateness, status } from '../states.ts'
import type { Store } from '../store.ts'

const e = alias(t.executions, 'e')
const m = alias(t.messages, 'm')

const usual = statement({
  rows: 'int',
  answer: { triggerId: as('int', sql`w.trigger_id`), usualMs: as('int?', sql`w.usual_ms`) },
  text: ({ page, row, answer }) => sql`
  select ${answer} from (
    select ${row} as trigger_id, (
      select cast(avg(r.duration_ms) as integer) from (
        select ${e.durationMs} as duration_ms from ${table(e)}
        where ${e.triggerId} = ${row} and ${e.status} = ${status('success')} and not ${e.staged}
        order by ${e.queuedAt} desc, ${e.id} desc limit 20) r) as usual_ms
    from ${page}) w`,
})
/** By trigger: what its last 20 runs that succeeded took on average, in milliseconds. */
export async function usualOf(store: Store, triggerIds: number[]): Promise<Map<number, number>> {
  const rows = triggerIds.length > 0 ? await store.all(usual({ rows: [...new Set(triggerIds)] })) : []
  return new Map(rows.flatMap((it) => (it.usualMs === null ? [] : [[it.triggerId, it.usualMs] as const])))
}

const n = alias(t.executions, 'n')
const tr = alias(t.triggers, 't')
const lastOnes = statement({
  values: { workspaceId: 'int', most: 'int' },
  rows: 'int',
  answer: { triggerId: e.triggerId, status: oneOf<Status>(sql`${e.status}`) },
  text: ({ page, row, answer, values: { workspaceId, most } }) => sql`
  select ${answer} from ${page}
    join ${table(tr)} on ${tr.id} = ${row} and ${tr.workspaceId} = ${workspaceId}
    join ${table(e)} on ${e.triggerId} = ${tr.id} and ${e.queuedAt} >= coalesce((
      select ${n.queuedAt} from ${table(n)} where ${n.triggerId} = ${row}
      order by ${n.queuedAt} desc, ${n.id} desc limit 1 offset ${most} - 1), 0)
  order by ${e.triggerId}, ${e.queuedAt}, ${e.id}`,
})
/** By trigger: how its last runs stand, oldest first. */
export async function lastStatuses(
  store: Store,
  { workspaceId, triggerIds, most }: { workspaceId: number; triggerIds: number[]; most: number },
): Promise<Map<number, Status[]>> {
  const rows = await store.all(lastOnes({ workspaceId, most, rows: triggerIds }))
  return new Map(
    [...Map.groupBy(rows, (it) => it.triggerId)].map(([id, all]) => [
      id,
      all.slice(-most).map((it) => it.status),
    ]),
  )
}

const { executions } = t
const open = (workspaceId: SQL) => sql`
  ${executions.workspaceId} = ${workspaceId} and ${executions.status} = ${status('missed')}
    and ${executions.seenToAt} is null`
const markSeenTo = statement({
  values: { workspaceId: 'int', now: 'instant' },
  rows: 'int',
  answer: { id: executions.id },
  text: ({ page, row, returning, values: { workspaceId, now } }) => sql`
  update ${table(executions)} ${set(executions, { seenToAt: now })}
  where ${open(workspaceId)} and ${executions.id} in (select ${row} from ${page})
  ${returning}`,
})
/** Somebody has decided about these instants: how many were still open. */
export async function seeTo(
  store: Store,
  { workspaceId, now, executionIds }: { workspaceId: number; now: Date; executionIds: number[] },
): Promise<number> {
  const [marked] = await store.atomically([markSeenTo({ workspaceId, now, rows: executionIds })])
  return marked?.length ?? 0
}

const markUpTo = statement({
  values: { workspaceId: 'int', since: 'instant', until: 'instant', now: 'instant' },
  answer: { id: executions.id },
  text: ({ returning, values: { workspaceId, since, until, now } }) => sql`
  update ${table(executions)} ${set(executions, { seenToAt: now })}
  where ${open(workspaceId)} and ${executions.queuedAt} >= ${since} and ${executions.queuedAt} <= ${until}
  ${returning}`,
})
/** Somebody has decided about all that was missed in a span of time: how many were still open. */
export async function seeToAll(
  store: Store,
  it: { workspaceId: number; since: Date; until: Date; now: Date },
): Promise<number> {
  const [marked] = await store.atomically([markUpTo(it)])
  return marked?.length ?? 0
}

const markWithin = statement({
  values: { workspaceId: 'int', triggerId: 'int', from: 'instant', to: 'instant', now: 'instant' },
  text: ({ values: { workspaceId, triggerId, from, to, now } }) => sql`
  update ${table(executions)} ${set(executions, { seenToAt: now })}
  where ${open(workspaceId)} and ${executions.triggerId} = ${triggerId}
    and coalesce(${executions.missedFrom}, ${executions.scheduledFor}) >= ${from}
    and coalesce(${executions.missedTo}, ${executions.scheduledFor}) <= ${to}`,
})
/** Somebody runs what a trigger has missed in a span of time: what lies wholly in it is seen to. */
export const seeToWithin = async (
  store: Store,
  it: Span & { triggerId: number; now: Date },
): Promise<void> => {
  await store.atomically([markWithin(it)])
}

/** In Markdown, of which a part is marks. */
const MOST_TOLD = 1_200
const told = statement({
  values: { workspaceId: 'int', since: 'instant', limit: 'int', most: 'int' },
  answer: {
    executionId: e.id,
    triggerId: e.triggerId,
    name: e.triggerName,
    text: as('text', sql`substr(r.text, 1, ${sql.raw(String(MOST_TOLD))})`),
    at: as('instant', sql`r.created_at`),
  },
  text: ({ answer, values: { workspaceId, since, limit, most } }) => sql`
  select ${answer} from (
    select ${m.id} as id, ${m.text} as text, ${m.executionId} as execution_id, ${m.createdAt} as created_at
    from ${table(m)} where ${m.workspaceId} = ${workspaceId} and ${m.include} = true
    order by ${m.id} desc limit ${most}) r
    join ${table(e)} on ${e.id} = r.execution_id
  where r.created_at >= ${since} and ${e.status} = ${status('success')}
  order by r.id desc limit ${limit}`,
})
/** The newest results that were posted into the chat since then. */
export const resultsSince = (store: Store, values: { workspaceId: number; since: Date; limit: number }) =>
  store.all(told({ ...values, most: 500 }))

const MOST_COUNTED = 50_000
export interface Span {
  workspaceId: number
  from: Date
  to: Date
}
const span = { workspaceId: 'int', from: 'instant', to: 'instant', most: 'int' } as const

/** The newest runs of a span of time, trials left out: `r`. */
const newest = (columns: SQL, { workspaceId, from, to, most }: Record<keyof typeof span, SQL>) => sql`
  from (select ${columns} from ${table(e)}
    where ${e.workspaceId} = ${workspaceId} and ${e.queuedAt} >= ${from} and ${e.queuedAt} < ${to}
      and not ${e.staged}
    order by ${e.queuedAt} desc, ${e.id} desc limit ${most}) r`
const count = (of: 'success' | 'failed' | 'cancelled' | 'skipped') =>
  as('int', sql`coalesce(sum(case when r.status = ${status(of)} then 1 else 0 end), 0)`)

const faring = statement({
  values: span,
  answer: {
    rows: as('int', sql`count(*)`),
    success: count('success'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    skipped: count('skipped'),
    missed: as(
      'int',
      sql`coalesce(sum(case when r.status = ${status('missed')} then coalesce(r.missed_count, 1) else 0 end), 0)`,
    ),
    tokens: as('int', sql`coalesce(sum(r.tokens_used), 0)`),
    cost: as('real', sql`coalesce(sum(r.cost), 0)`),
  },
  text: ({ answer, values }) => sql`
  select ${answer} ${newest(
    sql`${e.status} as status, ${e.missedCount} as missed_count, ${e.tokensUsed} as tokens_used, ${e.cost} as cost`,
    values,
  )}`,
})
/** How what was planned in a span of time has fared; trials are not counted. */
export async function fared(store: Store, it: Span): Promise<RowsOf<typeof faring> & { isPartial: boolean }> {
  const [row] = await store.all(faring({ ...it, most: MOST_COUNTED }))
  if (!row) throw new Error('Sums without a group are always one row.')
  return { ...row, isPartial: row.rows >= MOST_COUNTED }
}

/** So that there are some thousand values at the most, each as good as its hundredth part. */
const short = (value: SQL) => sql`
  (${value} - ${value} % case when ${value} < 1000 then 1 when ${value} < 10000 then 10
    when ${value} < 100000 then 100 when ${value} < 1000000 then 1000 else 10000 end)`
/** Each value that there is, with how often: one sort for all percentiles. */
const spread = (column: SQL) =>
  statement({
    values: span,
    answer: { value: as('int', sql`r.value`), times: as('int', sql`count(*)`) },
    text: ({ answer, values }) => sql`
  select ${answer} ${newest(sql`${short(sql`(${column})`)} as value`, values)} where r.value is not null
  group by r.value order by r.value`,
  })
const spreads = {
  lateness: spread(lateness(e)),
  duration: spread(sql`case when ${isOneOf(e.status, ['success', 'failed'])} then ${e.durationMs} end`),
}
/**
 * Of the newest runs of a span, as they stand when it is asked: the values below which so many of a hundred lie, in
 * milliseconds, three digits of each; null where there is none.
 */
export async function percentiles<const P extends readonly number[]>(
  store: Store,
  of: keyof typeof spreads,
  it: Span,
  percents: P,
): Promise<{ [K in keyof P]: number | null }> {
  const values = await store.all(spreads[of]({ ...it, most: MOST_COUNTED }))
  return percents.map((it) => below(values, it)) as { [K in keyof P]: number | null }
}

/** `values`: from the least to the greatest, with how often each is there. */
export function below(values: readonly { value: number; times: number }[], percent: number): number | null {
  const all = values.reduce((sum, { times }) => sum + times, 0)
  let left = Math.floor((all * percent) / 100)
  for (const { value, times } of values) {
    if (left < times) return value
    left -= times
  }
  return null
}

const byQuarter = statement({
  values: span,
  answer: {
    quarter: as('int', sql`r.quarter`),
    runs: as('int', sql`count(*)`),
    failed: as('int', sql`sum(case when r.status = ${status('failed')} then 1 else 0 end)`),
  },
  text: ({ answer, values: { workspaceId, from, to, most } }) => sql`
  select ${answer} from (
    select ${e.queuedAt} / ${sql.raw(String(QUARTER_MS))} as quarter, ${e.status} as status from ${table(e)}
    where ${e.workspaceId} = ${workspaceId} and ${e.queuedAt} >= ${from} and ${e.queuedAt} < ${to}
      and not ${e.staged} and ${isOneOf(e.status, ['success', 'failed'])}
    order by ${e.queuedAt} desc, ${e.id} desc limit ${most}) r
  group by r.quarter`,
})
/** Runs that ended by the quarter of an hour since 1970 in which they were queued. */
export const byQuarterOfAnHour = (store: Store, it: Span) =>
  store.all(byQuarter({ ...it, most: MOST_COUNTED }))
