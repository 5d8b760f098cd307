/** What a schedule would do, before it is anybody's: dates, overlaps, and what comparable runs have used. */
import { recentOfAgent } from '#db/queries/statistics.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import { unacceptable } from '../contract/problem.ts'
import { boundedBy } from '../engine/instants.ts'
import { simulate } from '../engine/simulating.ts'
import { followsClock, judge, timesOf } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'
import { percentile } from './showing.ts'

const MOST_OCCURRENCES = 10_000

/** Writes nothing. An interval without a start counts from `from`. */
export async function run(
  { store, minimumIntervalSeconds }: Pick<Deps, 'store' | 'minimumIntervalSeconds'>,
  workspaceId: number,
  { trigger, assumeSeconds, ...span }: BodyOf<Api['simulateTrigger']>,
): Promise<AnswerOf<Api['simulateTrigger']>> {
  const [from, to] = [new Date(span.from), new Date(span.to)]
  const row = { ...configFrom(trigger), createdAt: from.getTime() }
  const faults = judge(row, { minimumIntervalSeconds, now: new Date(0) })
  if (!followsClock(trigger.kind))
    faults.push({
      path: 'kind',
      message: `is "${trigger.kind}": only what follows the clock can be simulated`,
    })
  if (faults.length > 0)
    throw unacceptable(faults.map(({ path, message }) => ({ path: `trigger.${path}`, message })))

  const recent = await recentOfAgent(store, workspaceId, trigger.agentId)
  const usualMs = percentile(
    recent.flatMap((it) => it.durationMs ?? []),
    0.5,
  )
  const { occurrences, truncated } = simulate({
    times: boundedBy(row, timesOf(row)),
    from,
    to,
    overlap: trigger.overlap,
    bufferLimit: trigger.bufferLimit,
    maxExecutions: trigger.maxExecutions,
    lastsMs: assumeSeconds === undefined ? (usualMs ?? 0) : assumeSeconds * 1000,
    most: MOST_OCCURRENCES,
  })
  const counts: Record<string, number> = {}
  for (const { verdict } of occurrences) counts[verdict] = (counts[verdict] ?? 0) + 1
  const spread = (values: number[]) => ({ p50: percentile(values, 0.5), p95: percentile(values, 0.95) })
  return {
    occurrences,
    counts,
    tokens: spread(recent.map((it) => it.tokensUsed)),
    cost: spread(recent.map((it) => it.cost)),
    basis: recent.length > 0 ? 'same_agent' : 'none',
    truncated,
  }
}
