/** Why it ran, or did not: the question that a history is kept for. */
import * as kept from '#db/queries/evaluations.ts'
import { outages } from '#db/queries/upkeep.ts'
import * as known from '#db/queries/why.ts'
import { days } from '../clock.ts'
import { notFound } from '../contract/problem.ts'
import type { Evaluation, EvaluationQuery } from '../contract/evaluation.ts'
import type { Why } from '../contract/why.ts'
import { evaluationsOf } from '../engine/evaluations.ts'
import { why } from '../engine/why.ts'
import { followsClock } from '../triggers/index.ts'
import type { z } from 'zod'
import type { Deps } from './deps.ts'

/** At any instant, past or to come, also of a trigger that was deleted. */
export async function at(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  given?: string | Date,
): Promise<Why> {
  const now = clock.now()
  const instant = given === undefined ? now : new Date(given)
  const trigger = await known.trigger(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  const [around, runs, gaps] = await Promise.all([
    known.revisionsAround(store, id, instant),
    known.runsAt(store, id, instant),
    outages(store, instant),
  ])
  const gap = runs.length === 0 ? await known.gapAt(store, id, instant) : null
  return why({ trigger, at: instant, now, ...around, runs, gap, outages: gaps })
}

const MOST_EVALUATIONS = 500
async function ofFacts(
  store: Deps['store'],
  id: number,
  { verdict, from, to }: z.infer<typeof EvaluationQuery>,
): Promise<Evaluation[]> {
  const rows = await kept.list(store, id, {
    verdict: verdict ?? null,
    from: from ? new Date(from) : null,
    to: to ? new Date(to) : null,
    limit: MOST_EVALUATIONS,
  })
  return rows.map((row) => ({
    ...row,
    firstAt: new Date(row.firstAt).toISOString(),
    lastAt: new Date(row.lastAt).toISOString(),
    value: row.value === null ? null : JSON.parse(row.value),
    trace: JSON.parse(row.trace),
  }))
}

const EVALUATIONS_KEPT_MS = days(30)

/** What it decided at each of its instants of the last 30 days, the newest first. */
export async function evaluations(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  { verdict, from, to }: z.infer<typeof EvaluationQuery> = {},
): Promise<Evaluation[]> {
  const trigger = await known.trigger(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  if (!followsClock(trigger.kind)) return ofFacts(store, id, { verdict, from, to })
  const now = clock.now()
  const since = new Date(now.getTime() - EVALUATIONS_KEPT_MS)
  const rows = await known.decisions(store, id, {
    since,
    from: from ? new Date(from) : new Date(0),
    to: to ? new Date(to) : now,
  })
  return evaluationsOf(rows).filter((it) => verdict === undefined || it.verdict === verdict)
}
