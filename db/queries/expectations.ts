/**
 * Results that are due: opened, found missing, and come after all.
 *
 * Promise: what is told of one is written in the transaction that changes its row, and changes it once, however many
 * servers look. Whether a result came in time is read from the history and nothing else.
 */
import { sql } from 'drizzle-orm'
import type { Execution, Status } from '#lib/contract/execution.ts'
import type { ExpectationState } from '#lib/contract/expectation.ts'
import { alias, answerTo, as, insert, oneOf, type RowsOf, set, statement, t, table } from '../statement.ts'
import { status } from '../states.ts'
import type { Store } from '../store.ts'
import { fact, listens, owed } from './owing.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

const x = alias(t.expectations, 'x')
const tr = alias(t.triggers, 't')
const e = alias(t.executions, 'e')
const done = alias(t.executions, 'done')
const first = alias(t.executions, 'first')
const ev = alias(t.executionEvents, 'ev')
const w = alias(t.workspaces, 'w')

const isAwaited = sql`${x.state} in ('open', 'missed')`
const expectingNow = statement({
  answer: {
    id: tr.id,
    workspaceId: tr.workspaceId,
    kind: tr.kind,
    timezone: tr.timezone,
    cronExpression: tr.cronExpression,
    everySeconds: tr.everySeconds,
    at: tr.at,
    config: tr.config,
    startsAt: tr.startsAt,
    endsAt: tr.endsAt,
    createdAt: tr.createdAt,
    enabled: tr.enabled,
    pausedAt: tr.pausedAt,
    problem: tr.problem,
    expect: tr.expect,
    expectedUpTo: tr.expectedUpTo,
    updatedAt: tr.updatedAt,
    /** Those for which any success would do, that are open or were missed. */
    awaited: as(
      'int',
      sql`(select count(*) from ${table(x)} where ${x.triggerId} = ${tr.id} and ${x.anyRun} and ${isAwaited})`,
    ),
    deletedAt: tr.deletedAt,
    lastSuccessId: as('int?', lastSuccess(e.id)),
    lastSuccessAt: as('instant?', lastSuccess(e.completedAt)),
  },
  text: ({ answer }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.expect} is not null or ${tr.expectedUpTo} is not null order by ${tr.id}`,
})
function lastSuccess(of: typeof e.id | typeof e.completedAt) {
  return sql`(select ${of} from ${table(e)} where ${e.triggerId} = ${tr.id} and ${e.status} = ${status('success')}
    and not ${e.staged} order by ${e.queuedAt} desc, ${e.id} desc limit 1)`
}
export type Expecting = RowsOf<typeof expectingNow>
/** Of which results are expected, or were until just now. */
export const expecting = (store: Store): Promise<Expecting[]> => store.all(expectingNow())

const startedSince = statement({
  values: { triggerId: 'int', since: 'instant', after: 'int', limit: 'int' },
  answer: { id: e.id, occurrence: e.occurrence, queuedAt: e.queuedAt, event: as('text?', sql`${ev.event}`) },
  text: ({ answer, values: { triggerId, since, after, limit } }) => sql`
  select ${answer} from ${table(e)} join ${table(tr)} on ${tr.id} = ${e.triggerId} and ${tr.kind} = ${e.kind}
    left join ${table(ev)} on ${ev.executionId} = ${e.id} and ${ev.n} = 0
  where ${e.triggerId} = ${triggerId} and ${e.id} > ${after} and ${e.queuedAt} > ${since}
    and ${e.status} <> ${status('success')}
    and not exists (select 1 from ${table(x)} where ${x.triggerId} = ${triggerId} and ${x.occurrence} = ${e.occurrence})
  order by ${e.id} limit ${limit}`,
})
export type Started = RowsOf<typeof startedSince>
/** What facts have become since an instant and has not succeeded, where nobody has noted yet what is expected of it. */
export const startedBy = (
  store: Store,
  it: { triggerId: number; since: Date; after: number; limit: number },
): Promise<Started[]> => store.all(startedSince(it))

export interface NewExpectation {
  occurrence: string
  n: number
  anyRun: boolean
  /** Of those for which any success would do, the one with which it begins. */
  isFirst: boolean
  plannedAt: number
  dueBy: number
}
const asSeen = { triggerId: 'int', seen: 'instant?' } as const
const add = statement({
  values: asSeen,
  rows: {
    ...{ occurrence: 'text', n: 'int', anyRun: 'flag', isFirst: 'flag' },
    ...{ plannedAt: 'instant', dueBy: 'instant' },
  },
  text: ({ page, row: { isFirst, ...row }, values: { triggerId, seen } }) => sql`
  ${insert(t.expectations, { ...row, workspaceId: tr.workspaceId, triggerId: tr.id, state: sql`'open'` })}
  from ${page} join ${table(tr)} on ${tr.id} = ${triggerId} and ${tr.expectedUpTo} is not distinct from ${seen}
  where not (${row.anyRun} and exists (
    select 1 from ${table(x)} where ${x.triggerId} = ${triggerId} and ${x.n} = ${row.n} and ${x.anyRun}
      and (${x.plannedAt} >= ${row.plannedAt} or (${isFirst} and ${isAwaited}))))
  on conflict do nothing`,
})
const advance = statement({
  values: { ...asSeen, upTo: 'instant?' },
  text: ({ values: { triggerId, seen, upTo } }) => sql`
  update ${table(t.triggers)} ${set(t.triggers, { expectedUpTo: upTo })}
  where ${t.triggers.id} = ${triggerId} and ${t.triggers.expectedUpTo} is not distinct from ${seen}`,
})
/** Writes down what is due of a trigger up to an instant, where nobody else did since it was `seen`. */
export async function open(
  store: Store,
  { rows, ...it }: { triggerId: number; seen: number | null; upTo: Date | null; rows: NewExpectation[] },
): Promise<void> {
  await store.atomically([...(rows.length > 0 ? [add({ ...it, rows })] : []), advance(it)])
}

const forget = statement({
  values: { triggerId: 'int', all: 'flag' },
  text: ({ values: { triggerId, all } }) => sql`
  delete from ${table(x)} where ${x.triggerId} = ${triggerId} and ${x.state} = 'open' and (${all} or ${x.anyRun})`,
})
/** Nothing more is expected of it. `all`: neither of what was planned already. */
export async function close(
  store: Store,
  { all, ...it }: { triggerId: number; seen: number | null; all: boolean },
): Promise<void> {
  await store.atomically([forget({ triggerId: it.triggerId, all }), advance({ ...it, upTo: null })])
}

/** How long before its instant a run may have been written that stands for it. */
const EARLIEST_MS = 86_400_000
const isSuccess = sql`${done.triggerId} = ${x.triggerId} and ${done.status} = ${status('success')}
  and not ${done.staged}`
const isOfItself = sql`(${done.occurrence} in (${x.occurrence}, 'backfill:' || ${x.occurrence})
  or ${done.retryOf} in (select ${first.id} from ${table(first)}
    where ${first.triggerId} = ${x.triggerId} and ${first.occurrence} = ${x.occurrence}))`
/** A result came in time. */
const isMet = sql`exists (select 1 from ${table(done)} where ${isSuccess} and ${done.completedAt} <= ${x.dueBy}
  and ${done.queuedAt} >= ${x.plannedAt} - ${sql.raw(String(EARLIEST_MS))}
  and case when ${x.anyRun} then ${done.completedAt} > ${x.plannedAt} else ${isOfItself} end)`
/** Somebody meant it not to run. */
const isLeftOut = sql`exists (select 1 from ${table(e)} where ${e.triggerId} = ${x.triggerId}
  and ${e.status} = ${status('skipped')} and ${e.reasonCode} in ('paused', 'disabled', 'calendar', 'condition')
  and (${e.occurrence} = ${x.occurrence}
    or (${e.queuedAt} >= ${x.plannedAt} and ${e.missedFrom} <= ${x.plannedAt} and ${e.missedTo} >= ${x.plannedAt})))`

const settle = statement({
  values: { keptFrom: 'instant' },
  text: ({ values: { keptFrom } }) => sql`
  delete from ${table(x)} where (${x.state} <> 'open' and ${x.dueBy} < ${keptFrom})
    or (${x.state} = 'open' and (${isMet} or (not ${x.anyRun} and ${isLeftOut})))`,
})
/** Those that were met, that nobody wants any more, or that are old news are gone. */
export async function settleMet(store: Store, keptFrom: Date): Promise<void> {
  await store.atomically([settle({ keptFrom })])
}

const run = {
  executionId: as('int?', sql`${e.id}`),
  status: oneOf<Status | null>(sql`${e.status}`),
  reason: e.reason,
  reasonCode: oneOf<Execution['reasonCode']>(sql`${e.reasonCode}`),
  error: e.error,
  completedAt: e.completedAt,
}
const item = {
  id: x.id,
  workspaceId: x.workspaceId,
  triggerId: x.triggerId,
  occurrence: x.occurrence,
  anyRun: x.anyRun,
  plannedAt: x.plannedAt,
  dueBy: x.dueBy,
  timezone: tr.timezone,
}
/** The newest run that stands for it, or the row that stands for its instant among others. */
const newestRun = sql`(
  select ${done.id} from ${table(done)} where ${done.triggerId} = ${x.triggerId}
    and ${done.queuedAt} >= ${x.plannedAt} - ${sql.raw(String(EARLIEST_MS))}
    and (${x.anyRun} or ${isOfItself} or (${done.missedFrom} <= ${x.plannedAt} and ${done.missedTo} >= ${x.plannedAt}))
  order by ${done.id} desc limit 1)`
const overdueBy = statement({
  values: { by: 'instant', limit: 'int' },
  answer: { ...item, ...run },
  text: ({ answer, values: { by, limit } }) => sql`
  select ${answer} from ${table(x)} join ${table(tr)} on ${tr.id} = ${x.triggerId}
    left join ${table(e)} on ${e.id} = ${newestRun}
  where ${x.state} = 'open' and ${x.dueBy} <= ${by} order by ${x.dueBy}, ${x.id} limit ${limit}`,
})
export type Overdue = RowsOf<typeof overdueBy>
export const overdue = (store: Store, by: Date, limit: number): Promise<Overdue[]> =>
  store.all(overdueBy({ by, limit }))

const came = alias(t.executions, 'came')
const comeAfterAll = statement({
  values: { limit: 'int' },
  answer: {
    ...item,
    executionId: x.executionId,
    known: x.known,
    missedAt: x.missedAt,
    by: as('int', sql`${e.id}`),
  },
  text: ({ answer, values: { limit } }) => sql`
  select ${answer} from ${table(x)} join ${table(tr)} on ${tr.id} = ${x.triggerId}
    join ${table(e)} on ${e.id} = (select min(${came.id}) from ${table(came)}
      where ${came.triggerId} = ${x.triggerId} and ${came.status} = ${status('success')} and not ${came.staged}
        and ${came.queuedAt} >= ${x.plannedAt} - ${sql.raw(String(EARLIEST_MS))} and ${came.completedAt} > ${x.dueBy})
  where ${x.state} = 'missed' order by ${x.id} limit ${limit}`,
})
export type ComeAfterAll = RowsOf<typeof comeAfterAll>
/** Missed, and since then a run of the trigger has succeeded. */
export const recovered = (store: Store, limit: number): Promise<ComeAfterAll[]> =>
  store.all(comeAfterAll({ limit }))

const changing = { id: 'int', from: 'text' } as const
const tell = statement({
  values: {
    ...changing,
    now: 'instant',
    type: 'text',
    factType: 'text',
    fact: 'json',
    data: 'json',
    executionId: 'int?',
  },
  text: ({ values: { id, from, now, type, factType, fact, data, executionId } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, x.id),
    at: now,
    type,
    triggerId: x.triggerId,
    executionId,
    data,
    factType,
    fact,
  })}
  from ${table(x)} join ${table(w)} on ${w.id} = ${x.workspaceId} where ${x.id} = ${id} and ${x.state} = ${from}`,
})
/** What is owed of it to whoever listens: see `owing.ts`. */
const owe = statement({
  values: { ...changing, now: 'instant', state: 'text', words: 'text' },
  text: ({ values: { id, from, now, state, words } }) =>
    owed({
      fact: {
        ...{ workspaceId: x.workspaceId, triggerId: x.triggerId, now, words },
        facts: fact('expectation'),
      },
      subject: sql`'expectation:' || ${x.id} || ':' || ${state}`,
      heard: listens('expectation'),
      from: sql`from ${table(x)}`,
      where: sql`${x.id} = ${id} and ${x.state} = ${from}`,
    }),
})
const mark = statement({
  values: {
    ...changing,
    state: 'text',
    known: 'text?',
    executionId: 'int?',
    missedAt: 'instant?',
    recoveredAt: 'instant?',
  },
  answer: { id: x.id },
  text: ({ returning, values: { id, from, ...it } }) => sql`
  update ${table(x)} ${set(x, it)} where ${x.id} = ${id} and ${x.state} = ${from} ${returning}`,
})
export interface Turn {
  id: number
  workspaceId: number
  from: ExpectationState
  state: 'missed' | 'recovered'
  known: string | null
  executionId: number | null
  missedAt: Date
  recoveredAt: Date | null
  /** As triggers hear it. */
  fact: object
}
const saidOf = ({ state, known }: Pick<Turn, 'state' | 'known'>) =>
  state === 'recovered'
    ? 'The result that was expected has come after all.'
    : (known ?? 'No result has come.')

/** False where somebody else was first. */
export async function turn(store: Store, { workspaceId, fact, ...it }: Turn, now: Date): Promise<boolean> {
  const marked = mark(it)
  const told = {
    ...it,
    now,
    fact,
    type: `expectation:${it.state}`,
    factType: `expectation.${it.state}`,
    data: { expectationId: it.id },
  }
  const words = saidOf(it)
  const statements = [
    lockWorkspaces([workspaceId]),
    tell(told),
    countEvents([workspaceId]),
    owe({ ...it, now, words }),
    marked,
  ]
  const answers = await store.atomically(statements)
  return answerTo(marked, statements, answers).length > 0
}

const listed = statement({
  values: { workspaceId: 'int', triggerId: 'int?', state: 'text?', before: 'int?', limit: 'int' },
  answer: {
    id: x.id,
    triggerId: x.triggerId,
    triggerName: tr.name,
    executionId: as(
      'int?',
      sql`coalesce(${x.executionId}, (select ${e.id} from ${table(e)}
        where ${e.triggerId} = ${x.triggerId} and ${e.occurrence} = ${x.occurrence}))`,
    ),
    occurrence: x.occurrence,
    anyRun: x.anyRun,
    dueBy: x.dueBy,
    state: x.state,
    known: x.known,
    missedAt: x.missedAt,
    recoveredAt: x.recoveredAt,
  },
  text: ({ answer, values: { workspaceId, triggerId, state, before, limit } }) => sql`
  select ${answer} from ${table(x)} join ${table(tr)} on ${tr.id} = ${x.triggerId}
  where ${x.workspaceId} = ${workspaceId} and (${triggerId} is null or ${x.triggerId} = ${triggerId})
    and (${state} is null or ${x.state} = ${state}) and (${before} is null or ${x.id} < ${before})
  order by ${x.id} desc limit ${limit}`,
})
/** The newest first. */
export const list = (
  store: Store,
  workspaceId: number,
  it: {
    triggerId?: number | undefined
    state?: ExpectationState | undefined
    before?: number | undefined
    limit: number
  },
) =>
  store.all(
    listed({
      workspaceId,
      triggerId: it.triggerId ?? null,
      state: it.state ?? null,
      before: it.before ?? null,
      limit: it.limit,
    }),
  )
