/**
 * Where the times of a pattern fall in real time: the daylight-saving rule, in one place.
 *
 * Promise, for fixed times: one that does not exist runs once, at the first instant after
 * the gap; one that exists twice runs once, the first time. So a daily pattern keeps every
 * local day that exists, also where the clock jumps at midnight. Patterns with a wildcard
 * or a step follow real time: nothing in a gap, both passes of an overlap.
 *
 * croner names the times on the wall and this walk carries them over. Its own arithmetic with zones would
 * drop the run of a gap that ends at local midnight, and costs about ten times as much.
 */
import type { Pattern } from './pattern.ts'
import type { Stretch, Zone } from './zone.ts'

const DAY_MS = 86_400_000
export const dayOf = (wallMs: number) => Math.floor(wallMs / DAY_MS)

/** What the clock shows just before a change would have come, and what it shows right after it. */
export const wallAtEnd = (before: Stretch) => before.endMs + before.offsetMs
export const wallAtStart = (after: Stretch) => after.startMs + after.offsetMs

/** Wall times of the pattern in [from, to). */
export function* timesBetween(pattern: Pattern, fromWallMs: number, toWallMs: number): Generator<number> {
  for (let wall = pattern.next(fromWallMs - 1); wall !== null && wall < toWallMs; wall = pattern.next(wall))
    yield wall
}

/**
 * Times that the gap between two stretches swallows; not those of
 * a day that does not exist at all (Apia, 30 December 2011).
 */
export function* timesInGap(pattern: Pattern, before: Stretch, after: Stretch): Generator<number> {
  const gapStart = wallAtEnd(before)
  const gapEnd = wallAtStart(after)
  for (const wall of timesBetween(pattern, gapStart, gapEnd)) {
    if (dayOf(wall) === dayOf(gapStart - 1) || dayOf(wall) === dayOf(gapEnd)) yield wall
  }
}

const runsAfterGap = (pattern: Pattern, before: Stretch, after: Stretch) =>
  pattern.fixedTimes && after.offsetMs > before.offsetMs && !timesInGap(pattern, before, after).next().done

/** The first instant strictly after. */
export function nextInstantMs(pattern: Pattern, zone: Zone, afterMs: number): number | null {
  let stretch = zone.at(afterMs)
  let wall = pattern.next(afterMs + stretch.offsetMs)
  if (pattern.fixedTimes) {
    const told = toldUntil(zone, stretch)
    if (wall !== null && wall < told) wall = pattern.next(told - 1)
  }
  while (wall !== null) {
    const instant = wall - stretch.offsetMs
    if (instant < stretch.endMs) return instant
    const after = zone.at(stretch.endMs)
    if (runsAfterGap(pattern, stretch, after)) return after.startMs
    // A fixed time before the end of the last stretch has run
    // there, so `wall` stands also when the clock went back.
    const isRepeated = after.offsetMs < stretch.offsetMs && !pattern.fixedTimes
    if (isRepeated || wall < wallAtStart(after)) wall = pattern.next(wallAtStart(after) - 1)
    stretch = after
  }
  return null
}

/** The last instant strictly before. */
export function previousInstantMs(pattern: Pattern, zone: Zone, beforeMs: number): number | null {
  let stretch = zone.at(beforeMs - 1)
  let limitMs = beforeMs
  for (;;) {
    const wall = pattern.previous(limitMs + stretch.offsetMs)
    const isNew = wall !== null && (!pattern.fixedTimes || wall >= toldUntil(zone, stretch))
    if (isNew && wall - stretch.offsetMs >= stretch.startMs) return wall - stretch.offsetMs
    if (stretch.startMs === -Infinity) return null
    const before = zone.at(stretch.startMs - 1)
    if (runsAfterGap(pattern, before, stretch)) return stretch.startMs
    limitMs = stretch.startMs
    stretch = before
  }
}

/** Wall times before this one, in this stretch, were shown before: the clock went back. */
function toldUntil(zone: Zone, stretch: Stretch): number {
  return stretch.startMs === -Infinity ? -Infinity : wallAtEnd(zone.at(stretch.startMs - 1))
}
