/** The words of a sentence that say when: in a row, or at its two ends. Pure. */
import type { DayPart, DaySaid, DaysSaid, Lasting, Rate } from './parts.ts'
import * as parts from './parts.ts'
import { type ClockTime, isAny, type Reader, type Word } from './words.ts'
import { type ZoneSaid, zone } from './zones.ts'

export interface Parts {
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
  lasting?: Lasting
  zone?: ZoneSaid
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
/** What would be part of what is to be done, did it not stand right behind a day or a time: "in Berlin". */
const FOLLOWING: readonly Reader<Parts>[] = [
  into('zone', zone),
  into('part', parts.barePart),
  into('lasting', parts.lasting),
  into('starting', parts.fromDay),
]
const AT_FIRST: readonly Reader<Parts>[] = [...READERS, into('lasting', parts.lasting)]

export interface Phrase {
  parts: Parts
  from: number
  to: number
}
const hasOther = (known: Parts, more: Parts) => Object.keys(more).every((it) => !(it in known))

/** All parts in a row from here on; null where none begins here. */
export function phraseAt(words: readonly Word[], from: number): Phrase | null {
  let known: Parts = {}
  let to = from
  for (;;) {
    let at = to
    while (to > from && isAny(words, at, ',', 'and')) at++
    const readers = to > from ? [...READERS, ...FOLLOWING] : from === 0 ? AT_FIRST : READERS
    const read = readers.map((it) => it(words, at)).find((it) => it && hasOther(known, it.value))
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

export function bestPhrase(words: readonly Word[]): Phrase | null {
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

const FAR: readonly string[] = [
  ...['times', 'minute', 'part', 'span', 'until', 'starting', 'lasting', 'zone'],
]
interface Joined {
  parts: Parts
  without: Phrase[]
  /** What has a time and stands at an end of the sentence, and goes with no other. */
  apart: Phrase[]
}
/** What stands at the other end of the sentence, such as "at 9" behind the task. */
export function joined(words: readonly Word[], main: Phrase): Joined {
  const before = phraseAt(words.slice(0, main.from), 0)
  const behind = Array.from({ length: words.length - main.to }, (_, n) => phraseAt(words, main.to + n)).find(
    (it) => it?.to === words.length,
  )
  const without = [main]
  const apart: Phrase[] = []
  let all = main.parts
  for (const it of [before, behind]) {
    // A month, or a day, at the other end belongs to what is to be done: "… what happens in May".
    const isMore = it && hasOther(all, it.parts) && Object.keys(it.parts).every((name) => FAR.includes(name))
    if (!isMore) {
      if (it?.parts.times) apart.push(it)
      continue
    }
    all = { ...all, ...it.parts }
    without.push(it)
  }
  return { parts: all, without, apart: all.times || all.rate ? [] : apart }
}
