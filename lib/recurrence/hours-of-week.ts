/** Counts by instant, as counts by the hour of the week on the wall of a zone; pure. */
import { QUARTER_MS } from '../clock.ts'
import { namedZone } from './registry.ts'

export interface Counted {
  runs: number
  failed: number
}
/** `weekday`: 1 is Monday, 7 is Sunday. */
export interface HourOfWeek extends Counted {
  weekday: number
  hour: number
}

/** `quarter`: quarters of an hour since 1970. In the order of the week; an hour without any is not there. */
export function hoursOfTheWeek(
  quarters: readonly (Counted & { quarter: number })[],
  timezone: string,
): HourOfWeek[] {
  const zone = namedZone(timezone)
  const found = new Map<number, HourOfWeek>()
  for (const { quarter, runs, failed } of quarters) {
    const at = quarter * QUARTER_MS
    const wall = new Date(at + zone.at(at).offsetMs)
    const [weekday, hour] = [wall.getUTCDay() || 7, wall.getUTCHours()]
    const known = found.get(weekday * 24 + hour) ?? { weekday, hour, runs: 0, failed: 0 }
    found.set(weekday * 24 + hour, { ...known, runs: known.runs + runs, failed: known.failed + failed })
  }
  return [...found.values()].sort((a, b) => a.weekday - b.weekday || a.hour - b.hour)
}
