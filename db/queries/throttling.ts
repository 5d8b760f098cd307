/**
 * throttle: a trigger starts only so often.
 *
 * Promise: never more than `count` starts in `perSeconds`, whatever a run has waited for before. So it is judged twice:
 * when something fires, by the starts that were and those that are planned, which says what is skipped and when the
 * rest may expect its turn; and when it is taken, by the starts that really were, under the claims' lock. What is not
 * let go then waits, and is not dropped. Runs that a person asks for, and further attempts, are no starts.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { isLive, status } from '../states.ts'
import { alias, type Reading, set, statement, t, table } from '../statement.ts'
import type { Phrases, Store } from '../store.ts'
import { lockClaims, takeable } from './takeable.ts'

const e = alias(t.executions, 'e')
const planned = alias(t.executions, 'planned')
const earlier = alias(t.executions, 'earlier')
const start = alias(t.executions, 'start')
const tr = alias(t.triggers, 't')

type Words = Pick<Phrases, 'jsonText' | 'greatest' | 'least'>
type Limited = Record<'id' | 'throttle', SQLWrapper>

const limitOf = ({ throttle }: Limited, jsonText: Words['jsonText'], name: 'count' | 'perSeconds') =>
  sql`cast(${jsonText(throttle, name)} as bigint)`

type Start = Record<'startedAt' | 'requestedBy' | 'cancelRequestedAt', SQLWrapper>
/**
 * One of those that a trigger fired by itself, and that have started since then. What was called off before is taken
 * only to be ended.
 */
const hasStarted = (it: Start & { triggerId: SQLWrapper }, trigger: SQLWrapper, since: SQL) => sql`
  ${it.triggerId} = ${trigger} and ${it.startedAt} > ${since} and ${it.requestedBy} is null
  and (${it.cancelRequestedAt} is null or ${it.cancelRequestedAt} > ${it.startedAt})`

/** It would be the first start of what its trigger fired by itself. */
const isFirstStart = (it: Start) =>
  sql`${it.startedAt} is null and ${it.requestedBy} is null and ${it.cancelRequestedAt} is null`

/**
 * When a trigger may start again that may start only so often: the last start but so many, and the time after it, with
 * what waits as if it started as soon as it could. Null where it may at any time, and where a person asks. What gathers
 * starts when its window closes, and only starts before that count; it is put off then and not sooner, so that it
 * closes when it is full.
 */
export function mayStartAt(
  of: Limited,
  {
    row,
    now,
    jsonText,
    greatest,
    least,
  }: Words & { row: Record<'requestedBy' | 'collecting' | 'availableAt', SQL>; now: SQL },
): SQL {
  const per = sql`1000 * ${limitOf(of, jsonText, 'perSeconds')}`
  return sql`case when ${of.throttle} is not null and ${row.requestedBy} is null
    and (${row.collecting} is null or ${jsonText(of.throttle, 'excess')} = 'skip') then (
    select s.at + ${per} from (
      select x.at, row_number() over (order by x.at desc) as nth from (
        select ${least(sql`${e.startedAt}`, now)} as at from ${table(e)}
        where ${hasStarted(e, of.id, sql`${now} - ${per}`)}
        union all
        select ${greatest(sql`${planned.availableAt}`, now)} from ${table(planned)}
        where ${planned.triggerId} = ${of.id} and ${isLive(planned.status)} and ${isFirstStart(planned)}) x
      where ${row.collecting} is null or x.at <= ${row.availableAt}) s
    where s.nth = ${limitOf(of, jsonText, 'count')}) end`
}

/** What could be taken now if its trigger might start at any time. */
const isDue = (it: Start & Record<'status' | 'held' | 'availableAt', SQLWrapper>, now: SQL) => sql`
  ${isLive(it.status)} and ${it.status} = ${status('queued')} and not ${it.held} and ${it.availableAt} <= ${now}
  and ${isFirstStart(it)}`

/**
 * Whether a run may be let go now: with those of its trigger that started and those that stand before it, there are
 * not more than may start.
 */
export const mayStartNow = (
  it: Start & Record<'id' | 'triggerId' | 'rank', SQLWrapper>,
  { jsonText, now }: Pick<Words, 'jsonText'> & { now: SQL },
): SQL => {
  const since = sql`${now} - 1000 * ${limitOf(tr, jsonText, 'perSeconds')}`
  return sql`(not (${isFirstStart(it)}) or not exists (
    select 1 from ${table(tr)} where ${tr.id} = ${it.triggerId} and ${tr.throttle} is not null and (
      select count(*) from ${table(start)} where ${hasStarted(start, tr.id, since)}) + (
      select count(*) from ${table(earlier)}
      where ${earlier.triggerId} = ${tr.id} and ${isDue(earlier, now)}
        and (${earlier.rank} < ${it.rank} or (${earlier.rank} = ${it.rank} and ${earlier.id} < ${it.id})))
    >= ${limitOf(tr, jsonText, 'count')}))`
}

const putOffLimited = statement({
  values: { now: 'instant' },
  rows: 'int',
  answer: takeable,
  text: ({ page, row, jsonText, least, skipLocked, returning, values: { now } }) => {
    const limited = sql`(
      select ${tr.id} from ${table(tr)}
      where ${tr.workspaceId} in (select ${row} from ${page}) and ${tr.throttle} is not null)`
    return sql`
  with due as materialized (
    select ${e.id} as id, ${e.triggerId} as trigger_id, ${e.rank} as rank from ${table(e)}
    where ${e.triggerId} in ${limited} and ${isDue(e, now)} ${skipLocked}),
  waiting as materialized (
    select due.id, due.trigger_id, ${limitOf(tr, jsonText, 'count')} as most, 1000 * ${limitOf(tr, jsonText, 'perSeconds')} as per,
      row_number() over (partition by due.trigger_id order by due.rank, due.id) - 1 as nth
    from due join ${table(tr)} on ${tr.id} = due.trigger_id),
  starts as materialized (
    select q.trigger_id, ${least(sql`${e.startedAt}`, now)} as at,
      row_number() over (partition by q.trigger_id order by ${e.startedAt} desc) as nth
    from (select distinct trigger_id, per from waiting) q join ${table(e)}
      on ${hasStarted(e, sql`q.trigger_id`, sql`${now} - q.per`)})
  update ${table(t.executions)} ${set(t.executions, {
    availableAt: sql`later.at`,
    collecting: sql`null`,
  })}
  from (
    select w.id as whose, coalesce(s.at + w.per, ${now}) + (w.nth / w.most) * w.per as at
    from waiting w left join starts s on s.trigger_id = w.trigger_id and s.nth = w.most - w.nth % w.most) later
  where ${t.executions.id} = later.whose and later.at > ${now}
  ${returning}`
  },
})
/** What is due and may not start yet waits until it may: before it is taken, or anything is set aside for it. */
export const putOff = (workspaceIds: number[], now: Date | Reading) =>
  putOffLimited({ rows: workspaceIds, now })
export const putOffNow = (store: Store, workspaceIds: number[], now: Date) =>
  store.atomically([lockClaims(), putOff(workspaceIds, now)])

const bring = statement({
  values: { triggerId: 'int', jitterSeconds: 'int', now: 'instant' },
  answer: takeable,
  text: ({ least, greatest, returning, values: { triggerId, jitterSeconds, now } }) => {
    const wanted = sql`coalesce(${e.scheduledFor}, ${e.queuedAt}) + 1000 * ${jitterSeconds}`
    return sql`
  update ${table(e)} ${set(e, {
    availableAt: least(sql`${e.availableAt}`, greatest(now, wanted)),
  })}
  where ${e.triggerId} = ${triggerId} and ${isLive(e.status)} and ${e.status} = ${status('queued')}
    and ${e.availableAt} > ${now} and ${e.collecting} is null and ${isFirstStart(e)}
  ${returning}`
  },
})
/** For a trigger that may start otherwise from now on: what was put off is judged anew when its turn comes. */
export const bringForward = (
  { id: triggerId, jitterSeconds }: { id: number; jitterSeconds: number },
  now: Date,
) => [lockClaims(), bring({ triggerId, jitterSeconds, now })] as const
