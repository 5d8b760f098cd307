/**
 * Instants and durations as people say them, in the zone, the hours and the language of whoever looks: the one place
 * of the product where they become words.
 */
import { reading } from '#lib/client/reading.ts'
import { formatFixed } from './number.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export type Instant = string | Date
export const ms = (at: Instant) => (typeof at === 'string' ? Date.parse(at) : at.getTime())

/** "3 min ago", "in 2 h", "just now". */
export function relative(at: Instant, now: number): string {
  const delta = ms(at) - now
  const size = Math.abs(delta)
  const [count, unit] =
    size < 45_000
      ? [Math.round(size / 1000), 's']
      : size < HOUR
        ? [Math.round(size / MINUTE), 'min']
        : size < DAY
          ? [Math.round(size / HOUR), 'h']
          : [Math.round(size / DAY), 'd']
  if (count < 2 && unit === 's') return delta > 0 ? 'now' : 'just now'
  const words = unit === 'd' ? `${count} ${count === 1 ? 'day' : 'days'}` : `${count} ${unit}`
  return delta > 0 ? `in ${words}` : `${words} ago`
}

/** "420 ms", "3.2 s", "4 min 10 s", "1 h 5 min". */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 10_000) return `${formatFixed(Math.floor(durationMs / 100) / 10, 1)} s`
  const seconds = Math.floor(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export type Format = 'instant' | 'second' | 'date' | 'time' | 'full'
const FORMATS: Record<Format, Intl.DateTimeFormatOptions> = {
  instant: { dateStyle: 'medium', timeStyle: 'short' },
  second: { dateStyle: 'medium', timeStyle: 'medium' },
  date: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  time: { timeStyle: 'short' },
  full: {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  },
}
const formatters = new Map<string, Intl.DateTimeFormat>()

/** `otherwise`: the language where none is set; undefined is the browser's own. */
function formatterOf(options: Intl.DateTimeFormatOptions, otherwise?: string): Intl.DateTimeFormat {
  const { language, clock } = reading()
  const key = `${language} ${clock} ${otherwise} ${JSON.stringify(options)}`
  const known =
    formatters.get(key) ??
    new Intl.DateTimeFormat(language ?? otherwise, {
      ...options,
      ...(clock && { hourCycle: clock === '12' ? 'h12' : 'h23' }),
    })
  formatters.set(key, known)
  return known
}

/** In the reader's zone and language, or in another zone. */
export const formatInstant = (at: Instant, format: Format = 'instant', timeZone?: string): string => {
  const zone = timeZone ?? reading().timezone
  return formatterOf({ ...FORMATS[format], ...(zone && { timeZone: zone }) }).format(ms(at))
}

/** A day of the calendar, such as "2026-11-23", which is the same one in every zone; or that of an instant in one. */
export const formatDay = (at: Instant, options: Intl.DateTimeFormatOptions, timeZone = 'UTC'): string =>
  formatterOf({ ...options, timeZone }, 'en-GB').format(ms(at))

/** A time of day such as "17:00", as the reader's clock has it; what is none, such as half of one, as it is. */
export function formatTimeOfDay(time: string): string {
  const at = Date.parse(`2026-01-01T${time}Z`)
  return Number.isNaN(at) ? time : formatterOf({ timeStyle: 'short', timeZone: 'UTC' }, 'en-GB').format(at)
}

/** What the clock on a wall shows, of an instant that stands for it as if it were UTC. */
export function wallParts(at: Date, { withYear }: { withYear: boolean }): { day: string; time: string } {
  const [weekday, date] = [{ weekday: 'short' }, withYear ? DATE_OF_WALL : DAY_OF_WALL] as const
  const day = reading().language
    ? formatDay(at, { ...weekday, ...date })
    : // As the server's previews say it.
      `${formatDay(at, weekday)} ${formatDay(at, date)}`
  return { day, time: formatDay(at, { hour: '2-digit', minute: '2-digit' }) }
}
export function formatWall(at: Date): string {
  const { day, time } = wallParts(at, { withYear: true })
  return `${day}, ${time}`
}
const DAY_OF_WALL = { day: 'numeric', month: 'short' } as const
const DATE_OF_WALL = { ...DAY_OF_WALL, year: 'numeric' } as const

/** "Mon": the n-th day of a week that begins with Monday, from 0. */
export const weekdayName = (n: number): string =>
  formatterOf({ weekday: 'short', timeZone: 'UTC' }, 'en-GB').format(Date.UTC(2024, 0, 1 + n))
/** "15", "3 PM". */
export const hourName = (hour: number): string =>
  reading().clock === '12'
    ? formatterOf({ hour: 'numeric', timeZone: 'UTC' }, 'en-US').format(Date.UTC(2024, 0, 1, hour))
    : String(hour)
