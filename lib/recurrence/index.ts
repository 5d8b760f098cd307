/**
 * The time of a cron schedule: pattern and zone in; instants, words and warnings out.
 *
 * Promise: pure. The same question has the same answer on every machine, and
 * no clock is asked but a stopwatch that cuts long answers short. A daily
 * schedule runs exactly once on every local day that exists, in every zone.
 */
import { recurrenceOf } from './registry.ts'
import { nextInstantMs, previousInstantMs } from './walk.ts'

export { judgePattern } from './judge.ts'
export { previewPattern } from './preview.ts'
export { shiftsBetween } from './shifts.ts'
export { shown } from './shown.ts'
export { describePattern } from './words.ts'
export { acceptedZone, judgeZone, zoneFaults } from './zone.ts'

/** The first instant strictly after `after`; null when the pattern has none before the year 3000. */
export function nextInstant(cronExpression: string, timezone: string, after: Date): Date | null {
  const nextMs = recurrenceOf(cronExpression, timezone).nextMs(after.getTime())
  return nextMs === null ? null : new Date(nextMs)
}

/** The first `limit` instants in (from, to], oldest first. */
export function instantsBetween(
  cronExpression: string,
  timezone: string,
  from: Date,
  to: Date,
  limit: number,
): Date[] {
  const { pattern, zone } = recurrenceOf(cronExpression, timezone)
  const found: Date[] = []
  for (let at = from.getTime(); found.length < limit; ) {
    const next = nextInstantMs(pattern, zone, at)
    if (next === null || next > to.getTime()) break
    found.push(new Date(next))
    at = next
  }
  return found
}

/**
 * The newest `count` instants in (after, upTo], oldest first. Walks
 * backwards: a gap of years costs no more than one of hours.
 */
export function latestInstants(
  cronExpression: string,
  timezone: string,
  after: Date,
  upTo: Date,
  count: number,
): Date[] {
  const { pattern, zone } = recurrenceOf(cronExpression, timezone)
  const found: Date[] = []
  for (let at = upTo.getTime() + 1; found.length < count; ) {
    const previous = previousInstantMs(pattern, zone, at)
    if (previous === null || previous <= after.getTime()) break
    found.push(new Date(previous))
    at = previous
  }
  return found.reverse()
}

const COUNTING_MS = 20

/**
 * How many instants lie in (from, to]; `exact` is false where the cap or the time for counting ended first.
 */
export function countInstants(
  cronExpression: string,
  timezone: string,
  from: Date,
  to: Date,
  cap: number,
): { count: number; exact: boolean } {
  const { pattern, zone } = recurrenceOf(cronExpression, timezone)
  const startedMs = performance.now()
  let count = 0
  for (let at = from.getTime(); ; count++) {
    const next = nextInstantMs(pattern, zone, at)
    if (next === null || next > to.getTime()) return { count, exact: true }
    if (count >= cap || performance.now() - startedMs > COUNTING_MS) return { count, exact: false }
    at = next
  }
}
