/**
 * The days on which a schedule does not run, as its own zone has them. Pure.
 *
 * Promise: what costs is the days that are asked about, not how often the schedule runs on them. A day goes from its
 * first instant in the zone to the one before the next day's first, however long that is.
 */
import { dayIn, saidOfDay } from '#lib/contract/calendar.ts'
import { zoneOf } from '#lib/contract/zone.ts'
import type { Times } from '#lib/triggers/index.ts'

export interface KnownCalendar {
  name: string
  dates: readonly string[]
}

export interface DayOff {
  /** Goes after "Skipped: ", without its full stop. */
  why: string
  /** Its first instant and its last. */
  from: Date
  to: Date
}

export interface DaysOff {
  /** The day off that an instant lies on; null: it is a day like others. */
  at(instant: Date): DayOff | null
  /** Those that reach into [from, to], oldest first. */
  within(from: Date, to: Date): DayOff[]
}

export const NO_DAYS_OFF: DaysOff = { at: () => null, within: () => [] }

/** Of several calendars that have a day, the first says so. A zone that is none counts as UTC. */
export function daysOff(calendars: readonly KnownCalendar[], zone: string): DaysOff {
  const names = new Map<string, string>()
  for (const { name, dates } of calendars)
    for (const date of dates) if (!names.has(date)) names.set(date, name)
  if (names.size === 0) return NO_DAYS_OFF
  const days = [...names.keys()].toSorted()
  const place = zoneOf(zone)
  const known = new Map<string, DayOff | null>()
  function of(date: string): DayOff | null {
    const it = known.get(date)
    if (it !== undefined) return it
    const made = spanOf(date, names.get(date) as string, place)
    known.set(date, made)
    return made
  }
  function within(from: Date, to: Date): DayOff[] {
    // Where a clock goes back over midnight, an instant lies on the day before its neighbours': one more is looked at.
    const [first, last] = [shifted(dayIn(from, place), -1), shifted(dayIn(to, place), 1)]
    const found: DayOff[] = []
    for (let i = firstFrom(days, first); i < days.length && (days[i] as string) <= last; i++) {
      const it = of(days[i] as string)
      if (it && it.from <= to && it.to >= from) found.push(it)
    }
    return found
  }
  return { within, at: (instant) => within(instant, instant)[0] ?? null }
}

/** Null for a day that does not exist in the zone: Samoa had no 30 December 2011. */
function spanOf(date: string, calendar: string, zone: string): DayOff | null {
  try {
    const day = Temporal.PlainDate.from(date)
    const from = day.toZonedDateTime(zone).epochMilliseconds
    const to = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds - 1
    return to < from ? null : { why: saidOfDay(date, calendar), from: new Date(from), to: new Date(to) }
  } catch {
    // Plain SQL may have written anything.
    return null
  }
}

const shifted = (date: string, byDays: number) =>
  Temporal.PlainDate.from(date).add({ days: byDays }).toString()

/** Where in ordered days the first lies that is not before `day`. */
function firstFrom(days: readonly string[], day: string): number {
  let [low, high] = [0, days.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((days[middle] as string) < day) low = middle + 1
    else high = middle
  }
  return low
}

/** The instants at which it does run. */
export function withoutDaysOff(times: Times, days: DaysOff): Times {
  if (days === NO_DAYS_OFF) return times
  return {
    next(after) {
      let at = times.next(after)
      for (let off = at && days.at(at); at && off; off = at && days.at(at)) at = times.next(off.to)
      return at
    },
    latest(after, upTo, count) {
      const found: Date[] = []
      let end = upTo
      const take = (from: Date) => {
        if (end > from && found.length < count)
          found.unshift(...times.latest(from, end, count - found.length))
      }
      for (const off of days.within(after, upTo).toReversed()) {
        take(off.to > after ? off.to : after)
        end = new Date(off.from.getTime() - 1)
      }
      take(after)
      return found
    },
    count(after, upTo) {
      const all = times.count(after, upTo)
      return days.within(new Date(after.getTime() + 1), upTo).reduce((left, off) => {
        const from = Math.max(off.from.getTime() - 1, after.getTime())
        const { count, exact } = times.count(new Date(from), off.to < upTo ? off.to : upTo)
        return { count: Math.max(0, left.count - count), exact: left.exact && exact }
      }, all)
    },
  }
}
