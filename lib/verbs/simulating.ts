/** What a schedule would do, before it is anybody's: dates, overlaps, and what comparable runs have used. */
import { costsOf, recentOfAgent } from '#db/queries/statistics.ts'
import * as triggers from '#db/queries/triggers.ts'
import { days } from '../clock.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import { boundedBy } from '../engine/instants.ts'
import { percentile } from '../engine/percentile.ts'
import { simulate } from '../engine/simulating.ts'
import { followsClock, judge, timesOf } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'

const MOST_OCCURRENCES = 10_000
const MONTH_MS = days(30)

/** Of the next 30 days; null where nobody knows what a run costs. */
export async function forecast(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
): Promise<AnswerOf<Api['forecastTrigger']>> {
  const row = await triggers.get(store, workspaceId, id)
  if (!row) throw notFound('schedule')
  const now = clock.now()
  const planned = boundedBy(row, timesOf(row)).count(now, new Date(now.getTime() + MONTH_MS)).count
  const left = row.maxExecutions === null ? planned : Math.max(0, row.maxExecutions - row.plannedRuns)
  const runsPerMonth = row.enabled ? Math.min(planned, left) : 0
  const own = await costsOf(store, id)
  const costs =
    own.length > 0 ? own : (await recentOfAgent(store, workspaceId, row.agentId)).map((it) => it.cost)
  const month = (share: number) => {
    const one = percentile(costs, share)
    return one === null ? null : one * runsPerMonth
  }
  return {
    runsPerMonth,
    costPerMonth: { p50: month(0.5), p95: month(0.95) },
    basis: own.length > 0 ? 'own_history' : costs.length > 0 ? 'same_agent' : 'none',
    runs: costs.length,
  }
}

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
