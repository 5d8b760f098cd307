/**
 * What becomes of a call that was taken in.
 *
 * Promise: carried twice, by whoever, or again after a crash, it fires once or is gathered once: what becomes of it and
 * what the log says of it are one transaction, which changes nothing where the log says something already.
 */
import { evaluated, type NewEvaluation } from '#db/queries/evaluations.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { TriggerRow } from '#db/queries/triggers.ts'
import { lockWorkspaces } from '#db/queries/story.ts'
import * as rows from '#db/queries/webhooks.ts'
import type { DeliveryRow } from '#db/queries/webhooks.ts'
import { type TriggerEvent, UNCAUSED } from '../contract/trigger-event.ts'
import type { Taken } from '../contract/webhook.ts'
import { WebhookConfig } from '../contract/webhook-trigger.ts'
import type { Fact } from '../engine/deciding.ts'
import { HOLDS, type Match, match, refusal } from '../triggers/matching.ts'
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

/**
 * `known`: how the trigger is set, and what the call says, where that is known already. Null: the trigger was deleted,
 * or is no webhook any more.
 */
export async function carry(
  deps: CarryDeps,
  workspaceId: number,
  delivery: DeliveryRow,
  known?: { config: WebhookConfig; subject: Subject },
): Promise<Taken | null> {
  const { store } = deps
  // Whoever comes later may find it done.
  const done = known ? null : await rows.became(store, delivery.id)
  if (done?.verdict) return takenOf(delivery, done)
  const subject = known?.subject ?? subjectIn(delivery)
  const config = known?.config ?? (await configIn(store, workspaceId, delivery.triggerId))
  if (!config) return gone(deps, delivery)
  const matched = config.filter ? match(config.filter, subject) : HOLDS
  if (matched.pass) return fire(deps, delivery, subject, matched.trace)
  return leaveOut(deps, workspaceId, delivery, matched)
}

async function leaveOut(
  { store, clock }: CarryDeps,
  workspaceId: number,
  { id: openDelivery, triggerId, deliveryId }: DeliveryRow,
  matched: Match,
): Promise<Taken> {
  const { trace } = matched
  const reason = refusal(matched)
  const evaluation = { triggerId, source: null, eventId: null, deliveryId, value: null, occurrence: null }
  const settled = { verdict: 'filtered', status: 200, reason, trace: JSON.stringify(trace) } as const
  await store.atomically([
    lockWorkspaces([workspaceId]),
    ...evaluated([{ ...evaluation, verdict: 'filtered', reason, trace }], clock.now(), {
      openDelivery,
    }),
    rows.settled(openDelivery, settled),
  ])
  return { deliveryId, executionId: null, verdict: 'filtered' }
}

/** That a call repeats another is decided, too; it names the run that the first one became by itself. */
export const duplicateOf = (first: Pick<DeliveryRow, 'triggerId' | 'deliveryId'>): NewEvaluation => ({
  ...{ triggerId: first.triggerId, deliveryId: first.deliveryId, verdict: 'duplicate', trace: [] },
  ...{ source: null, eventId: null, value: null, occurrence: keyOf(first) },
  reason: 'A call with this id, or with this signature, was received before.',
})

async function fire(
  { engine, store, clock }: CarryDeps,
  delivery: DeliveryRow,
  subject: Subject,
  trace: Match['trace'],
): Promise<Taken | null> {
  const { id, triggerId, deliveryId } = delivery
  const settling = rows.settledAsEvaluated({ id, triggerId, deliveryId, trace: JSON.stringify(trace) })
  const occurred = await engine.occur(triggerId, factOf(delivery, subject, trace), [settling])
  if (!occurred) return gone({ store }, delivery)
  const { verdict, executionId } = occurred
  // Its id was forgotten after 90 days, and the run of the call before is still there.
  if (verdict === 'duplicate')
    await store.atomically([
      rows.settled(id, { verdict, status: 200, reason: null, executionId, trace: JSON.stringify(trace) }),
      ...evaluated([duplicateOf(delivery)], clock.now()),
    ])
  const [became] = occurred.answerTo(settling)
  return takenOf(delivery, became ?? (await rows.became(store, id)))
}

/** As it comes to its trigger. */
export const factOf = (delivery: DeliveryRow, subject: Subject, trace: Match['trace']): Fact => ({
  ...{ key: keyOf(delivery), kind: 'webhook', event: eventOf(delivery, subject), source: null, trace },
  ...{ deliveryId: delivery.deliveryId, openDelivery: delivery.id, toldAt: new Date(delivery.receivedAt) },
})
/** Of the execution that a call becomes by itself. */
export const keyOf = ({ deliveryId }: Pick<DeliveryRow, 'deliveryId'>) => `webhook:${deliveryId}`

/** What the caller is told: what else keeps it from running is told by its execution. */
function takenOf(
  { deliveryId }: DeliveryRow,
  became: Pick<DeliveryRow, 'verdict' | 'executionId'> | null,
): Taken | null {
  const { verdict, executionId = null } = became ?? {}
  return verdict && verdict !== 'refused' ? { deliveryId, executionId, verdict } : null
}

/** There was a trigger when it was taken in. */
async function gone({ store }: Pick<CarryDeps, 'store'>, { id }: DeliveryRow): Promise<null> {
  const reason = 'The trigger was deleted, or is no webhook any more, before it could fire.'
  await store.atomically([rows.settled(id, { verdict: 'refused', status: 404, reason, trace: '[]' })])
  return null
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

/** As it was kept: what is secret in it is not. */
export const subjectIn = ({ headers, query, body, isBase64 }: DeliveryRow): Subject =>
  subjectOf(JSON.parse(headers) as Record<string, string>, JSON.parse(query) as Query, isBase64 ? null : body)
