/** A moment or a length of time in words, where nothing else is expected: "tomorrow at 9", "9pm", "two hours". Pure. */
import { type DaySaid, hourOf, inPartOf, type Lasting, length } from './parts.ts'
import { phraseAt } from './phrases.ts'
import { type ClockTime, isAny, wordsIn } from './words.ts'

export interface MomentSaid {
  day: DaySaid | null
  time: ClockTime | null
  /** The time zone that was said. */
  zone: string | null
}
const OF_A_MOMENT: readonly string[] = ['day', 'times', 'part', 'zone']

/** Null where the words say more, or something else. */
export function momentIn(text: string): MomentSaid | null {
  // "Monday" and "9" alone may be any words of a sentence: here they are a day and a time.
  for (const it of [text, `on ${text}`, `at ${text}`]) {
    const words = wordsIn(it)
    const read = phraseAt(words, 0)
    if (read?.to !== words.length) continue
    const { day = null, times = [], part, zone } = read.parts
    const isMoment = Object.keys(read.parts).every((name) => OF_A_MOMENT.includes(name))
    if (!isMoment || times.length > 1 || (zone && 'problem' in zone)) return null
    const [said] = times
    const time = said
      ? { ...said, hour: inPartOf(said.hour, part) }
      : part
        ? { hour: hourOf(part), minute: 0 }
        : null
    return { day, time, zone: zone?.name ?? null }
  }
  return null
}

/** "2 hours", "an hour and a half", "1 week and 2 days". */
export function lengthIn(text: string): Lasting[] | null {
  const words = wordsIn(text)
  const found: Lasting[] = []
  for (let at = 0; at < words.length; ) {
    const read = length(words, isAny(words, at, ',', 'and') && found.length > 0 ? at + 1 : at)
    if (!read) return null
    found.push(read.value)
    at = read.next
  }
  return found.length > 0 ? found : null
}
