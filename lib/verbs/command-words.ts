/**
 * The words of a command: which schedule is meant, and which time. Pure.
 *
 * Promise: a name is taken only where it can mean one thing; days are those of the person's zone, at midnight.
 */
import { saysWhen } from '../recurrence/spoken/left.ts'
import { lengthIn, momentIn } from '../recurrence/spoken/moment.ts'
import type { DaySaid } from '../recurrence/spoken/parts.ts'

export interface Named {
  id: number
  name: string
}

/** The words after a name that begin something else. */
const TAIL = /(?:^|\s)(?:until|till|for|because|at)(?=\s)/i
const isTail = (rest: string) => rest === '' || /^(?:until|till|for|because|at)\s/i.test(rest)

export type Meant =
  | { one: Named; tail: string }
  | { many: Named[]; typed: string; tail: string }
  | { none: string; tail: string }

/** What is looked for, as it was typed: the name, or as much of it; `id` where it is said by its number. */
export function typedName(rest: string): { typed: string; id: number | null; tail: string } {
  const quoted = /^["“](?<name>[^"”]+)["”]\s*(?<tail>.*)$/.exec(rest)?.groups
  if (quoted) return { typed: (quoted.name as string).trim(), id: null, tail: quoted.tail as string }
  const at = TAIL.exec(rest)?.index ?? rest.length
  const typed = rest.slice(0, at).trim()
  const id = /^(?:schedule\s+)?#(\d{1,15})$/i.exec(typed)?.[1]
  return { typed, id: id === undefined ? null : Number(id), tail: rest.slice(at).trim() }
}

/** Whole names go before beginnings of names, the longest first: a name may have "until" in it. */
export function meantBy(rest: string, known: readonly Named[]): Meant {
  const { typed, id, tail } = typedName(rest)
  const numbered = id === null ? undefined : known.find((it) => it.id === id)
  if (numbered) return { one: numbered, tail }
  const low = rest.toLowerCase()
  const whole = known.flatMap((it) => {
    const name = it.name.toLowerCase()
    const after = low.startsWith(name) ? rest.slice(name.length) : null
    return after !== null && (after === '' || /^\s/.test(after)) && isTail(after.trim())
      ? [{ it, length: name.length, tail: after.trim() }]
      : typed.toLowerCase() === name
        ? [{ it, length: name.length, tail }]
        : []
  })
  const longest = Math.max(0, ...whole.map((it) => it.length))
  const best = whole.filter((it) => it.length === longest)
  const found =
    best.length > 0
      ? best
      : typed === '' || id !== null
        ? []
        : known
            .filter((it) => it.name.toLowerCase().startsWith(typed.toLowerCase()))
            .map((it) => ({ it, tail }))
  const [first] = found
  if (!first) return { none: typed, tail }
  if (found.length === 1) return { one: first.it, tail: first.tail }
  return { many: found.map((it) => it.it), typed, tail: first.tail }
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

const localOf = (now: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone)
const dateOf = (it: Temporal.ZonedDateTime | Temporal.Instant) => new Date(it.epochMilliseconds)

/** Whether a day or an hour that comes again is the one to come, or the one that has been. */
type Side = 'ahead' | 'behind'

/** Days that only commands know, as those of the calendar; and days cut short, in whole. */
function plainly(words: string, today: Temporal.PlainDate): string {
  const known: Record<string, Temporal.PlainDate> = {
    yesterday: today.subtract({ days: 1 }),
    'next week': today.add({ days: 8 - today.dayOfWeek }),
    'next month': today.with({ day: 1 }).add({ months: 1 }),
    'next year': today.with({ month: 1, day: 1 }).add({ years: 1 }),
  }
  return words
    .trim()
    .toLowerCase()
    .replace(/^(?:yesterday|next (?:week|month|year))\b/, (it) => String(known[it]))
    .replace(/^last (?=\w+day\b)/, '')
    .replace(/\b[a-z]{3,}\b/g, (it) => DAYS.find((day) => day.startsWith(it)) ?? it)
}

function dayOf(said: DaySaid, today: Temporal.PlainDate, side: Side): Temporal.PlainDate {
  switch (said.kind) {
    case 'ahead':
      return today.add({ days: said.days })
    case 'weekday':
      return side === 'ahead' || said.next
        ? today.add({ days: (said.day - today.dayOfWeek + 7) % 7 || 7 })
        : today.subtract({ days: (today.dayOfWeek - said.day + 7) % 7 })
    case 'date': {
      const { month, day, year } = said
      const on = (of: number) => Temporal.PlainDate.from({ year: of, month, day }, { overflow: 'reject' })
      if (year !== null) return on(year)
      const thisYear = on(today.year)
      const hasBeen = Temporal.PlainDate.compare(thisYear, today) < 0
      return side === 'ahead' && hasBeen ? on(today.year + 1) : thisYear
    }
  }
}

function momentOf(words: string, now: Date, home: string, side: Side): Date | null {
  const text = words.trim()
  if (/t.*(?:z|[+-]\d{2}:\d{2})$/i.test(text)) {
    const at = Date.parse(text)
    if (!Number.isNaN(at)) return new Date(at)
  }
  const said = momentIn(plainly(text, localOf(now, home).toPlainDate()))
  if (!said) return null
  const here = localOf(now, said.zone ?? home)
  const at = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({ timeZone: here.timeZoneId, plainTime: said.time ?? { hour: 0, minute: 0 } })
  try {
    if (said.day) {
      const found = at(dayOf(said.day, here.toPlainDate(), side))
      const isLastWeek = isOfTheWeek(said.day, side) && dateOf(found) > now
      return dateOf(isLastWeek ? found.subtract({ days: 7 }) : found)
    }
    // An hour without a day is the nearest one on that side.
    const today = at(here.toPlainDate())
    const isPast = dateOf(today) <= now
    if (isPast === (side === 'behind')) return dateOf(today)
    return dateOf(at(here.toPlainDate().add({ days: side === 'ahead' ? 1 : -1 })))
  } catch {
    // There is no such day.
    return null
  }
}

const isOfTheWeek = (said: DaySaid, side: Side) => said.kind === 'weekday' && side === 'behind' && !said.next

/** An instant in words, to come: a day is its midnight. Null: it is none. */
export const instantIn = (words: string, now: Date, zone: string) => momentOf(words, now, zone, 'ahead')
/** The same of what has been: an hour without a day, and a day of the week, is the last one. */
export const pastInstantIn = (words: string, now: Date, zone: string) => momentOf(words, now, zone, 'behind')

const SHORT: Record<string, string> = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' }
const LATEST_YEAR = 9999
/** The end of "2 hours", "1w", "an hour and a half", from now on. */
function endOf(words: string, now: Date, zone: string): Date | null {
  const spaced = words.replace(/(\d)\s*([a-z]+)/gi, (_, digit, unit) => `${digit} ${SHORT[unit] ?? unit}`)
  const lengths = lengthIn(spaced.toLowerCase())
  if (!lengths) return null
  const end = lengths.reduce((at, { every, unit }) => at.add({ [`${unit}s`]: every }), localOf(now, zone))
  return end.year > LATEST_YEAR ? null : dateOf(end)
}

export interface Rest {
  until: Date | null
  reason: string | null
  /** What was not understood. */
  problem: string | null
}

/** What stands before the first "because", and behind it; "because it is broken until monday" has an end behind it. */
function partsOf(
  tail: string,
  isInstant: (words: string) => boolean,
): { timing: string; reason: string | null } {
  const because = /(?:^|\s+)because\s+/i.exec(tail)
  if (!because) return { timing: tail.trim(), reason: null }
  const timing = tail.slice(0, because.index).trim()
  const reason = tail.slice(because.index + because[0].length).trim()
  const end = /^(?<why>.*\S)\s+(?<timing>(?:until|till)\s+(?<when>\S.*))$/i.exec(reason)?.groups
  if (timing !== '' || !end) return { timing, reason }
  const { when = '', ...rest } = end
  const isMeant = isInstant(when) || saysWhen(when)
  return isMeant ? { timing: rest.timing ?? '', reason: rest.why ?? null } : { timing, reason }
}

/** `until monday`, `for 2 hours`, `because the shop is closed`. */
export function restIn(tail: string, now: Date, zone: string): Rest {
  const { timing, reason } = partsOf(tail, (it) => instantIn(it, now, zone) !== null)
  const refuse = (problem: string): Rest => ({ until: null, reason, problem })
  if (timing === '') return { until: null, reason, problem: null }
  const lasting = /^for\s+(?<length>.+)$/i.exec(timing)?.groups
  const until = /^(?:until|till)\s+(?<when>.+)$/i.exec(timing)?.groups
  const at = lasting
    ? endOf(lasting.length as string, now, zone)
    : until
      ? instantIn(until.when as string, now, zone)
      : null
  if (!at)
    return refuse(
      `“${timing}” is no time that is known. Say “until monday”, “until 24 December at 9” or “for 2 hours”.`,
    )
  if (at <= now) return refuse(`“${timing}” has passed. Say a time to come.`)
  return { until: at, reason, problem: null }
}
