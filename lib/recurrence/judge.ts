/**
 * May this pattern be planned in this zone?
 *
 * Promise: an answer within a few milliseconds for any text, and a refusal names the value and the remedy.
 */
import type { Pattern } from './pattern.ts'
import { readingOf } from './registry.ts'
import { dayOf } from './walk.ts'
import { judgeZone } from './zone.ts'

export type Verdict =
  | { ok: true; pattern: string }
  | { ok: false; field: 'cronExpression' | 'timezone'; message: string }

export function judgePattern(
  cronExpression: string,
  timezone: string,
  { minimumIntervalSeconds = 60 }: { minimumIntervalSeconds?: number | undefined } = {},
): Verdict {
  const reading = readingOf(cronExpression)
  if (!reading.ok) return { ok: false, field: 'cronExpression', message: reading.message }
  const zone = judgeZone(timezone)
  if (!zone.ok) return { ok: false, field: 'timezone', message: zone.message }
  const { pattern } = reading
  const shortest = minimumIntervalSeconds > 60 ? shortestGapMinutes(pattern) * 60 : 60
  if (shortest < minimumIntervalSeconds) {
    const message =
      `"${pattern.text}" runs twice within ${duration(shortest)}; the shortest interval allowed here is ` +
      `${duration(minimumIntervalSeconds)}. Name fewer times, such as 0 9 * * * for once a day.`
    return { ok: false, field: 'cronExpression', message }
  }
  return { ok: true, pattern: pattern.text }
}

const DAY_MINUTES = 1440
const DAY_MS = DAY_MINUTES * 60_000
/** Five years of every day, and far more of rarer ones. */
const DAYS_COMPARED = 2_000

/**
 * By the clock on the wall: that two runs come an hour closer on one night in spring is no reason to refuse.
 */
function shortestGapMinutes(pattern: Pattern): number {
  const times = pattern.timesOfDay()
  const [first = 0] = times
  const last = times.at(-1) ?? 0
  const overnight = (days: number) => days * DAY_MINUTES - last + first
  let shortest = Math.min(...times.slice(1).map((minute, index) => minute - (times[index] ?? 0)))
  let day = dayOf(pattern.next(Date.UTC(2000, 0, 1)) ?? 0)
  for (let compared = 0; compared < DAYS_COMPARED && shortest > overnight(1); compared++) {
    const following = pattern.next((day + 1) * DAY_MS - 1)
    if (following === null) break
    shortest = Math.min(shortest, overnight(dayOf(following) - day))
    day = dayOf(following)
  }
  return shortest
}

function duration(seconds: number): string {
  const [size, unit] =
    seconds % 86_400 === 0
      ? [86_400, 'day']
      : seconds % 3600 === 0
        ? [3600, 'hour']
        : seconds % 60 === 0
          ? [60, 'minute']
          : [1, 'second']
  const count = seconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
