/**
 * claim: a queued execution gets an owner and a fencing number.
 *
 * Promise: one owner at a time, by compare-and-set on the status; never more than the limits, by counting rows under the claims' lock.
 * Capacity defers, never drops: what is not taken stays queued.
 */
import { sql } from 'drizzle-orm'
import { type Checkpoint, keptOf } from './checkpoints.ts'
import { intValue, type Store, type Text, textValue, value } from '../store.ts'

export interface Backlog {
  workspaceId: number
  queued: number
  running: number
  /** The workspace's own limit, if it has one. */
  maxConcurrent: number | null
}

// The sum keeps SQLite from walking the whole history in the order of its workspaces: few rows run, and an index has just those.
const backlogText: Text = () => sql`
  select w.id as "workspaceId", w.max_concurrent as "maxConcurrent", coalesce(q.n, 0) as queued, coalesce(r.n, 0) as running
  from workspaces w
    left join (select workspace_id, count(*) as n from executions where status = 'queued' and not held and available_at <= ${intValue('now')} group by workspace_id) q on q.workspace_id = w.id
    left join (select workspace_id + 0 as workspace_id, count(*) as n from executions where status = 'running' group by 1) r on r.workspace_id = w.id
  where q.n > 0 or r.n > 0`
/** Who waits and who runs, by workspace. */
export const backlog = (store: Store, now: Date) => store.all<Backlog>(backlogText, { now })

const nextAvailableText: Text = () => sql`
  select min(available_at) as "availableAt" from executions where status = 'queued' and not held and available_at > ${intValue('now')}`
/** When the next execution that waits for its time (a retry) may be taken. */
export async function nextAvailable(store: Store, now: Date): Promise<Date | null> {
  const [row] = await store.all<{ availableAt: number | null }>(nextAvailableText, { now })
  return row?.availableAt == null ? null : new Date(row.availableAt)
}

const lockText: Text = ({ lockClaims }) => lockClaims

const claimText: Text = ({ least, greatest, skipLocked }) => sql`
  update executions set status = 'running', owner = ${textValue('owner')}, fence = fence + 1,
    lateness_ms = case when started_at is null then ${greatest(sql`0`, sql`${intValue('now')} - coalesce(scheduled_for, queued_at)`)} else lateness_ms end,
    started_at = ${intValue('now')}
  where id in (
    select e.id from executions e
    where e.workspace_id = ${intValue('workspaceId')} and e.status = 'queued' and not e.held and e.available_at <= ${intValue('now')}
    order by e.rank, e.id
    limit ${greatest(
      sql`0`,
      least(
        intValue('take'),
        least(
          sql`${intValue('total')} - (select count(*) from executions r where r.status = 'running')`,
          sql`coalesce((select w.max_concurrent from workspaces w where w.id = ${intValue('workspaceId')}), ${intValue('perWorkspace')}) - (select count(*) from executions r where r.status = 'running' and r.workspace_id = ${intValue('workspaceId')})`,
        ),
      ),
    )}
    ${skipLocked})
  returning id`

/** What a run needs to be carried out. `config` is the JSON of the trigger's revision it was fired from. */
export interface ClaimedRow {
  id: number
  workspaceId: number
  workspaceName: string
  workspaceSlug: string
  triggerId: number
  triggerName: string
  agentId: string
  agentType: string
  kind: string
  fence: number
  attempt: number
  scheduledFor: number | null
  startedAt: number
  isCatchup: number | boolean
  latenessMs: number
  config: string | null
  context: string | null
  cancelRequestedAt: number | null
  cancelReason: string | null
  /** The instant of the trigger's run before this one, and what that run said. */
  lastRunAt: number | null
  lastOutput: string | null
  /** What earlier claims have kept; a first one has nothing to look for. */
  kept?: Checkpoint[] | undefined
}

const loadText: Text = ({ page }) => sql`
  select e.id, e.workspace_id as "workspaceId", w.name as "workspaceName", w.slug as "workspaceSlug", e.trigger_id as "triggerId", e.trigger_name as "triggerName",
    e.agent_id as "agentId", t.agent_type as "agentType", e.kind, e.fence, e.attempt, e.scheduled_for as "scheduledFor", e.started_at as "startedAt", e.is_catchup as "isCatchup", e.lateness_ms as "latenessMs",
    r.config, e.context, e.cancel_requested_at as "cancelRequestedAt", e.cancel_reason as "cancelReason", t.last_run_at as "lastRunAt",
    case when t.post = 'on_change' then (select l.output from executions l where l.id = t.last_execution_id) end as "lastOutput"
  from ${page}
    join executions e on e.id = cast(p.value as bigint)
    join workspaces w on w.id = e.workspace_id
    join triggers t on t.id = e.trigger_id
    left join trigger_revisions r on r.trigger_id = e.trigger_id and r.revision = e.trigger_revision`

export interface Share {
  workspaceId: number
  take: number
}

/** Takes the given number from each workspace's queue, in one transaction, and answers what was taken. */
export async function claim(
  store: Store,
  {
    owner,
    shares,
    limits: { total, perWorkspace },
    now,
  }: { owner: string; shares: Share[]; limits: { total: number; perWorkspace: number }; now: Date },
): Promise<ClaimedRow[]> {
  const answers = await store.atomically([
    [lockText],
    ...shares.map(
      ({ workspaceId, take }) => [claimText, { owner, workspaceId, take, total, perWorkspace, now }] as const,
    ),
  ])
  // The lock's row has no id.
  return load(
    store,
    answers.flat().flatMap((it) => (typeof it.id === 'number' ? [it.id] : [])),
  )
}

async function load(store: Store, ids: number[]): Promise<ClaimedRow[]> {
  if (ids.length === 0) return []
  const rows = await store.all<ClaimedRow>(loadText, { rows: ids })
  const continued = rows.filter((it) => it.fence > 1)
  if (continued.length === 0) return rows
  const kept = await keptOf(
    store,
    continued.map((it) => it.id),
  )
  return rows.map((it) => ({ ...it, kept: kept.get(it.id) }))
}

const askedText: Text = () => sql`
  select id, cancel_reason as "reason" from executions where status = 'running' and owner = ${value('owner')} and cancel_requested_at is not null`
/** Which of an owner's executions were asked to stop. */
export const askedToStop = (store: Store, owner: string) =>
  store.all<{ id: number; reason: string | null }>(askedText, { owner })

const abandonedText: Text = ({ page }) => sql`
  select e.id, e.workspace_id as "workspaceId", w.name as "workspaceName", w.slug as "workspaceSlug", e.trigger_id as "triggerId", e.trigger_name as "triggerName",
    e.agent_id as "agentId", 'system' as "agentType", e.kind, e.fence, e.attempt, e.scheduled_for as "scheduledFor", e.started_at as "startedAt", e.is_catchup as "isCatchup", e.lateness_ms as "latenessMs",
    r.config, e.context, e.cancel_requested_at as "cancelRequestedAt", e.cancel_reason as "cancelReason", null as "lastRunAt", null as "lastOutput", e.owner
  from executions e
    join workspaces w on w.id = e.workspace_id
    left join trigger_revisions r on r.trigger_id = e.trigger_id and r.revision = e.trigger_revision
  where e.status = 'running' and case when e.owner = ${textValue('owner')}
    then e.started_at < ${intValue('begunBefore')} and not exists (select 1 from ${page} where cast(p.value as bigint) = e.id)
    else e.started_at <= ${intValue('aliveSince')} and not exists (select 1 from servers s where s.id = e.owner and s.seen_at > ${intValue('aliveSince')}) end
  order by e.started_at, e.id limit ${value('limit')}`
/** What the asking server knows of its own: which executions it carries out, and from when on a claim may still be unanswered. */
export interface Own {
  owner: string
  carriedOut: number[]
  begunBefore: Date
}

/**
 * Executions that nobody carries out though their row says so: the owner has not been seen since `aliveSince`, for its process is dead or cut off
 * (one that was frozen and has just begun again may claim before it is seen: what began since is left alone); or the asking server owns them and
 * knows nothing of them, for the answer to its claim was lost.
 */
export const abandoned = (
  store: Store,
  aliveSince: Date,
  limit: number,
  { owner, carriedOut, begunBefore }: Own,
) =>
  store.all<ClaimedRow & { owner: string }>(abandonedText, {
    aliveSince,
    limit,
    owner,
    rows: carriedOut,
    begunBefore,
  })
