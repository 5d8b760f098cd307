/**
 * What a calendar has within a span of time: repeated events as often as they take place, each at its instant.
 *
 * Promise: an occurrence has the same key however often it is moved or renamed. Times without a zone are those of
 * the calendar's own zone, else of the one that is given. Runs in a process of its own whose zone is UTC (`child.ts`).
 */
import type { VEvent, VTodo } from 'node-ical'
import { decoded, Unreadable } from './types.ts'

export interface Span {
  fromMs: number
  toMs: number
  /** Of times that name none, where the calendar names none either. */
  zone: string
}
/** An event or a task, as often as it takes place. */
export interface Entry {
  /** The same however often it is moved. */
  key: string
  kind: 'event' | 'task'
  title: string
  startMs: number
  endMs: number
  /** From midnight to midnight, where it is read. */
  allDay: boolean
  cancelled: boolean
  where: string
  description: string
  link: string | null
  organizer: string
  people: string[]
}
export interface Spanned {
  name: string | null
  zone: string
  entries: Entry[]
  /** Up to here nothing is left out. */
  untilMs: number
  /** What was left out. */
  left: string | null
}

const MOST_ENTRIES = 2_000
const DAY_MS = 86_400_000
/** The farthest that a zone is from UTC, and a day that begins there. */
const EDGE_MS = 2 * DAY_MS

type Dated = Date & { tz?: string; dateOnly?: true }
/** A text may come with its parameters. */
export const plain = (it: unknown): string =>
  typeof it === 'object' && it !== null && 'val' in it ? String(it.val) : typeof it === 'string' ? it : ''

export async function spanned(bytes: Buffer, span: Span): Promise<Spanned> {
  const { name, zone, within, unread } = await everythingIn(bytes, span)
  const left = [
    leftOut(unread),
    within.length > MOST_ENTRIES && `Only the first ${MOST_ENTRIES.toLocaleString('en')} are looked at.`,
  ].filter((it) => it !== false)
  return {
    name,
    zone,
    entries: within.slice(0, MOST_ENTRIES),
    untilMs: within.length > MOST_ENTRIES ? (within[MOST_ENTRIES - 1]?.startMs ?? span.toMs) : span.toMs,
    left: left.join(' ') || null,
  }
}

export const leftOut = (unread: number) =>
  unread > 0 && `${unread} of its entries cannot be read, or repeat each minute.`

/** Everything within the span, in its order; `unread`: how many of its entries nobody can read. */
export async function everythingIn(
  bytes: Buffer,
  { fromMs, toMs, zone: given }: Span,
): Promise<Pick<Spanned, 'name' | 'zone'> & { within: Entry[]; unread: number }> {
  const { default: ical } = await import('node-ical')
  // Some programs write signs into descriptions that no text has.
  const text = decoded(bytes) ?? new TextDecoder().decode(bytes)
  if (!/^\s*BEGIN:VCALENDAR/i.test(text))
    throw new Unreadable('It is no calendar in the iCalendar format (ICS).')
  const { vcalendar, ...components } = parsed(ical.sync.parseICS, text)
  const head = (vcalendar ?? {}) as Record<string, unknown>
  const named = plain(head['WR-TIMEZONE'])
  const zone = isZone(named) ? named : given
  const isCancelled = plain(head.method).toUpperCase() === 'CANCEL'
  // What began long before and goes on is within, too.
  const window = { from: new Date(fromMs - EDGE_MS), to: new Date(toMs + EDGE_MS), expandOngoing: true }
  let unread = 0
  const entries = Object.values(components).flatMap((it): Entry[] => {
    try {
      if (it?.type === 'VTODO') return taskOf(it as VTodo, zone)
      if (it?.type !== 'VEVENT') return []
      const event = it as VEvent
      if (TOO_OFTEN.test(ruleOf(event))) {
        unread++
        return []
      }
      return ical.expandRecurringEvent(event, window).map((one) => eventOf(event, one, zone))
    } catch {
      // A rule that names no day, or no date at all.
      unread++
      return []
    }
  })
  const within = entries
    .filter((it) => it.startMs <= toMs && Math.max(it.endMs, it.startMs) >= fromMs)
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((it) => (isCancelled ? { ...it, cancelled: true } : it))
  return { name: plain(head['WR-CALNAME']).slice(0, 200) || null, zone, within, unread }
}

const TOO_OFTEN = /FREQ=(MINUTELY|SECONDLY)/
const ruleOf = ({ rrule }: VEvent): string => rrule?.toString() ?? ''

/** A zone that only this calendar knows is found by its rules where it is named as the parser expects of those. */
function parsed(parse: typeof import('node-ical').sync.parseICS, text: string) {
  const found = parse(text)
  const zones = Object.values(found).flatMap((it) => (it?.type === 'VTIMEZONE' ? String(it.tzid) : []))
  const own = zones.filter((it) => !isZone(it) && Object.values(found).some((one) => namesZone(one, it)))
  if (own.length === 0) return found
  return parse(own.reduce((left, it, n) => left.replaceAll(it, `Customized Time Zone ${n}`), text))
}
const namesZone = (it: unknown, zone: string): boolean => {
  const { start, due } = (it ?? {}) as { start?: Dated; due?: Dated }
  return start?.tz === zone || due?.tz === zone
}

type Instance = ReturnType<typeof import('node-ical').expandRecurringEvent>[number]

function eventOf(
  series: VEvent,
  { start, end, isFullDay, isRecurring, event }: Instance,
  zone: string,
): Entry {
  const startMs = instantOf(start, isFullDay, zone)
  const named = (event as VEvent).recurrenceid ?? series.recurrenceid
  const occurrence = isRecurring || named ? `/${placeIn(series, named ?? start)}` : ''
  return {
    ...wordsOf(event, series),
    key: `${series.uid}${occurrence}`,
    kind: 'event',
    startMs,
    endMs: Math.max(startMs, instantOf(end ?? start, isFullDay, zone)),
    allDay: isFullDay,
    cancelled: event.status === 'CANCELLED',
  }
}

/**
 * Which one of a series it is: by its day, for that stays where the whole series goes to another hour; by its instant
 * where a day has several.
 */
function placeIn(series: VEvent, at: Dated): string {
  const severalADay = /FREQ=HOURLY|BY(HOUR|MINUTE|SECOND)=\d+,/.test(ruleOf(series))
  if (severalADay || Number.isNaN(at.getTime())) return String(at.getTime())
  return isZone(at.tz)
    ? Temporal.Instant.from(at.toISOString()).toZonedDateTimeISO(at.tz).toPlainDate().toString()
    : at.toISOString().slice(0, 10)
}

/** A task is due; of one that is done or never due nobody needs to hear. */
function taskOf(task: VTodo, zone: string): Entry[] {
  if (!task.due || task.status === 'COMPLETED' || task.completed) return []
  const isDay = (task.due as Dated).dateOnly === true
  const dueMs = instantOf(task.due, isDay, zone)
  const entry: Entry = {
    ...wordsOf(task, task),
    key: `${task.uid}`,
    kind: 'task',
    startMs: dueMs,
    endMs: isDay ? dueMs + DAY_MS : dueMs,
    allDay: isDay,
    cancelled: task.status === 'CANCELLED',
  }
  return [entry]
}

/** As in the contract: the process that reads files may read nothing of the product beyond this room. */
const isZone = (name: string | undefined): name is string => {
  if (!name) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** A day, a time of no zone and one of a zone that nobody knows were read as if they stood in UTC. */
function instantOf(date: Dated, isDay: boolean, zone: string): number {
  if (!isDay && isZone(date.tz)) return date.getTime()
  const wall = Temporal.Instant.from(date.toISOString()).toZonedDateTimeISO('UTC').toPlainDateTime()
  return wall.toZonedDateTime(zone).epochMilliseconds
}

type Worded = Omit<VEvent, 'recurrences' | 'type'> | Omit<VTodo, 'type'>
const LINK = /https:\/\/[^\s<>"')\]]+/g
const MEETS =
  /^(?:[\w-]+\.)*(?:zoom\.us|meet\.google\.com|teams\.(microsoft|live)\.com|webex\.com|whereby\.com|meet\.jit\.si)$/

function wordsOf(one: Worded, series: Worded) {
  const text = (name: string, most: number) =>
    (plain((one as Record<string, unknown>)[name]) || plain((series as Record<string, unknown>)[name]))
      .trim()
      .slice(0, most)
      .toWellFormed()
  const where = text('location', 300)
  const description = text('description', 4_000)
  const links = `${where} ${description}`.match(LINK) ?? []
  const named = ['GOOGLE-CONFERENCE', 'MICROSOFT-SKYPETEAMSMEETINGURL', 'url'].map((it) => text(it, 2_000))
  return {
    title: text('summary', 300) || 'Without a title',
    where,
    description,
    link:
      links.find((it) => MEETS.test(URL.parse(it)?.hostname ?? '')) ??
      named.find((it) => /^https?:\/\//.test(it)) ??
      null,
    organizer: nameOf(one.organizer ?? series.organizer),
    people: [one.attendee ?? series.attendee ?? []].flat().slice(0, 30).map(nameOf).filter(Boolean),
  }
}

/** By name, else by address. */
function nameOf(it: unknown): string {
  const { params } = (typeof it === 'object' && it !== null ? it : {}) as { params?: { CN?: unknown } }
  const name = typeof params?.CN === 'string' ? params.CN : plain(it).replace(/^mailto:/i, '')
  return name.replace(/^"|"$/g, '').slice(0, 120).toWellFormed()
}
