/**
 * Executions: look, cancel, run again.
 *
 * Promise: what waits, in the queue or for a person, is cancelled, what runs is asked to stop, whoever owns
 * it by then; a run that has ended stays as it ended.
 */
import { randomUUID } from 'node:crypto'
import { places } from '#db/queries/claiming.ts'
import * as executions from '#db/queries/executions.ts'
import * as overview from '#db/queries/overview.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import type { Beside, Execution, ExecutionDetail, ExecutionQuery } from '../contract/execution.ts'
import { notFound, ProblemError } from '../contract/problem.ts'
import { isLive, type Status } from '../contract/states.ts'
import { withdrawal } from '../engine/outcomes.ts'
import type { Limits } from '../queue/queue.ts'
import type { Deps } from './deps.ts'
import { differences, settingsIn, type Values } from './differing.ts'
import { inOrder } from './in-order.ts'
import { request, withoutDetail } from './requesting.ts'
import { toRanWith } from './showing.ts'

const CANCEL_TRIES = 5

/** What somebody should look at first. */
const TROUBLE_FIRST: readonly Status[] = [
  ...(['failed', 'missed', 'waiting', 'running', 'queued', 'cancelled', 'skipped', 'success'] as const),
]

/** History, newest first; or what is trouble first, each state newest first. */
export async function list(
  deps: Pick<Deps, 'store'>,
  workspaceId: number,
  { sort, status, ...query }: ExecutionQuery,
): Promise<{ executions: Execution[]; nextCursor: string | null }> {
  if (sort !== 'trouble') return byTime(deps, workspaceId, { status, ...query })
  const states = TROUBLE_FIRST.filter((it) => status === undefined || status.includes(it))
  const { items, nextCursor } = await inOrder(states, query, async (state, place) => {
    const page = await byTime(deps, workspaceId, { ...query, ...place, status: [state] })
    return { items: page.executions, nextCursor: page.nextCursor }
  })
  return { executions: items, nextCursor }
}

async function byTime(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  { limit, cursor, from, to, ...filter }: Omit<ExecutionQuery, 'sort'>,
): Promise<{ executions: Execution[]; nextCursor: string | null }> {
  const range = { from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined }
  const rows = await executions.list(store, workspaceId, { ...filter, ...range }, place(cursor), limit + 1)
  const page = rows.slice(0, limit)
  return { executions: page, nextCursor: rows.length > limit ? cursorOf(page.at(-1)) : null }
}

function place(cursor: string | undefined): executions.Place | null {
  if (!cursor) return null
  const [queuedAt, id] = Buffer.from(cursor, 'base64url').toString().split('.').map(Number)
  if (!Number.isSafeInteger(queuedAt) || !Number.isSafeInteger(id))
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return { queuedAt: queuedAt as number, id: id as number }
}
const cursorOf = (it: Execution | undefined) =>
  it ? Buffer.from(`${Date.parse(it.queuedAt)}.${it.id}`).toString('base64url') : null

/** One that waits for a place says so, with who has them. */
export async function get(
  { store, limits }: Pick<Deps, 'store' | 'limits'>,
  workspaceId: number,
  id: number,
): Promise<ExecutionDetail> {
  const kept = await executions.get(store, workspaceId, id)
  if (!kept) throw notFound('run')
  const execution = { ...kept, config: toRanWith(kept.config) }
  if (execution.status !== 'queued' || execution.reason !== null) return execution
  const busy = await places(store, workspaceId, limits.total)
  return { ...execution, reason: busy && whyItWaits(busy, limits) }
}

/** Its neighbours in the history of its trigger, and what it ran with that the one before it did not. */
export async function beside(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  id: number,
): Promise<Beside> {
  const row = await executions.find(store, workspaceId, id)
  if (!row) throw notFound('run')
  const { compared, ...neighbours } = await executions.beside(store, row)
  const before = compared === null ? null : await executions.find(store, workspaceId, compared)
  const changes = before ? differences(ranWith(before), ranWith(row)) : []
  return { ...neighbours, before: before && executions.toExecution(before), changes }
}

/** What a run had, and not what its trigger was called or whether it was on. */
function ranWith({ config, context, agentRevision, model }: executions.ExecutionRow): Values {
  const { name: _, description: __, enabled: ___, ...settings } = config === null ? {} : settingsIn(config)
  const once = context === null ? {} : settingsIn(JSON.stringify({ context }))
  return { ...settings, ...once, agentRevision, model }
}

function whyItWaits(
  { here, all, maxConcurrent, reserved }: NonNullable<Awaited<ReturnType<typeof places>>>,
  { total, perWorkspace }: Limits,
): string | null {
  const most = Math.min(maxConcurrent ?? perWorkspace, perWorkspace)
  if (here >= most) return `Waits for a free place: ${here} of ${most} run in this workspace.`
  return here > 0 && all >= total - reserved
    ? `Waits for a free place: ${all} of ${total} run on this installation.`
    : null
}

export async function cancel(deps: Deps, workspaceId: number, id: number, by: By): Promise<Execution> {
  const { store, clock, engine } = deps
  const reason = `Cancelled by ${by.name}.`
  // It may be claimed, or put back, between the look and the word: then it is looked at again.
  for (let tries = 0, heard = false; !heard && tries < CANCEL_TRIES; tries++) {
    const row = await executions.find(store, workspaceId, id)
    if (!row) throw notFound('run')
    if (!isLive(row.status)) throw new ProblemError(409, `This run has ended already: it is "${row.status}".`)
    heard =
      row.status === 'running'
        ? await executions.askToStop(store, workspaceId, id, reason, clock.now())
        : await engine.record(withdrawal(row, row.status, { reason, reasonCode: 'cancelled' }, clock.now()))
  }
  await engine.lookForStops()
  return withoutDetail(await get(deps, workspaceId, id))
}

/** Runs it again with what it ran with. `requestId`: the same one answers the same execution. */
export async function retry(
  deps: Deps,
  workspaceId: number,
  id: number,
  by: By,
  requestId: string = randomUUID(),
  { config }: BodyOf<Api['retryExecution']> = { config: 'current' },
): Promise<Execution> {
  const row = await executions.find(deps.store, workspaceId, id)
  if (!row) throw notFound('run')
  if (isLive(row.status)) throw new ProblemError(409, `This run has not ended yet: it is "${row.status}".`)
  // With its trigger's context alone the agent would do its task, and not answer.
  if (row.kind === 'reply')
    throw new ProblemError(409, 'It answered a question in the chat. Ask there once more.')
  const trigger = await triggers.get(deps.store, workspaceId, row.triggerId)
  if (!trigger) throw new ProblemError(409, 'Its schedule was deleted: it cannot run again.')
  const execution = await request(deps, trigger, {
    key: `retry:${requestId}`,
    kind: 'retry',
    availableAt: deps.clock.now(),
    scheduledFor: row.scheduledFor === null ? null : new Date(row.scheduledFor),
    context: row.context ?? (row.config ? (JSON.parse(row.config) as TriggerConfig).context : null),
    retryOf: row.id,
    ...(config === 'same' && { revision: { number: row.triggerRevision, agentId: row.agentId } }),
    staged: row.staged,
    requestedBy: by,
  })
  // Only now: where it could not be asked for, it still needs somebody.
  if (row.status === 'missed')
    await overview.seeTo(deps.store, { workspaceId, executionIds: [id], now: deps.clock.now() })
  return execution
}
