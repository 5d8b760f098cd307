/**
 * Which days a calendar covers: those of events that last whole days, repeated ones as often as they take place.
 *
 * Promise: an event with times covers a day only where it goes from its first minute to its last, by the calendar's own
 * clock. Tasks and what is cancelled cover none. Runs in a process of its own (`child.ts`).
 */
import { type Entry, everythingIn, leftOut, type Span } from './calendar.ts'

export interface Days {
  /** Such as 2026-12-25, in their order. */
  dates: string[]
  /** What was left out. */
  left: string | null
}

/** Some programs write a whole day as 00:00 to 23:59. */
const LAST_MINUTE_MS = 60_000

export async function daysIn(bytes: Buffer, span: Span): Promise<Days> {
  const { zone, within, unread } = await everythingIn(bytes, span)
  const [first, last] = [dayOf(span.fromMs, zone), dayOf(span.toMs, zone)]
  const dates = new Set<string>()
  for (const it of within)
    for (const day of it.kind === 'event' && !it.cancelled ? covered(it, zone, { first, last }) : [])
      dates.add(day)
  return { dates: [...dates].toSorted(), left: leftOut(unread) || null }
}

function* covered(
  { startMs, endMs, allDay }: Entry,
  zone: string,
  { first, last }: Record<'first' | 'last', Temporal.PlainDate>,
): Generator<string> {
  const startsOn = dayOf(startMs, zone)
  const isFromItsStart = allDay || startsOn.toZonedDateTime(zone).epochMilliseconds === startMs
  const from = isFromItsStart ? startsOn : startsOn.add({ days: 1 })
  const until = allDay
    ? later(dayOf(endMs, zone), from.add({ days: 1 }))
    : dayOf(endMs + LAST_MINUTE_MS, zone)
  for (let day = later(from, first); isBefore(day, until) && !isBefore(last, day); day = day.add({ days: 1 }))
    yield day.toString()
}

const dayOf = (ms: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate()
const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0
const later = (a: Temporal.PlainDate, b: Temporal.PlainDate) => (isBefore(a, b) ? b : a)
