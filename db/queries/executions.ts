/** History: reads only. What changes an execution is in firing, claiming and settling. */
import { sql } from 'drizzle-orm'
import type { By } from '#lib/contract/by.ts'
import type { Execution, ExecutionDetail, ReasonCode, Status, Step } from '#lib/contract/execution.ts'
import { intValue, type Store, type Text, textValue, value } from '../store.ts'

export interface ExecutionRow {
  id: number
  workspaceId: number
  triggerId: number
  triggerName: string
  triggerRevision: number
  agentId: string
  kind: string
  occurrence: string
  context: string | null
  scheduledFor: number | null
  queuedAt: number
  startedAt: number | null
  completedAt: number | null
  durationMs: number | null
  latenessMs: number | null
  attempt: number
  isCatchup: number | boolean
  retryOf: number | null
  requestedBy: string | null
  status: Status
  owner: string | null
  fence: number
  cancelRequestedAt: number | null
  reason: string | null
  reasonCode: string | null
  output: string | null
  outcome: string | null
  error: string | null
  tokensUsed: number
  cost: number
  missedFrom: number | null
  missedTo: number | null
  missedCount: number | null
}

const columns = sql`
  e.id, e.workspace_id as "workspaceId", e.trigger_id as "triggerId", e.trigger_name as "triggerName", e.trigger_revision as "triggerRevision", e.agent_id as "agentId", e.kind, e.occurrence,
  e.context, e.scheduled_for as "scheduledFor", e.queued_at as "queuedAt", e.started_at as "startedAt", e.completed_at as "completedAt", e.duration_ms as "durationMs",
  e.lateness_ms as "latenessMs", e.attempt, e.is_catchup as "isCatchup", e.retry_of as "retryOf", e.requested_by as "requestedBy", e.status, e.owner, e.fence, e.cancel_requested_at as "cancelRequestedAt",
  e.reason, e.reason_code as "reasonCode", e.output, e.outcome, e.error, e.tokens_used as "tokensUsed", e.cost, e.missed_from as "missedFrom", e.missed_to as "missedTo", e.missed_count as "missedCount"`

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export const toExecution = (row: ExecutionRow): Execution => ({
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
  isCatchup: Boolean(row.isCatchup),
  retryOf: row.retryOf,
  requestedBy: row.requestedBy === null ? null : (JSON.parse(row.requestedBy) as By),
  status: row.status,
  reason: row.reason,
  reasonCode: row.reasonCode as ReasonCode | null,
  cancelRequested: row.cancelRequestedAt !== null,
  output: row.output,
  error: row.error,
  tokensUsed: row.tokensUsed,
  cost: row.cost,
  missedFrom: iso(row.missedFrom),
  missedTo: iso(row.missedTo),
  missedCount: row.missedCount,
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

const filters = sql`
    and (${intValue('triggerId')} is null or e.trigger_id = ${intValue('triggerId')})
    and (${textValue('kind')} is null or e.kind = ${textValue('kind')})
    and (${textValue('q')} is null or lower(e.trigger_name) like ${textValue('q')} escape '\\' or lower(coalesce(e.output, '')) like ${textValue('q')} escape '\\' or lower(coalesce(e.error, '')) like ${textValue('q')} escape '\\')
    and e.queued_at >= ${value('from')} and e.queued_at < ${value('to')}
    and (e.queued_at, e.id) < (${value('queuedAt')}, ${value('id')}) and (e.queued_at, e.id) >= (${value('endQueuedAt')}, ${value('endId')})
  order by e.queued_at desc, e.id desc limit ${value('limit')}`

// One text for each index that can carry the page: by workspace, by trigger, by status.
const newestText: Text = () =>
  sql`select ${columns} from executions e where e.workspace_id = ${value('workspaceId')} ${filters}`
const ofTriggerText: Text = () =>
  sql`select ${columns} from executions e where e.workspace_id = ${value('workspaceId')} and e.trigger_id = ${value('triggerId')} and (${textValue('status')} is null or e.status = ${textValue('status')}) ${filters}`
const byStatusText: Text = () =>
  sql`select ${columns} from executions e where e.workspace_id = ${value('workspaceId')} and e.status = ${value('status')} ${filters}`

/** How many rows are looked through at a time for what no index holds: words, and the kind. */
const SLICE = 5_000
const sliceEndText: Text = () => sql`
  select e.queued_at as "queuedAt", e.id from executions e
  where e.workspace_id = ${value('workspaceId')} and e.queued_at >= ${value('from')} and e.queued_at < ${value('to')} and (e.queued_at, e.id) < (${value('queuedAt')}, ${value('id')})
  order by e.queued_at desc, e.id desc limit 1 offset ${value('slice')}`

const NEWEST: Place = { queuedAt: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
const OLDEST: Place = { queuedAt: 0, id: 0 }
const newestFirst = (a: ExecutionRow, b: ExecutionRow) => b.queuedAt - a.queuedAt || b.id - a.id

/** A page of history, newest first, after `place`. Each status asked for is its own walk through the index; the walks are merged. */
export async function list(
  store: Store,
  workspaceId: number,
  filter: HistoryFilter,
  place: Place | null,
  limit: number,
): Promise<Execution[]> {
  const q = filter.q?.trim()
    ? `%${filter.q
        .trim()
        .toLowerCase()
        .replace(/[\\%_]/g, '\\$&')}%`
    : null
  const values = {
    workspaceId,
    triggerId: filter.triggerId ?? null,
    kind: filter.kind ?? null,
    q,
    status: null,
    from: filter.from?.getTime() ?? 0,
    to: filter.to?.getTime() ?? Number.MAX_SAFE_INTEGER,
  }
  const text = filter.triggerId ? ofTriggerText : filter.status ? byStatusText : newestText
  async function walk(after: Place, end: Place, most: number): Promise<ExecutionRow[]> {
    const bounds = { ...values, ...after, endQueuedAt: end.queuedAt, endId: end.id, limit: most }
    const pages = await Promise.all(
      (filter.status ?? [null]).map((status) => store.all<ExecutionRow>(text, { ...bounds, status })),
    )
    return pages.flat().sort(newestFirst).slice(0, most)
  }
  if (q === null && filter.kind === undefined)
    return (await walk(place ?? NEWEST, OLDEST, limit)).map(toExecution)
  // Slice by slice, with the event loop free in between, however long the history in which nothing fits.
  const found: ExecutionRow[] = []
  for (let after = place ?? NEWEST; ; ) {
    const [end] = await store.all<Place>(sliceEndText, { ...values, ...after, slice: SLICE })
    found.push(...(await walk(after, end ?? OLDEST, limit - found.length)))
    if (!end || found.length >= limit) return found.map(toExecution)
    after = end
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

const getText: Text = () => sql`
  select ${columns}, r.config from executions e left join trigger_revisions r on r.trigger_id = e.trigger_id and r.revision = e.trigger_revision
  where e.workspace_id = ${value('workspaceId')} and e.id = ${value('id')}`
const stepsText: Text = () =>
  sql`select n, attempt, at, kind, text, data from execution_steps where execution_id = ${value('id')} order by n limit 2000`

/** One execution's row, with the JSON of the configuration it ran with. */
export async function find(
  store: Store,
  workspaceId: number,
  id: number,
): Promise<(ExecutionRow & { config: string | null }) | null> {
  const [row] = await store.all<ExecutionRow & { config: string | null }>(getText, { workspaceId, id })
  return row ?? null
}

/** Plain SQL may have written any text: it is then shown as it is. */
function readable(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return json
  }
}

export async function get(store: Store, workspaceId: number, id: number): Promise<ExecutionDetail | null> {
  const row = await find(store, workspaceId, id)
  if (!row) return null
  const steps = await store.all<{
    n: number
    attempt: number
    at: number
    kind: string
    text: string
    data: string | null
  }>(stepsText, { id })
  const config = row.config ? (JSON.parse(row.config) as Record<string, unknown>) : {}
  const context = row.context ?? (config.context as string | undefined) ?? '{}'
  return {
    ...toExecution(row),
    owner: row.owner,
    outcome: row.outcome ? (JSON.parse(row.outcome) as unknown) : null,
    config: { ...config, context: readable(context) },
    steps: steps.map(
      (it): Step => ({
        ...it,
        at: new Date(it.at).toISOString(),
        data: it.data ? (JSON.parse(it.data) as unknown) : null,
      }),
    ),
  }
}

const askText: Text = () => sql`
  update executions set cancel_requested_at = coalesce(cancel_requested_at, ${intValue('now')}), cancel_reason = coalesce(cancel_reason, ${textValue('reason')})
  where id = ${intValue('id')} and workspace_id = ${intValue('workspaceId')} and status = 'running'
  returning id`
/** Asks a running execution to stop; its owner reads the row. False when it does not run. */
export async function askToStop(
  store: Store,
  workspaceId: number,
  id: number,
  reason: string,
  now: Date,
): Promise<boolean> {
  const [asked = []] = await store.atomically([[askText, { id, workspaceId, reason, now }]])
  return asked.length > 0
}

const overdueText: Text = () => sql`
  select id as "scheduleId", name, due_at as "dueAt" from triggers
  where workspace_id = ${value('workspaceId')} and due_at <= ${value('before')} and due_at > 0 and next_run_at is not null and deleted_at is null order by due_at limit 200`
/** Triggers whose instant has passed without a trace so far (the guide's `getDueSchedules`). */
export const overdue = (store: Store, workspaceId: number, before: Date) =>
  store.all<{ scheduleId: number; name: string; dueAt: number }>(overdueText, { workspaceId, before })
