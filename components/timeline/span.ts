/**
 * The stretch of time that is shown: a day, a week or a month of some place's clock. Pure; runs on the server, too.
 */
import { instantOf, wallOf } from '#components/schedule/wall-clock.ts'
import { zoneOf } from '#lib/contract/zone.ts'

export const SPANS = ['day', 'week', 'month'] as const
export type SpanName = (typeof SPANS)[number]

export interface Stretch {
  span: SpanName
  /** Its first day, such as 2026-11-28. */
  day: string
  zone: string
  fromMs: number
  toMs: number
}

const DAY_MS = 86_400_000
const dateOf = (day: string) => new Date(`${day}T00:00:00Z`)
const dayText = (date: Date) => date.toISOString().slice(0, 10)
const shifted = (day: string, days: number) => dayText(new Date(dateOf(day).getTime() + days * DAY_MS))
/** The day of a place that an instant lies on. */
export const dayAt = (instant: string, zone: string) => wallOf(instant, zone).slice(0, 10)

/** Null: no day, or one that no history reaches. */
export const judgedDay = (text: string | null | undefined): string | null => {
  if (!text || !/^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d$/.test(text)) return null
  const date = dateOf(text)
  return Number.isNaN(date.getTime()) || dayText(date) !== text ? null : text
}

/** Where the stretch begins that holds the day: a week on Monday, a month on its first. */
function beginning(day: string, span: SpanName): string {
  if (span === 'day') return day
  if (span === 'month') return `${day.slice(0, 8)}01`
  return shifted(day, -((dateOf(day).getUTCDay() + 6) % 7))
}

function following(day: string, span: SpanName): string {
  if (span === 'day') return shifted(day, 1)
  if (span === 'week') return shifted(day, 7)
  const date = dateOf(day)
  return dayText(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)))
}

const midnight = (day: string, zone: string) =>
  Date.parse(instantOf(`${day}T00:00`, zone) ?? `${day}T00:00:00.000Z`)

export function stretchOf(span: SpanName, day: string, zone: string): Stretch {
  const place = zoneOf(zone)
  const first = beginning(day, span)
  const [fromMs, toMs] = [midnight(first, place), midnight(following(first, span), place)]
  return { span, day: first, zone: place, fromMs, toMs }
}

/** The first day of the stretch before or after. */
export const neighbour = ({ span, day }: Stretch, direction: 1 | -1): string =>
  direction === 1 ? following(day, span) : beginning(shifted(day, -1), span)

export interface Tick {
  atMs: number
  /** Is said also where there is little room. */
  major: boolean
}

/** Where the axis has a line: hours of a day, else days. A time that the clock skips has none. */
export function ticksOf({ span, day, zone, toMs }: Stretch): Tick[] {
  if (span === 'day')
    return [0, 3, 6, 9, 12, 15, 18, 21].flatMap((hour) => {
      const wall = `${day}T${String(hour).padStart(2, '0')}:00`
      const at = instantOf(wall, zone)
      return at && wallOf(at, zone) === wall ? [{ atMs: Date.parse(at), major: hour % 6 === 0 }] : []
    })
  const ticks: Tick[] = []
  for (let it = day, n = 0; midnight(it, zone) < toMs; it = shifted(it, 1), n++)
    ticks.push({ atMs: midnight(it, zone), major: span === 'week' || n % 7 === 0 })
  return ticks
}

const NICE_MS = [5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * 60_000)
/** So near to each other two instants are one press, in pixels. */
const PRESS_PX = 8

/** The instant that somebody points at, on the nearest mark of the wall clock that a press can tell from the next. */
export function pointedAt({ fromMs, toMs, zone }: Stretch, share: number, widthPx: number): string {
  const perPress = ((toMs - fromMs) / Math.max(1, widthPx)) * PRESS_PX
  const step = NICE_MS.find((it) => it >= perPress) ?? (NICE_MS.at(-1) as number)
  const at = fromMs + share * (toMs - fromMs)
  const wall = Date.parse(`${wallOf(new Date(at).toISOString(), zone)}Z`)
  const snapped = new Date(Math.round(wall / step) * step).toISOString().slice(0, 16)
  return instantOf(snapped, zone) ?? new Date(at).toISOString()
}
