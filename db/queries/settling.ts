/**
 * settle: an execution's outcome is recorded and told.
 *
 * Promise: outcome, chat message, events and counters are written together or not at all, and only by the current owner: every statement carries the guard
 * (status, owner, fence), and the one that changes the execution comes after all that read it. One message an execution, by `messages_execution`.
 */
import { sql } from 'drizzle-orm'
import type { EventType } from '#lib/contract/event.ts'
import type { ReasonCode, Status } from '#lib/contract/execution.ts'
import type { Checkpoint } from './checkpoints.ts'
import { flag, int, intValue, real, type Statement, type Store, type Text, text } from '../store.ts'
import { countEvents, lockWorkspaces } from './events.ts'

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
  /** `queued` for one that never began: it has no owner. */
  from: 'running' | 'queued'
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

interface Written extends Hold {
  message: Telling | null
  events: (EventType | 'chat')[]
  steps: StepRow[]
}

export interface Announcement extends Written {
  kind: 'announce'
  /** What the agent has done already. */
  kept?: Checkpoint[]
}

export interface Settlement extends Written {
  kind: 'settle'
  status: Extract<Status, 'success' | 'failed' | 'cancelled'>
  reason: string | null
  reasonCode: ReasonCode | null
  output: string | null
  outcome: unknown
  error: string | null
  tokensUsed: number
  cost: number
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
}

export type Entry = Announcement | Settlement | Requeue

const guard = sql`e.id = ${int('executionId')} and e.status = ${text('from')} and e.owner is not distinct from ${text('owner')} and e.fence = ${int('fence')}`

const messageText: Text = ({ page }) => sql`
  insert into messages (workspace_id, kind, prompt, response, text, author_name, trigger_id, execution_id, include, created_at, updated_at)
  select e.workspace_id, 'result', ${text('prompt')}, ${text('response')}, ${text('text')}, 'Carillon', e.trigger_id, e.id, ${flag('include')}, ${intValue('now')}, ${intValue('now')}
  from ${page} join executions e on ${guard}
  where ${text('text')} is not null
  on conflict (execution_id) where execution_id is not null
  do update set response = excluded.response, text = excluded.text, include = excluded.include, version = messages.version + 1, updated_at = excluded.updated_at`

const tellText: Text = ({ page }) => sql`
  insert into events (workspace_id, seq, at, type, trigger_id, execution_id, message_id)
  select e.workspace_id, w.last_seq + row_number() over (partition by e.workspace_id order by ${int('ord')}), ${intValue('now')},
    case when ${text('type')} <> 'chat' then ${text('type')} when m.version = 1 then 'chat:message' else 'chat:updated' end,
    e.trigger_id, e.id, case when ${text('type')} = 'chat' then m.id end
  from ${page} join executions e on ${guard} join workspaces w on w.id = e.workspace_id left join messages m on m.execution_id = e.id
  where ${text('type')} <> 'chat' or (m.id is not null and (m.include or m.version > 1))`

const stepsText: Text = ({ page }) => sql`
  insert into execution_steps (execution_id, n, attempt, at, kind, text, data)
  select e.id, ${int('n')}, ${int('attempt')}, ${int('at')}, ${text('kind')}, ${text('text')}, ${text('data')}
  from ${page} join executions e on ${guard}
  where true
  on conflict do nothing`

const keepText: Text = ({ page }) => sql`
  insert into execution_checkpoints (execution_id, key, value, at)
  select e.id, ${text('key')}, ${text('value')}, ${intValue('now')}
  from ${page} join executions e on ${guard}
  where true
  on conflict do nothing`

const countText: Text = ({ page, day }) => sql`
  insert into execution_days (workspace_id, day, trigger_id, total, success, failed, cancelled, duration_ms, tokens_used)
  select e.workspace_id, ${day(sql`coalesce(e.started_at, ${intValue('now')})`)}, e.trigger_id, count(*),
    sum(case when ${text('status')} = 'success' then 1 else 0 end), sum(case when ${text('status')} = 'failed' then 1 else 0 end),
    sum(case when ${text('status')} = 'cancelled' then 1 else 0 end), sum(coalesce(${int('durationMs')}, 0)), sum(${int('tokensUsed')})
  from ${page} join executions e on ${guard}
  group by 1, 2, 3
  on conflict (workspace_id, day, trigger_id) do update set
    total = execution_days.total + excluded.total, success = execution_days.success + excluded.success, failed = execution_days.failed + excluded.failed,
    cancelled = execution_days.cancelled + excluded.cancelled, duration_ms = execution_days.duration_ms + excluded.duration_ms,
    tokens_used = execution_days.tokens_used + excluded.tokens_used`

const triggerText: Text = ({ page }) => sql`
  update triggers set
    last_run_at = coalesce(e.started_at, triggers.last_run_at), last_status = ${text('status')}, last_execution_id = e.id,
    total_runs = total_runs + 1,
    successful_runs = successful_runs + case when ${text('status')} = 'success' then 1 else 0 end,
    failed_runs = failed_runs + case when ${text('status')} = 'failed' then 1 else 0 end,
    duration_ms = triggers.duration_ms + coalesce(${int('durationMs')}, 0),
    consecutive_failures = case when ${text('status')} = 'success' then 0 when ${flag('countsAsFailure')} then consecutive_failures + 1 else consecutive_failures end
  from ${page}, executions e
  where triggers.id = e.trigger_id and ${guard}`

const settleText: Text = ({ page }) => sql`
  update executions as e set
    status = ${text('status')}, reason = ${text('reason')}, reason_code = ${text('reasonCode')}, output = ${text('output')}, outcome = ${text('outcome')}, error = ${text('error')},
    tokens_used = ${int('tokensUsed')}, cost = ${real('cost')}, duration_ms = ${int('durationMs')}, completed_at = ${intValue('now')}, slot = null, held = false
  from ${page}
  where ${guard}
  returning id`

const requeueText: Text = ({ page }) => sql`
  update executions as e set
    status = 'queued', owner = null, attempt = ${int('nextAttempt')}, available_at = ${int('availableAt')}, reason = ${text('reason')}, reason_code = ${text('reasonCode')}, error = ${text('error')}
  from ${page}
  where ${guard}
  returning id, id as takeable, available_at as "availableAt"`

/** The oldest that waits takes the slot that became free. */
const releaseText: Text = ({ page }) => sql`
  update executions set held = false, slot = trigger_id, reason = null
  where id in (
    select min(h.id) from executions h
    where h.trigger_id in (select ${int('triggerId')} from ${page}) and h.status in ('queued', 'running') and h.held
      and not exists (select 1 from executions s where s.slot = h.trigger_id)
    group by h.trigger_id)
  returning id as takeable, available_at as "availableAt"`

const announcedText: Text = ({ page }) => sql`select e.id from ${page} join executions e on ${guard}`

const ids = (rows: Record<string, unknown>[] | undefined) => (rows ?? []).map((it) => it.id as number)
const hold = ({ executionId, from, owner, fence }: Hold) => ({ executionId, from, owner, fence })

/**
 * Writes a page of entries in one transaction: at most one settlement of each trigger (its counters are one row).
 * Answers the executions that were written; the others had passed to another owner, and nothing was recorded for them.
 */
export async function write(store: Store, entries: Entry[], now: Date): Promise<Set<number>> {
  const workspaceIds = [...new Set(entries.map((it) => it.workspaceId))]
  const settlements = entries.filter((it) => it.kind === 'settle')
  const requeues = entries.filter((it) => it.kind === 'requeue')
  const announcements = entries.filter((it) => it.kind === 'announce')
  const told = entries
    .flatMap((it) => it.events.map((type) => ({ ...hold(it), type })))
    .map((it, ord) => ({ ...it, ord }))
  const steps = entries.flatMap((it) =>
    it.steps.map((step) => ({
      ...hold(it),
      attempt: it.attempt,
      ...step,
      at: step.at.getTime(),
      data: step.data == null ? null : JSON.stringify(step.data),
    })),
  )
  const kept = announcements.flatMap((it) => (it.kept ?? []).map((one) => ({ ...hold(it), ...one })))
  const shown = entries.flatMap((it) => (it.message ? [{ ...hold(it), ...it.message }] : []))
  const outcomes = settlements.map(({ message, events, steps: _, ...it }) => ({
    ...it,
    outcome: it.outcome == null ? null : JSON.stringify(it.outcome),
  }))

  const statements: Statement[] = [lockWorkspaces(workspaceIds)]
  if (steps.length > 0) statements.push([stepsText, { rows: steps }])
  if (kept.length > 0) statements.push([keepText, { rows: kept, now }])
  if (shown.length > 0) statements.push([messageText, { rows: shown, now }])
  if (outcomes.length > 0)
    statements.push([countText, { rows: outcomes, now }], [triggerText, { rows: outcomes }])
  if (told.length > 0) statements.push([tellText, { rows: told, now }], countEvents(workspaceIds))
  const announcedAt = statements.push([announcedText, { rows: announcements.map(hold) }]) - 1
  const requeuedAt =
    statements.push([
      requeueText,
      {
        rows: requeues.map((it) => ({
          ...hold(it),
          nextAttempt: it.nextAttempt,
          availableAt: it.availableAt.getTime(),
          reason: it.reason,
          reasonCode: it.reasonCode,
          error: it.error,
        })),
      },
    ]) - 1
  const settledAt = statements.push([settleText, { rows: outcomes, now }]) - 1
  if (outcomes.length > 0)
    statements.push([releaseText, { rows: outcomes.map(({ triggerId }) => ({ triggerId })) }])
  const answers = await store.atomically(statements)
  return new Set([announcedAt, requeuedAt, settledAt].flatMap((index) => ids(answers[index])))
}
