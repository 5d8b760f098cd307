/**
 * What the clock on a wall of some zone shows, as
 * `<input type="datetime-local">` writes it, and the instant that is meant.
 *
 * Promise: a time that exists goes there and back unchanged; one
 * that the clock skips becomes the instant as far behind the skip.
 */
import { formatWall, wallParts } from '#components/ui/instants.ts'
import { isZone } from '#lib/contract/zone.ts'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known =
    formatters.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  formatters.set(zone, known)
  return known
}

/** Wall time minus UTC. */
function offsetMs(instantMs: number, zone: string): number {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(instantMs)
      .map((it) => [it.type, Number(it.value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
  return (
    Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) -
    Math.floor(instantMs / 1000) * 1000
  )
}

/** "UTC", "UTC+05:30". */
export function offsetLabel(zone: string, instantMs: number): string {
  const minutes = Math.round(offsetMs(instantMs, zone) / 60_000)
  if (minutes === 0) return 'UTC'
  const two = (n: number) => String(n).padStart(2, '0')
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}

/** Such as "2026-11-23T09:00". */
export const wallOf = (instant: string, zone: string): string =>
  shownAs(instant, zone).toISOString().slice(0, 16)

/** Null where the text is no time or the zone is none. */
export function instantOf(wall: string, zone: string): string | null {
  const shown = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(wall) ? Date.parse(`${wall}Z`) : Number.NaN
  if (Number.isNaN(shown) || !isZone(zone)) return null
  // The distance that holds shortly before: of a time that occurs twice it gives the first one.
  const before = offsetMs(shown - offsetMs(shown, zone) - 12 * 3_600_000, zone)
  const after = offsetMs(shown - before, zone)
  const first = shown - before
  if (offsetMs(first, zone) === before) return new Date(first).toISOString()
  const second = shown - after
  return new Date(offsetMs(second, zone) === after ? second : first).toISOString()
}

/** As `instantOf`; where the wall still shows `known`, that instant itself, to the millisecond. */
export const instantNear = (wall: string, zone: string, known: string | null): string | null =>
  known !== null && isZone(zone) && wallOf(known, zone) === wall ? known : instantOf(wall, zone)

/** The instant that stands for what the wall shows as if it were UTC. */
function shownAs(instant: string, zone: string): Date {
  const at = Date.parse(instant)
  return new Date(at + offsetMs(at, zone))
}

/** Such as "Sun 14 Mar 2027, 03:00": the words in which the server's previews say it, where nothing else is set. */
export const wallWords = (instant: string, zone: string): string => formatWall(shownAs(instant, zone))

/** Its day and its time; the year is said where it is not that of `now`. */
export function wallPartsOf(instant: string, zone: string, now = new Date()): { day: string; time: string } {
  const [it, today] = [shownAs(instant, zone), shownAs(now.toISOString(), zone)]
  return wallParts(it, { withYear: it.getUTCFullYear() !== today.getUTCFullYear() })
}
