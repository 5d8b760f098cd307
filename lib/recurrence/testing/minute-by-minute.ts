/**
 * The daylight-saving rule a second time, the slow way: every minute of real time is looked at.
 *
 * Promise: shares nothing with the module under test, and nothing with croner: its own reading of the five
 * fields, its own statement of the rule, and the offset of every single minute from Temporal.
 */

/** Real minutes in a row, with what the clock on the wall shows in each (minutes, as if it showed UTC). */
export interface Span {
  timezone: string
  startMs: number
  walls: number[]
}

const MINUTE_MS = 60_000
const DAY = 1440

export function transitionsOf(timezone: string, fromYear: number, toYear: number): number[] {
  const end = Date.UTC(toYear + 1, 0, 1)
  const found: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(fromYear, 0, 1))
    .toZonedDateTimeISO(timezone)
    .getTimeZoneTransition('next')
  for (; at && at.epochMilliseconds < end; at = at.getTimeZoneTransition('next'))
    found.push(at.epochMilliseconds)
  return found
}

export function spanAround(timezone: string, instantMs: number, hours: number): Span {
  const startMs = instantMs - hours * 60 * MINUTE_MS
  const walls = Array.from({ length: hours * 120 }, (_, index) => {
    const at = startMs + index * MINUTE_MS
    const offsetMs =
      Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).offsetNanoseconds / 1e6
    return (at + offsetMs) / MINUTE_MS
  })
  return { timezone, startMs, walls }
}

export function runsIn({ startMs, walls }: Span, cronExpression: string): Date[] {
  const matches = matcher(cronExpression)
  const [minute = '', hour = ''] = cronExpression.split(' ')
  const isFixed = !/[*/?]/.test(minute + hour)
  const days = new Set(walls.map((wall) => Math.floor(wall / DAY)))
  const shown = new Set<number>()
  const runs: Date[] = []
  walls.forEach((wall, index) => {
    const previous = walls[index - 1] ?? wall - 1
    const runsNow = matches(wall) && !(isFixed && shown.has(wall))
    const makesUpForGap =
      isFixed && missing(previous, wall).some((lost) => days.has(Math.floor(lost / DAY)) && matches(lost))
    if (runsNow || makesUpForGap) runs.push(new Date(startMs + index * MINUTE_MS))
    shown.add(wall)
  })
  return runs
}

const missing = (previous: number, wall: number) =>
  Array.from({ length: Math.max(0, wall - previous - 1) }, (_, index) => previous + 1 + index)

/** Does a wall minute match the five fields? Numbers, lists, ranges and steps only. */
export function matcher(cronExpression: string): (wallMinutes: number) => boolean {
  const [minutes, hours, days, months, weekdays] = cronExpression
    .split(' ')
    .map((field, index) => ({ restricted: field !== '*', has: reader(field, LOWEST[index] ?? 0) }))
  if (!minutes || !hours || !days || !months || !weekdays)
    throw new Error(`not five fields: ${cronExpression}`)
  return (wallMinutes) => {
    const wall = new Date(wallMinutes * MINUTE_MS)
    if (
      !minutes.has(wall.getUTCMinutes()) ||
      !hours.has(wall.getUTCHours()) ||
      !months.has(wall.getUTCMonth() + 1)
    )
      return false
    const onDay = days.has(wall.getUTCDate())
    const onWeekday = weekdays.has(wall.getUTCDay()) || (wall.getUTCDay() === 0 && weekdays.has(7))
    return days.restricted && weekdays.restricted ? onDay || onWeekday : onDay && onWeekday
  }
}

const LOWEST = [0, 0, 1, 1, 0]

function reader(field: string, lowest: number): (value: number) => boolean {
  const items = field.split(',').map((item) => {
    const [range = '', step = '1'] = item.split('/')
    const [low = lowest, high = range === '*' ? Infinity : low] =
      range === '*' ? [] : range.split('-').map(Number)
    return { low, high, step: Number(step) }
  })
  return (value) =>
    items.some(({ low, high, step }) => value >= low && value <= high && (value - low) % step === 0)
}
