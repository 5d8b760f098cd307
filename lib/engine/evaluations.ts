/**
 * What a trigger of the clock decided at its instants, read off the rows that each of them has left. Pure.
 *
 * An instant that nobody looked at (missed) is no decision: it stands in the history, and `why` answers for it.
 */
import type { Decided } from '#db/queries/why.ts'
import type { Evaluation } from '../contract/evaluation.ts'

const NEVER_FIRED = new Set<string | null>(['paused', 'disabled', 'owner_left'])

const iso = (at: number) => new Date(at).toISOString()

function verdictOf({ reasonCode }: Decided): Evaluation['verdict'] {
  if (reasonCode === 'condition') return 'not_true'
  if (reasonCode === 'calendar' || reasonCode === 'rate_limited' || reasonCode === 'depth') return reasonCode
  return NEVER_FIRED.has(reasonCode) ? 'paused' : 'fired'
}

function evaluationOf(row: Decided): Evaluation {
  const at = row.scheduledFor ?? row.queuedAt
  return {
    id: row.id,
    firstAt: iso(row.missedFrom ?? at),
    lastAt: iso(row.missedTo ?? at),
    count: row.missedCount ?? 1,
    source: null,
    eventId: null,
    deliveryId: null,
    value: null,
    verdict: verdictOf(row),
    reason: row.reason,
    trace: [],
    executionId: row.id,
  }
}

const areAlike = (a: Evaluation, b: Evaluation) =>
  a.verdict !== 'fired' && a.verdict === b.verdict && a.reason === b.reason

/** `rows`: the newest first, and so is the answer. Neighbours that left something out for one reason are one. */
export function evaluationsOf(rows: readonly Decided[]): Evaluation[] {
  const all: Evaluation[] = []
  for (const row of rows) {
    const it = evaluationOf(row)
    const newer = all.at(-1)
    if (newer && areAlike(newer, it))
      all.splice(-1, 1, { ...newer, firstAt: it.firstAt, count: newer.count + it.count })
    else all.push(it)
  }
  return all
}
