/** Why it ran, or did not: the question that a history is kept for. */
import { outages } from '#db/queries/upkeep.ts'
import * as known from '#db/queries/why.ts'
import { days } from '../clock.ts'
import { notFound } from '../contract/problem.ts'
import type { Evaluation, EvaluationQuery } from '../contract/evaluation.ts'
import type { Why } from '../contract/why.ts'
import { evaluationsOf } from '../engine/evaluations.ts'
import { why } from '../engine/why.ts'
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

const EVALUATIONS_KEPT_MS = days(30)

/** What it decided at each of its instants of the last 30 days, the newest first. */
export async function evaluations(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  { verdict, from, to }: z.infer<typeof EvaluationQuery> = {},
): Promise<Evaluation[]> {
  if (!(await known.trigger(store, workspaceId, id))) throw notFound('schedule')
  const now = clock.now()
  const since = new Date(now.getTime() - EVALUATIONS_KEPT_MS)
  const rows = await known.decisions(store, id, {
    since,
    from: from ? new Date(from) : new Date(0),
    to: to ? new Date(to) : now,
  })
  return evaluationsOf(rows).filter((it) => verdict === undefined || it.verdict === verdict)
}
