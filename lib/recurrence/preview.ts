/**
 * What a pattern is going to do, shown before anybody saves it.
 *
 * Promise: bounded by count and by time, whatever the pattern; `truncated` says when a bound cut the list.
 */
import { type Notice, noticeOf } from './notices.ts'
import type { Pattern } from './pattern.ts'
import { namedZone, recurrenceOf } from './registry.ts'
import { nextInstantMs } from './walk.ts'
import { describePattern } from './words.ts'
import type { Stretch, Zone } from './zone.ts'

export interface PreviewRequest {
  cronExpression: string
  timezone: string
  from: Date
  count: number
  /** None after this one; null: they go on. */
  until?: Date | null
  viewerTimezone?: string | undefined
}

export interface PlannedInstant {
  at: Date
  /** What the clock of the schedule's zone shows. */
  local: string
  viewerLocal?: string
  /** What daylight saving does to this run. */
  affected?: string
}

export interface Preview {
  description: string
  next: PlannedInstant[]
  warnings: string[]
  truncated: boolean
}

const MOST_INSTANTS = 50
const BUDGET_MS = 50
const MONTHS_AHEAD = 18
const EITHER_DAY =
  'Day of month and day of week are both restricted: ' +
  'it runs on every day that matches either of them, not only where both match.'

/** @throws Error for what `judgePattern` refuses. */
export function previewPattern({
  cronExpression,
  timezone,
  from,
  count,
  until = null,
  viewerTimezone,
}: PreviewRequest): Preview {
  const startedMs = performance.now()
  const { pattern, zone } = recurrenceOf(cronExpression, timezone)
  const viewer = viewerTimezone ? namedZone(viewerTimezone) : null
  const noticeAtStart = noticesOf(pattern, zone)

  const wanted = Math.min(count, MOST_INSTANTS)
  const next: PlannedInstant[] = []
  const untilMs = until?.getTime() ?? Infinity
  const after = (ms: number) => {
    const nextMs = nextInstantMs(pattern, zone, ms)
    return nextMs !== null && nextMs <= untilMs ? nextMs : null
  }
  let instant = after(from.getTime())
  // The first one is free: a preview without any says nothing.
  while (
    instant !== null &&
    next.length < wanted &&
    (next.length === 0 || performance.now() - startedMs < BUDGET_MS)
  ) {
    const affected = noticeAbout(instant, zone, noticeAtStart)
    next.push({
      at: new Date(instant),
      local: wallClock(zone, instant),
      ...(viewer && { viewerLocal: wallClock(viewer, instant) }),
      ...(affected && { affected: affected.text }),
    })
    instant = after(instant)
  }
  return {
    description: describePattern(cronExpression) ?? pattern.text,
    next,
    warnings: [
      ...(pattern.eitherDay ? [EITHER_DAY] : []),
      ...noticesAhead(from, untilMs, zone, noticeAtStart).map((notice) => notice.text),
    ],
    truncated: instant !== null && next.length < count,
  }
}

/** The notice of the change that a stretch begins with; each change is judged once. */
type NoticeAtStart = (stretch: Stretch) => Notice | null

function noticesOf(pattern: Pattern, zone: Zone): NoticeAtStart {
  const known = new Map<number, Notice | null>()
  return (stretch) => {
    if (stretch.startMs === -Infinity) return null
    const notice =
      known.get(stretch.startMs) ?? noticeOf(pattern, zone, zone.at(stretch.startMs - 1), stretch)
    known.set(stretch.startMs, notice)
    return notice
  }
}

/**
 * Only the changes of the clock are looked at, two or four a
 * year, so that a dense pattern costs no more than a rare one.
 */
function noticesAhead(from: Date, untilMs: number, zone: Zone, noticeAtStart: NoticeAtStart): Notice[] {
  const endMs = Temporal.Instant.fromEpochMilliseconds(from.getTime())
    .toZonedDateTimeISO('UTC')
    .add({ months: MONTHS_AHEAD }).epochMilliseconds
  const horizonMs = Math.min(endMs, untilMs)
  const notices: Notice[] = []
  for (let stretch = zone.at(from.getTime()); stretch.endMs <= horizonMs; ) {
    stretch = zone.at(stretch.endMs)
    const notice = noticeAtStart(stretch)
    if (notice) notices.push(notice)
  }
  return notices
}

/**
 * A time that occurs twice may be met before the clock goes back, or after: the changes on both sides count.
 */
function noticeAbout(instantMs: number, zone: Zone, noticeAtStart: NoticeAtStart): Notice | undefined {
  const here = zone.at(instantMs)
  const notices = [noticeAtStart(here), here.endMs === Infinity ? null : noticeAtStart(zone.at(here.endMs))]
  return notices.find((notice) => notice?.instants.includes(instantMs)) ?? undefined
}

/** Such as "Sun 14 Mar 2027, 03:00". */
function wallClock(zone: Zone, instantMs: number): string {
  const shown = new Date(instantMs + zone.at(instantMs).offsetMs).toUTCString() // "Sun, 14 Mar 2027 03:00:00 GMT"
  return `${shown.slice(0, 3)}${shown.slice(4, 16)}, ${shown.slice(17, 22)}`
}
