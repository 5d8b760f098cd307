'use client'
/** Instants and durations on a page. The full instant is always there too: in the markup, and on hover. */
import { viewerZone } from '#lib/client/reading.ts'
import { useNow } from './clock.ts'
import { type Format, formatDuration, formatInstant, type Instant, ms, relative } from './instants.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const iso = (at: Instant) => new Date(ms(at)).toISOString()
/** What the server draws too: the same words whatever the zone and language. */
const neutral = (at: Instant) => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`
/** About as wide as what takes its place: nothing beside it moves. */
const neutralAs = (at: Instant, format: Format) => (format === 'time' ? iso(at).slice(11, 16) : neutral(at))
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
      {now === null ? neutralAs(at, format) : formatInstant(at, format)}
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
  return useNow(DAY) === null ? null : viewerZone()
}
