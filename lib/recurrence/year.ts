/**
 * The days of a year on which a pattern runs.
 *
 * Promise: costs a look a day, however often the pattern runs on it.
 */
import { recurrenceOf } from './registry.ts'
import { nextInstantMs } from './walk.ts'

const DAY_MS = 86_400_000
const dateOf = (wallMs: number) => new Date(wallMs).toISOString().slice(0, 10)

export interface DayOfYear {
  /** On the wall of the zone, such as 2027-03-28. */
  date: string
  runs: number
}

/** From the day of `from` on; on its first day only what comes after. */
export function daysOfPattern(
  cronExpression: string,
  timezone: string,
  from: Date,
  days: number,
): DayOfYear[] {
  const { pattern, zone } = recurrenceOf(cronExpression, timezone)
  const runs = pattern.timesOfDay().length
  const found: DayOfYear[] = []
  const first = Math.floor((from.getTime() + zone.at(from.getTime()).offsetMs) / DAY_MS)
  let at = from.getTime()
  for (;;) {
    const next = nextInstantMs(pattern, zone, at)
    if (next === null) return found
    const wall = next + zone.at(next).offsetMs
    const day = Math.floor(wall / DAY_MS)
    if (day >= first + days) return found
    found.push({ date: dateOf(wall), runs })
    // The last moment of that day, by the wall at its end.
    const end = (day + 1) * DAY_MS - 1
    at = Math.max(next, end - zone.at(end - zone.at(next).offsetMs).offsetMs)
  }
}
