/**
 * fire: an occurrence becomes an execution.
 *
 * Promise: at most one execution an occurrence, by `executions_occurrence`; a plan that was made from an older state of the trigger changes nothing,
 * by the guard on (due_at, revision); the trigger advances in the transaction that records what became of its instants.
 * Overlap is decided here, under the workspace's lock: whoever gets in takes the trigger's slot, the others wait (`held`) or are skipped.
 */
import { sql } from 'drizzle-orm'
import type { By } from '#lib/contract/by.ts'
import type { ReasonCode } from '#lib/contract/execution.ts'
import { flag, int, intValue, type Statement, type Store, type Text, text, value } from '../store.ts'
import { countEvents, lockWorkspaces } from './events.ts'

/** What planning needs to know of a trigger that is due. Instants are milliseconds. */
export interface DueTrigger {
  id: number
  workspaceId: number
  revision: number
  dueAt: number
  nextRunAt: number | null
  kind: string
  name: string
  agentId: string
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: number | null
  createdAt: number
  misfire: string
  maxCatchup: number
  catchupWindow: number
  overlap: string
  jitterSeconds: number
  startsAt: number | null
  endsAt: number | null
  maxExecutions: number | null
  plannedRuns: number
  priority: number
  enabled: number | boolean
  pausedAt: number | null
  pausedUntil: number | null
  pausedReason: string | null
  /** The planned instant of the run that is still going on, if any. */
  liveSince: number | null
  /** Whoever made it may no longer run agents here. */
  ownerLeft: number | boolean
}

const dueText: Text = () => sql`
  select t.id, t.workspace_id as "workspaceId", t.revision, t.due_at as "dueAt", t.next_run_at as "nextRunAt", t.kind, t.name, t.agent_id as "agentId",
    t.cron_expression as "cronExpression", t.timezone, t.every_seconds as "everySeconds", t.at, t.created_at as "createdAt",
    t.misfire, t.max_catchup as "maxCatchup", t.catchup_window as "catchupWindow", t.overlap, t.jitter_seconds as "jitterSeconds",
    t.starts_at as "startsAt", t.ends_at as "endsAt", t.max_executions as "maxExecutions", t.planned_runs as "plannedRuns", t.priority, t.enabled,
    t.paused_at as "pausedAt", t.paused_until as "pausedUntil", t.paused_reason as "pausedReason",
    (select coalesce(e.scheduled_for, e.queued_at) from executions e where e.trigger_id = t.id and e.status in ('queued', 'running') order by e.id limit 1) as "liveSince",
    exists (select 1 from "user" u where u.id = t.created_by and not u.installation_admin)
      and not exists (select 1 from members m where m.workspace_id = t.workspace_id and m.user_id = t.created_by and m.role in ('editor', 'admin')) as "ownerLeft"
  from triggers t
  where t.id in (select id from triggers where due_at <= ${value('now')} and deleted_at is null order by due_at, id limit ${value('limit')} offset ${value('offset')})
  order by t.due_at, t.id`
/** Triggers whose instant has come, or that want planning, longest due first. */
export const due = (store: Store, now: Date, limit: number, offset = 0) =>
  store.all<DueTrigger>(dueText, { now, limit, offset })

const nextDueText: Text = () =>
  sql`select min(due_at) as "dueAt" from triggers where due_at is not null and deleted_at is null`
/** When the dispatcher must wake: one look into the index, however many triggers exist. */
export async function nextDue(store: Store): Promise<Date | null> {
  const [row] = await store.all<{ dueAt: number | null }>(nextDueText)
  return row?.dueAt == null ? null : new Date(row.dueAt)
}

const comingText: Text = () => sql`
  select distinct cron_expression as "cronExpression", timezone, next_run_at as "nextRunAt" from triggers
  where due_at > ${value('now')} and due_at <= ${value('until')} and deleted_at is null and kind = 'schedule' and next_run_at is not null
  limit ${value('limit')}`
/** The distinct patterns that come up soon, so that their following instants can be computed ahead of the moment. */
export const coming = (store: Store, now: Date, until: Date, limit: number) =>
  store.all<{ cronExpression: string; timezone: string; nextRunAt: number }>(comingText, {
    now,
    until,
    limit,
  })

/** One thing that becomes of an instant, or of a gap of them. */
export interface Occurrence {
  /** Unique for the trigger: the planned instant in ISO form, a request's id, `gap:…` for a row that stands for several. */
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
  /** Who asked for it; nobody where the trigger fired by itself. */
  requestedBy?: By | null
}

/** A trigger's next state, and what becomes of the instants up to now. Changes nothing if the row is no longer as it was seen. */
export interface Plan {
  triggerId: number
  workspaceId: number
  seenDueAt: number
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
}

/** `seenDueAt` null: no guard; the occurrence comes from a person or an event, not from the clock. */
const guard = sql`t.deleted_at is null and (${int('seenDueAt')} is null or (t.due_at = ${int('seenDueAt')} and t.revision = ${int('revision')}))`

const insertText: Text = ({ page }) => sql`
  insert into executions (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence, context, scheduled_for, queued_at, available_at,
    completed_at, is_catchup, retry_of, requested_by, rank, status, held, slot, reason, reason_code, missed_from, missed_to, missed_count)
  select workspace_id, trigger_id, name, revision, agent_id, kind, occurrence, context, scheduled_for, ${intValue('now')}, available_at,
    case when verdict in ('queued', 'held') then null else ${intValue('now')} end,
    is_catchup, retry_of, requested_by, rank,
    case when verdict = 'held' then 'queued' else verdict end,
    verdict = 'held',
    case when verdict = 'queued' and overlap <> 'allow_all' then trigger_id end,
    case when verdict = wanted then reason when verdict = 'held' then 'Waits for the run before it.' else overlap_reason end,
    case when verdict = wanted then reason_code when verdict = 'held' then null when overlap = 'skip' then 'overlap' else 'buffer_full' end,
    missed_from, missed_to, missed_count
  from (
    select f.*, case
      when wanted <> 'queued' then wanted
      when overlap = 'allow_all' or live = 0 then 'queued'
      when overlap = 'cancel_other' then 'held'
      when overlap = 'buffer_one' and waiting = 0 then 'held'
      when overlap = 'buffer_all' and waiting < buffer_limit then 'held'
      else 'skipped' end as verdict
    from (
      select t.workspace_id, t.id as trigger_id, t.name, t.revision, t.agent_id, t.overlap, t.buffer_limit, -t.priority as rank, ${int('ord')} as ord,
        ${text('kind')} as kind, ${text('key')} as occurrence, ${text('context')} as context, ${int('scheduledFor')} as scheduled_for, ${int('availableAt')} as available_at,
        ${flag('isCatchup')} as is_catchup, ${int('retryOf')} as retry_of, ${text('requestedBy')} as requested_by, ${text('status')} as wanted, ${text('reason')} as reason, ${text('reasonCode')} as reason_code,
        ${text('overlapReason')} as overlap_reason, ${int('missedFrom')} as missed_from, ${int('missedTo')} as missed_to, ${int('missedCount')} as missed_count,
        (select count(*) from executions e where e.trigger_id = t.id and e.status in ('queued', 'running')) as live,
        (select count(*) from executions e where e.trigger_id = t.id and e.status in ('queued', 'running') and e.held) as waiting
      from ${page} join triggers t on t.id = ${int('triggerId')}
      where ${guard}
    ) f
  ) v
  where true
  order by ord
  on conflict do nothing
  returning case when status = 'queued' and not held then id end as takeable, available_at as "availableAt"`

/** With overlap "cancel_other" the newest run wins: what waits is cancelled here, what has begun is asked to stop, at once if it waits to be tried again. */
const supersedeText: Text = ({ page }) => sql`
  update executions set status = 'cancelled', slot = null, held = false, completed_at = ${intValue('now')}, reason = 'Cancelled: a newer run took its place.', reason_code = 'superseded'
  where status = 'queued' and fence = 0 and trigger_id in (
    select t.id from ${page} join triggers t on t.id = ${int('triggerId')} where ${guard} and t.overlap = 'cancel_other' and ${text('status')} = 'queued')`
const askToStopText: Text = ({ page }) => sql`
  update executions set cancel_requested_at = ${intValue('now')}, cancel_reason = 'superseded',
    available_at = case when status = 'queued' then ${intValue('now')} else available_at end
  where status in ('queued', 'running') and cancel_requested_at is null and trigger_id in (
    select t.id from ${page} join triggers t on t.id = ${int('triggerId')} where ${guard} and t.overlap = 'cancel_other' and ${text('status')} = 'queued')`

const tellFiredText: Text = ({ page }) => sql`
  insert into events (workspace_id, seq, at, type, trigger_id, execution_id)
  select w.id, w.last_seq + row_number() over (partition by w.id order by e.id), ${intValue('now')},
    case when e.status = 'missed' then 'schedule:missed' else 'schedule:skipped' end, e.trigger_id, e.id
  from ${page}
    join triggers t on t.id = ${int('triggerId')}
    join executions e on e.trigger_id = t.id and e.queued_at = ${intValue('now')} and e.occurrence = ${text('key')}
    join workspaces w on w.id = e.workspace_id
  where ${guard} and e.status in ('missed', 'skipped')`
const tellSupersededText: Text = ({ page }) => sql`
  insert into events (workspace_id, seq, at, type, trigger_id, execution_id)
  select w.id, w.last_seq + row_number() over (partition by w.id order by e.id), ${intValue('now')}, 'schedule:skipped', e.trigger_id, e.id
  from workspaces w join executions e on e.workspace_id = w.id and e.status = 'cancelled' and e.completed_at = ${intValue('now')} and e.reason_code = 'superseded'
  where e.trigger_id in (select ${int('triggerId')} from ${page})
    and not exists (select 1 from events v where v.workspace_id = w.id and v.execution_id = e.id and v.seq > w.last_seq - 1000)`

const noticeText: Text = ({ page }) => sql`
  insert into messages (workspace_id, kind, prompt, response, text, author_name, trigger_id, execution_id, created_at, updated_at)
  select e.workspace_id, 'result', '[SCHEDULED] ' || e.trigger_name, ${text('response')}, ${text('notice')}, 'Carillon', e.trigger_id, e.id, ${intValue('now')}, ${intValue('now')}
  from ${page}
    join triggers t on t.id = ${int('triggerId')}
    join executions e on e.trigger_id = t.id and e.queued_at = ${intValue('now')} and e.occurrence = ${text('key')}
  where ${guard} and ${text('notice')} is not null and e.status in ('missed', 'skipped')
  on conflict do nothing`
const tellNoticeText: Text = ({ page }) => sql`
  insert into events (workspace_id, seq, at, type, trigger_id, execution_id, message_id)
  select w.id, w.last_seq + row_number() over (partition by w.id order by m.id), ${intValue('now')}, 'chat:message', m.trigger_id, m.execution_id, m.id
  from ${page}
    join triggers t on t.id = ${int('triggerId')}
    join executions e on e.trigger_id = t.id and e.queued_at = ${intValue('now')} and e.occurrence = ${text('key')}
    join messages m on m.execution_id = e.id
    join workspaces w on w.id = e.workspace_id
  where ${guard} and ${text('notice')} is not null and e.status in ('missed', 'skipped')`

const countText: Text = ({ page, day }) => sql`
  insert into execution_days (workspace_id, day, trigger_id, total, skipped, missed)
  select e.workspace_id, ${day(intValue('now'))}, e.trigger_id, 0,
    sum(case when e.status = 'skipped' then 1 else 0 end), sum(case when e.status = 'missed' then coalesce(e.missed_count, 1) else 0 end)
  from ${page}
    join triggers t on t.id = ${int('triggerId')}
    join executions e on e.trigger_id = t.id and e.queued_at = ${intValue('now')} and e.occurrence = ${text('key')}
  where ${guard} and e.status in ('missed', 'skipped')
  group by e.workspace_id, e.trigger_id
  on conflict (workspace_id, day, trigger_id) do update set skipped = execution_days.skipped + excluded.skipped, missed = execution_days.missed + excluded.missed`

const advanceText: Text = ({ page }) => sql`
  update triggers set
    next_run_at = ${int('nextRunAt')}, due_at = ${int('nextDueAt')}, planned_runs = planned_runs + ${int('plannedRuns')}, enabled = ${flag('enabled')},
    paused_at = case when ${flag('resumed')} then null else paused_at end, paused_until = case when ${flag('resumed')} then null else paused_until end,
    paused_reason = case when ${flag('resumed')} then null else paused_reason end, paused_by = case when ${flag('resumed')} then null else paused_by end,
    disabled_reason = ${text('disabledReason')}, problem = ${text('problem')}
  from ${page} where triggers.id = ${int('triggerId')} and triggers.due_at = ${int('seenDueAt')} and triggers.revision = ${int('revision')}`
const tellAdvancedText: Text = ({ page }) => sql`
  insert into events (workspace_id, seq, at, type, trigger_id)
  select w.id, w.last_seq + row_number() over (partition by w.id order by t.id), ${intValue('now')},
    case when ${text('disabledReason')} is not null then 'schedule:disabled' else 'schedule:updated' end, t.id
  from ${page} join triggers t on t.id = ${int('triggerId')} join workspaces w on w.id = t.workspace_id
  where ${guard} and ${flag('changed')}`

const responseOf = (triggerId: number, now: Date, notice: string) =>
  JSON.stringify({
    text: notice,
    type: 'schedule_result',
    scheduleId: triggerId,
    executionId: null,
    timestamp: now,
  })

/** A row of the page: an occurrence and the state of its trigger that it was planned from. */
const row = (
  plan: Pick<Plan, 'triggerId'> & Partial<Pick<Plan, 'seenDueAt' | 'revision'>>,
  it: Occurrence,
  now: Date,
) => ({
  triggerId: plan.triggerId,
  seenDueAt: plan.seenDueAt ?? null,
  revision: plan.revision ?? null,
  ...it,
  scheduledFor: it.scheduledFor?.getTime() ?? null,
  availableAt: it.availableAt.getTime(),
  requestedBy: it.requestedBy ? JSON.stringify(it.requestedBy) : null,
  missedFrom: it.missedFrom?.getTime() ?? null,
  missedTo: it.missedTo?.getTime() ?? null,
  response: it.notice && responseOf(plan.triggerId, now, it.notice),
})
type Row = ReturnType<typeof row>

/** The statements that record occurrences of one round: at most one of each trigger runs in it, so that overlap sees the one before. */
function record(rows: Row[], supersedes: boolean, now: Date): Statement[] {
  // What the history shows side by side stays in this order, whatever way the database joins.
  const workspaceless = { rows: rows.map((it, ord) => ({ ...it, ord })), now }
  const told = rows.some((it) => it.status !== 'queued')
  return [
    ...(supersedes
      ? ([
          [supersedeText, workspaceless],
          [askToStopText, workspaceless],
        ] satisfies Statement[])
      : []),
    [insertText, workspaceless],
    ...(told ? ([[noticeText, workspaceless]] satisfies Statement[]) : []),
  ]
}

/** Runs of one trigger stand in different rounds; what does not run goes with the first. */
function rounds(plans: Plan[], now: Date): { rows: Row[]; supersedes: boolean }[] {
  const list: { rows: Row[]; supersedes: boolean }[] = []
  for (const plan of plans) {
    let run = 0
    for (const occurrence of plan.occurrences) {
      const number = occurrence.status === 'queued' ? run++ : 0
      const round = list[number] ?? { rows: [], supersedes: false }
      list[number] = round
      round.rows.push(row(plan, occurrence, now))
      if (plan.overlap === 'cancel_other') round.supersedes = true
    }
  }
  return list.filter(Boolean)
}

/** Records what became of each trigger's instants and moves it to its next one, all in one transaction. */
export async function fire(store: Store, plans: Plan[], now: Date): Promise<void> {
  const workspaceIds = [...new Set(plans.map((it) => it.workspaceId))]
  const advances = plans.map(({ occurrences, ...plan }) => ({
    ...plan,
    nextRunAt: plan.nextRunAt?.getTime() ?? null,
    nextDueAt: plan.dueAt?.getTime() ?? null,
    changed:
      plan.resumed ||
      plan.disabledReason !== null ||
      plan.problem !== null ||
      plan.seenDueAt === 0 ||
      !plan.enabled,
  }))
  const statements: Statement[] = [lockWorkspaces(workspaceIds)]
  let told = false
  for (const { rows, supersedes } of rounds(plans, now)) {
    statements.push(...record(rows, supersedes, now))
    // A run can be skipped by overlap, which is known only to the database: cheap to ask, and always told.
    statements.push([tellFiredText, { rows, now }], countEvents(workspaceIds))
    if (supersedes) statements.push([tellSupersededText, { rows, now }], countEvents(workspaceIds))
    if (rows.some((it) => it.notice))
      statements.push([tellNoticeText, { rows, now }], countEvents(workspaceIds))
    statements.push([countText, { rows, now }])
    told = true
  }
  if (advances.some((it) => it.changed)) {
    statements.push([tellAdvancedText, { rows: advances, now }], countEvents(workspaceIds))
    told = true
  }
  statements.push([advanceText, { rows: advances }])
  if (!told) statements.shift()
  await store.atomically(statements)
}

/** The statements that record occurrences of one trigger which the clock did not fire; `guard` lets them count only while the trigger is as expected. */
export function occurrencesOf(
  { workspaceId, triggerId, overlap }: { workspaceId: number; triggerId: number; overlap: string },
  occurrences: Occurrence[],
  now: Date,
  guard: { seenDueAt?: number; revision?: number } = {},
): Statement[] {
  return occurrences.flatMap((occurrence): Statement[] => {
    const rows = [row({ triggerId, ...guard }, occurrence, now)]
    const supersedes = overlap === 'cancel_other'
    return [
      ...record(rows, supersedes, now),
      [tellFiredText, { rows, now }],
      countEvents([workspaceId]),
      [countText, { rows, now }],
      ...(supersedes
        ? ([[tellSupersededText, { rows, now }], countEvents([workspaceId])] satisfies Statement[])
        : []),
    ]
  })
}

const firedText: Text = ({ page }) => sql`
  select e.id, e.status from ${page} join executions e on e.trigger_id = ${int('triggerId')} and e.occurrence = ${text('key')} order by e.id`

/**
 * Occurrences that a person or an event asks for. A key that was used before answers the execution it made then.
 * Answers the executions' ids and statuses.
 */
export async function fireNow(
  store: Store,
  target: { workspaceId: number; triggerId: number; overlap: string },
  occurrences: Occurrence[],
  now: Date,
): Promise<{ id: number; status: string }[]> {
  const answers = await store.atomically([
    lockWorkspaces([target.workspaceId]),
    ...occurrencesOf(target, occurrences, now),
    [firedText, { rows: occurrences.map(({ key }) => ({ triggerId: target.triggerId, key })) }],
  ])
  return answers.at(-1) as unknown as { id: number; status: string }[]
}
