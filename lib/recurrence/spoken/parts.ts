/** The parts that an occasion is said in: days, times, rhythms, single moments. Readers; pure. */
import type { Days } from '../../contract/frequency.ts'
import {
  as,
  besideHour,
  type ClockTime,
  clockTime,
  either,
  isAny,
  listOf,
  month,
  number,
  ordinal,
  phrase,
  plainTime,
  type Reader,
  singleTime,
  weekday,
  weekdays,
} from './words.ts'

export interface Rate {
  every: number
  unit: 'second' | 'minute' | 'hour' | 'day' | 'week'
}
/** `yearly`: which months, where the words say so at once, such as "every quarter". */
export interface DaysSaid {
  days: Days
  months?: number[]
  /** The day was not said, and taken. */
  assumed?: string
}
export type DayPart = 'morning' | 'noon' | 'afternoon' | 'evening' | 'night'
const HOURS_OF: Record<DayPart, number> = {
  morning: 9,
  noon: 12,
  afternoon: 14,
  evening: 18,
  night: 22,
}
export const hourOf = (part: DayPart | 'tonight') => (part === 'tonight' ? 20 : HOURS_OF[part])
/** "8 in the evening" is 20:00; of a night, 2 is 02:00 and 12 is its middle. */
export function inPartOf(hour: number, part: DayPart | 'tonight' | undefined): number {
  if (part === undefined || part === 'morning' || part === 'noon' || hour === 0 || hour > 12) return hour
  const isNight = part === 'night' || part === 'tonight'
  if (hour === 12) return isNight ? 0 : 12
  return isNight && hour < 6 ? hour : hour + 12
}

const EVERY = 'every|each'
const week = (on: number[]): DaysSaid => ({ days: { kind: 'week', on } })
const WORKING = week([1, 2, 3, 4, 5])
const WEEKEND = week([6, 7])
const DAILY: DaysSaid = { days: { kind: 'every' } }

/** "Monday to Friday": the days between, over the end of a week too. */
const dayRange: Reader<DaysSaid> = (words, at) => {
  const from = weekday(words, at)
  if (!from || !isAny(words, from.next, 'to', 'through', 'till', 'until', '-')) return null
  const to = weekday(words, from.next + 1)
  if (!to) return null
  const length = ((to.value - from.value + 7) % 7) + 1
  const on = Array.from({ length }, (_, n) => ((from.value - 1 + n) % 7) + 1).sort((a, b) => a - b)
  return { value: length === 7 ? DAILY : week(on), next: to.next }
}
/** The abbreviation with a hyphen is one word: `mon-fri`. */
const hyphened: Reader<DaysSaid> = (words, at) => {
  const [from, to, more] = (words[at]?.text ?? '').split('-')
  if (!from || !to || more !== undefined) return null
  const fake = [from, 'to', to].map((text) => ({ text, said: text, start: 0, end: 0 }))
  const read = dayRange(fake, 0)
  return read && { value: read.value, next: at + 1 }
}
const behind =
  <T>(word: Reader<unknown>, reader: Reader<T>): Reader<T> =>
  (words, at) => {
    const before = word(words, at)
    return before && reader(words, before.next)
  }
const optional =
  <T>(word: Reader<unknown>, reader: Reader<T>): Reader<T> =>
  (words, at) =>
    behind(word, reader)(words, at) ?? reader(words, at)

/** `monthly`, `every month`, `once a month`. */
const again = (word: string, unit: string) =>
  either(phrase(word), phrase(EVERY, unit), phrase('once', 'a|an|per|each|every', unit))
const MONTHLY = again('monthly', 'month')
const WEEKLY = again('weekly', 'week')

const OF_MONTH = either(
  phrase('of', 'the|each|every|a', 'month'),
  phrase('in', 'the|each|every', 'month'),
  phrase('each|every', 'month'),
)
const monthDay: Reader<number | 'last'> = optional(
  phrase('the'),
  either<number | 'last'>(
    as(phrase('last', 'day'), () => 'last' as const),
    (words, at) => {
      const read = ordinal(words, at)
      if (!read || read.value < 1 || read.value > 31) return null
      return { value: read.value, next: isAny(words, read.next, 'day') ? read.next + 1 : read.next }
    },
    as(phrase('last'), () => 'last' as const),
  ),
)
/** "on the first and the 15th of the month", "every month on the 1st", "on the last day of each month". */
const ofMonth: Reader<DaysSaid> = either(
  (words, at) => {
    const days = optional(phrase('on|every|each'), listOf(monthDay))(words, at)
    const end = days && OF_MONTH(words, days.next)
    return end && { value: { days: { kind: 'month', on: days.value } }, next: end.next }
  },
  behind(
    MONTHLY,
    behind(
      phrase('on'),
      as(listOf(monthDay), (on): DaysSaid => ({ days: { kind: 'month', on } })),
    ),
  ),
  as(MONTHLY, () => ({
    days: { kind: 'month', on: [1] } as Days,
    assumed: 'the first of the month',
  })),
)

const nth: Reader<1 | 2 | 3 | 4 | 'last'> = optional(
  phrase('the'),
  either<1 | 2 | 3 | 4 | 'last'>(
    as(phrase('last'), () => 'last' as const),
    (words, at) => {
      const read = ordinal(words, at)
      return read && read.value <= 4 ? { value: read.value as 1 | 2 | 3 | 4, next: read.next } : null
    },
  ),
)
/** "on the second Tuesday of the month", "every last Friday of the month". */
const nthOfMonth: Reader<DaysSaid> = (words, at) => {
  const which = optional(phrase('on|every|each'), nth)(words, at)
  const day = which && weekday(words, which.next)
  const end = day && OF_MONTH(words, day.next)
  return end && { value: { days: { kind: 'nth', week: which.value, day: day.value } }, next: end.next }
}

/** "every year on 24 December", "every 24 December". */
const monthAndDay: Reader<{ month: number; day: number }> = either(
  (words, at) => {
    const day = optional(phrase('the'), either(ordinal, number))(words, at)
    const of = day && optional(phrase('of'), month)(words, day.next)
    return of && day.value >= 1 && day.value <= 31
      ? { value: { month: of.value, day: day.value }, next: of.next }
      : null
  },
  (words, at) => {
    const of = month(words, at)
    const day = of && optional(phrase('the'), either(ordinal, number))(words, of.next)
    return day && day.value >= 1 && day.value <= 31
      ? { value: { month: of.value, day: day.value }, next: day.next }
      : null
  },
)
const YEARLY = either(again('yearly', 'year'), phrase('annually'))
const ofYear: Reader<DaysSaid> = as(
  either(
    behind(YEARLY, optional(phrase('on'), monthAndDay)),
    behind(phrase(EVERY), monthAndDay),
    (words, at) => {
      const read = behind(phrase('on'), monthAndDay)(words, at)
      const end = read && YEARLY(words, read.next)
      return end && { value: read.value, next: end.next }
    },
  ),
  ({ month: of, day }): DaysSaid => ({ days: { kind: 'month', on: [day] }, months: [of] }),
)
const QUARTERLY = as(again('quarterly', 'quarter'), () => ({
  days: { kind: 'month', on: [1] } as Days,
  months: [1, 4, 7, 10],
  assumed: 'the first day of each quarter',
}))

const working = 'weekday|weekdays|workday|workdays'
const ofWeek: Reader<DaysSaid> = either(
  as(
    either(phrase(EVERY, working), phrase('on', working), phrase('weekdays'), phrase('workdays')),
    () => WORKING,
  ),
  as(phrase(`${EVERY}|on`, 'working|business|work', 'day|days'), () => WORKING),
  as(
    either(
      phrase(EVERY, 'weekend', 'day'),
      phrase(EVERY, 'weekend'),
      phrase('on|at', 'weekends|weekend'),
      phrase('weekends'),
    ),
    () => WEEKEND,
  ),
  optional(phrase('on|from|every|each'), either(dayRange, hyphened)),
  behind(either(behind(WEEKLY, phrase('on')), phrase(EVERY)), as(listOf(either(weekday, weekdays)), week)),
  optional(phrase('on'), as(listOf(weekdays), week)),
  as(WEEKLY, () => ({ ...week([1]), assumed: 'Monday' })),
)
const daily: Reader<DaysSaid> = as(either(phrase(EVERY, 'single', 'day'), again('daily', 'day')), () => DAILY)

/** Days that come again and again. */
export const recurringDays: Reader<DaysSaid> = either(nthOfMonth, ofYear, ofMonth, QUARTERLY, ofWeek, daily)

const PARTS = 'morning|afternoon|evening|night'
const dayPart =
  (...before: string[]): Reader<DayPart> =>
  (words, at) => {
    const read = phrase(...before, PARTS)(words, at)
    return read && { value: words[read.next - 1]?.text as DayPart, next: read.next }
  }
/** "every morning": days and a time at once. */
export const everyPart: Reader<DayPart> = either(
  dayPart(EVERY),
  as(phrase('nightly'), () => 'night' as const),
)
export const inPart: Reader<DayPart> = either(dayPart('in', 'the'), dayPart('at'), dayPart('the'))
/** Behind a day: "every Monday evening". */
export const barePart: Reader<DayPart> = dayPart()

const UNITS: Record<string, Rate['unit']> = {
  ...{ second: 'second', seconds: 'second', sec: 'second', secs: 'second' },
  ...{ minute: 'minute', minutes: 'minute', min: 'minute', mins: 'minute' },
  ...{ hour: 'hour', hours: 'hour', hrs: 'hour', hr: 'hour' },
  ...{ day: 'day', days: 'day', week: 'week', weeks: 'week' },
}
export const unit: Reader<Rate['unit']> = (words, at) => {
  const value = UNITS[words[at]?.text ?? '']
  return value ? { value, next: at + 1 } : null
}
const SMALLER: Partial<Record<Rate['unit'], { of: number; unit: Rate['unit'] }>> = {
  minute: { of: 60, unit: 'second' },
  hour: { of: 60, unit: 'minute' },
  day: { of: 24, unit: 'hour' },
  week: { of: 7, unit: 'day' },
}
/** A part of a unit in whole ones of the next: 1.5 hours are 90 minutes. Null where they are not whole. */
function wholeOf(count: number, of: Rate['unit']): Rate | null {
  const smaller = SMALLER[of]
  const every = Math.round(count * (smaller?.of ?? 0))
  return smaller && every > 0 && Math.abs(every - count * smaller.of) < 1e-6
    ? { every, unit: smaller.unit }
    : null
}
const HALF = phrase('and', 'a', 'half')
/** `15 minutes`, `1.5 hours`, `two and a half hours`. */
const counted: Reader<Rate> = (words, at) => {
  const decimal = /^\d{1,3}[.,]\d{1,2}$/.exec(words[at]?.text ?? '')?.[0]
  const count = decimal ? { value: Number(decimal.replace(',', '.')), next: at + 1 } : number(words, at)
  if (!count) return null
  const half = decimal ? null : HALF(words, count.next)
  const of = unit(words, half?.next ?? count.next)
  if (!of) return null
  const value = half
    ? wholeOf(count.value + 0.5, of.value)
    : Number.isInteger(count.value)
      ? { every: count.value, unit: of.value }
      : wholeOf(count.value, of.value)
  return value && value.every > 0 ? { value, next: of.next } : null
}
const minutes = (every: number) => (): Rate => ({ every, unit: 'minute' })
/** `half an hour`, `a quarter of an hour`, `an hour and a half`, `a week`, and what is counted. */
const amount: Reader<Rate> = either(
  as(either(phrase('half', 'an', 'hour'), phrase('a', 'half', 'hour')), minutes(30)),
  as(either(phrase('a', 'quarter', 'hour'), phrase('a', 'quarter', 'of', 'an', 'hour')), minutes(15)),
  counted,
  (words, at) => {
    const of = behind(phrase('a|an|one'), unit)(words, at)
    const half = of && HALF(words, of.next)
    const more = half && wholeOf(1.5, of.value)
    if (half && more) return { value: more, next: half.next }
    return of && { value: { every: 1, unit: of.value }, next: of.next }
  },
)
/** "every third day", and not "every third day of the month" or "every second Tuesday". */
const everyNth: Reader<Rate> = (words, at) => {
  const nth = behind(phrase(EVERY), ordinal)(words, at)
  const of = nth && unit(words, nth.next)
  if (!of || nth.value < 2 || OF_MONTH(words, of.next)) return null
  return { value: { every: nth.value, unit: of.value }, next: of.next }
}
const everySecond: Reader<Rate> = (words, at) => {
  const read = phrase(EVERY, 'second')(words, at)
  const isOf = read && (weekday(words, read.next) ?? month(words, read.next))
  const isMore = read && isAny(words, read.next, 'weekday', 'weekend', 'month', 'quarter', 'year', 'of')
  return read && !isOf && !isMore ? { value: { every: 1, unit: 'second' }, next: read.next } : null
}
/** "every 15 minutes", "hourly", "every other hour", "every half hour", "every third day". */
export const rate: Reader<Rate> = either(
  behind(phrase(EVERY), counted),
  behind(
    phrase(EVERY, 'other'),
    as(unit, (of) => ({ every: 2, unit: of })),
  ),
  everyNth,
  as(either(phrase(EVERY, 'half-hour'), phrase(EVERY, 'half', 'hour')), minutes(30)),
  as(phrase(EVERY, 'half', 'an', 'hour'), minutes(30)),
  as(either(phrase(EVERY, 'quarter-hour'), phrase(EVERY, 'quarter', 'hour')), minutes(15)),
  as(phrase(EVERY, 'quarter', 'of', 'an', 'hour'), minutes(15)),
  as(phrase(EVERY, 'hour', 'and', 'a', 'half'), minutes(90)),
  as(again('hourly', 'hour'), () => ({ every: 1, unit: 'hour' as const })),
  as(phrase(EVERY, 'minute|min'), minutes(1)),
  everySecond,
)

export const span: Reader<{ from: ClockTime; to: ClockTime }> = (words, at) => {
  if (!isAny(words, at, 'between', 'from')) return null
  const from = clockTime(words, at + 1)
  if (!from || !isAny(words, from.next, 'and', 'to', 'until', 'till')) return null
  const to = clockTime(words, from.next + 1)
  return to && { value: { from: from.value, to: to.value }, next: to.next }
}

/** "at 9", "at 9 and 18", "9:00". */
export const times: Reader<ClockTime[]> = either(
  behind(phrase('at|@'), listOf(optional(phrase('at|@'), singleTime))),
  listOf(optional(phrase('at|@'), plainTime)),
  as(phrase('at', 'noon'), () => [{ hour: 12, minute: 0 }]),
)
/** "at minute 15", "at half past", "at 10 minutes past the hour", "on the half hour": of each hour. */
export const minuteOfHour: Reader<number> = either(
  (words, at) => {
    const read = behind(phrase('at', 'minute'), number)(words, at)
    return read && read.value < 60 ? read : null
  },
  as(phrase('on', 'the', 'hour'), () => 0),
  as(either(phrase('on|at', 'the', 'half', 'hour'), phrase('on|at', 'the', 'half-hour')), () => 30),
  (words, at) => {
    const side = behind(phrase('at'), besideHour)(words, at)
    // "At half past seven" is a time of the day.
    if (!side || clockTime(words, side.next)) return null
    const { minutes: beside, isTo, isPlain } = side.value
    const whole = phrase('the', 'hour')(words, side.next)
    if (isTo && isPlain && !whole) return null
    return { value: isTo ? (60 - beside) % 60 : beside, next: whole?.next ?? side.next }
  },
)
export const inMonths: Reader<number[]> = behind(phrase('in'), listOf(month))

/** "in 20 minutes", "in an hour", "in 2 hours and 30 minutes". */
export const fromNow: Reader<Rate[]> = behind(phrase('in'), listOf(amount))

/** How long something goes on. */
export interface Lasting {
  every: number
  unit: Rate['unit'] | 'month' | 'year'
}
const LONG: Record<string, Lasting['unit']> = { month: 'month', months: 'month', year: 'year', years: 'year' }
const inLong: Reader<Lasting> = (words, at) => {
  const count = either(
    number,
    as(phrase('a'), () => 1),
  )(words, at)
  const of = count && LONG[words[count.next]?.text ?? '']
  return of && count.value > 0 ? { value: { every: count.value, unit: of }, next: count.next + 1 } : null
}
/** Any length of time. */
export const length: Reader<Lasting> = either<Lasting>(inLong, amount)
/** Minutes and hours are how long the work itself takes. */
const inDays: Reader<Lasting> = (words, at) => {
  const read = amount(words, at)
  return read && (read.value.unit === 'day' || read.value.unit === 'week') ? read : null
}
/** "for two weeks", "for the next 3 days". */
export const lasting: Reader<Lasting> = behind(
  phrase('for'),
  optional(either(phrase('the', 'next'), phrase('the', 'coming')), either<Lasting>(inLong, inDays)),
)

/** A day of the calendar, as it was said. */
export type DaySaid =
  | { kind: 'ahead'; days: number }
  | { kind: 'weekday'; day: number; next: boolean }
  | { kind: 'date'; year: number | null; month: number; day: number }

const isoDate: Reader<DaySaid> = (words, at) => {
  const [, year, of, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(words[at]?.text ?? '') ?? []
  return year
    ? { value: { kind: 'date', year: Number(year), month: Number(of), day: Number(day) }, next: at + 1 }
    : null
}
const date: Reader<DaySaid> = (words, at) => {
  const read = monthAndDay(words, at)
  if (!read) return null
  const comma = isAny(words, read.next, ',') ? read.next + 1 : read.next
  const year = /^(?:20|21)\d{2}$/.exec(words[comma]?.text ?? '')?.[0]
  return {
    value: { kind: 'date', ...read.value, year: year ? Number(year) : null },
    next: year ? comma + 1 : read.next,
  }
}
export const day: Reader<DaySaid> = either<DaySaid>(
  as(phrase('the', 'day', 'after', 'tomorrow'), () => ({ kind: 'ahead', days: 2 })),
  as(phrase('tomorrow'), () => ({ kind: 'ahead', days: 1 })),
  as(phrase('today'), () => ({ kind: 'ahead', days: 0 })),
  optional(phrase('on'), either(isoDate, date)),
  behind(either(phrase('on', 'next|this|the'), phrase('next|this'), phrase('on')), (words, at) => {
    const read = weekday(words, at)
    const next = isAny(words, at - 1, 'next')
    return read && { value: { kind: 'weekday', day: read.value, next }, next: read.next }
  }),
  // "Monday at 9"; without a time it may be any word of the sentence.
  (words, at) => {
    const read = weekday(words, at)
    return read && times(words, read.next) ? { value: named(read.value), next: read.next } : null
  },
)
/** "tonight": a day and a time at once. */
export const tonight = phrase('tonight')
export const thisPart: Reader<DayPart> = either(dayPart('this'), dayPart('tomorrow'))

const named = (it: number): DaySaid => ({ kind: 'weekday', day: it, next: false })
const someDay: Reader<DaySaid> = optional(phrase('the'), either(day, as(weekday, named)))
const bound = (...words: Reader<true>[]): Reader<DaySaid> => behind(either(...words), someDay)
export const until = bound(phrase('until|till|through|ending'))
export const starting = bound(phrase('starting|beginning', 'from'), phrase('starting|beginning'))
/** Behind a day or a time: elsewhere "the mail from Monday" is what is to be done. */
export const fromDay = bound(phrase('from'))
