/** Why it ran, or did not: the question that a history is kept for. */
import { outages } from '#db/queries/upkeep.ts'
import * as known from '#db/queries/why.ts'
import { notFound } from '../contract/problem.ts'
import type { Why } from '../contract/why.ts'
import { why } from '../engine/why.ts'
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
