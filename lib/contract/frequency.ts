/**
 * How often something is to happen, in the parts that people name: times of the day, days, months.
 *
 * Promise: pure and without loss. A pattern is written from a frequency here and nowhere else, and read back only
 * where what would be written again runs at the very same times, also when the clocks change; every other pattern is
 * null and stays as it was written. Nothing here knows a zone.
 */

/** `from`, `to`: hours. A step begins at `from`, and is one that the day, or the hour, holds a whole number of. */
export type Times =
  | { kind: 'at'; minute: number; hours: number[] }
  | { kind: 'hours'; every: number; minute: number; from: number; to: number }
  | { kind: 'minutes'; every: number; from: number; to: number }
/** Days of the week: 1 is Monday, 7 is Sunday. `last`: of its month. */
export type Days =
  | { kind: 'every' }
  | { kind: 'week'; on: number[] }
  | { kind: 'month'; on: (number | 'last')[] }
  | { kind: 'nth'; week: 1 | 2 | 3 | 4 | 'last'; day: number }
export interface Frequency {
  times: Times
  days: Days
  /** None: all of them. */
  months: number[]
}

const LAST_HOUR = 23
export const WHOLE_DAY = { from: 0, to: LAST_HOUR } as const
const isWholeDay = ({ from, to }: { from: number; to: number }) => from === 0 && to === LAST_HOUR

const placeOf = (it: number | 'last'): number => (it === 'last' ? 99 : it)
const ascending = <T extends number | 'last'>(all: readonly T[]): T[] =>
  [...new Set(all)].sort((a, b) => placeOf(a) - placeOf(b))

export function patternOf({ times, days, months }: Frequency): string {
  const [dayOfMonth, dayOfWeek] = dayFields(days)
  return [...timeFields(times), dayOfMonth, ascending(months).join(',') || '*', dayOfWeek].join(' ')
}

function timeFields(times: Times): [minute: string, hour: string] {
  if (times.kind === 'at') return [String(times.minute), ascending(times.hours).join(',')]
  const span = isWholeDay(times)
    ? '*'
    : times.from === times.to
      ? `${times.from}`
      : `${times.from}-${times.to}`
  if (times.kind === 'minutes') return [times.every === 1 ? '*' : `*/${times.every}`, span]
  return [String(times.minute), times.every === 1 ? span : `${span}/${times.every}`]
}

function dayFields(days: Days): [dayOfMonth: string, dayOfWeek: string] {
  switch (days.kind) {
    case 'every':
      return ['*', '*']
    case 'week':
      return ['*', weekField(days.on)]
    case 'month':
      return [
        ascending(days.on)
          .map((it) => (it === 'last' ? 'L' : it))
          .join(','),
        '*',
      ]
    case 'nth':
      return ['*', `${days.day % 7}${days.week === 'last' ? 'L' : `#${days.week}`}`]
  }
}

function weekField(on: readonly number[]): string {
  const days = ascending(on.map((it) => it % 7))
  if (days.length === 7) return '*'
  return days.join(',') === '1,2,3,4,5' ? '1-5' : days.join(',')
}

interface Field {
  values: number[]
  /** It has a wildcard or a step: its times follow real time when the clocks change. */
  isOpen: boolean
  isAll: boolean
}
const NAMES = {
  month: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  day: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
}

/** What a plain field names; null for one that says more than values, ranges and steps. */
function readField(
  text: string,
  lowest: number,
  highest: number,
  names: readonly string[] = [],
): Field | null {
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toUpperCase())
    return named >= 0 ? named + lowest : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN
  }
  const values = new Set<number>()
  let isOpen = false
  for (const item of text.split(',')) {
    const [span = '', step = '1', more] = item.split('/')
    const [first = '', last = first, tooMuch] = span === '*' ? [`${lowest}`, `${highest}`] : span.split('-')
    const [from, to, by] = [numberOf(first), numberOf(last), Number(step)]
    const isRead = more === undefined && tooMuch === undefined && Number.isInteger(by) && by > 0
    const isStepOfOne = item.includes('/') && first === last && span !== '*'
    if (!isRead || isStepOfOne || !(from >= lowest && from <= to && to <= highest)) return null
    isOpen ||= span === '*' || item.includes('/')
    for (let value = from; value <= to; value += by) values.add(value)
  }
  const all = ascending([...values])
  return { values: all, isOpen, isAll: all.length === highest - lowest + 1 }
}

/** The distance between values that lie evenly; null where they do not. One value alone has none. */
function stepOf(values: readonly number[]): number | null {
  const [first = 0, second] = values
  if (second === undefined) return null
  return values.every((it, n) => it === first + n * (second - first)) ? second - first : null
}

interface Hours extends Field {
  from: number
  to: number
  /** One after another. */
  isRun: boolean
}

function timesIn(minute: Field, hour: Field): Times | null {
  const [from = 0] = hour.values
  const to = hour.values.at(-1) ?? from
  const hours: Hours = { ...hour, from, to, isRun: hour.values.length === to - from + 1 }
  if (minute.isOpen) return minutesIn(minute, hours)
  const [at, more] = minute.values
  return at === undefined || more !== undefined ? null : hoursIn(at, hours)
}

function minutesIn({ values }: Field, { isRun, isOpen, isAll, from, to }: Hours): Times | null {
  const every = stepOf(values)
  const goesRound = every !== null && values[0] === 0 && values.length * every === 60
  if (!goesRound || !isRun || (isOpen && !isAll)) return null
  return { kind: 'minutes', every, ...(isOpen ? WHOLE_DAY : { from, to }) }
}

function hoursIn(minute: number, { values, isRun, isOpen, isAll, from, to }: Hours): Times | null {
  if (!isOpen && isAll) return null
  if (!isOpen && isRun && values.length > 2) return { kind: 'hours', every: 1, minute, from, to }
  if (!isOpen) return { kind: 'at', minute, hours: values }
  if (isAll) return { kind: 'hours', every: 1, minute, ...WHOLE_DAY }
  const every = stepOf(values)
  if (every === null) return null
  const goesRound = from === 0 && values.length * every === 24
  return { kind: 'hours', every, minute, ...(goesRound ? WHOLE_DAY : { from, to }) }
}

function daysIn(dayOfMonth: string, dayOfWeek: string): Days | null {
  if (dayOfMonth === '*')
    return dayOfWeek === '*' ? { kind: 'every' } : (nthIn(dayOfWeek) ?? weekIn(dayOfWeek))
  return dayOfWeek === '*' ? monthDaysIn(dayOfMonth) : null
}

function monthDaysIn(text: string): Days | null {
  const items = text.toUpperCase().split(',')
  const plain = items.filter((it) => it !== 'L')
  const on = plain.length > 0 ? readField(plain.join(','), 1, 31) : { values: [], isOpen: false }
  if (!on || on.isOpen) return null
  return { kind: 'month', on: [...on.values, ...(items.includes('L') ? (['last'] as const) : [])] }
}

function nthIn(text: string): Days | null {
  const nth = /^(?<day>[0-7]|[A-Z]{3})(?:#(?<week>[1-4L])|L)$/i.exec(text)?.groups
  if (!nth?.day) return null
  const named = NAMES.day.indexOf(nth.day.toUpperCase())
  const day = named >= 0 ? named : Number(nth.day)
  const week = /[1-4]/.test(nth.week ?? '') ? (Number(nth.week) as 1 | 2 | 3 | 4) : 'last'
  return Number.isNaN(day) ? null : { kind: 'nth', week, day: day % 7 || 7 }
}

function weekIn(text: string): Days | null {
  const week = readField(text, 0, 7, NAMES.day)
  const on = week && ascending(week.values.map((it) => it % 7 || 7))
  return !on || on.length === 7 ? null : { kind: 'week', on }
}

/** The parts of a pattern; null for one that says more than these can. */
export function frequencyOf(pattern: string): Frequency | null {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', more] = pattern
    .trim()
    .split(/\s+/)
  if (dayOfWeek === '' || more !== undefined) return null
  const [minutes, hours] = [readField(minute, 0, 59), readField(hour, 0, LAST_HOUR)]
  const months = readField(month, 1, 12, NAMES.month)
  const times = minutes && hours && timesIn(minutes, hours)
  const days = daysIn(dayOfMonth, dayOfWeek)
  if (!times || !days || !months) return null
  return { times, days, months: months.isAll ? [] : months.values }
}

export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const
export const MONTHS = [
  ...(['January', 'February', 'March', 'April', 'May', 'June', 'July'] as const),
  ...(['August', 'September', 'October', 'November', 'December'] as const),
] as const
export const ORDINALS = ['first', 'second', 'third', 'fourth'] as const
const WORKING_DAYS = '1,2,3,4,5'
const WEEKEND = '6,7'

const clock = (hour: number, minute: number) =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
const listed = (all: readonly string[]) =>
  all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
export function ordinal(day: number): string {
  const teens = day % 100 > 10 && day % 100 < 14
  return `${day}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`
}

/** The same as somebody would say it, such as "every weekday at 09:00"; these words can be read again. */
export function frequencyInWords({ times, days, months }: Frequency): string {
  const within = months.length > 0 ? ` in ${listed(ascending(months).map((it) => MONTHS[it - 1] ?? ''))}` : ''
  if (times.kind === 'at')
    return `${dayWords(days)}${within} at ${listed(ascending(times.hours).map((it) => clock(it, times.minute)))}`
  const minutes = times.kind === 'minutes'
  const unit = minutes ? 'minute' : 'hour'
  const rate = times.every === 1 ? `every ${unit}` : `every ${times.every} ${unit}s`
  const [first, last] = minutes
    ? [clock(times.from, 0), clock(times.to, 59)]
    : [clock(times.from, times.minute), clock(times.to, times.minute)]
  const span = isWholeDay(times)
    ? minutes || times.minute === 0
      ? ''
      : ` at minute ${times.minute}`
    : ` between ${first} and ${last}`
  return `${rate}${span}${days.kind === 'every' ? '' : ` ${dayWords(days).replace(/^every weekday$/, 'on weekdays')}`}${within}`
}

function dayWords(days: Days): string {
  switch (days.kind) {
    case 'every':
      return 'every day'
    case 'week': {
      const on = ascending(days.on)
      if (on.join(',') === WORKING_DAYS) return 'every weekday'
      if (on.join(',') === WEEKEND) return 'every weekend day'
      return `every ${listed(on.map((it) => WEEKDAYS[it - 1] ?? ''))}`
    }
    case 'month':
      return `on ${listed(ascending(days.on).map((it) => (it === 'last' ? 'the last day' : `the ${ordinal(it)}`)))} of the month`
    case 'nth': {
      const which = days.week === 'last' ? 'last' : ORDINALS[days.week - 1]
      return `on the ${which} ${WEEKDAYS[days.day - 1]} of the month`
    }
  }
}
