'use client'
/**
 * Instants and durations as people say them. The full instant
 * is always there too: in the markup, and on hover.
 */
import { useNow } from './clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type Instant = string | Date
const ms = (at: Instant) => (typeof at === 'string' ? Date.parse(at) : at.getTime())

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
  if (durationMs < 10_000) return `${(Math.floor(durationMs / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

type Format = 'instant' | 'second' | 'date' | 'time' | 'full'
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

/** In the reader's zone and language, or in another zone. */
export function formatInstant(at: Instant, format: Format = 'instant', timeZone?: string): string {
  const key = `${format} ${timeZone ?? ''}`
  const formatter =
    formatters.get(key) ?? new Intl.DateTimeFormat(undefined, { ...FORMATS[format], timeZone })
  formatters.set(key, formatter)
  return formatter.format(ms(at))
}

const iso = (at: Instant) => new Date(ms(at)).toISOString()
/** What the server draws too: the same words whatever the zone and language. */
const neutral = (at: Instant) => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`
const fullOf = (at: Instant) => `${formatInstant(at, 'full')} · ${neutral(at)}`

const stepFor = (at: Instant) => (now: number) => {
  const size = Math.abs(ms(at) - now)
  return size < 2 * MINUTE ? 1000 : size < HOUR ? 10_000 : MINUTE
}

/** Its words are the same in every zone and language: the server draws them, and a second later they may be others. */
export function RelativeTime({ at, className }: { at: Instant; className?: string | undefined }) {
  const now = useNow(stepFor(at))
  return (
    <time
      dateTime={iso(at)}
      title={now === null ? undefined : fullOf(at)}
      className={className}
      suppressHydrationWarning
    >
      {relative(at, now ?? Date.now())}
    </time>
  )
}

/** The instant itself, in the reader's zone. */
export function Time({
  at,
  format = 'instant',
  className,
}: {
  at: Instant
  format?: Format | undefined
  className?: string | undefined
}) {
  const now = useNow(DAY)
  return (
    <time dateTime={iso(at)} title={now === null ? undefined : fullOf(at)} className={className}>
      {now === null ? neutral(at) : formatInstant(at, format)}
    </time>
  )
}

/** Whole seconds, so that the text does not change its shape while it ticks. */
const elapsed = (sinceMs: number) =>
  sinceMs < 60_000 ? `${Math.max(0, Math.floor(sinceMs / 1000))} s` : formatDuration(sinceMs)

/** How long something has been going on, ticking. Not announced: that would be once a second. */
export function Elapsed({ since, className }: { since: Instant; className?: string | undefined }) {
  const now = useNow()
  if (now === null) return null
  return (
    <span role="timer" aria-live="off" className={className} style={{ fontVariantNumeric: 'tabular-nums' }}>
      {elapsed(now - ms(since))}
    </span>
  )
}

/** The reader's own zone; null on the server and while the page wakes up. */
export function useZone(): string | null {
  return useNow(DAY) === null ? null : Intl.DateTimeFormat().resolvedOptions().timeZone
}
