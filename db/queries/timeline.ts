/**
 * What stands on the timeline. Reads only.
 *
 * Promise: what one reading looks at is bounded, whatever the history holds: lanes with many rows are summed up by
 * stretches of time, from the newest row back to a limit.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { days } from '#lib/clock.ts'
import type { Status } from '#lib/contract/execution.ts'
import { NEVER_RAN } from '#lib/contract/states.ts'
import { containing } from '../containing.ts'
import { alias, as, oneOf, type RowsOf, statement, t, table } from '../statement.ts'
import { isLive, isOneOf } from '../states.ts'
import type { Store } from '../store.ts'

const tr = alias(t.triggers, 't')
const e = alias(t.executions, 'e')
const n = alias(t.executions, 'n')
const r = alias(t.triggerRevisions, 'r')
const b = alias(t.triggerRevisions, 'b')
const o = alias(t.outages, 'o')

type Columns = Record<
  'kind' | 'status' | 'queuedAt' | 'scheduledFor' | 'completedAt' | 'missedFrom' | 'missedTo',
  SQLWrapper
>
/** Where a run stands on the axis: where it was planned, or where nothing planned it, when it was asked for. */
const placeOf = (it: Columns) => sql`
  (case when ${it.kind} in ('manual', 'retry') then ${it.queuedAt}
    else coalesce(${it.missedFrom}, ${it.scheduledFor}, ${it.queuedAt}) end)`
/** Up to when it reaches; what still goes on has no end. */
const endOf = (it: Columns, now: SQL) => sql`
  (case when ${isLive(it.status)} then ${now} else coalesce(${it.missedTo}, ${it.completedAt}, ${it.queuedAt}) end)`

/** What began within a day before reaches into the span, where it went on so long. */
const LONGEST_RUN_MS = days(1)
export const sinceOf = (from: Date) => new Date(from.getTime() - LONGEST_RUN_MS)

const MOST_TROUBLED = 50_000
const listed = statement({
  values: {
    ...{ workspaceId: 'int', words: 'text?', triggerId: 'int?', onlyTrouble: 'flag' },
    ...{ since: 'instant', from: 'instant', to: 'instant', goneSince: 'instant', limit: 'int', skip: 'int' },
  } as const,
  answer: {
    id: tr.id,
    workspaceId: tr.workspaceId,
    name: tr.name,
    kind: tr.kind,
    config: tr.config,
    cronExpression: tr.cronExpression,
    timezone: tr.timezone,
    everySeconds: tr.everySeconds,
    at: tr.at,
    startsAt: tr.startsAt,
    endsAt: tr.endsAt,
    calendars: tr.calendars,
    maxExecutions: tr.maxExecutions,
    plannedRuns: tr.plannedRuns,
    enabled: tr.enabled,
    pausedAt: tr.pausedAt,
    pausedUntil: tr.pausedUntil,
    pausedReason: tr.pausedReason,
    disabledReason: tr.disabledReason,
    problem: tr.problem,
    createdAt: tr.createdAt,
    updatedAt: tr.updatedAt,
    deletedAt: tr.deletedAt,
    total: as('int', sql`count(*) over ()`),
  },
  text: ({ answer, lower, values: it }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.workspaceId} = ${it.workspaceId} and ${tr.kind} <> 'chat'
    and (${tr.deletedAt} is null or ${tr.deletedAt} > ${it.goneSince})
    and (${it.triggerId} is null or ${tr.id} = ${it.triggerId})
    and (${it.words} is null or ${lower(tr.name)} like ${it.words} escape '\\')
    and (not ${it.onlyTrouble} or ${tr.id} in (
      select w.trigger_id from (
        select ${n.triggerId} as trigger_id from ${table(n)}
        where ${n.workspaceId} = ${it.workspaceId} and ${isOneOf(n.status, ['failed', ...NEVER_RAN])}
          and ${n.queuedAt} >= ${it.since} and ${placeOf(n)} < ${it.to}
          and (${placeOf(n)} >= ${it.from} or ${n.missedTo} >= ${it.from}
            or (${n.queuedAt} < ${it.to} and ${n.completedAt} >= ${it.from}))
        order by ${n.queuedAt} limit ${sql.raw(String(MOST_TROUBLED))}) w))
  order by ${lower(tr.name)}, ${tr.id} limit ${it.limit} offset ${it.skip}`,
})
export type LaneRow = RowsOf<typeof listed>
export interface Asked {
  workspaceId: number
  from: Date
  to: Date
  q?: string | undefined
  triggerId?: number | undefined
  onlyTrouble: boolean
  /** Deleted ones are among them from here on. */
  goneSince: Date
  limit: number
  skip: number
}
/** By name, a page of them; each says how many there are on all pages. */
export const lanes = (store: Store, { q, triggerId, ...it }: Asked): Promise<LaneRow[]> =>
  store.all(listed({ ...it, since: sinceOf(it.from), triggerId: triggerId ?? null, words: containing(q) }))

const counted = statement({
  values: { from: 'instant', to: 'instant', most: 'int' },
  rows: 'int',
  answer: { triggerId: as('int', sql`c.trigger_id`), rows: as('int', sql`c.n`) },
  text: ({ page, row, answer, values: { from, to, most } }) => sql`
  select ${answer} from (
    select ${row} as trigger_id, (select count(*) from (
      select 1 from ${table(n)}
      where ${n.triggerId} = ${row} and ${n.queuedAt} >= ${from} and ${n.queuedAt} < ${to} limit ${most}) x) as n
    from ${page}) c`,
})
export interface Span {
  from: Date
  to: Date
}
/** Which of them have more rows in the span than that. */
export async function withMoreThan(store: Store, ids: number[], span: Span, most: number) {
  const rows = ids.length > 0 ? await store.all(counted({ ...span, most: most + 1, rows: ids })) : []
  return new Set(rows.flatMap((it) => (it.rows > most ? [it.triggerId] : [])))
}

const shown = {
  id: e.id,
  triggerId: e.triggerId,
  kind: e.kind,
  occurrence: e.occurrence,
  status: oneOf<Status>(sql`${e.status}`),
  place: as('instant', placeOf(e)),
  scheduledFor: e.scheduledFor,
  startedAt: e.startedAt,
  durationMs: e.durationMs,
  latenessMs: e.latenessMs,
  missedTo: e.missedTo,
  missedCount: e.missedCount,
  reason: as('text?', sql`substr(coalesce(${e.reason}, ${e.error}), 1, 201)`),
}
const within = statement({
  values: { since: 'instant', from: 'instant', to: 'instant', now: 'instant' },
  rows: 'int',
  answer: shown,
  text: ({ page, row, answer, values: { since, from, to, now } }) => sql`
  select ${answer} from ${page} join ${table(e)}
    on ${e.triggerId} = ${row} and ${e.queuedAt} >= ${since} and ${e.queuedAt} < ${to}
  where ${placeOf(e)} < ${to} and (${placeOf(e)} >= ${from} or ${endOf(e, now)} >= ${from})`,
})
export type RunRow = RowsOf<typeof within>
/** What was queued in the span, or so shortly before that it reaches into it. */
export const runsWithin = (store: Store, ids: number[], it: Span & { since: Date; now: Date }) =>
  ids.length > 0 ? store.all(within({ ...it, rows: ids })) : []

const MOST_LATER = 5_000
const ofKeys = statement({
  values: { fromKey: 'text', toKey: 'text', to: 'instant' },
  rows: 'int',
  answer: shown,
  text: ({ page, row, answer, values: { fromKey, toKey, to } }) => sql`
  select ${answer} from ${page} join ${table(e)}
    on ${e.triggerId} = ${row} and ${e.occurrence} >= ${fromKey} and ${e.occurrence} < ${toKey}
  where ${e.queuedAt} >= ${to} limit ${sql.raw(String(MOST_LATER))}`,
})
const SOON_AFTER = 50
const covering = statement({
  values: { from: 'instant', writtenFrom: 'instant' },
  rows: 'int',
  answer: shown,
  text: ({ page, row, answer, values: { from, writtenFrom } }) => sql`
  select ${answer} from ${page} join ${table(e)}
    on ${e.triggerId} = ${row} and ${e.queuedAt} >= ${writtenFrom} and ${e.queuedAt} <= coalesce((
      select ${n.queuedAt} from ${table(n)} where ${n.triggerId} = ${row} and ${n.queuedAt} >= ${writtenFrom}
      order by ${n.queuedAt}, ${n.id} limit 1 offset ${sql.raw(String(SOON_AFTER))}), ${writtenFrom} + 86400000000)
  where ${isOneOf(e.status, NEVER_RAN)} and ${e.missedFrom} < ${from} and ${e.missedTo} >= ${from}`,
})
/** What stands for instants of the span and was written after it: late, caught up, filled in, or a gap. */
export async function writtenLater(store: Store, ids: number[], { from, to }: Span): Promise<RunRow[]> {
  if (ids.length === 0) return []
  const keys = (prefix: string) => ({
    fromKey: prefix + from.toISOString(),
    toKey: prefix + to.toISOString(),
  })
  const found = await Promise.all([
    store.all(ofKeys({ ...keys(''), to, rows: ids })),
    store.all(ofKeys({ ...keys('backfill:'), to, rows: ids })),
    gapsOver(store, ids, { from, writtenFrom: to }),
  ])
  return found.flat().filter((it) => it.place < to.getTime())
}

/** Gaps that begin before an instant and reach over it, and were written soon after another one. */
export const gapsOver = (store: Store, ids: number[], it: { from: Date; writtenFrom: Date }) =>
  ids.length > 0 ? store.all(covering({ ...it, rows: ids })) : []

const beyond = statement({
  values: { from: 'instant', to: 'instant', most: 'int' },
  rows: 'int',
  answer: { triggerId: as('int', sql`c.trigger_id`), oldest: as('int?', sql`c.oldest`) },
  text: ({ page, row, answer, values: { from, to, most } }) => sql`
  select ${answer} from (
    select ${row} as trigger_id, (
      select ${n.queuedAt} from ${table(n)}
      where ${n.triggerId} = ${row} and ${n.queuedAt} >= ${from} and ${n.queuedAt} < ${to}
      order by ${n.queuedAt} desc, ${n.id} desc limit 1 offset ${most}) as oldest
    from ${page}) c`,
})
const summed = statement({
  values: { from: 'instant', to: 'instant', stepMs: 'int' },
  rows: { id: 'int', since: 'instant' },
  answer: {
    triggerId: as('int', sql`s.trigger_id`),
    stretch: as('int', sql`s.stretch`),
    status: oneOf<Status>(sql`s.status`),
    count: as('int', sql`sum(s.n)`),
    executionId: as('int', sql`max(s.id)`),
    first: as('int', sql`min(s.place)`),
    last: as('int', sql`max(s.until)`),
    lateMs: as('int?', sql`max(s.late_ms)`),
    durationMs: as('int?', sql`max(s.duration_ms)`),
  },
  text: ({ page, row, answer, values: { from, to, stepMs } }) => sql`
  select ${answer} from (
    select ${e.triggerId} as trigger_id, (${placeOf(e)} - ${from}) / ${stepMs} as stretch,
      ${e.status} as status, coalesce(${e.missedCount}, 1) as n, ${e.id} as id, ${placeOf(e)} as place,
      coalesce(${e.missedTo}, ${placeOf(e)}) as until, ${e.durationMs} as duration_ms,
      case when ${e.kind} in ('manual', 'retry', 'backfill') then null
        else ${e.startedAt} - ${e.scheduledFor} end as late_ms
    from ${page} join ${table(e)}
      on ${e.triggerId} = ${row.id} and ${e.queuedAt} >= ${row.since} and ${e.queuedAt} < ${to}) s
  where s.place >= ${from} and s.place < ${to}
  group by s.trigger_id, s.stretch, s.status
  order by s.trigger_id, s.stretch`,
})
export type SumRow = RowsOf<typeof summed>
/** By stretches of `stepMs` and status, of the newest `most` rows of each; `cut`: where older ones were left out. */
export async function sums(
  store: Store,
  triggerIds: number[],
  { from, to, stepMs, most }: Span & { stepMs: number; most: number },
): Promise<{ rows: SumRow[]; cut: Map<number, number> }> {
  if (triggerIds.length === 0) return { rows: [], cut: new Map() }
  const ends = await store.all(beyond({ from, to, most, rows: triggerIds }))
  const cut = new Map(ends.flatMap((it) => (it.oldest === null ? [] : [[it.triggerId, it.oldest] as const])))
  const rows = triggerIds.map((id) => ({ id, since: (cut.get(id) ?? from.getTime() - 1) + 1 }))
  return { rows: await store.all(summed({ from, to, stepMs, rows })), cut }
}

const MOST_SWITCHED = 5_000
const switched = statement({
  values: { from: 'instant', to: 'instant' },
  rows: 'int',
  answer: {
    triggerId: as('int', sql`s.trigger_id`),
    at: as('instant', sql`s.created_at`),
    enabled: as('text?', sql`s.enabled`),
  },
  text: ({ page, row, answer, jsonText, values: { from, to } }) => sql`
  select ${answer} from (
    select ${r.triggerId} as trigger_id, ${r.createdAt} as created_at, ${r.revision} as revision,
      ${jsonText(r.config, 'enabled')} as enabled
    from ${page} join ${table(r)} on ${r.triggerId} = ${row} and ${r.createdAt} < ${to}
      and ${r.revision} >= coalesce((
        select max(${b.revision}) from ${table(b)}
        where ${b.triggerId} = ${row} and ${b.createdAt} < ${from}), 0)) s
  order by s.trigger_id, s.revision limit ${sql.raw(String(MOST_SWITCHED))}`,
})
/** Of each what was in force where the span begins, and every change in it: whether it was on from then. */
export async function switches(store: Store, ids: number[], span: Span) {
  const rows = ids.length > 0 ? await store.all(switched({ ...span, rows: ids })) : []
  // One database says 1, the other true.
  return rows.map((it) => ({ ...it, enabled: /^(1|true)$/.test(String(it.enabled)) }))
}

const gaps = statement({
  values: { from: 'instant', to: 'instant' },
  answer: { kind: o.kind, reason: o.reason, startedAt: o.startedAt, endedAt: o.endedAt },
  text: ({ answer, values: { from, to } }) => sql`
  select ${answer} from ${table(o)}
  where ${o.startedAt} < ${to} and (${o.endedAt} is null or ${o.endedAt} >= ${from})
  order by ${o.startedAt} desc limit 200`,
})
/** When nothing could fire, the newest 200 that reach into the span. */
export const outagesWithin = (store: Store, span: Span) => store.all(gaps({ ...span }))
