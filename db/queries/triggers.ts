/**
 * Triggers as people see and change them.
 *
 * Promise: an edit is one row update, guarded by the revision that the editor saw, and every revision's configuration is kept.
 */
import { type SQL, sql } from 'drizzle-orm'
import { JUDGED } from '#lib/contract/states.ts'
import type { ClockKind, Health, Misfire, Overlap, Post } from '#lib/contract/trigger.ts'
import { isOneOf, status } from '../states.ts'
import {
  flag,
  int,
  intValue,
  real,
  type Statement,
  type Store,
  type Text,
  text,
  textValue,
  value,
} from '../store.ts'
import { countEvents, lockWorkspaces, tell } from './events.ts'

/** What a person can change, as the row stores it: `context` is JSON, instants are milliseconds. */
export interface TriggerConfig {
  kind: ClockKind
  name: string
  description: string
  agentId: string
  agentType: string
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: number | null
  context: string
  enabled: boolean
  misfire: Misfire
  maxCatchup: number
  catchupWindow: number
  overlap: Overlap
  bufferLimit: number
  timeoutSeconds: number
  retries: number
  jitterSeconds: number
  startsAt: number | null
  endsAt: number | null
  maxExecutions: number | null
  priority: number
  post: Post
  disableAfterFailures: number
  disableBelowSuccessRate: number
}

export interface TriggerRow extends TriggerConfig {
  id: number
  workspaceId: number
  revision: number
  nextRunAt: number | null
  dueAt: number | null
  lastRunAt: number | null
  lastStatus: string | null
  lastExecutionId: number | null
  consecutiveFailures: number
  plannedRuns: number
  totalRuns: number
  successfulRuns: number
  failedRuns: number
  durationMs: number
  pausedAt: number | null
  pausedUntil: number | null
  pausedReason: string | null
  pausedBy: string | null
  disabledReason: string | null
  problem: string | null
  createdBy: string | null
  createdAt: number
  updatedAt: number
  health: Health
}

/** Each editable field, its column, and how it is read from the page. */
const EDITABLE: Record<keyof TriggerConfig, [column: string, field: (name: string) => SQL]> = {
  kind: ['kind', text],
  name: ['name', text],
  description: ['description', text],
  agentId: ['agent_id', text],
  agentType: ['agent_type', text],
  cronExpression: ['cron_expression', text],
  timezone: ['timezone', text],
  everySeconds: ['every_seconds', int],
  at: ['at', int],
  context: ['context', text],
  enabled: ['enabled', flag],
  misfire: ['misfire', text],
  maxCatchup: ['max_catchup', int],
  catchupWindow: ['catchup_window', int],
  overlap: ['overlap', text],
  bufferLimit: ['buffer_limit', int],
  timeoutSeconds: ['timeout_seconds', int],
  retries: ['retries', int],
  jitterSeconds: ['jitter_seconds', int],
  startsAt: ['starts_at', int],
  endsAt: ['ends_at', int],
  maxExecutions: ['max_executions', int],
  priority: ['priority', int],
  post: ['post', text],
  disableAfterFailures: ['disable_after_failures', int],
  disableBelowSuccessRate: ['disable_below_success_rate', real],
}
const fields = Object.entries(EDITABLE)
const columnList = sql.raw(fields.map(([, [column]]) => column).join(', '))
const valueList = sql.join(
  fields.map(([name, [, read]]) => read(name)),
  sql`, `,
)
const assignments = sql.join(
  fields.map(([name, [column, read]]) => sql`${sql.raw(column)} = ${read(name)}`),
  sql`, `,
)

/** How a trigger is, decided here and nowhere else: what is shown and what is asked for cannot differ. */
const health = sql.raw(`case
  when coalesce(t.problem, '') <> '' then 'broken'
  when t.paused_at is not null and not t.enabled then 'paused'
  when coalesce(t.disabled_reason, '') <> '' and t.planned_runs >= t.max_executions then 'ended'
  when coalesce(t.disabled_reason, '') <> '' then 'disabled'
  when not t.enabled then 'paused'
  when t.next_run_at is null and t.due_at is null then 'ended'
  when t.last_status is null then 'new'
  when t.consecutive_failures > 0 then 'failing'
  else 'healthy' end`)

const columns = sql.raw(
  [
    ...fields.map(([name, [column]]) => `t.${column} as "${name}"`),
    ...[
      'id',
      'workspaceId',
      'revision',
      'nextRunAt',
      'dueAt',
      'lastRunAt',
      'lastStatus',
      'lastExecutionId',
      'consecutiveFailures',
      'plannedRuns',
      'totalRuns',
      'successfulRuns',
      'failedRuns',
      'durationMs',
      'pausedAt',
      'pausedUntil',
      'pausedReason',
      'pausedBy',
      'disabledReason',
      'problem',
      'createdBy',
      'createdAt',
      'updatedAt',
    ].map((name) => `t.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "${name}"`),
  ].join(', '),
)
const selected = sql`${columns}, ${health} as health`

const toRow = (row: TriggerRow): TriggerRow => ({ ...row, enabled: Boolean(row.enabled) })

/** The editable part of a row, as its revision keeps it. */
export const configOf = (row: TriggerConfig): TriggerConfig =>
  Object.fromEntries(
    fields.map(([name]) => [name, row[name as keyof TriggerConfig]]),
  ) as unknown as TriggerConfig

/** When it is due next, and the state that the edit leaves it in. */
export interface Schedulement {
  nextRunAt: number | null
  dueAt: number | null
}

const insertText: Text = ({ page }) => sql`
  insert into triggers (workspace_id, created_by, created_at, updated_at, next_run_at, due_at, ${columnList})
  select ${intValue('workspaceId')}, ${textValue('by')}, ${intValue('now')}, ${intValue('now')}, ${int('nextRunAt')}, ${int('dueAt')}, ${valueList} from ${page}`
/** Under the workspace's lock, the newest trigger of a workspace is the one just inserted. */
const newest = sql`(select max(id) from triggers where workspace_id = ${intValue('workspaceId')})`
const firstRevisionText: Text = () => sql`
  insert into trigger_revisions (trigger_id, revision, config, changed_by, created_at) values (${newest}, 1, ${textValue('config')}, ${textValue('by')}, ${intValue('now')})`
const tellCreatedText: Text = () => sql`
  insert into events (workspace_id, seq, at, type, trigger_id)
  select id, last_seq + 1, ${intValue('now')}, 'schedule:created', ${newest} from workspaces where id = ${intValue('workspaceId')}`
const createdText: Text = () => sql`select ${selected} from triggers t where t.id = ${newest}`

export async function create(
  store: Store,
  workspaceId: number,
  config: TriggerConfig & Schedulement,
  by: string,
  now: Date,
): Promise<TriggerRow> {
  const values = { workspaceId, by, now, config: JSON.stringify(configOf(config)) }
  const answers = await store.atomically([
    lockWorkspaces([workspaceId]),
    [insertText, { ...values, rows: [config] }],
    [firstRevisionText, values],
    [tellCreatedText, values],
    countEvents([workspaceId]),
    [createdText, values],
  ])
  return toRow(answers.at(-1)?.[0] as unknown as TriggerRow)
}

const getText: Text = () =>
  sql`select ${selected} from triggers t where t.id = ${value('id')} and t.workspace_id = ${value('workspaceId')} and t.deleted_at is null`
export async function get(store: Store, workspaceId: number, id: number): Promise<TriggerRow | null> {
  const [row] = await store.all<TriggerRow>(getText, { workspaceId, id })
  return row ? toRow(row) : null
}

const listText: Text = () => sql`
  select ${selected} from triggers t
  where t.workspace_id = ${value('workspaceId')} and t.deleted_at is null and t.id > ${value('after')}
    and (${textValue('kind')} is null or t.kind = ${textValue('kind')})
    and (${textValue('health')} is null or ${health} = ${textValue('health')})
    and (${textValue('q')} is null or lower(t.name) like ${textValue('q')} escape '\\' or lower(t.agent_id) like ${textValue('q')} escape '\\')
  order by t.id limit ${value('limit')}`
export async function list(
  store: Store,
  workspaceId: number,
  {
    after,
    kind,
    health: wanted,
    q,
    limit,
  }: {
    after: number
    kind?: string | undefined
    health?: Health | undefined
    q?: string | undefined
    limit: number
  },
): Promise<TriggerRow[]> {
  const words = q?.trim()
    ? `%${q
        .trim()
        .toLowerCase()
        .replace(/[\\%_]/g, '\\$&')}%`
    : null
  return (
    await store.all<TriggerRow>(listText, {
      workspaceId,
      after,
      kind: kind ?? null,
      health: wanted ?? null,
      q: words,
      limit,
    })
  ).map(toRow)
}

/** As the editor saw it: the statements of an edit count only while this holds, so the one that changes the row comes after them. */
const asSeen = sql`t.id = ${intValue('id')} and t.revision = ${intValue('revision')} and t.due_at is not distinct from ${intValue('seenDueAt')} and t.deleted_at is null`
const revisionText: Text = () => sql`
  insert into trigger_revisions (trigger_id, revision, config, changed_by, created_at)
  select t.id, t.revision + 1, ${textValue('config')}, ${textValue('by')}, ${intValue('now')} from triggers t where ${asSeen}
  on conflict do nothing`
const tellChangedText: Text = () => sql`
  insert into events (workspace_id, seq, at, type, trigger_id)
  select w.id, w.last_seq + 1, ${intValue('now')}, 'schedule:updated', t.id from triggers t join workspaces w on w.id = t.workspace_id where ${asSeen}`
const changeText: Text = ({ page }) => sql`
  update triggers as t set ${assignments}, next_run_at = ${int('nextRunAt')}, due_at = ${int('dueAt')}, revision = t.revision + 1, updated_at = ${intValue('now')},
    paused_at = ${int('pausedAt')}, paused_until = ${int('pausedUntil')}, paused_reason = ${text('pausedReason')}, paused_by = ${text('pausedBy')},
    disabled_reason = ${text('disabledReason')}, problem = ${text('problem')}, consecutive_failures = ${int('consecutiveFailures')}
  from ${page} where ${asSeen}
  returning id`

/** The whole new state of a trigger that was read as `seen`. Answers null when it changed meanwhile: read it again. */
export async function change(
  store: Store,
  seen: TriggerRow,
  next: TriggerRow,
  { by, now, also = [] }: { by: string; now: Date; also?: Statement[] },
): Promise<TriggerRow | null> {
  const values = {
    id: seen.id,
    revision: seen.revision,
    seenDueAt: seen.dueAt,
    now,
    by,
    config: JSON.stringify(configOf(next)),
  }
  const answers = await store.atomically([
    lockWorkspaces([seen.workspaceId]),
    [revisionText, values],
    [tellChangedText, values],
    [changeText, { ...values, rows: [next] }],
    countEvents([seen.workspaceId]),
    ...also,
  ])
  return answers[3]?.length ? get(store, seen.workspaceId, seen.id) : null
}

const removeText: Text = () => sql`
  update triggers set deleted_at = ${intValue('now')}, enabled = false, due_at = null, next_run_at = null
  where id = ${intValue('id')} and workspace_id = ${intValue('workspaceId')} and deleted_at is null
  returning id`
/** Deletes a trigger; its history stays. False when it was not there. */
export async function remove(
  store: Store,
  { id, workspaceId, name }: { id: number; workspaceId: number; name: string },
  now: Date,
): Promise<boolean> {
  const answers = await store.atomically([
    lockWorkspaces([workspaceId]),
    [removeText, { id, workspaceId, now }],
    tell([{ workspaceId, type: 'schedule:deleted', triggerId: id, data: { scheduleName: name } }], now),
    countEvents([workspaceId]),
  ])
  return Boolean(answers[1]?.length)
}

const keepRevisionText: Text = ({ page }) => sql`
  insert into trigger_revisions (trigger_id, revision, config, created_at)
  select t.id, t.revision, ${text('config')}, ${intValue('now')} from ${page} join triggers t on t.id = ${int('id')} and t.revision = ${int('revision')}
  where true
  on conflict do nothing`
/** Keeps the configuration of rows that plain SQL wrote; what is kept already stays. */
export async function keepRevisions(store: Store, rows: TriggerRow[], now: Date): Promise<void> {
  await store.atomically([
    [
      keepRevisionText,
      {
        rows: rows.map((it) => ({ id: it.id, revision: it.revision, config: JSON.stringify(configOf(it)) })),
        now,
      },
    ],
  ])
}
const byIdsText: Text = ({ page }) =>
  sql`select ${selected} from ${page} join triggers t on t.id = cast(p.value as bigint) where t.deleted_at is null`
export const byIds = async (store: Store, ids: number[]) =>
  (await store.all<TriggerRow>(byIdsText, { rows: ids })).map(toRow)

/** The two facts that auto-disable is decided on, for triggers that just failed. */
export interface Failing {
  id: number
  workspaceId: number
  name: string
  consecutiveFailures: number
  disableAfterFailures: number
  disableBelowSuccessRate: number
  recent: number
  recentSuccesses: number
}
const failingText: Text = ({ page }) => sql`
  select t.id, t.workspace_id as "workspaceId", t.name, t.consecutive_failures as "consecutiveFailures", t.disable_after_failures as "disableAfterFailures",
    t.disable_below_success_rate as "disableBelowSuccessRate",
    (select count(*) from (select e.status from executions e where e.trigger_id = t.id and ${isOneOf(sql`e.status`, JUDGED)} order by e.queued_at desc, e.id desc limit 20) r) as recent,
    (select count(*) from (select e.status from executions e where e.trigger_id = t.id and ${isOneOf(sql`e.status`, JUDGED)} order by e.queued_at desc, e.id desc limit 20) r where r.status = ${status('success')}) as "recentSuccesses"
  from ${page} join triggers t on t.id = cast(p.value as bigint)
  where t.enabled = true and t.consecutive_failures >= t.disable_after_failures`
export const failing = (store: Store, ids: number[]) => store.all<Failing>(failingText, { rows: ids })

const disableText: Text = () => sql`
  update triggers set enabled = false, due_at = null, disabled_reason = ${textValue('reason')}, updated_at = ${intValue('now')}
  where id = ${intValue('id')} and enabled = true and consecutive_failures >= ${intValue('failures')}
  returning id`
const disabledNoticeText: Text = () => sql`
  insert into messages (workspace_id, kind, prompt, response, text, author_name, trigger_id, created_at, updated_at)
  select t.workspace_id, 'notice', '[SCHEDULED] ' || t.name, ${textValue('response')}, ${textValue('notice')}, 'Carillon', t.id, ${intValue('now')}, ${intValue('now')}
  from triggers t where t.id = ${intValue('id')} and t.disabled_reason = ${textValue('reason')} and t.updated_at = ${intValue('now')}`
const tellDisabledText: Text = () => sql`
  insert into events (workspace_id, seq, at, type, trigger_id, message_id)
  select w.id, w.last_seq + row_number() over (order by n.n), ${intValue('now')}, case when n.n = 1 then 'schedule:disabled' else 'chat:message' end, t.id,
    case when n.n = 2 then (select max(m.id) from messages m where m.workspace_id = t.workspace_id and m.trigger_id = t.id) end
  from triggers t join workspaces w on w.id = t.workspace_id cross join (select 1 as n union all select 2) n
  where t.id = ${intValue('id')} and t.disabled_reason = ${textValue('reason')} and t.updated_at = ${intValue('now')}`
/** Switches a failing trigger off and says so in the chat, once. */
export async function disable(
  store: Store,
  it: { id: number; workspaceId: number; failures: number; reason: string; notice: string },
  now: Date,
): Promise<boolean> {
  const values = {
    ...it,
    now,
    response: JSON.stringify({
      text: it.notice,
      type: 'schedule_notice',
      scheduleId: it.id,
      executionId: null,
      timestamp: now,
    }),
  }
  const answers = await store.atomically([
    lockWorkspaces([it.workspaceId]),
    [disableText, values],
    [disabledNoticeText, values],
    [tellDisabledText, values],
    countEvents([it.workspaceId]),
  ])
  return Boolean(answers[1]?.length)
}

const recentText: Text = () => sql`
  select e.duration_ms as "durationMs", case when e.kind not in ('manual', 'backfill', 'retry') then e.lateness_ms end as "latenessMs" from executions e
  where e.trigger_id = ${value('id')} and ${isOneOf(sql`e.status`, JUDGED)} order by e.queued_at desc, e.id desc limit 1000`
/** Durations of the most recent runs, and how late those were that the clock had planned. */
export const recentRuns = (store: Store, id: number) =>
  store.all<{ durationMs: number | null; latenessMs: number | null }>(recentText, { id })
