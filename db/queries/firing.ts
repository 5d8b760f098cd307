/**
 * fire: an occurrence becomes an execution.
 *
 * Promise: at most one execution an occurrence, by `executions_occurrence`; a plan that was made from an
 * older state of the trigger changes nothing, by the guard on (due_at, revision); the trigger advances in the
 * transaction that records what became of its instants. Overlap is decided here, under the workspace's lock:
 * whoever gets in takes the trigger's slot, the others wait (`held`) or are skipped.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { By } from '#lib/contract/by.ts'
import type { ReasonCode } from '#lib/contract/execution.ts'
import { type Chain, type TriggerEvent, UNCAUSED } from '#lib/contract/trigger-event.ts'
import { NEVER_RAN } from '#lib/contract/states.ts'
import {
  alias,
  answerTo,
  insert,
  type Reading,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import { isAdmittedFirst, isBackfilled, isLive, isOneOf, laneOf, occupies, status } from '../states.ts'
import type { Phrases, Store } from '../store.ts'
import { begunNow, type ClaimedRow, reserve } from './claiming.ts'
import { lockClaims, takeable } from './takeable.ts'
import { fact, listens, owed } from './owing.ts'
import { untoldOf } from './pauses.ts'
import { asSeen, countEvents, type fence, lockWorkspaces, nextSeq, seen, stillStands } from './story.ts'
import { addToDay } from './statistics.ts'
import { supersede } from './superseding.ts'
import { mayStartAt } from './throttling.ts'

const tr = alias(t.triggers, 't')
const e = alias(t.executions, 'e')
const w = alias(t.workspaces, 'w')
const message = alias(t.messages, 'message')

/** One thing that becomes of an instant, or of a gap of them. */
export interface Occurrence {
  /**
   * Unique for the trigger: the planned instant in ISO form, a request's id, `gap:…` for a row that stands
   * for several.
   */
  key: string
  kind: string
  scheduledFor: Date | null
  status: 'queued' | 'skipped' | 'missed'
  availableAt: Date
  isCatchup: boolean
  reason: string | null
  reasonCode: ReasonCode | null
  /** What the row says when the last run still goes on and the policy is to skip. */
  overlapReason: string
  /** What the chat is told, for an occurrence that does not run. */
  notice: string | null
  missedFrom: Date | null
  missedTo: Date | null
  missedCount: number | null
  context?: string | null
  retryOf?: number | null
  /** What it would do is kept, and none of it is done. */
  staged?: boolean
  /** Who asked for it; nobody where the trigger fired by itself. */
  requestedBy?: By | null
  /** The facts that it stands for; none where the clock or a person fired it. */
  events?: readonly TriggerEvent[]
  chain?: Chain
  /** The slot that overlap is judged by; null: its trigger's own. */
  lane?: number | null
  /** It gathers facts of this key until then at the latest. */
  collecting?: { key: string; until: Date } | null
  /** It runs as its trigger was then; absent: as it is. */
  revision?: { number: number; agentId: string }
  /** Of what a pause has held back it tells so much, and is not made where there is more by now. */
  tells?: number
  /** It is one of the runs that its trigger ends after, and is not one where there were so many. */
  counts?: boolean
}

/**
 * A trigger's next state, and what becomes of the instants up to now. Changes nothing if the row is no longer
 * as it was seen.
 */
export interface Plan {
  triggerId: number
  workspaceId: number
  seenDueAt: number | null
  revision: number
  overlap: string
  occurrences: Occurrence[]
  nextRunAt: Date | null
  dueAt: Date | null
  plannedRuns: number
  enabled: boolean
  /** Clears the pause: its time is over. */
  resumed: boolean
  disabledReason: string | null
  problem: string | null
  /** What is told of the trigger itself. */
  news: 'schedule:updated' | 'schedule:disabled' | null
}

const planned = { ...seen, key: 'text' } as const
interface Planned {
  page: SQL
  row: Readonly<Record<keyof typeof planned, SQL>>
  values: { now: SQL }
}
/** The page's occurrences as they were recorded just now. */
const recorded = ({ page, row, values: { now } }: Planned) => sql`
  ${page}
    join ${table(tr)} on ${tr.id} = ${row.triggerId}
    join ${table(e)} on ${e.triggerId} = ${tr.id} and ${e.queuedAt} = ${now} and ${e.occurrence} = ${row.key}
    join ${table(w)} on ${w.id} = ${e.workspaceId}`
/** Those of them that do not run. */
const unrun = ({ row }: Planned) => sql`${asSeen(tr, row)} and ${isOneOf(e.status, NEVER_RAN)}`

/** Who takes at once what may run at once. `owner` null: nobody, it waits in the queue for a claim. */
export interface Taking {
  owner: string
  limits: { total: number; perWorkspace: number }
  /** What is taken begins at this reading, which waits for the locks as it does. */
  now: Reading
}
const taking = { owner: 'text?', total: 'int', perWorkspace: 'int', begun: 'instant' } as const

/**
 * Whether the whole page of a workspace fits into what is free, and nobody waits who would be passed by. The
 * claims' lock is held: what is counted here stays so until the commit.
 */
function mayBegin({
  row,
  values,
  least,
}: {
  least: Phrases['least']
  row: { peers: SQL }
  values: Readonly<Record<keyof typeof taking | 'now' | 'page', SQL>>
}) {
  const runningAtAll = sql`(select count(*) from ${table(e)} where ${e.status} = ${status('running')})`
  const someoneWaits = sql`exists (
    select 1 from ${table(e)} where ${e.status} = ${status('queued')} and not ${e.held} and ${e.availableAt} <= ${values.now})`
  return sql`${values.owner} is not null and not ${someoneWaits}
    and ${runningAtAll} + ${values.page} <= ${values.total} - ${reserve(values.total)}
    and coalesce(busy.n, 0) + ${row.peers} <= ${least(sql`coalesce(${w.maxConcurrent}, ${values.perWorkspace})`, values.perWorkspace)}`
}

// Of the runs that an occurrence `f` shares a slot with: counted only where overlap has to be decided, which is seldom.
const countedOf = (which: SQL) =>
  sql`(select count(*) from ${table(e)}
    where ${e.triggerId} = f.trigger_id and ${laneOf(e)} = coalesce(f.lane, f.trigger_id) and ${which})`
const backfilled = countedOf(sql`${occupies(e)} and ${isBackfilled(e)}`)
const inSlotOrLine = countedOf(sql`${isLive(e.status)} and (${e.held} or ${e.slot} is not null)`)

/** Those that a page has many of for one slot are counted once: only the first of them looks. */
const inLine = sql`max(case when g.nth = 0 and g.live > 0 and g.overlap in ('buffer_one', 'buffer_all') then (
    select count(*) from ${table(e)}
    where ${e.triggerId} = g.trigger_id and ${laneOf(e)} = coalesce(g.lane, g.trigger_id)
      and ${isLive(e.status)} and ${e.held} and not ${isBackfilled(e)}) end)
  over (partition by g.trigger_id, coalesce(g.lane, g.trigger_id))`
/** How many stand in line before it: those that wait, and those of its page but the one that gets the slot. */
const before = sql`coalesce(f.in_line, 0) + f.nth - case when f.live = f.nth then 1 else 0 end`

/** Of windows that gather in a workspace at once. */
export const MOST_WINDOWS = 10_000
const TOO_MANY_WINDOWS = sql.raw(
  `'Skipped: this workspace gathers in ${MOST_WINDOWS.toLocaleString('en')} windows already, as many as it may.'`,
)
const gathers = alias(t.executions, 'gathers')
/** It would be one too many. */
const isCrowded = (collecting: SQL) => sql`${collecting} is not null and (
  select count(*) from ${table(gathers)}
  where ${gathers.workspaceId} = ${tr.workspaceId} and ${gathers.collecting} is not null)
  >= ${sql.raw(String(MOST_WINDOWS))}`

const NAMED = { agentType: sql`u.agent_type`, agentId: sql`u.agent_id`, onlyIf: sql`u.only_if` }

// `f` is an occurrence beside its trigger, `v` the same with the verdict on it: kept, for SQLite would count anew
// for every column that the verdict decides.
const insertOccurrences = statement({
  values: { now: 'instant', page: 'int', ...taking },
  rows: {
    ...planned,
    ord: 'int',
    /** How many of the page are of its workspace. */
    peers: 'int',
    kind: 'text',
    context: 'text?',
    scheduledFor: 'instant?',
    availableAt: 'instant',
    isCatchup: 'flag',
    retryOf: 'int?',
    staged: 'flag',
    requestedBy: 'json',
    status: 'text',
    reason: 'text?',
    reasonCode: 'text?',
    overlapReason: 'text',
    missedFrom: 'instant?',
    missedTo: 'instant?',
    missedCount: 'int?',
    eventCount: 'int?',
    chainRootId: 'int?',
    chainCauseId: 'int?',
    chainDepth: 'int',
    lane: 'int?',
    collecting: 'text?',
    collectUntil: 'instant?',
    /** How many of the page stand before it that want the same slot. */
    nth: 'int',
    ofRevision: 'int?',
    ofAgent: 'text?',
    /** How many of the page stand before it that its trigger counts; null: it is not counted here. */
    counted: 'int?',
    tells: 'int?',
  },
  answer: takeable,
  text: ({ page, row, greatest, least, jsonText, values, values: { now }, returning }) => sql`
  with v as materialized (
    select u.*, u.verdict = 'queued' and u.available_at <= ${now} and u.fits
      and not ${isAdmittedFirst(NAMED)} as begins from (
    select f.*, case
      when f.wanted <> 'queued' then f.wanted
      when f.spent then 'spent'
      when f.limited then 'limited'
      when f.crowded then 'crowded'
      when f.kind = 'backfill' then case when ${inSlotOrLine} = 0 then 'queued' else 'held' end
      when f.overlap = 'allow_all' or f.live = 0 then 'queued'
      when f.overlap = 'cancel_other' or f.live = ${backfilled} then 'held'
      when f.overlap = 'buffer_one' and ${before} < 1 then 'held'
      when f.overlap = 'buffer_all' and ${before} < f.buffer_limit then 'held'
      else 'skipped' end as verdict
    from (
    select g.*, ${greatest(sql`g.asked_for`, sql`coalesce(g.may_start, 0)`)} as available_at,
      coalesce(g.may_start > g.asked_for and g.excess = 'skip', false) as limited, ${inLine} as in_line
    from (
      select ${tr.workspaceId} as workspace_id, ${tr.id} as trigger_id, ${tr.name} as name,
        coalesce(${row.ofRevision}, ${tr.revision}) as revision, coalesce(${row.ofAgent}, ${tr.agentId}) as agent_id,
        ${tr.agentType} as agent_type, ${tr.onlyIf} as only_if,
        ${tr.overlap} as overlap, ${tr.bufferLimit} as buffer_limit, -${tr.priority} as rank,
        ${row.ord} as ord, ${row.kind} as kind, ${row.key} as occurrence, ${row.context} as context,
        ${row.scheduledFor} as scheduled_for, ${row.availableAt} as asked_for, ${row.isCatchup} as is_catchup,
        ${mayStartAt(tr, { row, jsonText, now, greatest, least })} as may_start,
        ${jsonText(tr.throttle, 'excess')} as excess,
        ${row.eventCount} as event_count, ${row.chainRootId} as chain_root_id, ${row.chainCauseId} as chain_cause_id,
        ${row.chainDepth} as chain_depth, ${row.lane} as lane, ${row.nth} as nth,
        ${row.collecting} as collecting, ${row.collectUntil} as collect_until,
        ${row.retryOf} as retry_of, ${row.staged} as staged, ${row.requestedBy} as requested_by,
        ${row.status} as wanted, ${row.reason} as reason, ${row.reasonCode} as reason_code,
        ${row.overlapReason} as overlap_reason, ${row.missedFrom} as missed_from, ${row.missedTo} as missed_to,
        ${row.missedCount} as missed_count, ${tr.maxExecutions} as most,
        coalesce(${tr.plannedRuns} + ${row.counted} >= ${tr.maxExecutions}, false) as spent,
        ${isCrowded(row.collecting)} as crowded,
        max(case when ${row.nth} = 0 then (
          select count(*) from ${table(e)} where ${e.triggerId} = ${tr.id}
            and ${laneOf(e)} = coalesce(${row.lane}, ${tr.id}) and ${occupies(e)}) end)
          over (partition by ${tr.id}, coalesce(${row.lane}, ${tr.id})) + ${row.nth} as live,
        ${mayBegin({ row, values, least })} as fits
      from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId} join ${table(w)} on ${w.id} = ${tr.workspaceId}
        left join (
          select ${e.workspaceId} + 0 as workspace_id, count(*) as n from ${table(e)}
          where ${e.status} = ${status('running')} group by 1) busy on busy.workspace_id = ${tr.workspaceId}
      where ${asSeen(tr, row)} and (${row.tells} is null or ${row.tells} = ${untoldOf(tr.id)})
        and (${row.collecting} is null or not exists (
          select 1 from ${table(e)} where ${e.triggerId} = ${tr.id} and ${e.collecting} = ${row.collecting}))
    ) g ) f ) u
  )
  ${insert(t.executions, {
    workspaceId: sql`v.workspace_id`,
    triggerId: sql`v.trigger_id`,
    triggerName: sql`v.name`,
    triggerRevision: sql`v.revision`,
    agentId: sql`v.agent_id`,
    kind: sql`v.kind`,
    occurrence: sql`v.occurrence`,
    context: sql`v.context`,
    scheduledFor: sql`v.scheduled_for`,
    queuedAt: now,
    availableAt: sql`v.available_at`,
    completedAt: sql`case when v.verdict in ('queued', 'held') then null else ${now} end`,
    isCatchup: sql`v.is_catchup`,
    retryOf: sql`v.retry_of`,
    staged: sql`v.staged`,
    requestedBy: sql`v.requested_by`,
    rank: sql`v.rank`,
    status: sql`case when v.begins then 'running' when v.verdict = 'held' then 'queued'
      when v.verdict in ('limited', 'spent', 'crowded') then 'skipped' else v.verdict end`,
    owner: sql`case when v.begins then ${values.owner} end`,
    fence: sql`case when v.begins then 1 else 0 end`,
    startedAt: sql`case when v.begins then ${values.begun} end`,
    latenessMs: sql`case when v.begins then ${greatest(sql`0`, sql`${values.begun} - coalesce(v.scheduled_for, ${now})`)} end`,
    held: sql`v.verdict = 'held'`,
    slot: sql`case
      when v.verdict = 'queued' and (v.overlap <> 'allow_all' or v.kind = 'backfill') then coalesce(v.lane, v.trigger_id) end`,
    reason: sql`case when v.verdict = v.wanted then v.reason
      when v.verdict = 'limited' then 'Skipped: it has started as often as it may for now.'
      when v.verdict = 'crowded' then ${TOO_MANY_WINDOWS}
      when v.verdict = 'spent' then 'Skipped: it has reached its maximum of ' || cast(v.most as text) || ' runs.'
      when v.verdict = 'held' then 'Waits for the run before it.' else v.overlap_reason end`,
    reasonCode: sql`case when v.verdict = v.wanted then v.reason_code
      when v.verdict in ('limited', 'crowded') then 'rate_limited'
      when v.verdict = 'spent' then 'disabled'
      when v.verdict = 'held' then null when v.overlap = 'skip' then 'overlap' else 'buffer_full' end`,
    missedFrom: sql`v.missed_from`,
    missedTo: sql`v.missed_to`,
    missedCount: sql`v.missed_count`,
    eventCount: sql`v.event_count`,
    chainRootId: sql`v.chain_root_id`,
    chainCauseId: sql`v.chain_cause_id`,
    chainDepth: sql`v.chain_depth`,
    lane: sql`v.lane`,
    collecting: sql`case when v.verdict in ('queued', 'held') then v.collecting end`,
    collectUntil: sql`v.collect_until`,
  })}
  from v
  where true
  order by v.ord
  on conflict do nothing
  ${returning}`,
})

const tellFired = statement({
  values: { now: 'instant' },
  rows: planned,
  text: (it) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, e.id),
    at: it.values.now,
    type: sql`case when ${e.status} = 'missed' then 'schedule:missed' else 'schedule:skipped' end`,
    triggerId: e.triggerId,
    executionId: e.id,
  })}
  from ${recorded(it)}
  where ${unrun(it)}`,
})

const noticed = { ...planned, notice: 'text?' } as const
const addNotice = statement({
  values: { now: 'instant' },
  rows: { ...noticed, response: 'text?' },
  text: (it) => sql`
  ${insert(t.messages, {
    workspaceId: e.workspaceId,
    kind: sql`'result'`,
    prompt: sql`'[SCHEDULED] ' || ${e.triggerName}`,
    response: it.row.response,
    text: it.row.notice,
    authorName: sql`'Carillon'`,
    triggerId: e.triggerId,
    executionId: e.id,
    createdAt: it.values.now,
    updatedAt: it.values.now,
  })}
  from ${recorded(it)}
  where ${unrun(it)} and ${it.row.notice} is not null
  on conflict do nothing`,
})
const tellNotice = statement({
  values: { now: 'instant' },
  rows: noticed,
  text: (it) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, message.id),
    at: it.values.now,
    type: sql`'chat:message'`,
    triggerId: message.triggerId,
    executionId: message.executionId,
    messageId: message.id,
  })}
  from ${recorded(it)} join ${table(message)} on ${message.executionId} = ${e.id}
  where ${unrun(it)} and ${it.row.notice} is not null`,
})

const count = statement({
  values: { now: 'instant' },
  rows: planned,
  text: ({ day, ...it }) => sql`
  ${insert(t.executionDays, {
    workspaceId: e.workspaceId,
    day: day(it.values.now),
    triggerId: e.triggerId,
    total: sql`0`,
    skipped: sql`sum(case when ${e.status} = 'skipped' then 1 else 0 end)`,
    missed: sql`sum(case when ${e.status} = 'missed' then coalesce(${e.missedCount}, 1) else 0 end)`,
  })}
  from ${recorded(it)}
  where ${unrun(it)}
  group by ${e.workspaceId}, ${e.triggerId}
  ${addToDay('skipped', 'missed')}`,
})

const oweUnrun = statement({
  values: { now: 'instant' },
  rows: planned,
  text: (it) =>
    owed({
      fact: {
        ...{ workspaceId: e.workspaceId, triggerId: e.triggerId, executionId: e.id, now: it.values.now },
        facts: sql`case when ${e.status} = ${status('missed')} then ${fact('missed')} else ${fact('skipped')} end`,
      },
      subject: sql`'execution:' || cast(${e.id} as text)`,
      heard: sql`case when ${e.status} = ${status('missed')} then ${listens('missed')} else ${listens('skipped')} end`,
      from: sql`from ${recorded(it)}`,
      where: sql`${unrun(it)} and ${tr.kind} <> 'chat' and not ${e.staged}`,
    }),
})

/** Those whose last run this was are switched off by the loop, which tells of it. */
const countRuns = statement({
  values: { now: 'instant' },
  rows: planned,
  text: ({ page, row, values: { now } }) => {
    const all = sql`${t.triggers.plannedRuns} + (
      select count(*) from ${page}
        join ${table(e)} on ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key}
      where ${e.triggerId} = ${t.triggers.id} and ${e.queuedAt} = ${now}
        and coalesce(${e.reasonCode}, '') <> 'disabled' and ${stillStands(e.workspaceId, row)})`
    return sql`
  update ${table(t.triggers)} ${set(t.triggers, {
    plannedRuns: all,
    dueAt: sql`case when ${all} >= ${t.triggers.maxExecutions} then 0 else ${t.triggers.dueAt} end`,
  })}
  where ${t.triggers.maxExecutions} is not null and ${t.triggers.id} in (select ${row.triggerId} from ${page})`
  },
})

const advance = statement({
  rows: {
    triggerId: 'int',
    seenDueAt: 'instant?',
    revision: 'int',
    nextRunAt: 'instant?',
    nextDueAt: 'instant?',
    plannedRuns: 'int',
    enabled: 'flag',
    resumed: 'flag',
    disabledReason: 'text?',
    problem: 'text?',
  },
  text: ({ page, row }) => {
    const unlessResumed = (column: SQLWrapper) => sql`case when ${row.resumed} then null else ${column} end`
    return sql`
  update ${table(t.triggers)} ${set(t.triggers, {
    nextRunAt: row.nextRunAt,
    dueAt: row.nextDueAt,
    plannedRuns: sql`${t.triggers.plannedRuns} + ${row.plannedRuns}`,
    enabled: row.enabled,
    expectedUpTo: sql`case when ${row.resumed} and ${t.triggers.expect} is not null
      then ${t.triggers.pausedUntil} else ${t.triggers.expectedUpTo} end`,
    pausedAt: unlessResumed(t.triggers.pausedAt),
    pausedUntil: unlessResumed(t.triggers.pausedUntil),
    pausedReason: unlessResumed(t.triggers.pausedReason),
    pausedBy: unlessResumed(t.triggers.pausedBy),
    disabledReason: row.disabledReason,
    problem: row.problem,
  })}
  from ${page}
  where ${t.triggers.id} = ${row.triggerId} and ${t.triggers.dueAt} is not distinct from ${row.seenDueAt}
    and ${t.triggers.revision} = ${row.revision}`
  },
})
const tellAdvanced = statement({
  values: { now: 'instant' },
  rows: { ...seen, news: 'text?', resumed: 'flag' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, tr.id),
    at: now,
    type: row.news,
    triggerId: tr.id,
    factType: sql`case when ${row.resumed} then 'schedule.resumed' end`,
  })}
  from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId} join ${table(w)} on ${w.id} = ${tr.workspaceId}
  where ${asSeen(tr, row)} and ${row.news} is not null`,
})

const oweSwitchedOff = statement({
  values: { now: 'instant' },
  rows: { ...seen, news: 'text?', disabledReason: 'text?' },
  text: ({ page, row, values: { now } }) =>
    owed({
      fact: {
        ...{ workspaceId: tr.workspaceId, triggerId: tr.id, now },
        facts: fact('disabled'),
        words: row.disabledReason,
      },
      subject: sql`'disabled:' || cast(${tr.id} as text) || ':' || cast(${now} as text)`,
      heard: listens('disabled'),
      from: sql`from ${page} join ${table(tr)} on ${tr.id} = ${row.triggerId}`,
      where: sql`${asSeen(tr, row)} and ${row.news} = 'schedule:disabled'`,
    }),
})

const responseOf = (triggerId: number, now: Date, notice: string) =>
  JSON.stringify({
    text: notice,
    type: 'schedule_result',
    scheduleId: triggerId,
    executionId: null,
    timestamp: now,
  })

const keepEvents = statement({
  values: { now: 'instant' },
  rows: { triggerId: 'int', key: 'text', n: 'int', event: 'json' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.executionEvents, { executionId: e.id, n: row.n, event: row.event })}
  from ${page} join ${table(e)} on ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key}
    and ${e.queuedAt} = ${now}
  where true
  on conflict do nothing`,
})
/** What the occurrences of a page stand for. */
const eventsOf = (rows: Row[], now: Date): Statement[] => {
  const events = rows.flatMap(({ triggerId, key, events }) =>
    events.map((event, n) => ({ triggerId, key, n, event })),
  )
  return events.length > 0 ? [keepEvents({ rows: events, now })] : []
}

/** A row of the page: an occurrence and the state of its trigger that it was planned from. */
export const rowOf = (
  plan: Pick<Plan, 'triggerId' | 'workspaceId'> &
    Partial<Pick<Plan, 'seenDueAt' | 'revision'>> &
    Partial<Record<keyof typeof fence, number | null>>,
  {
    context = null,
    retryOf = null,
    staged = false,
    requestedBy = null,
    events = [],
    chain = UNCAUSED,
    lane = null,
    collecting = null,
    counts = false,
    tells,
    revision,
    ...it
  }: Occurrence,
  now: Date,
) => ({
  triggerId: plan.triggerId,
  workspaceId: plan.workspaceId,
  seenDueAt: plan.seenDueAt ?? null,
  revision: plan.revision ?? null,
  seenSeq: plan.seenSeq ?? null,
  openDelivery: plan.openDelivery ?? null,
  ...it,
  context,
  retryOf,
  staged,
  requestedBy,
  events,
  eventCount: events.length > 0 ? events.length : null,
  chainRootId: chain.rootId,
  chainCauseId: chain.causeId,
  chainDepth: chain.depth,
  lane,
  counts,
  tells: tells ?? null,
  ofRevision: revision?.number ?? null,
  ofAgent: revision?.agentId ?? null,
  collecting: collecting?.key ?? null,
  collectUntil: collecting?.until ?? null,
  response: it.notice && responseOf(plan.triggerId, now, it.notice),
})
type Row = ReturnType<typeof rowOf>

/** How many before each want the same slot, and how many of its trigger are counted. */
function numbered(rows: Row[]) {
  const seen = new Map<number, number>()
  const ofTriggers = new Map<number, number>()
  return rows.map((it) => {
    const lane = it.lane ?? it.triggerId
    const nth = seen.get(lane) ?? 0
    const counted = it.counts ? (ofTriggers.get(it.triggerId) ?? 0) : null
    if (it.status === 'queued') seen.set(lane, nth + 1)
    if (counted !== null) ofTriggers.set(it.triggerId, counted + 1)
    return { ...it, nth, counted }
  })
}

interface Round {
  rows: Row[]
  supersedes: boolean
}

/**
 * The statements that record and tell the occurrences of one round: at most one of each trigger runs in it where
 * its overlap is "cancel_other" or its starts are limited, so that each sees the one before.
 */
export function record(
  { rows, supersedes }: Round,
  workspaceIds: number[],
  now: Date,
  taking: Taking | null = null,
): Statement[] {
  // What the history shows side by side stays in this order, whatever way the database joins.
  const peers = Map.groupBy(rows, (it) => it.workspaceId)
  const inOrder = numbered(rows).map((it, ord) => ({
    ...it,
    ord,
    peers: peers.get(it.workspaceId)?.length ?? 0,
  }))
  const { owner = null, limits = { total: 0, perWorkspace: 0 }, now: begun = now } = taking ?? {}
  const statements: Statement[] = []
  if (supersedes) statements.push(...supersede(inOrder, workspaceIds, now))
  statements.push(
    insertOccurrences({ rows: inOrder, now, page: rows.length, owner, begun, ...limits }),
    ...eventsOf(rows, now),
  )
  // A run can be skipped by overlap, which is known only to the database: cheap to ask, and always told.
  statements.push(tellFired({ rows, now }), countEvents(workspaceIds))
  if (rows.some((it) => it.notice && it.status !== 'queued'))
    statements.push(addNotice({ rows, now }), tellNotice({ rows, now }), countEvents(workspaceIds))
  statements.push(count({ rows, now }), oweUnrun({ rows, now }))
  const counting = rows.filter((it) => it.counts)
  if (counting.length > 0) statements.push(countRuns({ rows: counting, now }))
  return statements
}

/** Runs of one trigger stand in different rounds; what does not run goes with the first. */
function rounds(plans: Plan[], now: Date): Round[] {
  const list: Round[] = []
  for (const plan of plans) {
    let run = 0
    for (const occurrence of plan.occurrences) {
      const number = occurrence.status === 'queued' ? run++ : 0
      const round = list[number] ?? { rows: [], supersedes: false }
      list[number] = round
      round.rows.push(rowOf(plan, occurrence, now))
      if (plan.overlap === 'cancel_other') round.supersedes = true
    }
  }
  return list.filter(Boolean)
}

/**
 * Records what became of each trigger's instants and moves it to its next one, all in one transaction. With
 * `taking`, what may run at once is claimed in it too: answers those executions. An agent begins after the
 * commit, so no effect comes before its row.
 */
export async function fire(
  store: Store,
  plans: Plan[],
  now: Date,
  taking: Taking | null = null,
): Promise<ClaimedRow[]> {
  const workspaceIds = [...new Set(plans.map((it) => it.workspaceId))]
  const advances = plans.map(({ occurrences, dueAt, ...plan }) => ({
    ...plan,
    nextDueAt: dueAt,
    seenSeq: null,
    openDelivery: null,
  }))
  const all = rounds(plans, now)
  const told = all.flatMap((round) => record(round, workspaceIds, now, taking))
  if (advances.some((it) => it.news))
    told.push(
      tellAdvanced({ rows: advances, now }),
      countEvents(workspaceIds),
      oweSwitchedOff({ rows: advances, now }),
    )
  if (told.length > 0) told.unshift(lockWorkspaces(workspaceIds), ...(taking ? [lockClaims()] : []))
  const keys = all.flatMap(({ rows }) => rows.filter((it) => it.status === 'queued'))
  if (!taking || keys.length === 0) {
    await store.atomically([...told, advance({ rows: advances })])
    return []
  }
  const begun = begunNow({ rows: keys, now, owner: taking.owner })
  const statements = [...told, advance({ rows: advances }), begun]
  return answerTo(begun, statements, await store.atomically(statements))
}

interface Target {
  workspaceId: number
  triggerId: number
  overlap: string
}
/** The statements that record occurrences of one trigger which the clock did not fire. */
const occurrencesOf = (
  { workspaceId, triggerId, overlap }: Target,
  occurrences: Occurrence[],
  now: Date,
): Statement[] =>
  occurrences.flatMap((occurrence) =>
    record(
      { rows: [rowOf({ triggerId, workspaceId }, occurrence, now)], supersedes: overlap === 'cancel_other' },
      [workspaceId],
      now,
    ),
  )

const fired = statement({
  rows: { triggerId: 'int', key: 'text' },
  answer: { id: e.id, status: e.status },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(e)} on ${e.triggerId} = ${row.triggerId} and ${e.occurrence} = ${row.key}
  order by ${e.id}`,
})

/**
 * Occurrences that a person or an event asks for. A key that was used before answers the execution it made then.
 * Answers the executions' ids and statuses. `also` belongs to it.
 */
export async function fireNow(
  store: Store,
  target: Target,
  occurrences: Occurrence[],
  now: Date,
  also: readonly Statement[] = [],
): Promise<{ id: number; status: string }[]> {
  const { triggerId } = target
  const asked = fired({ rows: occurrences.map(({ key }) => ({ triggerId, key })) })
  const statements = [
    lockWorkspaces([target.workspaceId]),
    ...occurrencesOf(target, occurrences, now),
    ...also,
    asked,
  ]
  return answerTo(asked, statements, await store.atomically(statements))
}
