/**
 * What was missed and is not caught up, as rows of the history: one a trigger and outage, which counts.
 *
 * Promise: each such fact is counted once, whoever matches its page: the row grows in the transaction that moves the
 * cursor past it.
 */
import type { AwaitingTrigger } from '#db/queries/due.ts'
import type { NewEvaluation } from '#db/queries/evaluations.ts'
import { countMissed, type Occurring } from '#db/queries/occurring.ts'
import type { Statement } from '#db/statement.ts'

export interface MissedFacts {
  trigger: Pick<AwaitingTrigger, 'id' | 'workspaceId' | 'kind' | 'overlap'>
  key: string
  reason: string
  count: number
  from: Date
  to: Date
  /** How many there are at all, as far as is known when the row begins. */
  inAll: number
}

/** Adds one to those of its row. */
export function noteMissed(
  into: Map<string, MissedFacts>,
  trigger: MissedFacts['trigger'],
  { occurrence, reason }: Pick<NewEvaluation, 'occurrence' | 'reason'>,
  toldAt: Date,
  inAll: number,
): void {
  const key = occurrence ?? ''
  const it = into.getOrInsertComputed(`${trigger.id} ${key}`, () => ({
    ...{ trigger, key, reason: reason ?? '', count: 0, from: toldAt, to: toldAt, inAll },
  }))
  it.count++
  if (toldAt < it.from) it.from = toldAt
  if (toldAt > it.to) it.to = toldAt
}

/**
 * A row for each that has none yet, and what counts in it: whoever comes first makes it, empty, and everybody adds what
 * is theirs, so that of two servers neither is lost.
 */
export function rowsOfMissed(
  missed: readonly MissedFacts[],
  fences: { seenSeq: number | null; openDelivery: number | null },
  now: Date,
): { occurring: Occurring[]; also: Statement[] } {
  const rows = missed.map(({ trigger: { id, workspaceId }, key, count, from, to }) => ({
    ...{ triggerId: id, workspaceId, key, count, from, to, ...fences },
  }))
  return {
    occurring: missed.map((it) => occurringOf(it, now)),
    also: rows.length > 0 ? countMissed(rows, now) : [],
  }
}

function occurringOf({ trigger, key, reason, from, to, inAll }: MissedFacts, now: Date): Occurring {
  const many = inAll > 1 ? `Missed (${inAll} events)` : 'Missed'
  const occurrence = {
    ...{ key, kind: trigger.kind, scheduledFor: null, status: 'missed' as const, availableAt: now },
    ...{ isCatchup: false, reason, reasonCode: 'server_down' as const, overlapReason: '' },
    ...{ notice: reason.replace(/^Missed/, many), missedFrom: from, missedTo: to, missedCount: 0 },
  }
  const { id: triggerId, overlap } = trigger
  return { triggerId, overlap, oneByOne: false, window: null, occurrence }
}
