/**
 * Plain words that say when: "every weekday at 9 summarise what came in overnight".
 *
 * Promise: pure, and nothing is guessed in silence. Of a sentence, either all that concerns time is understood, and
 * what is left is the task, or it is refused with what was understood. What was not said and is taken, such as a time
 * of the day, is noted. No pattern is written here: the parts go to `contract/frequency.ts`.
 */
import { type Days, type Frequency, MONTHS, WHOLE_DAY } from '../../contract/frequency.ts'
import { leftBeside, leftElsewhere, likeTimes, placeBehind, secondRhythm } from './left.ts'
import { type DaySaid, type DaysSaid, hourOf, inPartOf, type Lasting, type Rate } from './parts.ts'
import { bestPhrase, joined, type Parts, type Phrase } from './phrases.ts'
import { type ClockTime, type Word, wordsIn } from './words.ts'

export type SpokenWhen =
  | { kind: 'schedule'; frequency: Frequency }
  | { kind: 'interval'; everySeconds: number }
  | { kind: 'once'; at: Date }
export type Spoken =
  | {
      ok: true
      when: SpokenWhen
      startsAt: Date | null
      endsAt: Date | null
      /** The time zone that was said; null: none. */
      zone: string | null
      task: string
      notes: string[]
    }
  /** `understood`: the words that were; null: none says when. */
  | { ok: false; understood: string | null; problem: string }

/** What is to be done: the sentence without the words that say when. */
function taskIn(text: string, words: readonly Word[], phrases: readonly Phrase[]): string {
  const taken = phrases
    .map(({ from, to }) => [words[from]?.start ?? 0, words[to - 1]?.end ?? 0] as const)
    .sort(([a], [b]) => b - a)
  const rest = taken.reduce((left, [from, to]) => `${left.slice(0, from)} ${left.slice(to)}`, text)
  return rest
    .replace(/\s+/g, ' ')
    .replace(/^[\s,.;:)\]–-]+|[\s,;:([–-]+$/g, '')
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
export function readSpoken(text: string, place: Place): Spoken {
  const words = wordsIn(text)
  const main = bestPhrase(words)
  if (!main) return { ok: false, understood: null, problem: 'No words in it say when.' }
  const { parts: said, without, apart } = joined(words, main)
  const understood = without.map((it) => textOf(text, words, it)).join(' … ')
  const notes: string[] = []
  try {
    const zone = zoneOf(said, notes)
    refuseLeft(words, without, apart)
    const ground = { now: place.now, zone: zone ?? place.zone, notes, text }
    const when = whenOf(said, ground)
    const bounds = boundsOf(said, when, ground)
    notes.push(...notedOf(words, without, ground))
    return { ok: true, when, ...bounds, zone, task: taskIn(text, words, without), notes }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ok: false, understood, problem: error.message }
  }
}

function zoneOf({ zone }: Parts, notes: string[]): string | null {
  if (!zone) return null
  if ('problem' in zone) return refuse(zone.problem)
  if (zone.note) notes.push(zone.note)
  return zone.name
}

function refuseLeft(words: readonly Word[], phrases: readonly Phrase[], [apart]: readonly Phrase[]): void {
  const beside = leftBeside(words, phrases)
  if (beside) refuse(`“${beside}” beside it is not understood.`)
  const second = secondRhythm(words, phrases)
  if (second) refuse(`“${second}” is a second rhythm: make a schedule of its own for it.`)
  const elsewhere = leftElsewhere(words, phrases)
  if (elsewhere) refuse(`“${elsewhere}” is not understood.`)
  const alone = apart && words.slice(apart.from, apart.to).map((it) => it.text)
  if (alone) refuse(`“${alone.join(' ')}” beside it is not understood.`)
}

/** What may concern time, and is taken as part of what is to be done. */
function notedOf(words: readonly Word[], phrases: readonly Phrase[], { zone }: Place): string[] {
  const notes = likeTimes(words, phrases).map((it) => `“${it}” is taken as part of what is to be done.`)
  const place = placeBehind(words, phrases)
  return place
    ? [...notes, `“${place}” is taken as part of what is to be done: the times are those of ${zone}.`]
    : notes
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
  if (said.minute && rate.unit !== 'hour')
    refuse('A minute goes with hours, such as every 2 hours at minute 15.')
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
  const { from, to } = atMinute(span, minute)
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

/** "Between 9 and 17 on the half hour" ends at 16:30. */
function atMinute({ from, to }: NonNullable<Parts['span']>, minute: number) {
  if (minute === 0) return { from, to }
  if (from.minute !== 0 || to.minute !== 0) refuse('The minute is said twice. Say it once.')
  return { from: { ...from, minute }, to: { hour: to.hour - 1, minute } }
}

/** The hours that were said, all with the same minute. */
function timesSaid({ times, part }: Parts, { notes, text }: Ground): { hours: number[]; minute: number } {
  if (!times) {
    const hour = part ? hourOf(part) : 9
    notes.push(part ? `“${part}” is taken as ${pad(hour)}:00.` : 'No time was said: 09:00 is taken.')
    return { hours: [hour], minute: 0 }
  }
  const all = times.map((it) => ({ ...it, hour: inPartOf(it.hour, part) }))
  const [first] = all as [ClockTime]
  const other = all.find((it) => it.minute !== first.minute)
  if (other) refuse(`${clock(first)} and ${clock(other)} differ in their minutes: make a schedule for each.`)
  const early = all.find((it) => it.hour >= 1 && it.hour <= 6)
  if (early && !part && !/\b[ap]\.?m\b|\d{1,2}:\d{2}/i.test(text))
    notes.push(`It is read as ${clock(early)}; for the afternoon say ${early.hour} pm.`)
  return { hours: [...new Set(all.map((it) => it.hour))].sort((a, b) => a - b), minute: first.minute }
}

/** "Every 30 February" would never run. */
function requireSomeDay(days: Days, months: readonly number[]): void {
  if (days.kind !== 'month' || months.length === 0) return
  const longest = Math.max(...months.map((it) => DAYS_OF_MONTH[it - 1] ?? 31))
  const [first] = days.on
  if (days.on.some((it) => it === 'last' || it <= longest)) return
  refuse(`There is no day ${first} in ${months.map((it) => MONTHS[it - 1]).join(' or ')}.`)
}
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function onDays(said: Parts, { days, months, assumed }: DaysSaid, ground: Ground): Frequency {
  if (said.fromNow || said.day) refuse('It names days that come again, and a single one. Say one of them.')
  const inMonths = months ?? said.months ?? []
  requireSomeDay(days, inMonths)
  if (assumed) ground.notes.push(`No day was said: ${assumed} is taken.`)
  return { times: { kind: 'at', ...timesSaid(said, ground) }, days, months: inMonths }
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
          return refuse(
            `There is no day ${said.day} in ${MONTHS[said.month - 1] ?? `month ${said.month}`} ${year}.`,
          )
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

function boundsOf({ until, starting, lasting }: Parts, when: SpokenWhen, { notes, ...place }: Ground) {
  const start = here(place)
  const today = start.toPlainDate()
  if ((until || starting || lasting) && when.kind === 'once') refuse('Once has no beginning and no end.')
  if (until && lasting) refuse('Its end is said twice. Say it once.')
  const first = starting && dateOf(starting, today).toZonedDateTime(place.zone)
  const last = until && dateOf(until, today)
  const end = last
    ? last.add({ days: 1 }).toZonedDateTime(place.zone).subtract({ seconds: 1 })
    : lasting && endOf(lasting, first ?? start)
  if (first) notes.push(`It begins on ${first.toPlainDate()}.`)
  if (end) notes.push(`Its last day is ${end.toPlainDate()}.`)
  return { startsAt: first ? instant(first) : null, endsAt: end ? instant(end) : null }
}

/** From now on, so that three days of once a day are three runs. */
function endOf({ every, unit }: Lasting, from: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return from.add({ [`${unit}s`]: every }).subtract({ seconds: 1 })
}
