/**
 * Calls that came in while their webhook was off are made up for on request.
 *
 * Promise: a call runs once however often it is asked for, by the key that it would have had; what it said must still
 * be kept.
 */
import * as executions from '#db/queries/executions.ts'
import type { TriggerRow } from '#db/queries/triggers.ts'
import { type DeliveryRow, madeUpFor, pausedBetween } from '#db/queries/webhooks.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { isOneOf, NEVER_RAN } from '../contract/states.ts'
import { HOLDS, match } from '../triggers/matching.ts'
import { configOf, factOf, keyOf, subjectIn } from './carrying.ts'
import type { Deps } from './deps.ts'
import { requested } from './requesting.ts'

const MOST = 1000
const PAGE = 50

type Answer = AnswerOf<Api['backfillTrigger']> & { noLongerKept: number }

/** By the filter of now, the oldest first. */
export async function backfillCalls(
  deps: Deps,
  row: TriggerRow,
  { from, to, dryRun }: BodyOf<Api['backfillTrigger']>,
  by: By,
): Promise<Answer> {
  const answer: Answer = {
    ...{ instants: [], created: 0, alreadyThere: 0, daysOff: 0, truncated: false, noLongerKept: 0 },
  }
  const span = { triggerId: row.id, from: new Date(from), to: new Date(to), limit: PAGE }
  for (let after = 0; ; ) {
    const page = await pausedBetween(deps.store, { ...span, after })
    const kept = page.filter((it) => it.body !== null)
    const wanted = kept.filter((it) => isWanted(row, it))
    const chosen = wanted.slice(0, MOST - answer.instants.length)
    answer.noLongerKept += page.length - kept.length
    answer.instants.push(...chosen.map((it) => new Date(it.receivedAt).toISOString()))
    if (!dryRun && chosen.length > 0) {
      const created = await run(deps, row, chosen, by)
      answer.created += created
      answer.alreadyThere += chosen.length - created
    }
    if (chosen.length < wanted.length) return { ...answer, truncated: true }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return answer
    after = last.id
  }
}

function isWanted(row: TriggerRow, call: DeliveryRow): boolean {
  const filter = configOf(row)?.filter
  return (filter ? match(filter, subjectIn(call)) : HOLDS).pass
}

/** Answers how many runs it made. One that was skipped then keeps that trace, and gets a run beside it. */
async function run(deps: Deps, row: TriggerRow, calls: DeliveryRow[], by: By): Promise<number> {
  const keys = calls.flatMap((it) => [keyOf(it), beside(it)])
  const states = await executions.statesOf(deps.store, row.id, keys)
  const keyed = calls.map((call) => {
    const wasSkipped = isOneOf(states.get(keyOf(call)) ?? 'queued', NEVER_RAN)
    return { ...call, key: wasSkipped ? beside(call) : keyOf(call) }
  })
  const missing = keyed.filter(({ key }) => !states.has(key))
  if (missing.length > 0)
    await deps.engine.fire(
      row,
      missing.map((call) =>
        requested({
          ...{ key: call.key, kind: 'backfill', requestedBy: by, availableAt: deps.clock.now() },
          ...{ isCatchup: true, reason: 'Backfilled.', events: [factOf(call, subjectIn(call), []).event] },
        }),
      ),
      { evenIfPaused: true },
    )
  await madeUpFor(deps.store, keyed)
  return missing.length
}

const beside = (call: DeliveryRow) => `backfill:${keyOf(call)}`
