/**
 * What happened in a workspace, for a digest. Reads only.
 *
 * Promise: each reading is bounded, whatever the workspace holds: it walks an index from the newest and stops, and says when it stopped early.
 */
import { sql } from 'drizzle-orm'
import type { Status } from '#lib/contract/execution.ts'
import { isEnded } from '../states.ts'
import { intValue, type Store, text, type Text, value } from '../store.ts'

const MOST_MESSAGES = 5_000
const MOST_EXECUTIONS = 10_000
/** An execution that ended in the window was queued at the most so long before it: the longest timeout is a day. */
const LONGEST_RUN_MS = 86_400_000

export interface Window {
  workspaceId: number
  since: Date
  until: Date
}

const messagesText: Text = () => sql`
  select r.author_name as name, count(*) as n from (
    select m.author_name, m.kind, m.created_at from messages m where m.workspace_id = ${value('workspaceId')} and m.include = true order by m.id desc limit ${value('most')}) r
  where r.kind = 'person' and r.created_at >= ${intValue('since')} and r.created_at < ${intValue('until')}
  group by r.author_name order by n desc, name limit 50`
const messageBeyondText: Text = () => sql`
  select m.created_at as at from messages m where m.workspace_id = ${value('workspaceId')} and m.include = true order by m.id desc limit 1 offset ${value('most')}`
/** How many messages each person wrote, most first. */
export async function messagesByPerson(
  store: Store,
  window: Window,
): Promise<{ people: { name: string; n: number }[]; isPartial: boolean }> {
  const values = { ...window, most: MOST_MESSAGES }
  const people = await store.all<{ name: string; n: number }>(messagesText, values)
  const [beyond] = await store.all<{ at: number }>(messageBeyondText, values)
  return { people, isPartial: beyond !== undefined && beyond.at >= window.since.getTime() }
}

export interface Runs {
  triggerName: string
  status: Status
  n: number
  reason: string | null
  durationMs: number | null
  tokensUsed: number
}

const runsText: Text = ({ page }) => sql`
  with grouped as (
    select r.trigger_id, r.status, sum(coalesce(r.missed_count, 1)) as n, max(r.id) as newest, sum(r.duration_ms) as duration_ms, sum(r.tokens_used) as tokens_used
    from (
      select e.id, e.trigger_id, e.status, e.agent_id, e.missed_count, e.duration_ms, e.tokens_used, coalesce(e.completed_at, e.queued_at) as ended_at
      from executions e where e.workspace_id = ${value('workspaceId')} and e.queued_at >= ${intValue('from')} order by e.queued_at desc, e.id desc limit ${value('most')}) r
    where ${isEnded(sql`r.status`)} and r.ended_at >= ${intValue('since')} and r.ended_at < ${intValue('until')}
      and r.agent_id not in (select ${text('agentId')} from ${page})
    group by r.trigger_id, r.status)
  select e.trigger_name as "triggerName", g.status, g.n, coalesce(e.error, e.reason) as reason, g.duration_ms as "durationMs", g.tokens_used as "tokensUsed"
  from grouped g join executions e on e.id = g.newest order by g.n desc, e.trigger_name, g.status limit 200`
const runBeyondText: Text = () => sql`
  select e.queued_at as at from executions e where e.workspace_id = ${value('workspaceId')} and e.queued_at >= ${intValue('from')} order by e.queued_at desc, e.id desc limit 1 offset ${value('most')}`
/** What ended in the window, by schedule and outcome, with the words of the newest; without the runs of the agents `except`. */
export async function runs(
  store: Store,
  window: Window,
  except: string[],
): Promise<{ runs: Runs[]; isPartial: boolean }> {
  const values = {
    ...window,
    from: window.since.getTime() - LONGEST_RUN_MS,
    most: MOST_EXECUTIONS,
    rows: except.map((agentId) => ({ agentId })),
  }
  const found = await store.all<Runs>(runsText, values)
  const beyond = await store.all(runBeyondText, { ...values, from: window.since })
  return { runs: found, isPartial: beyond.length > 0 }
}

const documentsText: Text = () => sql`
  select name, count(*) over () as total from documents
  where workspace_id = ${value('workspaceId')} and created_at >= ${intValue('since')} and created_at < ${intValue('until')} order by created_at desc, id desc limit 20`
/** Documents added, newest first; `total` counts those that are not named too. */
export async function documentsAdded(
  store: Store,
  window: Window,
): Promise<{ names: string[]; total: number }> {
  const rows = await store.all<{ name: string; total: number }>(documentsText, { ...window })
  return { names: rows.map((it) => it.name), total: rows[0]?.total ?? 0 }
}

export interface Upcoming {
  name: string
  nextRunAt: number
  timezone: string
}
const upcomingText: Text = () => sql`
  select name, next_run_at as "nextRunAt", timezone from triggers
  where workspace_id = ${value('workspaceId')} and due_at > 0 and due_at < ${intValue('before')} and next_run_at is not null and id <> ${intValue('except')} and deleted_at is null
    and enabled = true
  order by due_at, id limit ${value('limit')}`
/** The next run of each schedule that has one before `before`, soonest first. */
export const upcoming = (
  store: Store,
  values: { workspaceId: number; before: Date; except: number; limit: number },
) => store.all<Upcoming>(upcomingText, values)

export interface Trouble {
  name: string
  state: 'broken' | 'disabled' | 'paused' | 'failing'
  reason: string | null
  pausedUntil: number | null
  failures: number
  timezone: string
}
const troubleText: Text = () => sql`
  select name, state, paused_until as "pausedUntil", failures, timezone, reason from (
    select t.id, t.name, t.timezone, t.paused_until, t.consecutive_failures as failures,
      case when t.problem is not null then 'broken' when t.paused_at is not null and not t.enabled then 'paused' when t.disabled_reason is not null then 'disabled' else 'failing' end as state,
      case when t.problem is not null then t.problem when t.paused_at is not null and not t.enabled then t.paused_reason when t.disabled_reason is not null then t.disabled_reason
        else (select coalesce(e.error, e.reason) from executions e where e.id = t.last_execution_id) end as reason
    from triggers t
    where t.workspace_id = ${value('workspaceId')} and t.deleted_at is null and (
      t.problem is not null or (t.paused_at is not null and not t.enabled) or (t.enabled = true and t.consecutive_failures > 0)
      -- One that has had all its planned runs is at its end, not in trouble.
      or (t.disabled_reason is not null and not (t.max_executions is not null and t.planned_runs >= t.max_executions)))) it
  order by case state when 'broken' then 1 when 'disabled' then 2 when 'failing' then 3 else 4 end, id limit ${value('limit')}`
/** Schedules that do not run as planned, the worst first. */
export const inTrouble = (store: Store, values: { workspaceId: number; limit: number }) =>
  store.all<Trouble>(troubleText, values)

const timezoneText: Text = () =>
  sql`select timezone from triggers where id = ${value('id')} and workspace_id = ${value('workspaceId')}`
/** The zone that a trigger is planned in. */
export async function timezoneOf(store: Store, workspaceId: number, id: number): Promise<string> {
  const [row] = await store.all<{ timezone: string }>(timezoneText, { workspaceId, id })
  return row?.timezone ?? 'UTC'
}
