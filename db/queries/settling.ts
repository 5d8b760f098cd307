/**
 * settle: what becomes of an execution after its claim is recorded and told: it ends, is put off, is parked
 * for a person, is put back.
 *
 * Promise: outcome, chat message, events and counters are written together or not at all, and only by the
 * current owner: every statement carries the guard, and the one that changes the execution comes after all
 * that read it.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Status } from '#lib/contract/states.ts'
import { isLive, status } from '../states.ts'
import { alias, answerTo, insert, names, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { takeable } from './takeable.ts'
import { type Entry, guard, type Held, held, mustBeLegal } from './entries.ts'
import { heed, isTold } from './incidents.ts'
import { unheld } from './locks.ts'
import { fact, listens, owed } from './owing.ts'
import { lockWorkspaces } from './story.ts'
import { addToDay } from './statistics.ts'
import { told } from './telling.ts'

const { triggers } = t
const e = alias(t.executions, 'e')
const waiting = alias(t.executions, 'h')
const tr = alias(triggers, 't')
const a = alias(t.approvals, 'a')
const i = alias(t.incidents, 'i')
const of = alias(t.incidents, 'o')
const before = alias(t.executions, 'b')
const n = alias(t.triggerNotes, 'n')
const memory = alias(t.triggerMemory, 'excluded')

const used = {
  tokensUsed: 'int',
  cost: 'real',
  agentRevision: 'int?',
  model: 'text?',
  tokensIn: 'int',
  tokensOut: 'int',
  tokensCached: 'int',
  tainted: 'flag',
} as const
type UsedFields = Readonly<Record<keyof typeof used, SQL>>
/** What did not run just now keeps what it had used before. */
const usedBy = (row: UsedFields & Pick<Held, 'from'>) => {
  const ran = (it: keyof typeof used) =>
    sql`case when ${row.from} = ${status('running')} then ${row[it]} else ${e[it]} end`
  return Object.fromEntries(Object.keys(used).map((it) => [it, ran(it as keyof typeof used)])) as UsedFields
}

/** What it used has taken the place of what was kept for it, or it begins anew. */
const nothingReserved = { reservedTokens: sql`null`, reservedCost: sql`null` }

const counted = { ...held, status: 'text', durationMs: 'int?' } as const
const sumOf = (column: SQL, it: Status) => sql`sum(case when ${column} = ${status(it)} then 1 else 0 end)`
/** What was skipped after all did not run: it is counted as such, and no run of its trigger. */
const count = statement({
  values: { now: 'instant' },
  rows: { ...counted, tokensUsed: 'int' },
  text: ({ page, row, day, values: { now } }) => sql`
  ${insert(t.executionDays, {
    workspaceId: e.workspaceId,
    day: day(sql`coalesce(${e.startedAt}, ${now})`),
    triggerId: e.triggerId,
    total: sql`sum(case when ${row.status} = ${status('skipped')} then 0 else 1 end)`,
    success: sumOf(row.status, 'success'),
    failed: sumOf(row.status, 'failed'),
    cancelled: sumOf(row.status, 'cancelled'),
    skipped: sumOf(row.status, 'skipped'),
    durationMs: sql`sum(coalesce(${row.durationMs}, 0))`,
    tokensUsed: sql`sum(case when ${row.from} = ${status('running')} then ${row.tokensUsed} else ${e.tokensUsed} end)`,
  })}
  from ${page} join ${table(e)} on ${guard(row)} and not ${e.staged}
  group by 1, 2, 3
  ${addToDay('total', 'success', 'failed', 'cancelled', 'skipped', 'durationMs', 'tokensUsed')}`,
})

const countForTrigger = statement({
  rows: { ...counted, countsAsFailure: 'flag' },
  text: ({ page, row }) => sql`
  update ${table(triggers)} ${set(triggers, {
    lastRunAt: sql`coalesce(${e.startedAt}, ${triggers.lastRunAt})`,
    lastStatus: row.status,
    lastExecutionId: e.id,
    totalRuns: sql`${triggers.totalRuns} + 1`,
    successfulRuns: sql`${triggers.successfulRuns} + case when ${row.status} = ${status('success')} then 1 else 0 end`,
    failedRuns: sql`${triggers.failedRuns} + case when ${row.status} = ${status('failed')} then 1 else 0 end`,
    durationMs: sql`${triggers.durationMs} + coalesce(${row.durationMs}, 0)`,
    consecutiveFailures: sql`case when ${row.status} = ${status('success')} then 0
      when ${row.countsAsFailure} then ${triggers.consecutiveFailures} + 1 else ${triggers.consecutiveFailures} end`,
  })}
  from ${page}, ${table(e)}
  where ${triggers.id} = ${e.triggerId} and ${guard(row)} and ${row.status} <> ${status('skipped')} and not ${e.staged}`,
})

const settle = statement({
  values: { now: 'instant' },
  rows: {
    ...held,
    status: 'text',
    reason: 'text?',
    reasonCode: 'text?',
    output: 'text?',
    outcome: 'json',
    error: 'text?',
    ...used,
    durationMs: 'int?',
  },
  answer: { id: e.id },
  text: ({ page, row, returning, values: { now } }) => sql`
  update ${table(e)} ${set(e, {
    status: row.status,
    reason: row.reason,
    reasonCode: row.reasonCode,
    output: row.output,
    outcome: row.outcome,
    error: row.error,
    ...usedBy(row),
    ...nothingReserved,
    durationMs: row.durationMs,
    completedAt: now,
    slot: sql`null`,
    held: sql`false`,
    collecting: sql`null`,
  })}
  from ${page}
  where ${guard(row)}
  ${returning}`,
})

/** What a success has its trigger keep for the next run: a failure does not move it. */
const keepNotes = statement({
  values: { now: 'instant' },
  rows: { ...held, notes: 'text?', tainted: 'flag' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.triggerNotes, {
    triggerId: e.triggerId,
    version: sql`(select coalesce(max(${n.version}), 0) + 1 from ${table(n)} where ${n.triggerId} = ${e.triggerId})`,
    content: row.notes,
    executionId: e.id,
    tainted: row.tainted,
    createdAt: now,
  })}
  from ${page} join ${table(e)} on ${guard(row)} and not ${e.staged}
  where ${row.notes} is not null`,
})

/** What a success has the agent remember, in place of what it knew. Of runs side by side the later one knows more. */
const remember = statement({
  values: { now: 'instant' },
  rows: { ...held, memory: 'text?' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.triggerMemory, {
    triggerId: e.triggerId,
    content: row.memory,
    executionId: e.id,
    updatedAt: now,
  })}
  from ${page} join ${table(e)} on ${guard(row)} and not ${e.staged}
  where ${row.memory} is not null
  on conflict (${names(memory.triggerId)}) do update ${set(t.triggerMemory, {
    content: sql`${memory.content}`,
    executionId: sql`${memory.executionId}`,
    updatedAt: sql`${memory.updatedAt}`,
  })}
  where ${t.triggerMemory.executionId} <= ${memory.executionId}`,
})

const requeue = statement({
  rows: {
    ...held,
    nextAttempt: 'int',
    availableAt: 'instant',
    reason: 'text',
    reasonCode: 'text',
    error: 'text?',
    tainted: 'flag',
  },
  answer: { id: e.id, ...takeable },
  text: ({ page, row, returning }) => sql`
  update ${table(e)} ${set(e, {
    status: status('queued'),
    owner: sql`null`,
    ...nothingReserved,
    // Another attempt has all of its time-out.
    durationMs: sql`case when ${row.nextAttempt} = ${e.attempt} then ${e.durationMs} end`,
    attempt: row.nextAttempt,
    availableAt: row.availableAt,
    reason: row.reason,
    reasonCode: row.reasonCode,
    error: row.error,
    tainted: sql`(${e.tainted} or ${row.tainted})`,
  })}
  from ${page}
  where ${guard(row)}
  ${returning}`,
})

const park = statement({
  values: { now: 'instant' },
  rows: { ...held, ...used, reason: 'text', reasonCode: 'text?', durationMs: 'int?', holdSlot: 'flag' },
  answer: { id: e.id, ...takeable },
  text: ({ page, row, returning, values: { now } }) => sql`
  update ${table(e)} ${set(e, {
    status: sql`case when ${e.cancelRequestedAt} is null then ${status('waiting')} else ${status('queued')} end`,
    owner: sql`null`,
    slot: sql`case when ${row.holdSlot} or ${e.cancelRequestedAt} is not null then ${e.slot} end`,
    held: sql`false`,
    availableAt: now,
    durationMs: sql`coalesce(${row.durationMs}, ${e.durationMs})`,
    ...usedBy(row),
    ...nothingReserved,
    reason: row.reason,
    reasonCode: row.reasonCode,
  })}
  from ${page}
  where ${guard(row)}
  ${returning}`,
})

const ask = statement({
  values: { now: 'instant' },
  rows: {
    ...held,
    place: 'text',
    step: 'int?',
    kind: 'text',
    tool: 'text?',
    effect: 'text?',
    arguments: 'text?',
    argumentsHash: 'text?',
    summary: 'text',
    why: 'text',
    question: 'text?',
    options: 'text?',
    expiresAt: 'instant',
    onExpiry: 'text',
    requiredRole: 'text',
    requireOther: 'flag',
  },
  text: ({ page, row: { executionId, from, owner, fence, ...asked }, values: { now } }) => sql`
  ${insert(t.approvals, {
    ...asked,
    workspaceId: e.workspaceId,
    executionId: e.id,
    triggerId: e.triggerId,
    status: sql`'pending'`,
    requestedAt: now,
  })}
  from ${page} join ${table(e)} on ${guard({ executionId, from, owner, fence })}
  where ${e.cancelRequestedAt} is null
  on conflict do nothing`,
})

/** Of a success: what may be news of it. An incident that it counts for may be over by now. */
const newsOf = (row: Record<'output' | 'notable', SQL>) => ({
  notable: row.notable,
  changed: sql`${row.output} is distinct from (
    select ${before.output} from ${table(before)}
    where ${before.triggerId} = ${e.triggerId} and ${before.status} = ${status('success')} and ${before.id} <> ${e.id}
    order by ${before.queuedAt} desc, ${before.id} desc limit 1)`,
  recovery: sql`exists (
    select 1 from ${table(i)}
    where ${i.triggerId} = ${e.triggerId} and (${i.closedAt} is null or ${i.closedBy} = ${e.id}))`,
})
const ended = { ...held, status: 'text', output: 'text?', notable: 'flag' } as const
const asFact = (it: SQL, word: 'notable' | 'changed' | 'recovery') =>
  sql`case when ${it} and ${listens(word)} then '${sql.raw(word)},' else '' end`
const oweOfEnds = statement({
  values: { now: 'instant' },
  rows: ended,
  text: ({ page, row, values: { now } }) => {
    const news = newsOf(row)
    return owed({
      fact: {
        ...{ workspaceId: e.workspaceId, triggerId: e.triggerId, executionId: e.id, now },
        incidentId: i.id,
        facts: sql`case ${row.status} when 'failed' then ${fact('failure')} when 'skipped' then ${fact('skipped')}
          else ',success,' || ${asFact(news.notable, 'notable')} || ${asFact(news.changed, 'changed')}
            || ${asFact(news.recovery, 'recovery')} end`,
        nth: sql`coalesce(${i.count}, (select max(${of.successes}) from ${table(of)}
          where ${of.triggerId} = ${e.triggerId} and (${of.closedAt} is null or ${of.closedBy} = ${e.id})), 0)`,
      },
      subject: sql`'execution:' || cast(${e.id} as text)`,
      heard: sql`case ${row.status} when 'failed' then ${listens('failure')} when 'skipped' then ${listens('skipped')}
        when 'success' then ${listens('success')} or (${listens('notable')} and ${news.notable})
          or (${listens('changed')} and ${news.changed}) or (${listens('recovery')} and ${news.recovery}) end`,
      from: sql`from ${page} join ${table(e)} on ${guard(row)} join ${table(tr)} on ${tr.id} = ${e.triggerId}
        left join ${table(i)} on ${i.triggerId} = ${e.triggerId} and ${i.lastExecutionId} = ${e.id}`,
      where: isTold,
    })
  },
})
const oweOfAsked = statement({
  values: { now: 'instant' },
  rows: { ...held, place: 'text' },
  text: ({ page, row, values: { now } }) =>
    owed({
      fact: {
        ...{ workspaceId: e.workspaceId, triggerId: e.triggerId, executionId: e.id, now },
        facts: fact('approval'),
        words: a.summary,
      },
      subject: sql`'approval:' || cast(${a.id} as text)`,
      heard: listens('approval'),
      from: sql`from ${page} join ${table(e)} on ${guard(row)} join ${table(tr)} on ${tr.id} = ${e.triggerId}
        join ${table(a)} on ${a.executionId} = ${e.id} and ${a.place} = ${row.place}`,
      where: isTold,
    }),
})

/** What an execution asked for that ends while it waits. */
const closeAsked = statement({
  values: { now: 'instant' },
  rows: { ...held, reasonCode: 'text?' },
  text: ({ page, row, values: { now } }) => sql`
  update ${table(a)} ${set(a, {
    status: sql`case ${row.reasonCode} when 'approval_expired' then 'expired'
      when 'superseded' then 'superseded' when 'approval_rejected' then 'rejected' else 'cancelled' end`,
    decidedAt: now,
  })}
  from ${page} join ${table(e)} on ${guard(row)}
  where ${a.executionId} = ${e.id} and ${a.status} = 'pending'`,
})

/** Of one that goes on: without a slot it gets in line, and `release` gives the slot to the first. */
export function backInLine(it: typeof e, now: SQL): SQL {
  const mustNotOverlap = sql`(select ${tr.overlap} from ${table(tr)} where ${tr.id} = ${it.triggerId}) <> 'allow_all'`
  const inLine = sql`(${it.slot} is null and ${mustNotOverlap})`
  return set(it, {
    status: status('queued'),
    held: inLine,
    availableAt: now,
    reason: sql`case when ${inLine} then 'Waits for the run before it.' end`,
    reasonCode: sql`null`,
  })
}
const putBack = statement({
  values: { now: 'instant' },
  rows: held,
  answer: { id: e.id, ...takeable },
  text: ({ page, row, returning, values: { now } }) => sql`
  update ${table(e)} ${backInLine(e, now)} from ${page} where ${guard(row)} ${returning}`,
})

/** The oldest that waits takes the slot that became free; backfilled runs let pass what the clock planned. */
export const release = statement({
  rows: { triggerId: 'int' },
  answer: takeable,
  text: ({ page, row, returning }) => sql`
  update ${table(t.executions)} ${set(t.executions, {
    held: sql`false`,
    slot: sql`coalesce(${t.executions.lane}, ${t.executions.triggerId})`,
    reason: sql`null`,
  })}
  where ${t.executions.id} in (
    select coalesce(min(case when ${waiting.kind} <> 'backfill' then ${waiting.id} end), min(${waiting.id}))
    from ${table(waiting)}
    where ${waiting.triggerId} in (select ${row.triggerId} from ${page})
      and ${isLive(waiting.status)} and ${waiting.held}
      and not exists (select 1 from ${table(e)} where ${e.slot} = coalesce(${waiting.lane}, ${waiting.triggerId}))
    group by coalesce(${waiting.lane}, ${waiting.triggerId}))
  ${returning}`,
})

const announce = statement({
  rows: held,
  answer: { id: e.id },
  text: ({ page, row, answer }) => sql`select ${answer} from ${page} join ${table(e)} on ${guard(row)}`,
})

/** What is in the queue may be claimed at any moment: no claim takes it while it is settled or parked. */
const holdFast = statement({
  rows: held,
  answer: { id: e.id },
  text: ({ page, row, answer, lockRows }) => sql`
  select ${answer} from ${table(e)}
  where ${e.id} in (select ${row.executionId} from ${page}) and ${e.status} = ${status('queued')} ${lockRows}`,
})

/**
 * Writes a page of entries in one transaction: at most one settlement of each trigger (its counters are one row).
 * Answers the executions that were written; the others had passed to another owner, and nothing was recorded for them.
 */
export async function write(store: Store, entries: Entry[], now: Date): Promise<Set<number>> {
  entries.forEach(mustBeLegal)
  const workspaceIds = [...new Set(entries.map((it) => it.workspaceId))]
  const of = <K extends Entry['kind']>(kind: K) =>
    entries.filter((it): it is Extract<Entry, { kind: K }> => it.kind === kind)
  const settlements = of('settle')
  const parked = of('park')
  const back = of('putBack')
  const asks = parked.flatMap((it) => it.asks.map((one) => ({ ...it, ...one })))
  const abandoned = settlements.filter((it) => it.from === 'waiting')
  const noted = settlements.filter((it) => it.notes !== null)
  const remembered = settlements.filter((it) => it.memory !== null)
  const { steps, events } = told(store, entries, workspaceIds, now)
  // Each reads or changes the executions that the guard still finds, so it comes after all that lean on the guard.
  const changes: Statement<{ id: number }>[] = [
    ...some(of('announce'), (rows) => announce({ rows })),
    ...some(of('requeue'), (rows) => requeue({ rows })),
    ...some(parked, (rows) => park({ rows, now })),
    ...some(back, (rows) => putBack({ rows, now })),
    ...some(settlements, (rows) => settle({ rows, now })),
  ]
  const statements: Statement[] = [
    lockWorkspaces(workspaceIds),
    ...some(
      entries.filter((it) => it.from === 'queued'),
      (rows) => holdFast({ rows }),
    ),
    ...steps,
    ...some(asks, (rows) => ask({ rows, now })),
    ...some(abandoned, (rows) => closeAsked({ rows, now })),
    ...some(noted, (rows) => keepNotes({ rows, now })),
    ...some(remembered, (rows) => remember({ rows, now })),
    ...some(settlements, (rows) => count({ rows, now })),
    ...some(settlements, (rows) => countForTrigger({ rows })),
    ...events,
    ...heed(settlements, workspaceIds, now),
    ...some(
      settlements.map((it) => ({ ...it, notable: it.notable ?? false })),
      (rows) => oweOfEnds({ rows, now }),
    ),
    ...some(asks, (rows) => oweOfAsked({ rows, now })),
    ...changes,
    ...some([...settlements, ...parked, ...back], (rows) => release({ rows })),
  ]
  const answers = await store.atomically(statements)
  return new Set(changes.flatMap((it) => answerTo(it, statements, answers).map(({ id }) => id)))
}

/** The triggers of those entries whose rows, or whose execution's, somebody else holds just now. */
export async function heldTriggers(store: Store, entries: Entry[]): Promise<Set<number>> {
  const triggerIds = [...new Set(entries.map((it) => it.triggerId))]
  const [freeTriggers, freeExecutions] = await Promise.all([
    unheld(store, 'triggers', triggerIds),
    unheld(
      store,
      'executions',
      entries.map((it) => it.executionId),
    ),
  ])
  const held = entries.filter((it) => !freeTriggers.has(it.triggerId) || !freeExecutions.has(it.executionId))
  return new Set(held.map((it) => it.triggerId))
}

/** A statement for rows, where there are any. */
const some = <Row, S>(rows: Row[], statementFor: (rows: Row[]) => S): S[] =>
  rows.length > 0 ? [statementFor(rows)] : []
