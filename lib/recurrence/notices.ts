/**
 * What a change of the clock does to a pattern, said before it happens.
 *
 * Promise: every time of a pattern that a change moves, joins, drops or repeats is named; patterns that run
 * in every hour just follow real time, and are left in peace.
 */
import type { Pattern } from './pattern.ts'
import { dayOf, timesBetween, timesInGap, wallAtEnd, wallAtStart } from './walk.ts'
import type { Stretch, Zone } from './zone.ts'

export interface Notice {
  text: string
  /** The instants that it is about; none when a run is dropped. */
  instants: number[]
}

export function noticeOf(pattern: Pattern, zone: Zone, before: Stretch, after: Stretch): Notice | null {
  if (!pattern.fixedTimes && pattern.everyHour) return null
  return after.offsetMs > before.offsetMs
    ? gapNotice(pattern, zone, before, after)
    : overlapNotice(pattern, zone, before, after)
}

function gapNotice(pattern: Pattern, zone: Zone, before: Stretch, after: Stretch): Notice | null {
  const times = [...timesInGap(pattern, before, after)]
  const [first] = times
  if (first === undefined) return null
  const missing =
    `On ${longDay(first)}, ${timeList(times)} ${times.length === 1 ? 'does' : 'do'} ` +
    `not exist in ${zone.name}`
  if (!pattern.fixedTimes) return { text: `${missing}: not run.`, instants: [] }

  const wall = wallAtStart(after)
  const day = dayOf(wall) === dayOf(first) ? '' : ` on ${longDay(wall)}`
  const isShared = pattern.next(wall - 1) === wall
  const runs = isShared
    ? `joined with the run at ${time(wall)}`
    : times.length === 1
      ? `runs at ${time(wall)}`
      : `runs once, at ${time(wall)}`
  return { text: `${missing}: ${runs}${day}.`, instants: [after.startMs] }
}

function overlapNotice(pattern: Pattern, zone: Zone, before: Stretch, after: Stretch): Notice | null {
  const times = [...timesBetween(pattern, wallAtStart(after), wallAtEnd(before))]
  const [first] = times
  if (first === undefined) return null
  const twice =
    `On ${longDay(first)}, ${timeList(times)} ${times.length === 1 ? 'occurs' : 'occur'} ` +
    `twice in ${zone.name}`
  const firstPass = times.map((wall) => wall - before.offsetMs)
  if (pattern.fixedTimes)
    return {
      text: `${twice}: ${times.length === 1 ? 'runs' : 'each runs'} once, the first time.`,
      instants: firstPass,
    }
  return {
    text: `${twice}: ${times.length === 1 ? 'runs' : 'each runs'} both times.`,
    instants: [...firstPass, ...times.map((wall) => wall - after.offsetMs)],
  }
}

const LONG_DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})
const longDay = (wallMs: number) => LONG_DAY.format(wallMs).replace(',', '')
const time = (wallMs: number) => new Date(wallMs).toISOString().slice(11, 16)

const MOST_NAMED = 3

function timeList(walls: number[]): string {
  const named = walls.slice(0, MOST_NAMED).map(time)
  if (walls.length > MOST_NAMED) named.push(`${walls.length - MOST_NAMED} more`)
  const last = named.pop()
  return named.length === 0 ? `${last}` : `${named.join(', ')} and ${last}`
}
