/** Words of a sentence, and readers over them: each answers what it read and where it ended, or null. Pure. */

export interface Word {
  /** In lower case. */
  text: string
  /** As it is written. */
  said: string
  start: number
  end: number
}
export interface Read<T> {
  value: T
  /** The place of the first word after it. */
  next: number
}
export type Reader<T> = (words: readonly Word[], at: number) => Read<T> | null

/** A comma is a word of its own; an apostrophe belongs to its word. */
const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}:.’'/_+-]*[\p{L}\p{N}])?\.?|,/gu
export const wordsIn = (text: string): Word[] =>
  [...text.matchAll(WORD)].map((it) => {
    const whole = it[0]
    // The full stop of "p.m." is part of it, that of a sentence is not.
    const word = /^[ap]\.m\.$/i.test(whole) ? whole : whole.replace(/\.$/, '')
    return { text: word.toLowerCase(), said: word, start: it.index, end: it.index + word.length }
  })

export const isAny = (words: readonly Word[], at: number, ...texts: string[]) =>
  texts.includes(words[at]?.text ?? '')

/** Several words in a row; `|` stands between those that do as well. */
export function phrase(...parts: string[]): Reader<true> {
  const all = parts.map((it) => it.split('|'))
  return (words, at) =>
    all.every((some, n) => some.includes(words[at + n]?.text ?? ''))
      ? { value: true, next: at + all.length }
      : null
}

export const as =
  <T, U>(reader: Reader<T>, make: (value: T) => U): Reader<U> =>
  (words, at) => {
    const read = reader(words, at)
    return read && { value: make(read.value), next: read.next }
  }

/** The first that can read it. */
export const either =
  <T>(...readers: Reader<T>[]): Reader<T> =>
  (words, at) => {
    for (const reader of readers) {
      const read = reader(words, at)
      if (read) return read
    }
    return null
  }

/** One after another, with commas and "and" between them. */
export const listOf =
  <T>(reader: Reader<T>): Reader<T[]> =>
  (words, at) => {
    const first = reader(words, at)
    if (!first) return null
    const value = [first.value]
    let next = first.next
    for (;;) {
      let behind = next
      while (isAny(words, behind, ',', 'and', '&', 'or')) behind++
      const more = behind > next ? reader(words, behind) : null
      if (!more) return { value, next }
      value.push(more.value)
      next = more.next
    }
  }

const UP_TO_TWENTY = [
  ...['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
]
const TENS: Record<string, number> = { twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60 }

/** `nine`, `twenty-five`, `twenty five`. */
export const numberWord: Reader<number> = (words, at) => {
  const [tens = '', unit = words[at + 1]?.text ?? ''] = (words[at]?.text ?? '').split('-')
  const value = TENS[tens]
  if (value === undefined) {
    const small = UP_TO_TWENTY.indexOf(words[at]?.text ?? '')
    return small >= 0 ? { value: small, next: at + 1 } : null
  }
  const more = UP_TO_TWENTY.indexOf(unit)
  const isHyphened = words[at]?.text !== tens
  if (more < 1 || more > 9) return isHyphened ? null : { value, next: at + 1 }
  return { value: value + more, next: isHyphened ? at + 1 : at + 2 }
}
export const number: Reader<number> = (words, at) => {
  const text = words[at]?.text ?? ''
  return /^\d{1,5}$/.test(text) ? { value: Number(text), next: at + 1 } : numberWord(words, at)
}

const oneOf = (names: readonly (readonly string[])[]): Reader<number> => {
  const known = new Map(names.flatMap((all, n) => all.map((it) => [it, n + 1] as const)))
  return (words, at) => {
    const value = known.get(words[at]?.text ?? '')
    return value === undefined ? null : { value, next: at + 1 }
  }
}
const DAY_NAMES = [
  ['monday', 'mon'],
  ['tuesday', 'tue', 'tues'],
  ['wednesday', 'wed'],
  ['thursday', 'thu', 'thur', 'thurs'],
  ['friday', 'fri'],
  ['saturday', 'sat'],
  ['sunday', 'sun'],
]
export const weekday = oneOf(DAY_NAMES)
export const weekdays = oneOf(DAY_NAMES.map(([name]) => [`${name}s`]))
export const month = oneOf([
  ['january', 'jan'],
  ['february', 'feb'],
  ['march', 'mar'],
  ['april', 'apr'],
  ['may'],
  ['june', 'jun'],
  ['july', 'jul'],
  ['august', 'aug'],
  ['september', 'sep', 'sept'],
  ['october', 'oct'],
  ['november', 'nov'],
  ['december', 'dec'],
])
const ORDINAL_WORDS = oneOf([['first'], ['second'], ['third'], ['fourth'], ['fifth']])
/** `1st`, `first`. */
export const ordinal: Reader<number> = (words, at) => {
  const digits = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(words[at]?.text ?? '')?.[1]
  return digits ? { value: Number(digits), next: at + 1 } : ORDINAL_WORDS(words, at)
}

export interface ClockTime {
  hour: number
  minute: number
}
const HALVES: Record<string, 'am' | 'pm'> = {
  am: 'am',
  'a.m.': 'am',
  'a.m': 'am',
  pm: 'pm',
  'p.m.': 'pm',
  'p.m': 'pm',
}

function timeOf(hour: number, minute: number, half: 'am' | 'pm' | undefined): ClockTime | null {
  if (minute > 59 || hour > (half ? 12 : 23) || (half && hour === 0)) return null
  return { hour: half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour, minute }
}

const NAMED_TIMES: Record<string, ClockTime> = {
  ...{ noon: { hour: 12, minute: 0 }, midday: { hour: 12, minute: 0 }, midnight: { hour: 0, minute: 0 } },
}
const named: Reader<ClockTime> = (words, at) => {
  const value = NAMED_TIMES[words[at]?.text ?? '']
  return value ? { value, next: at + 1 } : null
}

interface Digits extends ClockTime {
  half: 'am' | 'pm' | undefined
}
const digits: Reader<Digits> = (words, at) => {
  const text = words[at]?.text ?? ''
  const parts = /^(?<hour>\d{1,2})(?:[:.h](?<minute>\d{2}))?(?<half>am|pm|a\.m\.?|p\.m\.?|h)?$/.exec(
    text,
  )?.groups
  if (parts)
    return {
      value: { hour: Number(parts.hour), minute: Number(parts.minute ?? 0), half: HALVES[parts.half ?? ''] },
      next: at + 1,
    }
  const hour = numberWord(words, at)
  if (!hour || hour.value < 1 || hour.value > 23) return null
  const minute = minuteWord(words, hour.next)
  return {
    value: { hour: hour.value, minute: minute?.value ?? 0, half: undefined },
    next: minute?.next ?? hour.next,
  }
}
/** What follows an hour in words: `thirty`, `oh five`. */
const minuteWord: Reader<number> = (words, at) => {
  const isOh = isAny(words, at, 'oh', 'o')
  const read = numberWord(words, isOh ? at + 1 : at)
  return read && (isOh ? read.value > 0 && read.value < 10 : read.value >= 10 && read.value < 60)
    ? read
    : null
}

/** Minutes on one side of an hour: `half past`, `quarter to`, `20 past`, `10 minutes to`. */
export const besideHour: Reader<{ minutes: number; isTo: boolean; isPlain: boolean }> = (words, at) => {
  const first = isAny(words, at, 'a') ? at + 1 : at
  const named = isAny(words, first, 'half') ? 30 : isAny(words, first, 'quarter') ? 15 : null
  const counted = named === null ? number(words, first) : { value: named, next: first + 1 }
  if (!counted || counted.value > 59) return null
  const isUnit = isAny(words, counted.next, 'minute', 'minutes')
  const side = isUnit ? counted.next + 1 : counted.next
  if (!isAny(words, side, 'past', 'to')) return null
  const value = { minutes: counted.value, isTo: isAny(words, side, 'to'), isPlain: named === null && !isUnit }
  return { value, next: side + 1 }
}
/** `half past 7`, `quarter to nine`, `20 past 8`; "9 to 17" is a span. */
const spoken: Reader<Digits> = (words, at) => {
  const side = besideHour(words, at)
  return side && !(side.value.isTo && side.value.isPlain) ? besideIt(side, words) : null
}
function besideIt(
  { value: { minutes, isTo }, next }: Read<{ minutes: number; isTo: boolean }>,
  words: readonly Word[],
) {
  const hour = digits(words, next)
  if (hour?.value.minute !== 0) return null
  const value =
    isTo && minutes > 0
      ? { ...hour.value, hour: (hour.value.hour + 23) % 24, minute: 60 - minutes }
      : { ...hour.value, minute: minutes }
  return { value, next: hour.next }
}
/** `ten to nine`, where it cannot be a span. */
const TO_THE_HOUR = [5, 10, 20, 25]
const wordsTo: Reader<Digits> = (words, at) => {
  const side = besideHour(words, at)
  const isMeant = side?.value.isTo && numberWord(words, at) && TO_THE_HOUR.includes(side.value.minutes)
  return side && isMeant ? besideIt(side, words) : null
}

/** `9`, `09:30`, `9.30`, `9am`, `9 p.m.`, `nine`, `9 o'clock`, `half past 9`, `noon`: where a time is expected. */
export const clockTime: Reader<ClockTime> = (words, at) =>
  named(words, at) ?? wholeTime(spoken(words, at) ?? digits(words, at), words)
/** Where it stands alone, not as one end of a span. */
export const singleTime: Reader<ClockTime> = (words, at) =>
  wholeTime(wordsTo(words, at), words) ?? clockTime(words, at)

function wholeTime(read: Read<Digits> | null, words: readonly Word[]): Read<ClockTime> | null {
  if (!read) return null
  const { hour, minute, half } = read.value
  const behind = half === undefined ? HALVES[words[read.next]?.text ?? ''] : undefined
  const value = timeOf(hour, minute, half ?? behind)
  if (!value) return null
  const next = behind ? read.next + 1 : read.next
  return { value, next: isAny(words, next, 'o’clock', "o'clock", 'oclock') ? next + 1 : next }
}
/** One that is a time wherever it stands. */
export const plainTime: Reader<ClockTime> = (words, at) => {
  const read = clockTime(words, at)
  const text = words[at]?.text ?? ''
  return read && (read.next > at + 1 || (/\D/.test(text) && !numberWord(words, at))) ? read : null
}
