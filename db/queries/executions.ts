/** History: reads only. What changes an execution is in firing, claiming and settling. */
import { getTableColumns, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { By } from '#lib/contract/by.ts'
import type { EffectOfRun, Execution, ExecutionDetail, Status, Step } from '#lib/contract/execution.ts'
import { JUDGED } from '#lib/contract/states.ts'
import type { TriggerEvent } from '#lib/contract/trigger-event.ts'
import { containing } from '../containing.ts'
import {
  alias,
  as,
  oneOf,
  orNull,
  type RowsOf,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import { isEnded, isOneOf, status } from '../states.ts'
import type { Phrases, Store } from '../store.ts'
import { deliveryState, deliveryStateOf } from './deliveries.ts'

const e = alias(t.executions, 'e')
const revision = alias(t.triggerRevisions, 'r')
const step = alias(t.executionSteps, 's')
const tr = alias(t.triggers, 't')
const x = alias(t.executionEvents, 'x')

const { availableAt, cancelReason, held, rank, slot, seenToAt, ...columns } = getTableColumns(e)
const shown = { ...columns, delivery: deliveryStateOf(e) }

type Row = Omit<ExecutionRow, 'config'>

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export const toExecution = (row: Row): Execution => ({
  id: row.id,
  workspaceId: row.workspaceId,
  triggerId: row.triggerId,
  triggerName: row.triggerName,
  agentId: row.agentId,
  kind: row.kind,
  occurrence: row.occurrence,
  scheduledFor: iso(row.scheduledFor),
  queuedAt: new Date(row.queuedAt).toISOString(),
  startedAt: iso(row.startedAt),
  completedAt: iso(row.completedAt),
  durationMs: row.durationMs,
  latenessMs: row.latenessMs,
  attempt: row.attempt,
  isCatchup: row.isCatchup,
  retryOf: row.retryOf,
  requestedBy: row.requestedBy === null ? null : (JSON.parse(row.requestedBy) as By),
  status: row.status,
  reason: row.reason,
  reasonCode: row.reasonCode,
  cancelRequested: row.cancelRequestedAt !== null,
  output: row.output,
  error: row.error,
  tokensUsed: row.tokensUsed,
  cost: row.cost,
  agentRevision: row.agentRevision,
  model: row.model,
  tokensIn: row.tokensIn,
  tokensOut: row.tokensOut,
  tokensCached: row.tokensCached,
  staged: row.staged,
  tainted: row.tainted,
  deliveryStatus: deliveryState(row.delivery),
  waitingFor: row.status === 'waiting' ? row.reason : null,
  missedFrom: iso(row.missedFrom),
  missedTo: iso(row.missedTo),
  missedCount: row.missedCount,
  eventCount: row.eventCount,
  chain: { rootId: row.chainRootId, causeId: row.chainCauseId, depth: row.chainDepth },
})

export interface HistoryFilter {
  status?: Status[] | undefined
  triggerId?: number | undefined
  kind?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  q?: string | undefined
}
/** Where a page ended: the row's place in the order. */
export interface Place {
  queuedAt: number
  id: number
}

type Page = Record<'triggerId' | 'kind' | 'words' | 'limit', SQL>
type Span = Record<'beforeAt' | 'beforeId' | 'fromAt' | 'fromId', SQL>
/**
 * Before one place of the order, and from another one on. Both are compared without a cast and alone bound the
 * instant: so SQLite walks the index by both columns from there, and not from where the filter begins.
 */
const within = ({ beforeAt, beforeId, fromAt, fromId }: Span) => sql`
  (${e.queuedAt}, ${e.id}) < (${beforeAt}, ${beforeId}) and (${e.queuedAt}, ${e.id}) >= (${fromAt}, ${fromId})`
const filtered = ({ triggerId, kind, words, limit }: Page, span: Span, lower: Phrases['lower']) => {
  const has = (it: SQLWrapper) => sql`${lower(it)} like ${words} escape '\\'`
  return sql`
    and (${triggerId} is null or ${e.triggerId} = ${triggerId})
    and (${kind} is null or ${e.kind} = ${kind})
    and (${words} is null or ${has(e.triggerName)}
      or ${has(sql`coalesce(${e.output}, '')`)} or ${has(sql`coalesce(${e.error}, '')`)})
    and ${within(span)}
  order by ${e.queuedAt} desc, ${e.id} desc limit ${limit}`
}

const span = {
  workspaceId: 'int',
  beforeAt: 'instant',
  beforeId: 'int',
  fromAt: 'instant',
  fromId: 'int',
} as const
const page = { ...span, triggerId: 'int?', kind: 'text?', words: 'text?', limit: 'int' } as const
const ofOne = { ...page, triggerId: 'int', status: 'text?' } as const
const ofStatus = { ...page, status: 'text' } as const
interface Walk<Names extends string> {
  values: Readonly<Record<Names, SQL>>
  bare: Readonly<Record<Names, SQL>>
  lower: Phrases['lower']
}
// One text for each index that can carry the page: by workspace, by trigger, by status.
const ofAll = ({ values, bare, lower }: Walk<keyof typeof page>) => sql`
  from ${table(e)} where ${e.workspaceId} = ${values.workspaceId} ${filtered(values, bare, lower)}`
const ofThatTrigger = ({ values, bare, lower }: Walk<keyof typeof ofOne>) => sql`
  from ${table(e)}
  where ${e.workspaceId} = ${values.workspaceId} and ${e.triggerId} = ${values.triggerId}
    and (${values.status} is null or ${e.status} = ${values.status}) ${filtered(values, bare, lower)}`
const ofThatStatus = ({ values, bare, lower }: Walk<keyof typeof ofStatus>) => sql`
  from ${table(e)}
  where ${e.workspaceId} = ${values.workspaceId} and ${e.status} = ${values.status} ${filtered(values, bare, lower)}`

const LISTS = {
  newest: statement({
    values: page,
    answer: shown,
    text: ({ answer, ...it }) => sql`select ${answer} ${ofAll(it)}`,
  }),
  ofTrigger: statement({
    values: ofOne,
    answer: shown,
    text: ({ answer, ...it }) => sql`select ${answer} ${ofThatTrigger(it)}`,
  }),
  byStatus: statement({
    values: ofStatus,
    answer: shown,
    text: ({ answer, ...it }) => sql`select ${answer} ${ofThatStatus(it)}`,
  }),
}
const some = { n: as('int', sql`count(*)`) }
const COUNTS = {
  newest: statement({
    values: page,
    answer: some,
    text: ({ answer, ...it }) => sql`select ${answer} from (select 1 as one ${ofAll(it)}) found`,
  }),
  ofTrigger: statement({
    values: ofOne,
    answer: some,
    text: ({ answer, ...it }) => sql`select ${answer} from (select 1 as one ${ofThatTrigger(it)}) found`,
  }),
  byStatus: statement({
    values: ofStatus,
    answer: some,
    text: ({ answer, ...it }) => sql`select ${answer} from (select 1 as one ${ofThatStatus(it)}) found`,
  }),
}

const sum = { n: as('int', sql`coalesce(sum(found.n), 0)`) }
const others = sql`select coalesce(${e.missedCount}, 1) - 1 as n`
const GAPS = {
  ofTrigger: statement({
    values: ofOne,
    answer: sum,
    text: ({ answer, ...it }) => sql`select ${answer} from (${others} ${ofThatTrigger(it)}) found`,
  }),
  byStatus: statement({
    values: ofStatus,
    answer: sum,
    text: ({ answer, ...it }) => sql`select ${answer} from (${others} ${ofThatStatus(it)}) found`,
  }),
}

/** How many rows are looked through at a time for what no index holds: words, and the kind. */
const SLICE = 5_000
const sliceEnd = statement({
  values: { ...span, slice: 'int' },
  answer: { queuedAt: e.queuedAt, id: e.id },
  text: ({ answer, bare, values: { workspaceId, slice } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.workspaceId} = ${workspaceId} and ${within(bare)}
  order by ${e.queuedAt} desc, ${e.id} desc limit 1 offset ${slice}`,
})

const isStillMissed = (workspaceId: SQL, span: Span) => sql`
  ${e.workspaceId} = ${workspaceId} and ${e.status} = ${status('missed')} and ${within(span)}
    and ${e.seenToAt} is null`
const stillMissed = statement({
  values: { ...span, limit: 'int' },
  answer: shown,
  text: ({ answer, bare, values: { workspaceId, limit } }) => sql`
  select ${answer} from ${table(e)} where ${isStillMissed(workspaceId, bare)}
  order by ${e.queuedAt} desc, ${e.id} desc limit ${limit}`,
})
const manyMissed = statement({
  values: { ...span, most: 'int' },
  answer: some,
  text: ({ answer, bare, values: { workspaceId, most } }) => sql`
  select ${answer} from (
    select 1 as one from ${table(e)} where ${isStillMissed(workspaceId, bare)} limit ${most}) found`,
})
/** What was missed since then and nobody has seen to, newest first. */
export const missedSince = async (
  store: Store,
  { workspaceId, since, limit }: { workspaceId: number; since: Date; limit: number },
): Promise<Execution[]> =>
  (await store.all(stillMissed({ ...spanOf(workspaceId, NEWEST, startOf(since)), limit }))).map(toExecution)

/** How many those are, counted up to `most`. */
export async function countMissedSince(
  store: Store,
  { workspaceId, since, most }: { workspaceId: number; since: Date; most: number },
): Promise<number> {
  const [row] = await store.all(manyMissed({ ...spanOf(workspaceId, NEWEST, startOf(since)), most }))
  return row?.n ?? 0
}

const NEWEST: Place = { queuedAt: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
const newestFirst = (a: Place, b: Place) => b.queuedAt - a.queuedAt || b.id - a.id
/** Ids begin at 1: no row of this instant comes before it, and every earlier one does. */
const startOf = (instant: Date): Place => ({ queuedAt: instant.getTime(), id: 0 })
const spanOf = (workspaceId: number, before: Place, from: Place) => ({
  workspaceId,
  beforeAt: before.queuedAt,
  beforeId: before.id,
  fromAt: from.queuedAt,
  fromId: from.id,
})

type Stretch = ReturnType<typeof spanOf>
/** Of what lies in a span, each status asked for is its own walk through the index. */
function walks<Answer extends Statement>(
  by: { [K in keyof typeof LISTS]: (...it: Parameters<(typeof LISTS)[K]>) => Answer },
  span: Stretch,
  { status: wanted, triggerId, kind, q }: HistoryFilter,
  limit: number,
): Answer[] {
  const values = { ...span, kind: kind ?? null, words: containing(q), limit }
  return (wanted ?? [null]).map((status) => {
    if (triggerId) return by.ofTrigger({ ...values, triggerId, status })
    const all = { ...values, triggerId: null }
    return status ? by.byStatus({ ...all, status }) : by.newest(all)
  })
}

/**
 * The stretches of a history that a filter is looked for in, newest first. What no index holds is looked for slice by
 * slice, with the event loop free in between, however long the history in which nothing fits.
 */
async function* stretches(
  store: Store,
  workspaceId: number,
  filter: HistoryFilter,
  place: Place | null,
): AsyncGenerator<Stretch> {
  const oldest = startOf(filter.from ?? new Date(0))
  const ends = [place ?? NEWEST, filter.to ? startOf(filter.to) : NEWEST].sort(newestFirst)
  let before = ends[1] as Place
  if (containing(filter.q) === null && filter.kind === undefined) {
    yield spanOf(workspaceId, before, oldest)
    return
  }
  for (;;) {
    const [end] = await store.all(sliceEnd({ ...spanOf(workspaceId, before, oldest), slice: SLICE }))
    yield spanOf(workspaceId, before, end ?? oldest)
    if (!end) return
    before = end
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** A page of history, newest first, after `place`. */
export async function list(
  store: Store,
  workspaceId: number,
  filter: HistoryFilter,
  place: Place | null,
  limit: number,
): Promise<Execution[]> {
  const found: Row[] = []
  for await (const span of stretches(store, workspaceId, filter, place)) {
    const left = limit - found.length
    const pages = await Promise.all(walks(LISTS, span, filter, left).map((it) => store.all(it)))
    found.push(...pages.flat().sort(newestFirst).slice(0, left))
    if (found.length >= limit) break
  }
  return found.map(toExecution)
}

/** How many fit, counted up to `most`. */
export async function count(
  store: Store,
  workspaceId: number,
  filter: HistoryFilter,
  most: number,
): Promise<number> {
  let found = 0
  for await (const span of stretches(store, workspaceId, filter, null)) {
    const counts = await Promise.all(walks(COUNTS, span, filter, most - found).map((it) => store.all(it)))
    found += counts.flat().reduce((sum, it) => sum + it.n, 0)
    if (found >= most) return most
  }
  return found
}

/** What may stand for several instants in one row; few have such rows, and they are short. */
const MAY_STAND_FOR_MANY: readonly Status[] = ['missed', 'skipped']
/** How many instants those that fit stand for, beside the one that each row is. */
export async function countBeside(
  store: Store,
  workspaceId: number,
  { status: wanted = [...MAY_STAND_FOR_MANY], triggerId, ...filter }: HistoryFilter,
  limit: number,
): Promise<number> {
  const statuses = wanted.filter((it) => MAY_STAND_FOR_MANY.includes(it))
  let found = 0
  if (statuses.length === 0) return found
  for await (const span of stretches(store, workspaceId, filter, null)) {
    const values = { ...span, kind: filter.kind ?? null, words: containing(filter.q), limit }
    const sums = await Promise.all(
      statuses.map((status) =>
        store.all(
          triggerId
            ? GAPS.ofTrigger({ ...values, triggerId, status })
            : GAPS.byStatus({ ...values, triggerId: null, status }),
        ),
      ),
    )
    found += sums.flat().reduce((all, it) => all + it.n, 0)
  }
  return found
}

const byId = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: { ...shown, config: orNull(revision.config) },
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(e)}
    left join ${table(revision)}
      on ${revision.triggerId} = ${e.triggerId} and ${revision.revision} = ${e.triggerRevision}
  where ${e.workspaceId} = ${workspaceId} and ${e.id} = ${id}`,
})
/** One execution's row, with the JSON of the configuration it ran with. */
export type ExecutionRow = RowsOf<typeof byId>
export async function find(store: Store, workspaceId: number, id: number): Promise<ExecutionRow | null> {
  const [row] = await store.all(byId({ workspaceId, id }))
  return row ?? null
}

const among = statement({
  rows: 'int',
  answer: { id: e.id },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(e)} on ${e.id} = ${row} where ${isEnded(e.status)}`,
})
/** Those that have ended. */
export const endedAmong = async (store: Store, ids: number[]): Promise<number[]> =>
  (await store.all(among({ rows: ids }))).map((it) => it.id)

const stepsOf = statement({
  values: { id: 'int' },
  answer: {
    n: step.n,
    attempt: step.attempt,
    at: step.at,
    kind: step.kind,
    text: step.text,
    data: step.data,
  },
  text: ({ answer, values: { id } }) =>
    sql`select ${answer} from ${table(step)} where ${step.executionId} = ${id} order by ${step.n} limit 2000`,
})

const MOST_FACTS = 100
const newestFacts = statement({
  values: { id: 'int', limit: 'int' },
  answer: { event: x.event },
  text: ({ answer, values: { id, limit } }) => sql`
  select ${answer} from ${table(x)} where ${x.executionId} = ${id} order by ${x.n} desc limit ${limit}`,
})
const causedBy = statement({
  values: { id: 'int', limit: 'int' },
  answer: {
    id: e.id,
    triggerId: e.triggerId,
    triggerName: e.triggerName,
    status: oneOf<Status>(sql`${e.status}`),
  },
  text: ({ answer, values: { id, limit } }) => sql`
  select ${answer} from ${table(e)} where ${e.chainCauseId} = ${id} order by ${e.id} limit ${limit}`,
})

/** Plain SQL may have written any text: it is then shown as it is. */
function readable(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return json
  }
}

/** Of the steps that tell of an effect, the last word about each. */
function effectsIn(steps: Step[]): EffectOfRun[] {
  const byNumber = new Map<number, EffectOfRun>()
  for (const { data } of steps) {
    const it = data as (Partial<EffectOfRun> & { effect?: string; n?: number }) | null
    if (!it?.effect || it.effect === 'read' || typeof it.n !== 'number') continue
    const { n, tool = '', arguments: given = null, state = 'unknown', key = null, approvalId = null } = it
    byNumber.set(n, { n, tool, arguments: given, state, key, approvalId })
  }
  return [...byNumber.values()].sort((a, b) => a.n - b.n)
}

/** The detail, with the configuration as its row keeps it: instants in milliseconds, JSON as text. */
export type Kept = Omit<ExecutionDetail, 'config'> & { config: Record<string, unknown> }
export async function get(store: Store, workspaceId: number, id: number): Promise<Kept | null> {
  const row = await find(store, workspaceId, id)
  if (!row) return null
  const [steps, facts, caused] = await Promise.all([
    store.all(stepsOf({ id })),
    row.eventCount === null ? [] : store.all(newestFacts({ id, limit: MOST_FACTS })),
    store.all(causedBy({ id, limit: MOST_FACTS })),
  ])
  const events = facts.reverse().map((it) => JSON.parse(it.event) as TriggerEvent)
  const told = steps.map(
    (it): Step => ({
      ...it,
      at: new Date(it.at).toISOString(),
      data: it.data ? (JSON.parse(it.data) as unknown) : null,
    }),
  )
  const config = row.config ? (JSON.parse(row.config) as Record<string, unknown>) : {}
  const context = row.context ?? (config.context as string | undefined) ?? '{}'
  return {
    ...toExecution(row),
    // What waits in the queue is no server's yet, whatever mark it bears there.
    owner: row.status === 'queued' ? null : row.owner,
    outcome: row.outcome ? (JSON.parse(row.outcome) as unknown) : null,
    config: { ...config, context: readable(context) },
    steps: told,
    effects: effectsIn(told),
    event: events.at(-1) ?? null,
    events,
    caused,
  }
}

const earlier = statement({
  values: { triggerId: 'int', at: 'instant', id: 'int', judged: 'flag' },
  answer: { id: e.id },
  text: ({ answer, bare, values: { triggerId, judged } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${triggerId} and (${e.queuedAt}, ${e.id}) < (${bare.at}, ${bare.id})
    and (not ${judged} or ${isOneOf(e.status, JUDGED)})
  order by ${e.queuedAt} desc, ${e.id} desc limit 1`,
})
const later = statement({
  values: { triggerId: 'int', at: 'instant', id: 'int' },
  answer: { id: e.id },
  text: ({ answer, bare, values: { triggerId } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${triggerId} and (${e.queuedAt}, ${e.id}) > (${bare.at}, ${bare.id})
  order by ${e.queuedAt}, ${e.id} limit 1`,
})
/** The runs of the same trigger on either side of one, and the last one before it that came to an end of its own. */
export async function beside(
  store: Store,
  { triggerId, queuedAt: at, id }: Pick<ExecutionRow, 'triggerId' | 'queuedAt' | 'id'>,
): Promise<{ earlier: number | null; later: number | null; compared: number | null }> {
  const [[before], [after], [compared]] = await Promise.all([
    store.all(earlier({ triggerId, at, id, judged: false })),
    store.all(later({ triggerId, at, id })),
    store.all(earlier({ triggerId, at, id, judged: true })),
  ])
  return { earlier: before?.id ?? null, later: after?.id ?? null, compared: compared?.id ?? null }
}

const ask = statement({
  values: { workspaceId: 'int', id: 'int', reason: 'text', now: 'instant' },
  answer: { id: e.id },
  text: ({ returning, values: { workspaceId, id, reason, now } }) => sql`
  update ${table(e)} ${set(e, {
    cancelRequestedAt: sql`coalesce(${e.cancelRequestedAt}, ${now})`,
    cancelReason: sql`coalesce(${e.cancelReason}, ${reason})`,
  })}
  where ${e.id} = ${id} and ${e.workspaceId} = ${workspaceId} and ${e.status} = ${status('running')}
  ${returning}`,
})
/** Asks a running execution to stop; its owner reads the row. False when it does not run. */
export async function askToStop(
  store: Store,
  workspaceId: number,
  id: number,
  reason: string,
  now: Date,
): Promise<boolean> {
  const [asked] = await store.atomically([ask({ workspaceId, id, reason, now })])
  return asked.length > 0
}

const overdueIn = statement({
  values: { workspaceId: 'int', before: 'instant' },
  answer: { scheduleId: tr.id, name: tr.name, dueAt: as('instant', tr.dueAt) },
  text: ({ answer, values: { workspaceId, before } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.dueAt} <= ${before} and ${tr.dueAt} > 0
    and ${tr.nextRunAt} is not null and ${tr.deletedAt} is null
  order by ${tr.dueAt} limit 200`,
})
/** Triggers whose instant has passed without a trace so far (the guide's `getDueSchedules`). */
export const overdue = (store: Store, workspaceId: number, before: Date) =>
  store.all(overdueIn({ workspaceId, before }))

const keyed = statement({
  rows: { triggerId: 'int', key: 'text' },
  answer: { occurrence: e.occurrence, status: oneOf<Status>(sql`${e.status}`) },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(e)} on ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key}`,
})
/** What became of each of a trigger's occurrences; none of one that has no row. */
export async function statesOf(
  store: Store,
  triggerId: number,
  occurrences: string[],
): Promise<Map<string, Status>> {
  const rows = await store.all(keyed({ rows: occurrences.map((key) => ({ triggerId, key })) }))
  return new Map(rows.map((it) => [it.occurrence, it.status]))
}
