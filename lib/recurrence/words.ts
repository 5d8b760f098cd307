/**
 * A pattern in words.
 *
 * Promise: words only for what may be planned, and never words that say something else than what runs: then
 * null, and the list of next instants speaks for itself.
 */
import cronstrue from 'cronstrue/i18n.js'
import type { Reading } from '../contract/reading.ts'
import { readingNow } from '../reading.ts'
import { kept } from './kept.ts'
import { readingOf } from './registry.ts'

const MOST_WORDS = 4_000
/** Patterns without words are kept as the empty text. */
const words = new Map<string, string>()

export function describePattern(cronExpression: string): string | null {
  // A long text is refused by its length and must not become a key.
  if (cronExpression.length > 256) return null
  const { language, clock } = readingNow()
  const key = language || clock ? `${language} ${clock} ${cronExpression}` : cronExpression
  return kept(words, MOST_WORDS, key, () => inWords(cronExpression, sayIn({ language, clock })) ?? '') || null
}

function inWords(cronExpression: string, say: Say): string | null {
  const reading = readingOf(cronExpression)
  if (!reading.ok) return null
  const { text, eitherDay } = reading.pattern
  // croner takes ? for *, cronstrue takes it in two fields only.
  const plain = withoutFalseSteps((text.startsWith('@') ? text.toLowerCase() : text).replaceAll('?', '*'))
  const [minute, hour, dayOfMonth, month, dayOfWeek] = plain.split(' ')
  // "Monday through second Friday" is not what 1-5#2 runs on.
  if (/[#L]/i.test(dayOfWeek ?? '') && /[-/]/.test(dayOfWeek ?? '')) return null
  try {
    if (!eitherDay) return say(plain)
    // Other languages say "and" of two days of which either will do.
    const either = say.isEnglish ? say : sayIn({ language: null, clock: null })
    const time = either(`${minute} ${hour} * * *`)
    const rest = (fields: string) => {
      const words = either(`${minute} ${hour} ${fields}`)
      return words.startsWith(time) ? words.slice(time.length).replace(/^, (only )?/, '') : words
    }
    const months = month === '*' ? '' : `, ${rest(`* ${month} *`)}`
    return `${time}, either ${rest(`${dayOfMonth} * *`)} or ${rest(`* * ${dayOfWeek}`)}${months}`
  } catch {
    return null
  }
}

/** The fields in their order. `isRhythm`: that a step over the whole field goes on evenly into its next round. */
const FIELDS = [
  { lowest: 0, highest: 59, isRhythm: (step: number) => step < 60 && 60 % step === 0 },
  { lowest: 0, highest: 23, isRhythm: (step: number) => step < 24 && 24 % step === 0 },
  { lowest: 1, highest: 31, isRhythm: () => false },
  { lowest: 1, highest: 12, isRhythm: (step: number) => step < 12 && 12 % step === 0 },
  { lowest: 0, highest: 6, isRhythm: () => false },
] as const
type Field = (typeof FIELDS)[number]

/**
 * A step starts anew with each round of its field: one of 40 minutes runs at 0 and at 40, and "every 40
 * minutes" would be untrue. Such steps are written as the values they name.
 */
function withoutFalseSteps(text: string): string {
  const values = text.split(' ')
  return FIELDS.every((_, index) => values[index])
    ? FIELDS.map((field, index) => stepsAsValues(values[index] as string, field)).join(' ')
    : text
}

function stepsAsValues(value: string, field: Field): string {
  const items = value.split(',')
  const named = items.flatMap((item) => valuesOf(item, field, items.length > 1))
  const numbers = named.map(Number)
  if (numbers.some(Number.isNaN)) return named.join(',')
  return [...new Set(numbers)].sort((a, b) => a - b).join(',')
}

/** What a step names, where it must not be told as a rhythm; else the item as it is. */
function valuesOf(item: string, { lowest, highest, isRhythm }: Field, inList: boolean): string[] {
  const [, range, digits] = /^(\*|\d+-\d+)\/(\d+)$/.exec(item) ?? []
  const step = Number(digits)
  if (!range || !(step > 0)) return [item]
  if (step === 1) return [range]
  const [from, to] = range === '*' ? [lowest, highest] : (range.split('-').map(Number) as [number, number])
  const isPart = to - from < highest - lowest
  if (!inList && (isRhythm(step) || isPart)) return [item]
  const count = Math.floor((to - from) / step) + 1
  // Sunday is 7 as well as 0.
  return Array.from({ length: count }, (_, n) => String((from + n * step) % (highest + 1)))
}

type Say = ReturnType<typeof sayIn>
function sayIn({ language, clock }: Pick<Reading, 'language' | 'clock'>) {
  const locale = language ?? 'en'
  const options = { locale, use24HourTimeFormat: clock !== '12' }
  return Object.assign(
    (text: string) => cronstrue.toString(text, options).replace('on day the last day', 'on the last day'),
    { isEnglish: locale === 'en' },
  )
}
