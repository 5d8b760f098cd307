/**
 * What concerns time and is left beside the words that were understood. Pure.
 *
 * Promise: what changes their meaning is found and told, so that it can be refused; what may as well belong to what
 * is to be done is told too, to be noted.
 */
import { type Phrase, phraseAt } from './phrases.ts'
import * as parts from './parts.ts'
import { either, isAny, month, number, type Reader, weekday, weekdays, type Word, wordsIn } from './words.ts'
import { zoneWord } from './zones.ts'

const oneOf = (...lines: string[]) => new Set(lines.join(' ').split(' '))
const isOf = (known: ReadonlySet<string>, words: readonly Word[], at: number) =>
  known.has(words[at]?.text ?? '')

const BUT = oneOf("except excluding but unless not never without don't don’t")
const JOINS = oneOf(', and or plus')
const GOES_ON = oneOf(', and or plus at on from to between until till before after except')
/** One that a day or a time must follow for it to mean anything. */
const DANGLING = oneOf('from after before since until till by')

const told = (words: readonly Word[], from: number, to: number) =>
  words
    .slice(from, to)
    .map((it) => it.text)
    .join(' ')

const TIME_WORDS = oneOf(
  'second seconds minute minutes hour hours day days week weeks fortnight month months quarter quarters year years',
  'weekday weekdays workday workdays weekend weekends holiday holidays today tomorrow tonight yesterday now notice',
  'morning mornings noon midday afternoon afternoons evening evenings night nights midnight dawn dusk sunrise',
  'sunset breakfast lunch lunchtime dinner bed bedtime eod christmas easter spring summer autumn winter',
)
const FILLERS = oneOf(
  'the a an of in to past next this last coming other further every each few couple first second third fourth',
  'about around exactly approximately roughly latest half quarter beginning start middle end early late business office',
)
const CLOSE_TO = oneOf('about around exactly approximately roughly the latest half quarter past')
const OFTEN = oneOf('fortnightly biweekly bi-weekly bimonthly bi-monthly biannually biennially')
const isTime = (words: readonly Word[], at: number) =>
  isOf(TIME_WORDS, words, at) || Boolean(either(weekday, weekdays, month)(words, at))
const isNumber = (words: readonly Word[], at: number) =>
  /^\d/.test(words[at]?.text ?? '') || Boolean(number(words, at))

/** A number with its unit, a day, a month, a part of the day: what is at most introduced by small words. */
const timeWords: Reader<true> = (words, at) => {
  let next = at
  while (!isTime(words, next) && (isOf(FILLERS, words, next) || isNumber(words, next))) next++
  if (!isTime(words, next)) return null
  while (isTime(words, next + 1)) next++
  return { value: true, next: next + 1 }
}
/** `9`, `around nine`, `half nine`, `25:00`. */
const someClock: Reader<true> = (words, at) => {
  let next = at
  while (isOf(CLOSE_TO, words, next)) next++
  if (!isNumber(words, next)) return null
  const read = number(words, next)
  return { value: true, next: read?.next ?? next + 1 }
}
/** A date or a clock in digits, such as `24.12` or `1st`, but no plain number: "on 3 sites". */
const inDigits: Reader<true> = (words, at) => {
  const place = isAny(words, at, 'the') ? at + 1 : at
  const isDate = /^\d+(?:[:./-]\d|st$|nd$|rd$|th$)/.test(words[place]?.text ?? '')
  return isDate ? { value: true, next: place + 1 } : null
}
const someLength: Reader<true> = (words, at) => {
  const counted = timeWords(words, at)
  const isCounted =
    isNumber(words, at) ||
    isAny(words, at, 'days', 'weeks', 'months', 'years') ||
    isAny(words, at, 'the', 'next', 'some', 'several', 'a', 'an', 'half')
  return counted && isCounted ? counted : null
}
const single: Reader<true> = (words, at) => {
  const isDay = either(weekday, weekdays)(words, at) || isAny(words, at, 'today', 'tomorrow', 'tonight')
  const isClock = /^\d{1,2}:\d/.test(words[at]?.text ?? '')
  return isDay || isClock ? { value: true, next: at + 1 } : null
}

/** What may follow such a word for both to say when. */
const timeOrClock = either(timeWords, someClock)
const CONNECTED: readonly (readonly [ReadonlySet<string>, Reader<true>])[] = [
  [oneOf('at @ by before after from between until till'), timeOrClock],
  [oneOf('starting beginning ending'), (words, at) => connected(words, at) ?? timeOrClock(words, at)],
  [oneOf('during throughout within since in through'), timeWords],
  [oneOf('around about past'), someClock],
  [oneOf('to'), either(someClock, single)],
  [oneOf('on'), either(timeWords, inDigits)],
  [oneOf('for over'), someLength],
  [JOINS, single],
]
const connected: Reader<true> = (words, at) => {
  const [, reader] = CONNECTED.find(([known]) => isOf(known, words, at)) ?? []
  return reader?.(words, at + 1) ?? null
}

/** Words that look like a time, understood or not: "the 15th", "next month". */
export const saysWhen = (text: string) => Boolean(timeOrClock(wordsIn(text), 0) ?? inDigits(wordsIn(text), 0))

/** What stands beside the words that were understood and changes what they mean. */
export function leftBeside(words: readonly Word[], phrases: readonly Phrase[]): string | null {
  for (const it of phrases) {
    const beside = leftBefore(words, it) ?? leftBehind(words, it)
    if (beside) return beside
  }
  return null
}

const MOST_BEFORE = 6
function leftBefore(words: readonly Word[], { from, parts: it }: Phrase): string | null {
  if (isOf(BUT, words, from - 1) || isOf(DANGLING, words, from - 1)) return told(words, from - 1, from)
  // Before what comes again it may be what is to be done: "what has happened since yesterday every morning".
  const reader = it.days || it.rate ? clockBefore : either(connected, comingUnit)
  for (let at = Math.max(0, from - MOST_BEFORE); at < from; at++)
    if (reader(words, at)?.next === from) return told(words, at, from)
  return null
}
const ABOUT = oneOf('at @ around about by before after')
const clockBefore: Reader<true> = (words, at) =>
  isOf(ABOUT, words, at) ? someClock(words, at + 1) : single(words, at)
const comingUnit: Reader<true> = (words, at) =>
  isAny(words, at, 'next', 'this', 'coming') ? timeWords(words, at + 1) : single(words, at)

function leftBehind(words: readonly Word[], { to, parts: it }: Phrase): string | null {
  const but = isAny(words, to, ',') ? to + 1 : to
  if (isOf(BUT, words, but)) return told(words, but, but + 4)
  const joins = isOf(JOINS, words, to)
  let next = joins ? to + 1 : to
  while (joins && isAny(words, next, 'and', 'again', 'then', 'also')) next++
  const goesOn = isOf(GOES_ON, words, to) ? phraseAt(words, joins ? next : to + 1) : null
  const read = connected(words, to) ?? connected(words, next) ?? (joins ? null : directly(words, to, it))
  const end = goesOn?.to ?? read?.next
  return end === undefined ? null : told(words, to, end).replace(/^, /, '')
}

/** A number, a day or a part of one, right behind: "at nine 15", "every Monday 9", "every 2 hours weekends". */
function directly(words: readonly Word[], at: number, it: Phrase['parts']) {
  const wantsTime = Boolean(it.times) || (!it.rate && !it.fromNow && !it.part)
  const clock = wantsTime && isNumber(words, at) ? someClock(words, at) : null
  const coming = isAny(words, at, 'next', 'this', 'coming') ? timeWords(words, at + 1) : null
  const isPart = isAny(words, at, 'mornings', 'afternoons', 'evenings', 'nights', 'weekends', 'sharp')
  return clock ?? coming ?? single(words, at) ?? (isPart ? { value: true as const, next: at + 1 } : null)
}

/** "Every other Monday", "twice a day": another rhythm than any that is known. */
const unknownRhythm: Reader<true> = (words, at) => {
  if (isOf(OFTEN, words, at)) return { value: true, next: at + 1 }
  if (isAny(words, at, 'every', 'each')) return timeWords(words, at + 1)
  const count = number(words, at)
  const times = isAny(words, at, 'once', 'twice', 'thrice')
    ? at + 1
    : count && isAny(words, count.next, 'times')
      ? count.next + 1
      : null
  return times !== null && isAny(words, times, 'a', 'an', 'per', 'each', 'every', 'in')
    ? timeWords(words, times + 1)
    : null
}

const CLOCK = /^\d{1,2}(?::\d{2}(?:[ap]m|z)?|[ap]m)$/
/** Of the words that nothing was made of: a rhythm; a time where none was understood. */
export function leftElsewhere(words: readonly Word[], phrases: readonly Phrase[]): string | null {
  const hasTimes = phrases.some(({ parts: it }) => it.times)
  for (let at = 0; at < words.length; at++) {
    if (isTaken(phrases, at)) continue
    const read = unknownRhythm(words, at) ?? (hasTimes ? null : lastClock(words, at))
    if (read) return told(words, at, read.next)
  }
  return null
}
/** "At 25:00" and "9 UTC" anywhere, "around 9" at the end. */
const lastClock: Reader<true> = (words, at) => {
  const isAt = isAny(words, at, 'at', 'around', 'by', 'before', 'after', 'until', 'till', 'from')
  const read = isAt ? someClock(words, at + 1) : null
  if (read && (read.next === words.length || CLOCK.test(words[read.next - 1]?.text ?? ''))) return read
  const inZone = isNumber(words, at) ? zoneWord(words, at + 1) : null
  return inZone || CLOCK.test(words[at]?.text ?? '') ? { value: true, next: inZone?.next ?? at + 1 } : null
}
const isTaken = (phrases: readonly Phrase[], at: number) => phrases.some((it) => it.from <= at && at < it.to)

/** What has the form of a time and is taken as part of what is to be done: "remind me of the call at 10:30". */
export function likeTimes(words: readonly Word[], phrases: readonly Phrase[]): string[] {
  const found: string[] = []
  for (let at = 0; at < words.length; ) {
    const read = isTaken(phrases, at) ? null : likeTime(words, at)
    if (read) found.push(told(words, at, read.next))
    at = read?.next ?? at + 1
  }
  return found
}
const likeTime: Reader<unknown> = (words, at) => {
  const isBound = isAny(words, at, 'until', 'till', 'starting', 'beginning')
  if (isBound) return connected(words, at)
  if (CLOCK.test(words[at]?.text ?? '')) return { value: true, next: at + 1 }
  return parts.lasting(words, at) ?? zoneWord(words, at)
}

export function secondRhythm(words: readonly Word[], phrases: readonly Phrase[]): string | null {
  for (let at = 0; at < words.length; at++) {
    if (isTaken(phrases, at)) continue
    const one = phraseAt(words, at)
    if (one && (one.parts.days || one.parts.rate)) return told(words, one.from, one.to)
  }
  return null
}

/** "In Munich", right behind a time: a place of no zone that is known. */
export function placeBehind(words: readonly Word[], phrases: readonly Phrase[]): string | null {
  for (const { to, parts: it } of phrases) {
    const name = words[to + 1]?.said ?? ''
    if (it.times && isAny(words, to, 'in') && /^\p{Lu}/u.test(name)) return `in ${name}`
  }
  return null
}
