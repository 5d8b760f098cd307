/**
 * A webhook is tried on the calls that the log has.
 *
 * Promise: they are decided on as live; what a call said that is no longer kept is not guessed. So
 * many calls of so many webhooks are read that somebody can wait for the answer.
 */
import { beforeFirstSince, type DeliveryRow, genuineSince, withScheme } from '#db/queries/webhooks.ts'
import { days } from '../clock.ts'
import { WebhookConfig } from '../contract/webhook-trigger.ts'
import { backtest, STANDING } from '../engine/backtesting.ts'
import { USUAL_DEPTH } from '../engine/occurring.ts'
import { turnOfOthers } from '../engine/slices.ts'
import { HOLDS, match } from '../triggers/matching.ts'
import { factOf, subjectIn } from './carrying.ts'
import type { Deps } from './deps.ts'
import { eventsBetween } from './over-events.ts'
import type { OverRecords } from './trying-over.ts'

/** Calls are read with all that they said. */
const PAGE = 50
const MOST_CALLS = 20_000
const MOST_WEBHOOKS = 20
const SAID_FOR_MS = days(7)

/** Of the webhook `id`, or of those in the workspace that have its scheme, as if all had come to it. */
export const overCalls: OverRecords = async ({ store, clock }, row, { from, to, id, ...of }) => {
  const { workspaceId } = row
  const { scheme, filter } = WebhookConfig.parse(JSON.parse(row.config))
  const trial = backtest({ ...of, trigger: { ...row, ...STANDING }, maxDepth: USUAL_DEPTH })
  const evaluations: Record<string, number> = {}
  const since = new Date(Math.max(from.getTime(), clock.now().getTime() - SAID_FOR_MS))
  const events = eventsBetween(store, row, { from: since, to, now: clock.now() }, trial)
  const { triggerIds, isAll } = await webhooksFor(store, { workspaceId, scheme, id })
  // Two webhooks may have been called with one id: to one they would have been one call.
  const seen = new Set<string>()
  let gone = 0
  let isCut = false
  for await (const call of recorded(store, { triggerIds, from: since, to })) {
    isCut = trial.isFull || seen.size >= MOST_CALLS
    if (isCut) break
    if (seen.has(call.deliveryId)) continue
    seen.add(call.deliveryId)
    if (call.body === null) {
      gone++
      continue
    }
    await events.before(new Date(call.receivedAt))
    const subject = subjectIn(call)
    const { pass, trace } = filter ? match(filter, subject) : HOLDS
    const verdict = pass ? trial.add(factOf(call, subject, trace), new Date(call.receivedAt)) : 'filtered'
    evaluations[verdict] = (evaluations[verdict] ?? 0) + 1
  }
  await events.end()
  const note = noted({ gone, since: since > from ? since : null, isAll })
  return {
    ...{ occurrences: trial.occurrences, evaluations, note },
    ...{ truncated: isCut || gone > 0 || events.isCut, isRecorded: seen.size > 0 },
  }
}

async function webhooksFor(
  store: Deps['store'],
  { id, ...of }: { workspaceId: number; scheme: string; id: number | undefined },
): Promise<{ triggerIds: number[]; isAll: boolean }> {
  if (id !== undefined) return { triggerIds: [id], isAll: true }
  const all = await withScheme(store, { ...of, limit: MOST_WEBHOOKS + 1 })
  return { triggerIds: all.slice(0, MOST_WEBHOOKS), isAll: all.length <= MOST_WEBHOOKS }
}

async function* recorded(
  store: Deps['store'],
  { to, ...of }: { triggerIds: number[]; from: Date; to: Date },
): AsyncGenerator<DeliveryRow> {
  for (let after = await beforeFirstSince(store, of.from); after !== null; ) {
    const page: DeliveryRow[] = await genuineSince(store, { ...of, after, limit: PAGE })
    yield* page.filter((it) => it.receivedAt <= to.getTime())
    const last = page.at(-1)
    if (!last || page.length < PAGE || last.receivedAt > to.getTime()) return
    after = last.id
    await turnOfOthers()
  }
}

function noted(it: { gone: number; since: Date | null; isAll: boolean }): string | null {
  const left = it.gone === 1 ? '1 call is' : `${it.gone} calls are`
  const words = [
    ...(it.since
      ? [`What calls said is kept for 7 days: it is tried from ${it.since.toISOString()} on.`]
      : []),
    ...(it.gone > 0 ? [`${left} left out: what calls said is kept for 7 days.`] : []),
    ...(it.isAll ? [] : [`It is tried on the calls of the ${MOST_WEBHOOKS} newest webhooks of its scheme.`]),
  ]
  return words.length > 0 ? words.join(' ') : null
}
