/**
 * What triggers decided of facts and looks, so that each of them has left its trace.
 *
 * Promise: it is written in the transaction of what came of it; equal neighbours are one row with a count.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'
import { alias, as, insert, type RowsOf, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { fence, stillStands } from './story.ts'

const v = alias(t.evaluations, 'v')
const newest = alias(t.evaluations, 'newest')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')

export interface NewEvaluation {
  triggerId: number
  source: string | null
  eventId: number | null
  deliveryId: string | null
  value: unknown
  verdict: EvaluationVerdict
  reason: string | null
  /** The comparisons that were made. */
  trace: readonly unknown[]
  /** The key of the execution that it became, if any. */
  occurrence: string | null
  /** Equal ones that it stands for, of which it is the last; absent: itself. */
  count?: number
}

/** What became of a fact by itself is told by itself. */
const APART: readonly EvaluationVerdict[] = ['fired', 'collected', 'duplicate']
/** One row of the history stands for many. */
const isOfGap = (verdict: EvaluationVerdict) => verdict === 'paused' || verdict === 'missed'
/** Whether they are equal neighbours of a trigger: one row, with a count. */
export const foldsInto = (a: NewEvaluation, b: NewEvaluation) =>
  !APART.includes(a.verdict) &&
  a.verdict === b.verdict &&
  a.reason === b.reason &&
  a.source === b.source &&
  (!isOfGap(a.verdict) || a.occurrence === b.occurrence)

interface Folded extends NewEvaluation {
  count: number
  /** Of its trigger: it may be equal to what is there. */
  isFirst: boolean
  ord: number
}
function folded(rows: readonly NewEvaluation[]): Folded[] {
  const all: Folded[] = []
  for (const [, own] of Map.groupBy(rows, (it) => it.triggerId)) {
    let last: Folded | null = null
    for (const it of own) {
      const { count = 1 } = it
      if (last && foldsInto(last, it)) {
        Object.assign(last, it, { count: last.count + count })
        continue
      }
      last = { ...it, count, isFirst: last === null, ord: all.length }
      all.push(last)
    }
  }
  return all
}

const columns = {
  triggerId: 'int',
  source: 'text?',
  eventId: 'int?',
  deliveryId: 'text?',
  value: 'json',
  verdict: 'text',
  reason: 'text?',
  trace: 'json',
  occurrence: 'text?',
  count: 'int',
  ...fence,
} as const
/** What came in a pause that the history has told of already is no neighbour of what comes in the next. */
const isSamePause = (row: { occurrence: ReturnType<typeof sql> }) => sql`
  (${v.verdict} not in ('paused', 'missed') or ${v.occurrence} is not distinct from ${row.occurrence})`
const newestOf = (triggerId: ReturnType<typeof sql>) => sql`
  (select max(${newest.id}) from ${table(newest)} where ${newest.triggerId} = ${triggerId})`

const fold = statement({
  values: { now: 'instant' },
  rows: columns,
  answer: { triggerId: v.triggerId, verdict: v.verdict },
  text: ({ page, row, values: { now }, returning }) => sql`
  update ${table(v)} ${set(v, {
    count: sql`${v.count} + ${row.count}`,
    lastAt: now,
    eventId: row.eventId,
    deliveryId: row.deliveryId,
    value: row.value,
    trace: row.trace,
  })}
  from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId}
  where ${stillStands(tr.workspaceId, row)} and ${v.id} = ${newestOf(row.triggerId)}
    and ${v.verdict} = ${row.verdict}
    and ${v.reason} is not distinct from ${row.reason} and ${v.source} is not distinct from ${row.source}
    and ${isSamePause(row)}
  ${returning}`,
})
// The throttle, and the maximum of runs, are known to the database only.
const MADE = ['fired', 'collected'] as const
const madeOf = (row: Record<'verdict' | 'occurrence', ReturnType<typeof sql>>) => sql`case
  when ${row.verdict} in (${sql.join(
    MADE.map((it) => sql.raw(`'${it}'`)),
    sql`, `,
  )}) then coalesce((
    select case ${e.reasonCode} when 'rate_limited' then 'rate_limited' when 'disabled' then 'paused' end
    from ${table(e)} where ${e.triggerId} = ${tr.id} and ${e.occurrence} = ${row.occurrence}), ${row.verdict})
  else ${row.verdict} end`
const add = statement({
  values: { now: 'instant' },
  rows: { ...columns, ord: 'int', isFirst: 'flag' },
  answer: { verdict: t.evaluations.verdict, count: t.evaluations.count },
  text: ({ page, row, values: { now }, returning }) => sql`
  ${insert(t.evaluations, {
    triggerId: tr.id,
    firstAt: now,
    lastAt: now,
    count: row.count,
    source: row.source,
    eventId: row.eventId,
    deliveryId: row.deliveryId,
    value: row.value,
    verdict: madeOf(row),
    reason: row.reason,
    trace: row.trace,
    occurrence: row.occurrence,
  })}
  from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId}
  where ${stillStands(tr.workspaceId, row)} and not (${row.isFirst} and ${row.verdict} not in ('fired', 'collected', 'duplicate') and exists (
    select 1 from ${table(v)} where ${v.id} = ${newestOf(row.triggerId)} and ${v.lastAt} = ${now}
      and ${v.verdict} = ${row.verdict} and ${v.reason} is not distinct from ${row.reason}
      and ${v.source} is not distinct from ${row.source}
      and ${isSamePause(row)}))
  order by ${row.ord}
  ${returning}`,
})

const MOST_SHOWN = 1024
/** Of what was compared, so much as somebody reads. */
const shownOf = (value: unknown) => {
  const json = value === undefined ? undefined : JSON.stringify(value)
  return json === undefined || json.length <= MOST_SHOWN
    ? value
    : `${json.slice(0, MOST_SHOWN).toWellFormed()}…`
}
const cut = (it: unknown) => {
  if (typeof it !== 'object' || it === null) return it
  const look = it as Record<string, unknown>
  return { ...look, expected: shownOf(look.expected), actual: shownOf(look.actual) }
}

/** The statements that keep them, after those that made what came of them. */
export function evaluated(
  rows: readonly NewEvaluation[],
  now: Date,
  { seenSeq = null, openDelivery = null }: Partial<Record<keyof typeof fence, number | null>> = {},
): Statement[] {
  if (rows.length === 0) return []
  const all = folded(rows).map((it) => ({ ...it, trace: it.trace.map(cut), seenSeq, openDelivery }))
  const mayFold = all.filter((it) => it.isFirst && !APART.includes(it.verdict))
  return [...(mayFold.length > 0 ? [fold({ rows: mayFold, now })] : []), add({ rows: all, now })]
}

const [FOLD] = fold({ rows: [], now: 0 })
const [ADD] = add({ rows: [], now: 0 })
/** What was decided in a transaction, as it was kept. */
function decidedIn(statements: readonly Statement[], answers: readonly unknown[][]) {
  return statements.flatMap(([of, values], n) => {
    const rows = answers[n] ?? []
    if (of === ADD) return rows as RowsOf<typeof add>[]
    if (of !== FOLD) return []
    const counts = new Map((values.rows as Folded[]).map((it) => [it.triggerId, it.count]))
    return (rows as RowsOf<typeof fold>[]).map(({ triggerId, verdict }) => ({
      verdict,
      count: counts.get(triggerId) ?? 0,
    }))
  })
}
/** The same store, which tells what triggers decided once it is kept. */
export const tellingDecisions = (
  store: Store,
  hear: (verdict: EvaluationVerdict, count: number) => void,
): Store => ({
  ...store,
  async atomically(statements) {
    const answers = await store.atomically(statements)
    for (const { verdict, count } of decidedIn(statements, answers as unknown[][])) hear(verdict, count)
    return answers
  },
})

const many = statement({
  values: { most: 'int' },
  answer: { triggerId: v.triggerId },
  text: ({ answer, values: { most } }) => sql`
  select ${answer} from ${table(v)} group by ${v.triggerId} having count(*) > ${most}`,
})
// What a pause has held back is still to be told as one row; and that an event was gathered, which may have left no
// other trace, keeps it from being run again for as long as it can be.
const dropBeyond = statement({
  values: { triggerId: 'int', most: 'int', gatheredBefore: 'instant', limit: 'int' },
  answer: { id: t.evaluations.id },
  text: ({ returning, values: { triggerId, most, gatheredBefore, limit } }) => sql`
  delete from ${table(t.evaluations)} where ${t.evaluations.id} in (
    select ${v.id} from ${table(v)}
    where ${v.triggerId} = ${triggerId} and not (${v.verdict} = 'paused' and ${v.occurrence} is null)
      and not (${v.verdict} = 'collected' and ${v.lastAt} >= ${gatheredBefore})
      and ${v.id} <= (
        select ${newest.id} from ${table(newest)} where ${newest.triggerId} = ${triggerId}
        order by ${newest.id} desc limit 1 offset ${most})
    order by ${v.id} limit ${limit})
  ${returning}`,
})
// What a pause has held back between looks of another kind is many rows: those that would go are one from then on.
const isUntold = (it: typeof v) => sql`${it.verdict} = 'paused' and ${it.occurrence} is null`
const untoldBeyond = (triggerId: SQL, most: SQL) => sql`
  from ${table(v)} where ${v.triggerId} = ${triggerId} and ${isUntold(v)} and ${v.id} <= (
    select ${newest.id} from ${table(newest)} where ${newest.triggerId} = ${triggerId}
    order by ${newest.id} desc limit 1 offset ${most})`
const gatherUntold = statement({
  values: { triggerId: 'int', most: 'int' },
  text: ({ values: { triggerId, most } }) => sql`
  update ${table(t.evaluations)} ${set(t.evaluations, {
    count: sql`held.total`,
    firstAt: sql`held.first_at`,
    lastAt: sql`held.last_at`,
  })}
  from (select max(${v.id}) as newest_id, sum(${v.count}) as total, min(${v.firstAt}) as first_at,
      max(${v.lastAt}) as last_at ${untoldBeyond(triggerId, most)}) held
  where ${t.evaluations.id} = held.newest_id`,
})
const dropGathered = statement({
  values: { triggerId: 'int', most: 'int' },
  answer: { id: t.evaluations.id },
  text: ({ returning, values: { triggerId, most } }) => sql`
  delete from ${table(t.evaluations)} where ${t.evaluations.id} in (select ${v.id} ${untoldBeyond(triggerId, most)})
    and ${t.evaluations.id} < (select max(${v.id}) ${untoldBeyond(triggerId, most)})
  ${returning}`,
})
const PRUNE_PAGE = 500
/**
 * Of each trigger the newest stay; `gatheredBefore`: no event of that time is kept. In pages, so that nobody waits for
 * it.
 */
export async function pruneEvaluations(
  store: Store,
  { most, gatheredBefore }: { most: number; gatheredBefore: Date },
): Promise<void> {
  for (const { triggerId } of await store.all(many({ most }))) {
    await store.atomically([gatherUntold({ triggerId, most }), dropGathered({ triggerId, most })])
    for (let dropped = PRUNE_PAGE; dropped === PRUNE_PAGE; ) {
      const [rows] = await store.atomically([
        dropBeyond({ triggerId, most, gatheredBefore, limit: PRUNE_PAGE }),
      ])
      dropped = rows.length
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
}

const listed = statement({
  values: {
    triggerId: 'int',
    verdict: 'text?',
    from: 'instant?',
    to: 'instant?',
    before: 'int?',
    limit: 'int',
  },
  answer: {
    id: v.id,
    firstAt: v.firstAt,
    lastAt: v.lastAt,
    count: v.count,
    source: v.source,
    eventId: v.eventId,
    deliveryId: v.deliveryId,
    value: v.value,
    verdict: v.verdict,
    reason: v.reason,
    trace: v.trace,
    executionId: as(
      'int?',
      sql`(select ${e.id} from ${table(e)} where ${e.triggerId} = ${v.triggerId} and ${e.occurrence} = ${v.occurrence})`,
    ),
  },
  text: ({ answer, values: { triggerId, verdict, from, to, before, limit } }) => sql`
  select ${answer} from ${table(v)}
  where ${v.triggerId} = ${triggerId} and (${verdict} is null or ${v.verdict} = ${verdict})
    and (${from} is null or ${v.lastAt} >= ${from}) and (${to} is null or ${v.firstAt} <= ${to})
    and (${before} is null or ${v.id} < ${before})
  order by ${v.id} desc limit ${limit}`,
})
export type EvaluationRow = RowsOf<typeof listed>
/** The newest first. */
export const list = (
  store: Store,
  triggerId: number,
  it: {
    verdict?: string | null
    from?: Date | null
    to?: Date | null
    before?: number | null
    limit: number
  },
): Promise<EvaluationRow[]> =>
  store.all(
    listed({
      triggerId,
      verdict: it.verdict ?? null,
      from: it.from ?? null,
      to: it.to ?? null,
      before: it.before ?? null,
      limit: it.limit,
    }),
  )

const gathered = statement({
  values: { triggerId: 'int' },
  rows: 'int',
  answer: { eventId: v.eventId },
  text: ({ page, row, answer, values: { triggerId } }) => sql`
  select ${answer} from ${page} join ${table(v)}
    on ${v.triggerId} = ${triggerId} and ${v.eventId} = ${row} and ${v.verdict} = 'collected'`,
})
/** Those of the events that a window of the trigger has taken in: they have no execution of their own. */
export const gatheredAmong = async (
  store: Store,
  triggerId: number,
  eventIds: number[],
): Promise<Set<number | null>> =>
  new Set((await store.all(gathered({ triggerId, rows: eventIds }))).map((it) => it.eventId))
