/**
 * A run that a person asks for: it has no planned instant, and
 * its key is the request's own, so that asking twice makes one.
 */
import * as executions from '#db/queries/executions.ts'
import type { Occurrence } from '#db/queries/firing.ts'
import type { TriggerRow } from '#db/queries/triggers.ts'
import type { By } from '../contract/by.ts'
import type { Execution } from '../contract/execution.ts'
import { notFound } from '../contract/problem.ts'
import type { MadeUpEvent } from '../contract/trigger.ts'
import { type TriggerEvent, UNCAUSED } from '../contract/trigger-event.ts'
import type { Deps } from './deps.ts'

/** What somebody asks to run; what is not named has no meaning for it. */
export type Requested = Partial<Occurrence> &
  Pick<Occurrence, 'key' | 'kind' | 'availableAt'> & { requestedBy: By }

export const requested = (it: Requested): Occurrence => ({
  scheduledFor: null,
  status: 'queued',
  isCatchup: false,
  reason: null,
  reasonCode: null,
  overlapReason: 'Skipped: another run of this schedule was still going.',
  notice: null,
  missedFrom: null,
  missedTo: null,
  missedCount: null,
  ...it,
})

/** Answers the execution that the request makes, or made. */
export async function request(deps: Deps, trigger: TriggerRow, it: Requested): Promise<Execution> {
  const [fired] = await deps.engine.fire(trigger, [requested(it)], { evenIfPaused: true })
  const execution = fired && (await executions.get(deps.store, trigger.workspaceId, fired.id))
  if (!execution) throw notFound('schedule')
  return withoutDetail(execution)
}

/** As lists and the answers of verbs show it. */
export const withoutDetail = ({
  steps: _steps,
  config: _config,
  owner: _owner,
  outcome: _outcome,
  effects: _effects,
  event: _event,
  events: _events,
  caused: _caused,
  ...execution
}: executions.Kept): Execution => execution

const TRIED = { kind: 'system', id: null, name: 'A try' } as const
/** An event as if it had happened. */
export const madeUp = (
  { type, data, occurredAt, actor, sourceId }: MadeUpEvent,
  now: Date,
): TriggerEvent => ({
  id: null,
  type,
  occurredAt: occurredAt ?? now.toISOString(),
  actor: actor ?? TRIED,
  sourceId: sourceId ?? null,
  data,
  chain: UNCAUSED,
})
