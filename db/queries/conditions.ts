/**
 * Conditions: which are due, what is known of them, what their looks have found.
 *
 * Promise: of several servers one looks, by a lease that whoever is alive takes over; what it found is kept only where
 * nobody has looked or edited since, by `fence`, and goes into one transaction with what it fires.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { ConditionWord } from '#lib/contract/condition-trigger.ts'
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

const { conditionStates: states, conditionSamples: samples, triggers } = t
const c = alias(states, 'c')
const d = alias(states, 'd')
const s = alias(samples, 's')
const tr = alias(triggers, 't')

const columns = getTableColumns(states)
const isWatched = sql`${tr.kind} = 'condition' and ${tr.deletedAt} is null and ${tr.enabled} = true`

const waiting = statement({
  values: { now: 'instant', each: 'int' },
  answer: { triggerId: as('int', sql`q.trigger_id`), workspaceId: as('int', sql`q.workspace_id`) },
  text: ({ answer, values: { now, each } }) => sql`
  select ${answer} from (
    select ${d.triggerId}, ${tr.workspaceId}, ${d.nextCheckAt},
      row_number() over (partition by ${tr.workspaceId} order by ${d.nextCheckAt}, ${d.triggerId}) as nth
    from ${table(d)} join ${table(tr)} on ${tr.id} = ${d.triggerId}
    where ${d.nextCheckAt} <= ${now} and (${d.leaseUntil} is null or ${d.leaseUntil} <= ${now})) q
  where q.nth <= ${each} order by q.next_check_at, q.trigger_id`,
})
export type Waiting = RowsOf<typeof waiting>
/** Those that are due and that nobody looks at, the oldest first; of each workspace only so many. */
export const due = (store: Store, it: { now: Date; each: number }): Promise<Waiting[]> =>
  store.all(waiting(it))

const lease = statement({
  values: { now: 'instant', until: 'instant' },
  rows: 'int',
  answer: columns,
  text: ({ returning, skipLocked, page, row, values: { now, until } }) => sql`
  update ${table(states)} ${set(states, { leaseUntil: until, fence: sql`${states.fence} + 1` })}
  where ${states.triggerId} in (
    select ${d.triggerId} from ${table(d)}
    where ${d.triggerId} in (select ${row} from ${page})
      and ${d.nextCheckAt} <= ${now} and (${d.leaseUntil} is null or ${d.leaseUntil} <= ${now})
    ${skipLocked})
  ${returning}`,
})
export type ConditionRow = RowsOf<typeof lease>
/** Of these the ones that are still due, for whoever asks first, until then. */
export async function leased(
  store: Store,
  { triggerIds, ...it }: { triggerIds: number[]; now: Date; until: Date },
): Promise<ConditionRow[]> {
  return triggerIds.length === 0 ? [] : store.all(lease({ ...it, rows: triggerIds }))
}

const next = statement({
  values: { now: 'instant', after: 'instant' },
  answer: { at: c.nextCheckAt },
  text: ({ answer, values: { now, after } }) => sql`
  select ${answer} from ${table(c)}
  where ${c.nextCheckAt} is not null and ${c.nextCheckAt} > ${after}
    and (${c.leaseUntil} is null or ${c.leaseUntil} <= ${now})
  order by ${c.nextCheckAt} limit 1`,
})
/** When one is due next that nobody looks at; `after`: of those that are due later. */
export async function nextCheck(store: Store, now: Date, after = new Date(0)): Promise<Date | null> {
  const [row] = await store.all(next({ now, after }))
  return row?.at == null ? null : new Date(row.at)
}

const seed = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  ${insert(states, { triggerId: tr.id, nextCheckAt: now })}
  from ${table(tr)} where ${isWatched} and not exists (
    select 1 from ${table(c)} where ${c.triggerId} = ${tr.id})
  on conflict do nothing`,
})
/** Of one that was off, and of one that a clock from days to come has put off. */
const wakeLost = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  update ${table(states)} ${set(states, { nextCheckAt: now })}
  where (${states.nextCheckAt} is null or ${states.lastCheckedAt} > ${now})
    and exists (select 1 from ${table(tr)} where ${tr.id} = ${states.triggerId} and ${isWatched})`,
})
/** Whatever wrote the triggers, people or plain SQL: those that are on are looked at. */
export const followTriggers = (store: Store, now: Date) =>
  store.atomically([seed({ now }), wakeLost({ now })])

const sow = statement({
  values: { triggerId: 'int', now: 'instant' },
  text: ({ values: { triggerId, now } }) => sql`
  ${insert(states, { triggerId, nextCheckAt: now })} where true
  on conflict (${name(states.triggerId)}) do update
  ${set(states, { nextCheckAt: now, leaseUntil: sql`null`, fence: sql`${states.fence} + 1` })}`,
})
/** It was made or changed: what a look that is under way finds is of what was. */
export const wake = (store: Store, triggerId: number, now: Date) =>
  store.atomically([sow({ triggerId, now })])

const sleep = statement({
  values: { triggerId: 'int', fence: 'int' },
  text: ({ values: { triggerId, fence } }) => sql`
  update ${table(states)} ${set(states, { nextCheckAt: sql`null`, leaseUntil: sql`null` })}
  where ${states.triggerId} = ${triggerId} and ${states.fence} = ${fence}`,
})
/** Its trigger is off, or not to be read. */
export const putToSleep = (store: Store, { triggerId, fence }: Pick<ConditionRow, 'triggerId' | 'fence'>) =>
  store.atomically([sleep({ triggerId, fence })])

const { nextCheckAt, leaseUntil: _, ...known } = columns
const keep = statement({
  values: { ...known, nextCheckAt },
  text: ({ values: { triggerId, fence, ...found } }) => sql`
  update ${table(states)} ${set(states, { ...found, leaseUntil: sql`null` })}
  where ${states.triggerId} = ${triggerId} and ${states.fence} = ${fence}`,
})
/** Of a look that is nobody's any more there is no trigger: that refuses the transaction as a whole. */
const sample = statement({
  values: {
    ...{ triggerId: 'int', fence: 'int', at: 'instant', value: 'text?', state: 'text', error: 'text?' },
    ...{ source: 'text', print: 'text?', fresh: 'int?' },
  },
  text: ({ values: { triggerId, fence, ...found } }) => sql`
  ${insert(samples, {
    triggerId: sql`(select ${c.triggerId} from ${table(c)} where ${c.triggerId} = ${triggerId} and ${c.fence} = ${fence})`,
    ...found,
  })} where true on conflict do nothing`,
})
export type Found = Omit<ConditionRow, 'leaseUntil'>
/** By which what was read is judged again later: see `conditions/recorded.ts`. */
export interface SampledOf {
  source: string
  print: string | null
  fresh: number | null
}
/** What a look found, for the transaction of what it fires; all of that is refused where it is nobody's any more. */
export const found = (it: Found, at: Date, of: SampledOf): Statement[] => [
  sample({
    ...of,
    triggerId: it.triggerId,
    fence: it.fence,
    at,
    value: it.lastError === null ? it.lastValue : null,
    state: it.state,
    error: it.lastError,
  }),
  keep(it),
]
const stillOwn = statement({
  values: { triggerId: 'int', fence: 'int' },
  answer: { fence: c.fence },
  text: ({ answer, values: { triggerId, fence } }) =>
    sql`select ${answer} from ${table(c)} where ${c.triggerId} = ${triggerId} and ${c.fence} = ${fence}`,
})
/** Nobody has looked, edited or deleted it since. */
export const isOwn = async (store: Store, { triggerId, fence }: Pick<ConditionRow, 'triggerId' | 'fence'>) =>
  (await store.all(stillOwn({ triggerId, fence }))).length > 0

const among = statement({
  rows: 'int',
  answer: getTableColumns(c),
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(c)} on ${c.triggerId} = ${row}`,
})
/** What is known of these. */
export async function statesOf(store: Store, triggerIds: number[]): Promise<Map<number, ConditionRow>> {
  if (triggerIds.length === 0) return new Map()
  return new Map((await store.all(among({ rows: triggerIds }))).map((it) => [it.triggerId, it]))
}

export interface Sample {
  at: number
  /** JSON. */
  value: string | null
  state: ConditionWord
  error: string | null
}
const list = statement({
  values: { triggerId: 'int', from: 'instant?', to: 'instant?', limit: 'int' },
  answer: { at: s.at, value: s.value, state: s.state, error: s.error },
  text: ({ answer, values: { triggerId, from, to, limit } }) => sql`
  select ${answer} from ${table(s)}
  where ${s.triggerId} = ${triggerId} and ${s.at} >= coalesce(${from}, 0)
    and (${to} is null or ${s.at} <= ${to})
  order by ${s.at} desc limit ${limit}`,
})
/** The newest first. */
export const samplesOf = (
  store: Store,
  triggerId: number,
  { from, to, limit }: { from: Date | null; to: Date | null; limit: number },
): Promise<Sample[]> => store.all(list({ triggerId, from, to, limit }))

const recorded = statement({
  values: { triggerId: 'int', source: 'text', from: 'instant', to: 'instant', limit: 'int' },
  answer: { at: s.at, value: s.value, error: s.error, print: s.print, fresh: s.fresh },
  text: ({ answer, values: { triggerId, source, from, to, limit } }) => sql`
  select ${answer} from ${table(s)}
  where ${s.triggerId} = ${triggerId} and ${s.source} = ${source} and ${s.at} between ${from} and ${to}
  order by ${s.at} limit ${limit}`,
})
export type RecordedLook = RowsOf<typeof recorded>
/** What the looks at a source have found, the oldest first. */
export const recordedOf = (
  store: Store,
  it: { triggerId: number; source: string; from: Date; to: Date; limit: number },
): Promise<RecordedLook[]> => store.all(recorded(it))

const inWorkspace = statement({
  values: { workspaceId: 'int' },
  answer: { id: tr.id, kind: tr.kind, config: tr.config },
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.kind} = 'condition' and ${tr.deletedAt} is null
  order by ${tr.id} desc`,
})
/** The newest first. */
export const conditionsOf = (store: Store, workspaceId: number) => store.all(inWorkspace({ workspaceId }))

const note = statement({
  values: { executionId: 'int', text: 'text', at: 'instant' },
  text: ({ values: { executionId, text, at } }) => sql`
  ${insert(t.executionSteps, { executionId, n: sql`0`, attempt: sql`1`, at, kind: sql`'say'`, text })}
  where true on conflict do nothing`,
})
/** A step of a run that has not begun, before all that it will say itself. */
export const noteBefore = (executionId: number, text: string, at: Date): Statement =>
  note({ executionId, text, at })

const PRUNE_PAGE = 500
const oldest = (limit: SQL, where: SQL) => sql`
  delete from ${table(samples)} where (${samples.triggerId}, ${samples.at}) in (
    select ${s.triggerId}, ${s.at} from ${table(s)} where ${where} limit ${limit})`
const dropOld = statement({
  values: { before: 'instant', limit: 'int' },
  answer: { at: samples.at },
  text: ({ returning, values: { before, limit } }) => sql`
  ${oldest(limit, sql`${s.at} < ${before}`)} ${returning}`,
})
const dropBeyond = statement({
  values: { triggerId: 'int', most: 'int', limit: 'int' },
  answer: { at: samples.at },
  text: ({ returning, values: { triggerId, most, limit } }) => sql`
  ${oldest(
    limit,
    sql`${s.triggerId} = ${triggerId} and ${s.at} <= (
      select u.at from condition_samples u
      where u.trigger_id = ${triggerId} order by u.at desc limit 1 offset ${most})`,
  )} ${returning}`,
})
const watched = statement({
  answer: { triggerId: c.triggerId },
  text: ({ answer }) => sql`select ${answer} from ${table(c)}`,
})
/** In pages, so that nobody waits for it. */
export async function pruneSamples(store: Store, { before, most }: { before: Date; most: number }) {
  await inPages(() => store.all(dropOld({ before, limit: PRUNE_PAGE })))
  for (const { triggerId } of await store.all(watched()))
    await inPages(() => store.all(dropBeyond({ triggerId, most, limit: PRUNE_PAGE })))
}
async function inPages(drop: () => Promise<unknown[]>): Promise<void> {
  while ((await drop()).length === PRUNE_PAGE) await new Promise<void>((resolve) => setImmediate(resolve))
}
