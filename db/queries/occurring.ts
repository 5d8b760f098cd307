/**
 * Facts become executions: alone, or gathered in a window that *is* the queued row.
 *
 * Promise: what becomes of a page of facts, what was decided of each, and how far the story was matched are one
 * transaction; a page that another server has matched meanwhile, or a call that it has carried, changes nothing.
 */
import { sql } from 'drizzle-orm'
import type { TriggerEvent } from '#lib/contract/trigger-event.ts'
import { isLive } from '../states.ts'
import { alias, answerTo, insert, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { begunNow, type ClaimedRow, withEvents } from './claiming.ts'
import { lockClaims, takeable } from './takeable.ts'
import { evaluated, type NewEvaluation } from './evaluations.ts'
import { type Occurrence, record, rowOf, type Taking } from './firing.ts'
import { addToDay } from './statistics.ts'
import { fence, lockWorkspaces, stillStands } from './story.ts'

const e = alias(t.executions, 'e')
const x = alias(t.executionEvents, 'x')
const tr = alias(t.triggers, 't')

/** How a window gathers what comes after the fact that opened it. */
export interface Window {
  key: string
  /** Null: only its end closes it. */
  quietMs: number | null
  maxEvents: number
  keep: 'all' | 'last'
}
export interface Occurring {
  triggerId: number
  overlap: string
  /** Each must see the one before it. */
  oneByOne: boolean
  occurrence: Occurrence
  window: Window | null
  /** The row of the call that it is, where it is one: it counts no more once somebody else has carried that. */
  openDelivery?: number | null
}
/** What was decided of a fact that comes by itself, and what of it must be said just after that. */
export interface Call {
  evaluation: NewEvaluation
  openDelivery: number | null
  also: readonly Statement[]
}
export interface FactPage {
  workspaceId: number
  occurring: readonly Occurring[]
  evaluations: readonly NewEvaluation[]
  /** Facts that are no part of the story, which came at the same moment. */
  calls?: readonly Call[]
  /** Of the story: what was matched before, and what is now; absent where the facts are no part of it. */
  matched?: { seen: number; upTo: number }
  /** What goes before it, such as runs that its first events call off: what comes after those finds them gone. */
  before?: readonly Statement[]
  /** What else belongs to it, such as the cursor of what was read. */
  also?: readonly Statement[]
}

const gathering = {
  triggerId: 'int',
  window: 'text',
  /** The occurrence that the fact would have opened a window with. */
  key: 'text',
  ...fence,
} as const
type Gathering = { readonly [K in keyof typeof gathering]: ReturnType<typeof sql> }
const isOpen = (row: Gathering) => sql`
  ${e.triggerId} = ${row.triggerId} and ${e.collecting} = ${row.window} and ${isLive(e.status)}
  and ${stillStands(e.workspaceId, row)}`
/** It gathers already: another fact has opened it. */
const takesIn = (row: Gathering) => sql`${isOpen(row)} and ${e.occurrence} <> ${row.key}`

/** One whose time is over gathers no more, though it may still wait for its turn. */
const closeOver = statement({
  values: { now: 'instant' },
  rows: gathering,
  text: ({ page, row, values: { now } }) => sql`
  update ${table(e)} ${set(e, { collecting: sql`null` })}
  from ${page} where ${isOpen(row)} and ${e.availableAt} <= ${now}`,
})
const keepAlso = statement({
  rows: { ...gathering, event: 'json' },
  text: ({ page, row }) => sql`
  ${insert(t.executionEvents, {
    executionId: e.id,
    n: sql`(select coalesce(max(${x.n}), -1) + 1 from ${table(x)} where ${x.executionId} = ${e.id})`,
    event: row.event,
  })}
  from ${page} join ${table(e)} on ${takesIn(row)}`,
})
const keepNewer = statement({
  rows: { ...gathering, event: 'json', occurredAt: 'text' },
  text: ({ page, row, jsonText }) => sql`
  update ${table(x)} ${set(x, { event: row.event })}
  from ${page} join ${table(e)} on ${takesIn(row)}
  where ${x.executionId} = ${e.id} and ${jsonText(x.event, 'occurredAt')} <= ${row.occurredAt}`,
})
const countIn = statement({
  values: { now: 'instant' },
  rows: { ...gathering, quietMs: 'int?', maxEvents: 'int' },
  answer: takeable,
  text: ({ page, row, least, returning, values: { now } }) => {
    const isFull = sql`${e.eventCount} + 1 >= ${row.maxEvents}`
    const closes = least(sql`${e.collectUntil}`, sql`coalesce(${now} + ${row.quietMs}, ${e.collectUntil})`)
    return sql`
  update ${table(e)} ${set(e, {
    eventCount: sql`${e.eventCount} + 1`,
    availableAt: sql`case when ${isFull} then ${now} else ${closes} end`,
    collecting: sql`case when ${isFull} then null else ${e.collecting} end`,
  })}
  from ${page} where ${takesIn(row)}
  ${returning}`
  },
})

/** The log says at once whose it is: what it becomes has no key of its own. */
const belongs = statement({
  rows: gathering,
  text: ({ page, row }) => sql`
  update ${table(t.webhookDeliveries)} ${set(t.webhookDeliveries, { executionId: e.id })}
  from ${page} join ${table(e)} on ${takesIn(row)}
  where ${t.webhookDeliveries.id} = ${row.openDelivery}`,
})

const lookAgainWhereSpent = statement({
  values: { triggerId: 'int' },
  text: ({ values: { triggerId } }) => sql`
  update ${table(t.triggers)} ${set(t.triggers, { dueAt: sql`0` })}
  where ${t.triggers.id} = ${triggerId} and ${t.triggers.enabled}
    and ${t.triggers.plannedRuns} >= ${t.triggers.maxExecutions}`,
})

const more = {
  workspaceId: 'int',
  triggerId: 'int',
  key: 'text',
  count: 'int',
  from: 'instant',
  to: 'instant',
  ...fence,
} as const
const growMissed = statement({
  rows: more,
  text: ({ page, row, least, greatest }) => sql`
  update ${table(e)} ${set(e, {
    missedCount: sql`coalesce(${e.missedCount}, 1) + ${row.count}`,
    missedFrom: least(sql`${e.missedFrom}`, row.from),
    missedTo: greatest(sql`${e.missedTo}`, row.to),
  })}
  from ${page}
  where ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key} and ${stillStands(e.workspaceId, row)}`,
})
const countMore = statement({
  values: { now: 'instant' },
  rows: more,
  text: ({ page, row, day, values: { now } }) => sql`
  ${insert(t.executionDays, {
    workspaceId: tr.workspaceId,
    day: day(now),
    triggerId: tr.id,
    total: sql`0`,
    skipped: sql`0`,
    missed: sql`sum(${row.count})`,
  })}
  from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId}
  where ${stillStands(tr.workspaceId, row)}
  group by ${tr.workspaceId}, ${tr.id}
  ${addToDay('missed')}`,
})
type Missed = Parameters<typeof growMissed>[0]['rows']
/** Rows that stand for missed facts stand for more: for so many, where they were just made for none. */
export const countMissed = (rows: Missed, now: Date): Statement[] => [
  growMissed({ rows }),
  countMore({ rows, now }),
]

const moveCursor = statement({
  values: { workspaceId: 'int', seen: 'int', upTo: 'int' },
  text: ({ values: { workspaceId, seen, upTo } }) => sql`
  update ${table(t.workspaces)} ${set(t.workspaces, { matchedSeq: upTo })}
  where ${t.workspaces.id} = ${workspaceId} and ${t.workspaces.matchedSeq} = ${seen}`,
})

type Held = Occurring & { workspaceId: number; seenSeq: number | null; openDelivery: number | null }

const saidOf = ({ evaluation, openDelivery, also }: Call, now: Date): Statement[] => [
  ...evaluated([evaluation], now, { openDelivery }),
  ...also,
]

function gathered(it: Held & { window: Window }, now: Date): Statement[] {
  const { triggerId, occurrence, seenSeq, openDelivery, window, workspaceId } = it
  const at = { triggerId, window: window.key, key: occurrence.key, seenSeq, openDelivery }
  const [event] = occurrence.events as [TriggerEvent]
  const { occurredAt } = event
  return [
    closeOver({ rows: [at], now }),
    ...record(
      { rows: [rowOf(it, occurrence, now)], supersedes: it.overlap === 'cancel_other' },
      [workspaceId],
      now,
    ),
    window.keep === 'last'
      ? keepNewer({ rows: [{ ...at, event, occurredAt }] })
      : keepAlso({ rows: [{ ...at, event }] }),
    ...(openDelivery === null ? [] : [belongs({ rows: [at] })]),
    countIn({ rows: [{ ...at, quietMs: window.quietMs, maxEvents: window.maxEvents }], now }),
    // The last run that a trigger has keeps it on until it gathers no more, and when that is has just moved.
    ...(occurrence.counts ? [lookAgainWhereSpent({ triggerId })] : []),
  ]
}

/** Those that need not see each other are one round. */
function recorded(all: readonly Held[], workspaceId: number, now: Date, taking: Taking | null): Statement[] {
  const together = all.filter((it) => !it.window && !it.oneByOne)
  const statements =
    together.length > 0
      ? record(
          { rows: together.map((it) => rowOf(it, it.occurrence, now)), supersedes: false },
          [workspaceId],
          now,
          taking,
        )
      : []
  for (const it of all) {
    const { window } = it
    if (window) statements.push(...gathered({ ...it, window }, now))
    else if (it.oneByOne)
      statements.push(
        ...record(
          { rows: [rowOf(it, it.occurrence, now)], supersedes: it.overlap === 'cancel_other' },
          [workspaceId],
          now,
          taking,
        ),
      )
  }
  return statements
}

export interface Recorded {
  /** What was claimed in it. */
  begun: ClaimedRow[]
  /** What a statement of `also` has answered. */
  answerTo<Row>(it: Statement<Row>): Row[]
}
/** Records what became of facts; with `taking`, what may run at once is claimed in it too. */
export async function occur(
  store: Store,
  { workspaceId, occurring, evaluations, matched, calls = [], before = [], also = [] }: FactPage,
  now: Date,
  taking: Taking | null = null,
): Promise<Recorded> {
  const seenSeq = matched?.seen ?? null
  const all = occurring.map((it) => ({ openDelivery: null, ...it, workspaceId, seenSeq }))
  const keys = all
    .filter((it) => !it.window && it.occurrence.status === 'queued')
    .map((it) => ({ triggerId: it.triggerId, key: it.occurrence.key }))
  const begun = taking && keys.length > 0 ? begunNow({ rows: keys, now, owner: taking.owner }) : null
  const statements = [
    lockWorkspaces([workspaceId]),
    ...(taking && all.length > 0 ? [lockClaims()] : []),
    ...before,
    ...recorded(all, workspaceId, now, taking),
    ...evaluated(evaluations, now, { seenSeq }),
    ...also,
    ...calls.flatMap((it) => saidOf(it, now)),
    ...(matched ? [moveCursor({ workspaceId, ...matched })] : []),
    ...(begun ? [begun] : []),
  ]
  const answers = await store.atomically(statements)
  return {
    begun: begun ? await withEvents(store, answerTo(begun, statements, answers)) : [],
    answerTo: (it) => answerTo(it, statements, answers),
  }
}

const became = statement({
  rows: { triggerId: 'int', key: 'text' },
  answer: { id: e.id, triggerId: e.triggerId, key: e.occurrence },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(e)} on ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key}`,
})
/** The executions that facts have become by themselves. */
export const becameAmong = (store: Store, facts: { triggerId: number; key: string }[]) =>
  store.all(became({ rows: facts }))

const lookAgain = statement({
  rows: 'int',
  text: ({ page, row }) => sql`
  update ${table(t.triggers)} ${set(t.triggers, { dueAt: sql`0` })}
  where ${t.triggers.id} in (select ${row} from ${page}) and ${t.triggers.deletedAt} is null`,
})
/** The loop looks at these triggers: their maker may no longer run agents. */
export const planAnew = (triggerIds: readonly number[]): Statement[] =>
  triggerIds.length > 0 ? [lookAgain({ rows: triggerIds })] : []

const ancestors = statement({
  values: { id: 'int', limit: 'int' },
  answer: { id: e.id, triggerName: e.triggerName },
  text: ({ answer, values: { id, limit } }) => sql`
  with recursive line(id, cause, n) as (
    select ${e.id}, ${e.chainCauseId}, 0 from ${table(e)} where ${e.id} = ${id}
    union all
    select ${e.id}, ${e.chainCauseId}, line.n + 1 from line join ${table(e)} on ${e.id} = line.cause
    where line.n < ${limit})
  select ${answer} from line join ${table(e)} on ${e.id} = line.id order by line.n desc`,
})
/** The chain that leads to an execution, from its beginning, as far as it is kept. */
export const chainTo = (store: Store, executionId: number, limit: number) =>
  store.all(ancestors({ id: executionId, limit }))
