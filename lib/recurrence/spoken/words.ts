/** Words of a sentence, and readers over them: each answers what it read and where it ended, or null. Pure. */

export interface Word {
  /** In lower case. */
  text: string
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
    return { text: word.toLowerCase(), start: it.index, end: it.index + word.length }
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

const SMALL = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const LARGER: Record<string, number> = {
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  'forty-five': 45,
  sixty: 60,
}
export const number: Reader<number> = (words, at) => {
  const text = words[at]?.text ?? ''
  const value = /^\d{1,5}$/.test(text) ? Number(text) : (LARGER[text] ?? SMALL.indexOf(text))
  return value >= 0 ? { value, next: at + 1 } : null
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
  const hour = SMALL.indexOf(text)
  return hour > 0 ? { value: { hour, minute: 0, half: undefined }, next: at + 1 } : null
}

/** `half past 7`, `quarter to nine`, `20 past 8`; "9 to 17" is a span. */
const spoken: Reader<Digits> = (words, at) => {
  const first = isAny(words, at, 'a') ? at + 1 : at
  const counted = isAny(words, first, 'half')
    ? { value: 30, next: first + 1 }
    : isAny(words, first, 'quarter')
      ? { value: 15, next: first + 1 }
      : number(words, first)
  if (!counted || counted.value > 59 || !isAny(words, counted.next, 'past', 'to')) return null
  const hour = digits(words, counted.next + 1)
  if (hour?.value.minute !== 0) return null
  const isTo = isAny(words, counted.next, 'to')
  if (isTo && !isAny(words, first, 'half', 'quarter')) return null
  const value = isTo
    ? { ...hour.value, hour: (hour.value.hour + 23) % 24, minute: 60 - counted.value }
    : { ...hour.value, minute: counted.value }
  return { value, next: hour.next }
}

/** `9`, `09:30`, `9.30`, `9am`, `9 p.m.`, `nine`, `9 o'clock`, `half past 9`, `noon`: where a time is expected. */
export const clockTime: Reader<ClockTime> = (words, at) => {
  const whole = named(words, at)
  if (whole) return whole
  const read = spoken(words, at) ?? digits(words, at)
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
  return read && (read.next > at + 1 || (/\D/.test(text) && !SMALL.includes(text))) ? read : null
}
