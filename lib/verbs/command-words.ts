/**
 * The words of a command: which schedule is meant, and which time. Pure.
 *
 * Promise: a name is taken only where it can mean one thing; days are those of the person's zone, at midnight.
 */

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

/** What is looked for, as it was typed: the name, or as much of it. */
export function typedName(rest: string): { typed: string; tail: string } {
  const quoted = /^["“](?<name>[^"”]+)["”]\s*(?<tail>.*)$/.exec(rest)?.groups
  if (quoted) return { typed: (quoted.name as string).trim(), tail: quoted.tail as string }
  const at = TAIL.exec(rest)?.index ?? rest.length
  return { typed: rest.slice(0, at).trim(), tail: rest.slice(at).trim() }
}

/** Whole names go before beginnings of names, the longest first: a name may have "until" in it. */
export function meantBy(rest: string, known: readonly Named[]): Meant {
  const { typed, tail } = typedName(rest)
  const numbered = /^#(\d+)$/.exec(typed)
  if (numbered) {
    const one = known.find((it) => it.id === Number(numbered[1]))
    return one ? { one, tail } : { none: typed, tail }
  }
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
      : typed === ''
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
const UNITS: Record<string, 'minutes' | 'hours' | 'days' | 'weeks'> = {
  ...{ m: 'minutes', min: 'minutes', mins: 'minutes', minute: 'minutes', minutes: 'minutes' },
  ...{ h: 'hours', hour: 'hours', hours: 'hours' },
  ...{ d: 'days', day: 'days', days: 'days', w: 'weeks', week: 'weeks', weeks: 'weeks' },
}

const localOf = (now: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone)
const dateOf = (it: Temporal.ZonedDateTime | Temporal.Instant) => new Date(it.epochMilliseconds)

/** The day that a word means, today or later. */
function dayOf(word: string, today: Temporal.PlainDate): Temporal.PlainDate | null {
  if (word === 'today') return today
  if (word === 'tomorrow') return today.add({ days: 1 })
  if (word === 'next week') return today.add({ days: 8 - today.dayOfWeek })
  const weekday = word.length < 3 ? -1 : DAYS.findIndex((it) => it.startsWith(word))
  if (weekday >= 0) return today.add({ days: (weekday + 1 - today.dayOfWeek + 7) % 7 || 7 })
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(word) ? Temporal.PlainDate.from(word, { overflow: 'reject' }) : null
  } catch {
    return null
  }
}

/** An instant in words, to come: a day is its midnight. Null: it is none. */
export function instantIn(words: string, now: Date, zone: string): Date | null {
  const text = words
    .trim()
    .toLowerCase()
    .replace(/^(?:on|at)\s+/, '')
  if (/t.*(?:z|[+-]\d{2}:\d{2})$/.test(text)) {
    const at = Date.parse(text)
    return Number.isNaN(at) ? null : new Date(at)
  }
  const parts = /^(?<day>.*?)(?:(?:^|\s+)(?:at\s+)?(?<hour>\d{1,2}):(?<minute>\d{2}))?$/.exec(text)?.groups
  const { day = '', hour, minute } = parts ?? {}
  const here = localOf(now, zone)
  const date = day === '' && hour !== undefined ? here.toPlainDate() : dayOf(day.trim(), here.toPlainDate())
  if (!date || Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59) return null
  const plainTime = { hour: Number(hour ?? 0), minute: Number(minute ?? 0) }
  const at = date.toZonedDateTime({ timeZone: zone, plainTime })
  // An hour without a day is the next one.
  return dateOf(day === '' && at.epochMilliseconds <= now.getTime() ? at.add({ days: 1 }) : at)
}

/** The same of what has been: an hour without a day is the last one. */
export function pastInstantIn(words: string, now: Date, zone: string): Date | null {
  const text = words.trim().toLowerCase()
  const yesterday = /^yesterday(?:\s+(?:at\s+)?(?<time>\d{1,2}:\d{2}))?$/.exec(text)?.groups
  const today = localOf(now, zone).toPlainDate()
  if (yesterday) return instantIn(`${today.subtract({ days: 1 })} ${yesterday.time ?? '00:00'}`, now, zone)
  const at = instantIn(/^\d{1,2}:\d{2}$/.test(text) ? `today ${text}` : text, now, zone)
  return at && at > now && /^\d{1,2}:\d{2}$/.test(text)
    ? instantIn(`${today.subtract({ days: 1 })} ${text}`, now, zone)
    : at
}

export interface Rest {
  until: Date | null
  reason: string | null
  /** What was not understood. */
  problem: string | null
}

/** `until monday`, `for 2 hours`, `because the shop is closed`. */
export function restIn(tail: string, now: Date, zone: string): Rest {
  const [timing = '', reason = null] = tail.split(/(?:^|\s+)because\s+/i, 2)
  const words = timing.trim()
  const refuse = (problem: string): Rest => ({ until: null, reason, problem })
  if (words === '') return { until: null, reason, problem: null }
  const lasting = /^for\s+(?<n>\d{1,4}|an?)\s*(?<unit>[a-z]+)$/i.exec(words)?.groups
  const unit = UNITS[lasting?.unit?.toLowerCase() ?? '']
  if (lasting && unit) {
    const n = /^an?$/i.test(lasting.n as string) ? 1 : Number(lasting.n)
    return { until: dateOf(localOf(now, zone).add({ [unit]: n })), reason, problem: null }
  }
  const until = /^(?:until|till)\s+(?<when>.+)$/i.exec(words)?.groups
  const at = until && instantIn(until.when as string, now, zone)
  if (!at)
    return refuse(
      `“${words}” is no time that is known. Say “until monday”, “until 2026-12-24 09:00” or “for 2 hours”.`,
    )
  if (at <= now) return refuse(`“${words}” has passed. Say a time to come.`)
  return { until: at, reason, problem: null }
}
