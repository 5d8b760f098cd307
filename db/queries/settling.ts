/**
 * settle: what becomes of an execution after its claim is recorded and told: it ends, is put off, is parked
 * for a person, is put back.
 *
 * Promise: only the moves of `states.ts` are made; outcome, chat message, events and counters are written
 * together or not at all, and only by the current owner: every statement carries the guard (status, owner,
 * fence), and the one that changes the execution comes after all that read it. One message an execution, by
 * `messages_execution`.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { ApprovalKind, AskedWhy, OnExpiry } from '#lib/contract/approval.ts'
import type { Effect } from '#lib/contract/custom-agent.ts'
import type { EventType } from '#lib/contract/event.ts'
import type { ReasonCode } from '#lib/contract/execution.ts'
import type { Role } from '#lib/contract/fields.ts'
import { type EndOf, type Live, LIVE, mayMove, type Status } from '#lib/contract/states.ts'
import { isLive, status } from '../states.ts'
import { alias, answerTo, insert, name, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import type { Checkpoint } from './checkpoints.ts'
import { takeable } from './claiming.ts'
import { unheld } from './locks.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'
import { addToDay } from './statistics.ts'

const { messages, triggers } = t
const e = alias(t.executions, 'e')
const waiting = alias(t.executions, 'h')
const w = alias(t.workspaces, 'w')
const tr = alias(triggers, 't')
const m = alias(messages, 'm')
const a = alias(t.approvals, 'a')
const n = alias(t.triggerNotes, 'n')
const said = alias(messages, 'excluded')

export interface StepRow {
  n: number
  at: Date
  kind: string
  text: string
  data: unknown
}

/** Who may write: the execution as the writer last knew it. */
export interface Hold {
  executionId: number
  workspaceId: number
  triggerId: number
  /** What waits, in the queue or for a person, has no owner. */
  from: Live
  owner: string | null
  fence: number
  attempt: number
}

/** What the chat shows of the execution from now on; null leaves the chat as it is. */
export interface Telling {
  text: string
  response: string
  prompt: string
  include: boolean
}

/** An event about one of the things that the run asks for. */
export interface OfApproval {
  type: EventType
  place: string
}

interface Written extends Hold {
  message: Telling | null
  events: (EventType | 'chat' | OfApproval)[]
  steps: StepRow[]
}

export interface Announcement extends Written {
  kind: 'announce'
  /** What the agent has done already. */
  kept?: Checkpoint[]
}

/** What a run used that asked no model. */
export const NOTHING_USED = {
  tokensUsed: 0,
  cost: 0,
  agentRevision: null,
  model: null,
  tokensIn: 0,
  tokensOut: 0,
  tokensCached: 0,
  tainted: false,
} as const

interface Used {
  tokensUsed: number
  cost: number
  agentRevision: number | null
  model: string | null
  tokensIn: number
  tokensOut: number
  tokensCached: number
  tainted: boolean
}

export interface Settlement extends Written, Used {
  kind: 'settle'
  status: EndOf<Live>
  reason: string | null
  reasonCode: ReasonCode | null
  output: string | null
  outcome: unknown
  error: string | null
  /** What the trigger keeps for its next run; null: what it has. */
  notes: string | null
  durationMs: number | null
  /** False for what is not the agent's fault: a stop, a cancel. */
  countsAsFailure: boolean
}

export interface Requeue extends Written {
  kind: 'requeue'
  nextAttempt: number
  availableAt: Date
  reason: string
  reasonCode: ReasonCode
  error: string | null
  /** What is said of it shows text from outside. */
  tainted: boolean
}

/**
 * It waits for a person: without owner and capacity, and without its trigger's slot unless `holdSlot`; who is
 * next in line gets that. From `running`, or from `queued` where somebody is asked whether it may begin. One
 * that was asked to stop meanwhile goes back to the queue instead, where whoever takes it ends it.
 */
export interface Park extends Written, Used {
  kind: 'park'
  /** What it waits for, in words. */
  reason: string
  reasonCode: ReasonCode | null
  /** How long it has run in all: what is left of its time-out counts from there. Null: it has not begun. */
  durationMs: number | null
  holdSlot: boolean
  /** What is to be decided before it goes on. */
  asks: Asked[]
}

/** What a run asks a person for; arguments and options are JSON. */
export interface Asked {
  place: string
  step: number | null
  kind: ApprovalKind
  tool: string | null
  effect: Effect | null
  arguments: string | null
  argumentsHash: string | null
  summary: string
  why: AskedWhy
  question: string | null
  options: string | null
  expiresAt: Date
  onExpiry: OnExpiry
  requiredRole: Role
  requireOther: boolean
}

/**
 * It was decided, either way: the run goes on, with a higher fence, and `held` while another run of its
 * trigger has the slot.
 */
export interface PutBack extends Written {
  kind: 'putBack'
}

export type Entry = Announcement | Settlement | Requeue | Park | PutBack

/** Who may write, as a row of the page names it. */
const held = { executionId: 'int', from: 'text', owner: 'text?', fence: 'int' } as const
type Held = Readonly<Record<keyof typeof held, SQL>>
const guard = (row: Held) => sql`
  ${e.id} = ${row.executionId} and ${e.status} = ${row.from}
  and ${e.owner} is not distinct from ${row.owner} and ${e.fence} = ${row.fence}`

const show = statement({
  values: { now: 'instant' },
  rows: { ...held, prompt: 'text', response: 'text', text: 'text', include: 'flag' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(messages, {
    workspaceId: e.workspaceId,
    kind: sql`'result'`,
    prompt: row.prompt,
    response: row.response,
    text: row.text,
    authorName: sql`'Carillon'`,
    triggerId: e.triggerId,
    executionId: e.id,
    include: row.include,
    createdAt: now,
    updatedAt: now,
  })}
  from ${page} join ${table(e)} on ${guard(row)}
  where true
  on conflict (${name(messages.executionId)}) where ${name(messages.executionId)} is not null
  do update ${set(messages, {
    response: said.response,
    text: said.text,
    include: said.include,
    version: sql`${messages.version} + 1`,
    updatedAt: said.updatedAt,
  })}`,
})

// What an entry tells together is one row, which stands for as many numbers. The message of the chat comes last.
const tell = statement({
  values: { now: 'instant' },
  rows: { ...held, ord: 'int', before: 'text?', type: 'text?', count: 'int', chat: 'flag', place: 'text?' },
  text: ({ page, row, values: { now } }) => {
    const shows = sql`(${row.chat} and ${m.id} is not null and (${m.include} or ${m.version} > 1))`
    const span = sql`(${row.count} + case when ${shows} then 1 else 0 end)`
    return sql`
  ${insert(t.events, {
    workspaceId: e.workspaceId,
    seq: nextSeq(w, row.ord, span),
    at: now,
    type: sql`case when not ${shows} then ${row.type} when ${m.version} = 1 then 'chat:message' else 'chat:updated' end`,
    span,
    precededBy: sql`case when ${shows} and ${row.before} is not null then ${row.before} || ',' || ${row.type}
      when ${shows} then ${row.type} else ${row.before} end`,
    triggerId: e.triggerId,
    executionId: e.id,
    messageId: sql`case when ${shows} then ${m.id} end`,
    data: sql`case when ${row.place} is not null then '{"approvalId":' || (
      select ${a.id} from ${table(a)} where ${a.executionId} = ${e.id} and ${a.place} = ${row.place}) || '}' end`,
  })}
  from ${page} join ${table(e)} on ${guard(row)} join ${table(w)} on ${w.id} = ${e.workspaceId}
    left join ${table(m)} on ${m.executionId} = ${e.id}
  where ${span} > 0
    and not (coalesce(${row.type}, '') in ('execution:waiting', 'approval:requested') and ${e.cancelRequestedAt} is not null)`
  },
})

const keepSteps = statement({
  rows: { ...held, n: 'int', attempt: 'int', at: 'instant', kind: 'text', text: 'text', data: 'json' },
  text: ({ page, row }) => sql`
  ${insert(t.executionSteps, {
    executionId: e.id,
    n: row.n,
    attempt: row.attempt,
    at: row.at,
    kind: row.kind,
    text: row.text,
    data: row.data,
  })}
  from ${page} join ${table(e)} on ${guard(row)}
  where true
  on conflict do nothing`,
})

const keep = statement({
  values: { now: 'instant' },
  rows: { ...held, key: 'text', value: 'text' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.executionCheckpoints, { executionId: e.id, key: row.key, value: row.value, at: now })}
  from ${page} join ${table(e)} on ${guard(row)}
  where true
  on conflict do nothing`,
})

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
    slot: t.executions.triggerId,
    reason: sql`null`,
  })}
  where ${t.executions.id} in (
    select coalesce(min(case when ${waiting.kind} <> 'backfill' then ${waiting.id} end), min(${waiting.id}))
    from ${table(waiting)}
    where ${waiting.triggerId} in (select ${row.triggerId} from ${page})
      and ${isLive(waiting.status)} and ${waiting.held}
      and not exists (select 1 from ${table(e)} where ${e.slot} = ${waiting.triggerId})
    group by ${waiting.triggerId})
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

/** From where each kind of entry may come. */
const COMES_FROM: Record<Entry['kind'], readonly Live[]> = {
  announce: LIVE,
  settle: LIVE,
  requeue: ['running'],
  park: ['queued', 'running'],
  putBack: ['waiting'],
}
function goesTo(it: Entry): Status {
  switch (it.kind) {
    case 'announce':
      return it.from
    case 'settle':
      return it.status
    case 'park':
      return 'waiting'
    case 'requeue':
    case 'putBack':
      return 'queued'
  }
}
function mustBeLegal(it: Entry): void {
  const to = goesTo(it)
  if (!COMES_FROM[it.kind].includes(it.from) || (to !== it.from && !mayMove(it.from, to)))
    throw new Error(`Execution ${it.executionId} cannot go from "${it.from}" to "${to}" by "${it.kind}".`)
}

const isPlain = (it: Entry['events'][number]): it is EventType | 'chat' => typeof it === 'string'

/** The events of an entry by the rows that they share. One that may turn out untold has its own. */
function groups(events: Entry['events'], together: boolean) {
  const plain = events.filter(isPlain)
  const alone = !together || plain.includes('execution:waiting')
  const parts = alone ? plain.map((it) => [it]) : [plain]
  const ofApprovals = events
    .filter((it): it is OfApproval => !isPlain(it))
    .map(({ type, place }) => ({ before: null, type, count: 1, chat: false, place }))
  const told = parts.flatMap((part) => {
    const types = part.filter((it) => it !== 'chat')
    return part.length === 0
      ? []
      : [
          {
            before: types.length > 1 ? types.slice(0, -1).join(',') : null,
            type: types.at(-1) ?? null,
            count: types.length,
            chat: part.includes('chat'),
            place: null,
          },
        ]
  })
  return [...told, ...ofApprovals]
}

/** What an entry shows and tells beside its outcome, of many entries. */
function told(
  { dialect }: Store,
  entries: Entry[],
  workspaceIds: number[],
  now: Date,
): { steps: Statement[]; events: Statement[] } {
  // On PostgreSQL servers of the version before may read along: they know one event a row.
  const together = dialect === 'sqlite'
  const steps = entries.flatMap((it) => it.steps.map((step) => ({ ...it, ...step })))
  const shown = entries.flatMap((it) => (it.message ? [{ ...it, ...it.message }] : []))
  const kept = entries.flatMap((it) =>
    it.kind === 'announce' ? (it.kept ?? []).map((one) => ({ ...it, ...one })) : [],
  )
  const events = entries
    .flatMap((it) => groups(it.events, together).map((group) => ({ ...it, ...group })))
    .map((it, ord) => ({ ...it, ord }))
  return {
    steps: [
      ...(steps.length > 0 ? [keepSteps({ rows: steps })] : []),
      ...(kept.length > 0 ? [keep({ rows: kept, now })] : []),
      ...(shown.length > 0 ? [show({ rows: shown, now })] : []),
    ],
    events: events.length > 0 ? [tell({ rows: events, now }), countEvents(workspaceIds)] : [],
  }
}

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
    ...some(settlements, (rows) => count({ rows, now })),
    ...some(settlements, (rows) => countForTrigger({ rows })),
    ...events,
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
