/**
 * Plain words that say when: "every weekday at 9 summarise what came in overnight".
 *
 * Promise: pure, and nothing is guessed in silence. Of a sentence, either all that concerns time is understood, and
 * what is left is the task, or it is refused with what was understood. What was not said and is taken, such as a time
 * of the day, is noted. No pattern is written here: the parts go to `contract/frequency.ts`.
 */
import { type Days, type Frequency, WHOLE_DAY } from '../../contract/frequency.ts'
import { type DayPart, type DaySaid, type DaysSaid, HOURS_OF, type Rate } from './parts.ts'
import * as parts from './parts.ts'
import { type ClockTime, isAny, type Reader, type Word, wordsIn } from './words.ts'

export type SpokenWhen =
  | { kind: 'schedule'; frequency: Frequency }
  | { kind: 'interval'; everySeconds: number }
  | { kind: 'once'; at: Date }
export type Spoken =
  | { ok: true; when: SpokenWhen; startsAt: Date | null; endsAt: Date | null; task: string; notes: string[] }
  /** `understood`: the words that were; null: none says when. */
  | { ok: false; understood: string | null; problem: string }

interface Parts {
  days?: DaysSaid
  rate?: Rate
  span?: { from: ClockTime; to: ClockTime }
  times?: ClockTime[]
  minute?: number
  part?: DayPart | 'tonight'
  months?: number[]
  fromNow?: Rate[]
  day?: DaySaid
  until?: DaySaid
  starting?: DaySaid
}
type Slot = keyof Parts

const into =
  <K extends Slot>(slot: K, reader: Reader<NonNullable<Parts[K]>>): Reader<Parts> =>
  (words, at) => {
    const read = reader(words, at)
    return read && { value: { [slot]: read.value } as Parts, next: read.next }
  }
const READERS: readonly Reader<Parts>[] = [
  into('until', parts.until),
  into('starting', parts.starting),
  (words, at) => {
    const read = parts.everyPart(words, at)
    return read && { value: { days: { days: { kind: 'every' } }, part: read.value }, next: read.next }
  },
  (words, at) => {
    const read = parts.thisPart(words, at)
    const days = isAny(words, at, 'tomorrow') ? 1 : 0
    return read && { value: { day: { kind: 'ahead', days }, part: read.value }, next: read.next }
  },
  (words, at) => {
    const read = parts.tonight(words, at)
    return read && { value: { day: { kind: 'ahead', days: 0 }, part: 'tonight' }, next: read.next }
  },
  into('rate', parts.rate),
  into('days', parts.recurringDays),
  into('span', parts.span),
  into('fromNow', parts.fromNow),
  into('day', parts.day),
  into('minute', parts.minuteOfHour),
  into('times', parts.times),
  into('part', parts.inPart),
  into('months', parts.inMonths),
]

interface Phrase {
  parts: Parts
  from: number
  to: number
}
const hasOther = (known: Parts, more: Parts) => Object.keys(more).every((it) => !(it in known))

/** All parts in a row from here on; null where none begins here. */
function phraseAt(words: readonly Word[], from: number): Phrase | null {
  let known: Parts = {}
  let to = from
  for (;;) {
    let at = to
    while (to > from && isAny(words, at, ',', 'and')) at++
    const read = READERS.map((it) => it(words, at)).find((it) => it && hasOther(known, it.value))
    if (!read) return to > from ? { parts: known, from, to } : null
    known = { ...known, ...read.value }
    to = read.next
  }
}

/** Words that come again weigh more than a day of the calendar, and that more than a time alone. */
function weightOf({ parts: it, from, to }: Phrase, words: readonly Word[]): number {
  if (it.days || it.rate) return 3
  if (it.fromNow || it.day) return 2
  return it.times && (from === 0 || to === words.length) ? 1 : 0
}

function bestPhrase(words: readonly Word[]): Phrase | null {
  let best: Phrase | null = null
  for (let at = 0; at < words.length; at++) {
    const one = phraseAt(words, at)
    if (!one || weightOf(one, words) === 0) continue
    const more = best
      ? weightOf(one, words) - weightOf(best, words) || one.to - one.from - (best.to - best.from)
      : 1
    if (more > 0) best = one
  }
  return best
}

const FAR: readonly string[] = ['times', 'part', 'span', 'until', 'starting']
/** What stands at the other end of the sentence, such as "at 9" behind the task. */
function joined(words: readonly Word[], main: Phrase): { parts: Parts; without: Phrase[] } {
  const before = phraseAt(words.slice(0, main.from), 0)
  const behind = Array.from({ length: words.length - main.to }, (_, n) => phraseAt(words, main.to + n)).find(
    (it) => it?.to === words.length,
  )
  const without = [main]
  let all = main.parts
  for (const it of [before, behind]) {
    // A month, or a day, at the other end belongs to what is to be done: "… what happens in May".
    const isMore = it && hasOther(all, it.parts) && Object.keys(it.parts).every((name) => FAR.includes(name))
    if (!isMore) continue
    all = { ...all, ...it.parts }
    without.push(it)
  }
  return { parts: all, without }
}

const BUT = ['except', 'excluding', 'but', 'unless', 'not', 'never', 'without', "don't", 'don’t']
const GOES_ON = [
  ',',
  'and',
  'or',
  'at',
  'on',
  'from',
  'to',
  'between',
  'until',
  'till',
  'before',
  'after',
  'except',
]

/** What stands beside the words that were understood and changes what they mean. */
function leftBeside(words: readonly Word[], phrases: readonly Phrase[]): string | null {
  for (const it of phrases) {
    const before = words[it.from - 1]?.text ?? ''
    const beside = BUT.includes(before) ? before : leftBehind(words, it.to)
    if (beside) return beside
  }
  return null
}

function leftBehind(words: readonly Word[], to: number): string | null {
  const told = (next: number) =>
    words
      .slice(to, next)
      .map((it) => it.text)
      .join(' ')
  const [first = '', second = ''] = [words[to]?.text, words[to + 1]?.text]
  if (BUT.includes(first === ',' ? second : first)) return told(to + 4).replace(/^ ?, /, '')
  const goesOn = GOES_ON.includes(first) ? phraseAt(words, to + 1) : null
  return goesOn && told(goesOn.to)
}

function secondRhythm(words: readonly Word[], phrases: readonly Phrase[]): string | null {
  for (let at = 0; at < words.length; at++) {
    if (phrases.some((it) => it.from <= at && at < it.to)) continue
    const one = phraseAt(words, at)
    if (one && (one.parts.days || one.parts.rate))
      return words
        .slice(one.from, one.to)
        .map((it) => it.text)
        .join(' ')
  }
  return null
}

/** What is to be done: the sentence without the words that say when. */
function taskIn(text: string, words: readonly Word[], phrases: readonly Phrase[]): string {
  const taken = phrases
    .map(({ from, to }) => [words[from]?.start ?? 0, words[to - 1]?.end ?? 0] as const)
    .sort(([a], [b]) => b - a)
  const rest = taken.reduce((left, [from, to]) => `${left.slice(0, from)} ${left.slice(to)}`, text)
  return rest
    .replace(/\s+/g, ' ')
    .replace(/^[\s,.;:–-]+|[\s,;:–-]+$/g, '')
    .replace(/^(?:(?:please|then|and|to)\s+)+/i, '')
    .replace(/\s+(?:and|please)$/i, '')
    .trim()
}

class Refused extends Error {}
const refuse = (problem: string): never => {
  throw new Refused(problem)
}
const pad = (it: number) => String(it).padStart(2, '0')
const clock = ({ hour, minute }: ClockTime) => `${pad(hour)}:${pad(minute)}`

/** When, in the words of a sentence, and the task that is left. `now` and `zone` place single moments. */
export function readSpoken(text: string, { now, zone }: { now: Date; zone: string }): Spoken {
  const words = wordsIn(text)
  const main = bestPhrase(words)
  if (!main) return { ok: false, understood: null, problem: 'No words in it say when.' }
  const { parts: said, without } = joined(words, main)
  const understood = without.map((it) => textOf(text, words, it)).join(' … ')
  const beside = leftBeside(words, without)
  if (beside) return { ok: false, understood, problem: `“${beside}” beside it is not understood.` }
  const second = secondRhythm(words, without)
  if (second)
    return {
      ok: false,
      understood,
      problem: `“${second}” is a second rhythm: make a schedule of its own for it.`,
    }
  const notes: string[] = []
  try {
    const when = whenOf(said, { now, zone, notes, text })
    const bounds = boundsOf(said, when, { now, zone, notes })
    return { ok: true, when, ...bounds, task: taskIn(text, words, without), notes }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ok: false, understood, problem: error.message }
  }
}

const textOf = (text: string, words: readonly Word[], { from, to }: Phrase) =>
  text.slice(words[from]?.start, words[to - 1]?.end)

interface Place {
  now: Date
  zone: string
}
interface Ground extends Place {
  notes: string[]
  text: string
}

function whenOf(said: Parts, ground: Ground): SpokenWhen {
  if (said.rate) return rhythmOf(said, said.rate)
  if (said.span) refuse('A span of hours goes with a rhythm, such as every 2 hours between 9 and 17.')
  if (said.minute !== undefined) refuse('A minute goes with hours, such as every 2 hours at minute 15.')
  if (said.days) return { kind: 'schedule', frequency: onDays(said, said.days, ground) }
  if (said.months) refuse('Months go with days, such as every Monday in May.')
  return { kind: 'once', at: onceAt(said, ground) }
}

const SECONDS: Record<Rate['unit'], number> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
}

function rhythmOf(said: Parts, given: Rate): SpokenWhen {
  const rate = roundOf(given)
  if (said.times || said.part || said.fromNow || said.day)
    refuse(
      rate.unit === 'day' || rate.unit === 'week'
        ? `A rhythm of several ${rate.unit}s keeps no time of day. Name the days: every Monday and Thursday at 9.`
        : 'A rhythm within the day has no single time. Say from when to when: every 2 hours between 9 and 17.',
    )
  const bare = !said.span && !said.days && !said.months && said.minute === undefined
  const inCron =
    (rate.unit === 'minute' && 60 % rate.every === 0) ||
    (rate.unit === 'hour' && rate.every < 24 && (24 % rate.every === 0 || said.span !== undefined))
  if (inCron) return { kind: 'schedule', frequency: withinDay(said, rate) }
  if (!bare)
    refuse(
      `Every ${rate.every} ${rate.unit}s goes on through day and night, and takes no days or hours beside it.`,
    )
  return { kind: 'interval', everySeconds: rate.every * SECONDS[rate.unit] }
}

/** 60 minutes are an hour. */
const roundOf = ({ every, unit }: Rate): Rate =>
  unit === 'minute' && every % 60 === 0 ? { every: every / 60, unit: 'hour' } : { every, unit }

function withinDay({ span, minute = 0, days, months = [] }: Parts, { every, unit }: Rate): Frequency {
  const on = { days: days?.days ?? ({ kind: 'every' } as Days), months: days?.months ?? months }
  if (!span)
    return {
      times:
        unit === 'hour'
          ? { kind: 'hours', every, minute, ...WHOLE_DAY }
          : { kind: 'minutes', every, ...WHOLE_DAY },
      ...on,
    }
  const { from, to } = span
  if (from.hour * 60 + from.minute >= to.hour * 60 + to.minute)
    refuse(`${clock(from)} to ${clock(to)} goes over midnight: make a schedule for each side of it.`)
  if (unit === 'hour') {
    if (from.minute !== to.minute)
      refuse(`${clock(from)} and ${clock(to)} differ in their minutes: say the same.`)
    return { times: { kind: 'hours', every, minute: from.minute, from: from.hour, to: to.hour }, ...on }
  }
  if (from.minute !== 0 || (to.minute !== 0 && to.minute !== 59))
    refuse('A rhythm of minutes begins and ends with an hour, such as between 9 and 17.')
  const last = to.minute === 59 ? to.hour : to.hour - 1
  return { times: { kind: 'minutes', every, from: from.hour, to: last }, ...on }
}

/** The hours that were said, all with the same minute. */
function timesSaid({ times, part }: Parts, { notes, text }: Ground): { hours: number[]; minute: number } {
  if (!times) {
    const hour = part === 'tonight' ? 20 : part ? HOURS_OF[part] : 9
    notes.push(part ? `“${part}” is taken as ${pad(hour)}:00.` : 'No time was said: 09:00 is taken.')
    return { hours: [hour], minute: 0 }
  }
  const late = part === 'afternoon' || part === 'evening' || part === 'night' || part === 'tonight'
  const all = times.map((it) => (late && it.hour < 12 && it.hour > 0 ? { ...it, hour: it.hour + 12 } : it))
  const [first] = all as [ClockTime]
  const other = all.find((it) => it.minute !== first.minute)
  if (other) refuse(`${clock(first)} and ${clock(other)} differ in their minutes: make a schedule for each.`)
  const early = all.find((it) => it.hour >= 1 && it.hour <= 6)
  if (early && !part && !/\b[ap]\.?m\b|\d{1,2}:\d{2}/i.test(text))
    notes.push(`It is read as ${clock(early)}; for the afternoon say ${early.hour} pm.`)
  return { hours: [...new Set(all.map((it) => it.hour))].sort((a, b) => a - b), minute: first.minute }
}

function onDays(said: Parts, { days, months, assumed }: DaysSaid, ground: Ground): Frequency {
  if (said.fromNow || said.day) refuse('It names days that come again, and a single one. Say one of them.')
  if (assumed) ground.notes.push(`No day was said: ${assumed} is taken.`)
  return { times: { kind: 'at', ...timesSaid(said, ground) }, days, months: months ?? said.months ?? [] }
}

const here = ({ now, zone }: Place) =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone)
const instant = (it: Temporal.ZonedDateTime) => new Date(it.epochMilliseconds)

function dateOf(said: DaySaid, today: Temporal.PlainDate): Temporal.PlainDate {
  switch (said.kind) {
    case 'ahead':
      return today.add({ days: said.days })
    case 'weekday':
      return today.add({ days: (said.day - today.dayOfWeek + 7) % 7 })
    case 'date': {
      const on = (year: number) => {
        try {
          return Temporal.PlainDate.from({ year, month: said.month, day: said.day }, { overflow: 'reject' })
        } catch {
          return refuse(`There is no day ${said.day} in the month ${said.month} of ${year}.`)
        }
      }
      if (said.year !== null) return on(said.year)
      const thisYear = on(today.year)
      return Temporal.PlainDate.compare(thisYear, today) < 0 ? on(today.year + 1) : thisYear
    }
  }
}

function onceAt(said: Parts, ground: Ground): Date {
  const { now, zone } = ground
  const start = here(ground)
  if (said.fromNow) {
    const inDays = said.fromNow.every((it) => it.unit === 'day' || it.unit === 'week')
    if ((said.times || said.part) && !inDays) refuse('It is said twice: from now on, and as a time of day.')
    const later = said.fromNow.reduce((at, { every, unit }) => at.add({ [`${unit}s`]: every }), start)
    if (!said.times && !said.part) return instant(later)
    return placed(later.toPlainDate(), said, ground)
  }
  if (said.day) {
    const on = dateOf(said.day, start.toPlainDate())
    const at = placed(on, said, ground)
    if (at > now) return at
    // A Monday that is today and past is the next one.
    if (said.day.kind === 'weekday') return placed(on.add({ days: 7 }), said, { ...ground, notes: [] })
    return refuse('That has passed. Say a moment to come.')
  }
  const today = placed(start.toPlainDate(), said, ground)
  return today > now ? today : placed(start.toPlainDate().add({ days: 1 }), said, { ...ground, notes: [] })

  function placed(date: Temporal.PlainDate, parts: Parts, at: Ground): Date {
    const { hours, minute } = timesSaid(parts, at)
    if (hours.length > 1) refuse('Once is at one time. For several, say on which days it comes again.')
    return instant(date.toZonedDateTime({ timeZone: zone, plainTime: { hour: hours[0] as number, minute } }))
  }
}

function boundsOf({ until, starting }: Parts, when: SpokenWhen, place: Place & { notes: string[] }) {
  const today = here(place).toPlainDate()
  if ((until || starting) && when.kind === 'once') refuse('Once has no beginning and no end.')
  const startsAt = starting ? instant(dateOf(starting, today).toZonedDateTime(place.zone)) : null
  const endsAt = until
    ? instant(dateOf(until, today).add({ days: 1 }).toZonedDateTime(place.zone).subtract({ seconds: 1 }))
    : null
  if (starting) place.notes.push(`It begins on ${dateOf(starting, today)}.`)
  if (until) place.notes.push(`Its last day is ${dateOf(until, today)}.`)
  return { startsAt, endsAt }
}
