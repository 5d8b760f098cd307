/**
 * A webhook is tried on the calls that the log has.
 *
 * Promise: they are decided on as live; what a call said that is no longer kept is not guessed.
 */
import { type DeliveryRow, genuineBetween } from '#db/queries/webhooks.ts'
import { WebhookConfig } from '../contract/webhook-trigger.ts'
import { backtest, STANDING } from '../engine/backtesting.ts'
import { USUAL_DEPTH } from '../engine/occurring.ts'
import { turnOfOthers } from '../engine/slices.ts'
import { HOLDS, match } from '../triggers/matching.ts'
import { factOf, subjectIn } from './carrying.ts'
import type { Deps } from './deps.ts'
import type { OverRecords } from './trying-over.ts'

/** Calls are read with all that they said. */
const PAGE = 50

/** Of the webhook `id`, or of all in the workspace that have its scheme, as if all had come to it. */
export const overCalls: OverRecords = async ({ store }, row, { from, to, id, ...of }) => {
  const { workspaceId } = row
  const { scheme, filter } = WebhookConfig.parse(JSON.parse(row.config))
  const trial = backtest({ ...of, trigger: { ...row, ...STANDING }, maxDepth: USUAL_DEPTH })
  const evaluations: Record<string, number> = {}
  // Two webhooks may have been called with one id: to one they would have been one call.
  const seen = new Set<string>()
  let gone = 0
  for await (const call of recorded(store, { workspaceId, scheme, triggerId: id ?? null, from, to })) {
    if (trial.isFull) break
    if (seen.has(call.deliveryId)) continue
    seen.add(call.deliveryId)
    if (call.body === null) {
      gone++
      continue
    }
    const subject = subjectIn(call)
    const { pass, trace } = filter ? match(filter, subject) : HOLDS
    const verdict = pass ? trial.add(factOf(call, subject, trace), new Date(call.receivedAt)) : 'filtered'
    evaluations[verdict] = (evaluations[verdict] ?? 0) + 1
  }
  return {
    ...{ occurrences: trial.occurrences, evaluations, note: saidOfGone(gone) },
    ...{ truncated: trial.isFull || gone > 0, isRecorded: seen.size > 0 },
  }
}

async function* recorded(
  store: Deps['store'],
  of: Omit<Parameters<typeof genuineBetween>[1], 'after' | 'limit'>,
): AsyncGenerator<DeliveryRow> {
  for (let after = 0; ; ) {
    const page = await genuineBetween(store, { ...of, after, limit: PAGE })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.id
    await turnOfOthers()
  }
}

const saidOfGone = (count: number): string | null =>
  count === 0
    ? null
    : `${count === 1 ? '1 call is' : `${count} calls are`} left out: what calls said is kept for 7 days.`
