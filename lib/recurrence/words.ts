/**
 * A pattern in words.
 *
 * Promise: words only for what may be planned, and never words that say something else than what runs: then
 * null, and the list of next instants speaks for itself.
 */
import * as cronstrue from 'cronstrue'
import { kept } from './kept.ts'
import { readingOf } from './registry.ts'

const MOST_WORDS = 4_000
/** Patterns without words are kept as the empty text. */
const words = new Map<string, string>()

export function describePattern(cronExpression: string): string | null {
  // A long text is refused by its length and must not become a key.
  if (cronExpression.length > 256) return null
  return kept(words, MOST_WORDS, cronExpression, () => inWords(cronExpression) ?? '') || null
}

function inWords(cronExpression: string): string | null {
  const reading = readingOf(cronExpression)
  if (!reading.ok) return null
  const { text, eitherDay } = reading.pattern
  // croner takes ? for *, cronstrue takes it in two fields only.
  const plain = text.replaceAll('?', '*')
  const [minute, hour, dayOfMonth, month, dayOfWeek] = plain.split(' ')
  // "Monday through second Friday" is not what 1-5#2 runs on.
  if (/[#L]/i.test(dayOfWeek ?? '') && /[-/]/.test(dayOfWeek ?? '')) return null
  try {
    if (!eitherDay) return say(plain)
    const time = say(`${minute} ${hour} * * *`)
    const rest = (fields: string) => {
      const words = say(`${minute} ${hour} ${fields}`)
      return words.startsWith(time) ? words.slice(time.length).replace(/^, (only )?/, '') : words
    }
    const months = month === '*' ? '' : `, ${rest(`* ${month} *`)}`
    return `${time}, either ${rest(`${dayOfMonth} * *`)} or ${rest(`* * ${dayOfWeek}`)}${months}`
  } catch {
    return null
  }
}

const say = (text: string) =>
  cronstrue.toString(text, { use24HourTimeFormat: true }).replace('on day the last day', 'on the last day')
