/**
 * What becomes of a call that was taken in.
 *
 * Promise: carried twice, by whoever, or again after a crash, it fires once, by the key of its occurrence; what became
 * of it is written with that.
 */
import { evaluated } from '#db/queries/evaluations.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { TriggerRow } from '#db/queries/triggers.ts'
import { lockWorkspaces } from '#db/queries/story.ts'
import * as rows from '#db/queries/webhooks.ts'
import type { DeliveryRow } from '#db/queries/webhooks.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import { type TriggerEvent, UNCAUSED } from '../contract/trigger-event.ts'
import type { Taken } from '../contract/webhook.ts'
import { WebhookConfig } from '../contract/webhook-trigger.ts'
import { HOLDS, type Match, match } from '../triggers/matching.ts'
import { dataOf, type Query, type Subject, subjectOf } from '../triggers/webhook/reading.ts'
import type { Deps } from './deps.ts'

export interface CarryDeps extends Pick<Deps, 'store' | 'clock'> {
  engine: Pick<Deps['engine'], 'occur'>
}

/** Null where the row is not one that a webhook reads: plain SQL may have written anything. */
export function configOf(trigger: Pick<TriggerRow, 'kind' | 'config'>): WebhookConfig | null {
  if (trigger.kind !== 'webhook') return null
  try {
    return WebhookConfig.safeParse(JSON.parse(trigger.config)).data ?? null
  } catch {
    return null
  }
}

async function configIn(store: CarryDeps['store'], workspaceId: number, triggerId: number) {
  const trigger = await triggers.get(store, workspaceId, triggerId)
  return trigger && configOf(trigger)
}

/** `known`: how the trigger is set, and what the call says, where that is known already. */
export async function carry(
  deps: CarryDeps,
  workspaceId: number,
  delivery: DeliveryRow,
  known?: { config: WebhookConfig; subject: Subject },
): Promise<Taken> {
  const { store, clock } = deps
  const { triggerId, deliveryId } = delivery
  const subject = known?.subject ?? subjectIn(delivery)
  const config = known?.config ?? (await configIn(store, workspaceId, triggerId))
  if (!config) return gone(deps, delivery)
  const { pass, trace } = config.filter ? match(config.filter, subject) : HOLDS
  if (pass) return fire(deps, delivery, subject, trace)
  const evaluation = { triggerId, source: null, eventId: null, deliveryId, value: null, occurrence: null }
  const settled = { verdict: 'filtered', status: 200, reason: null, trace: JSON.stringify(trace) } as const
  await store.atomically([
    lockWorkspaces([workspaceId]),
    rows.settled(delivery.id, settled),
    ...evaluated([{ ...evaluation, verdict: 'filtered', reason: null, trace }], clock.now()),
  ])
  return { deliveryId, executionId: null, verdict: 'filtered' }
}

async function fire(
  { engine, store }: CarryDeps,
  delivery: DeliveryRow,
  subject: Subject,
  trace: Match['trace'],
): Promise<Taken> {
  const { id, triggerId, deliveryId } = delivery
  const key = `webhook:${deliveryId}`
  const fact = { key, kind: 'webhook', event: eventOf(delivery, subject), source: null, deliveryId, trace }
  const occurred = await engine.occur(triggerId, fact, [
    rows.settledAsEvaluated({ id, triggerId, deliveryId, trace: JSON.stringify(trace) }),
  ])
  if (!occurred) return gone({ store }, delivery)
  const { verdict, executionId } = occurred
  // Whoever gathers it is known only afterwards; and of two that carry it, one finds it done.
  if (verdict === 'collected' || verdict === 'duplicate')
    await store.atomically([rows.belongsTo(id, { executionId, trace: JSON.stringify(trace) })])
  return { deliveryId, executionId, verdict: VERDICTS[verdict] ?? 'accepted' }
}

/** What the caller is told; whatever else keeps it from running is told by its execution. */
const VERDICTS: Partial<Record<EvaluationVerdict, Taken['verdict']>> = {
  collected: 'collected',
  paused: 'paused',
}

/** There was a trigger when it was taken in. */
async function gone({ store }: Pick<CarryDeps, 'store'>, { id, deliveryId }: DeliveryRow): Promise<Taken> {
  const reason = 'The trigger was deleted, or is no webhook any more, before it could fire.'
  await store.atomically([rows.settled(id, { verdict: 'refused', status: 404, reason, trace: '[]' })])
  return { deliveryId, executionId: null, verdict: 'accepted' }
}

const eventOf = ({ receivedAt, remoteAddress }: DeliveryRow, subject: Subject): TriggerEvent => ({
  id: null,
  type: 'webhook',
  occurredAt: new Date(receivedAt).toISOString(),
  actor: { kind: 'caller', id: null, name: remoteAddress ?? 'unknown' },
  sourceId: null,
  data: dataOf(subject),
  chain: UNCAUSED,
})

/** As it was kept: what is secret in its headers is not. */
const subjectIn = ({ headers, query, body, isBase64 }: DeliveryRow): Subject =>
  subjectOf(JSON.parse(headers) as Record<string, string>, JSON.parse(query) as Query, isBase64 ? null : body)
