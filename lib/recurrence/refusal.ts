/**
 * Why a cron pattern is refused, said to the person who typed it: the value, the reason, the remedy.
 *
 * Promise: croner alone decides what is valid. Here its refusals are put into
 * words, and what croner reads but the product does not offer (seconds, dates,
 * `+`) is sent to where it belongs. A suggestion is one that croner accepts.
 */

const LONGEST_PATTERN = 256
const EXAMPLE = 'for example 0 9 * * 1-5'

export const NICKNAMES = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually']

const FIELDS = [
  { name: 'minute', lowest: 0, highest: 59 },
  { name: 'hour', lowest: 0, highest: 23 },
  { name: 'day of month', lowest: 1, highest: 31 },
  {
    name: 'month',
    lowest: 1,
    highest: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day of week', lowest: 0, highest: 6, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
]
type Field = (typeof FIELDS)[number]

/** Refusals that need no parser, so that a hostile text never reaches one. */
export function refuseShape(text: string): string | null {
  if (text.length > LONGEST_PATTERN)
    return (
      `The pattern is ${text.length} characters long; ` +
      `at most ${LONGEST_PATTERN} are read. Shorten its lists to ranges or steps.`
    )
  const trimmed = text.trim()
  if (trimmed === '') return `The pattern is empty. It needs five fields, ${EXAMPLE}.`
  if (/[^\S \t]/.test(trimmed))
    return 'The pattern has a line break or a special space in it. Write one line, with plain spaces between the fields.'
  if (trimmed.startsWith('@')) return refuseNickname(trimmed)
  if (/^\d{4}-\d\d/.test(trimmed))
    return `"${trimmed}" is a date, not a cron pattern. For a single run, plan it once.`
  const fields = trimmed.split(/\s+/)
  if (fields.length === 6 || fields.length === 7) {
    return (
      `"${trimmed}" has ${fields.length} fields; a cron pattern has five, without seconds or years. ` +
      'Drop the extra field; to run every few seconds, choose “Every so often” (kind interval).'
    )
  }
  if (fields.length !== FIELDS.length) {
    const count = fields.length === 1 ? '1 field' : `${fields.length} fields`
    return (
      `"${trimmed}" has ${count}; a cron pattern has five: ` +
      `minute, hour, day of month, month, day of week, ${EXAMPLE}.`
    )
  }
  if (trimmed.includes('+'))
    return (
      `Invalid "+" in "${trimmed}": days of month and days of week cannot be combined with "and". ` +
      'Use # or L instead, such as FRI#2 for the second Friday.'
    )
  return null
}

function refuseNickname(text: string): string | null {
  const nickname = text.toLowerCase()
  if (NICKNAMES.includes(nickname)) return null
  if (nickname === '@reboot')
    return '"@reboot" follows the start of a machine, not the clock. Use a time, such as @daily.'
  return `Unknown nickname "${text}". Use one of ${NICKNAMES.join(', ')}, or five fields, ${EXAMPLE}.`
}

/** Words for a pattern that croner refused. `accepts` asks croner. */
export function explainRefusal(text: string, cause: unknown, accepts: (text: string) => boolean): string {
  const values = text.trim().split(/\s+/)
  const wrong = FIELDS.findIndex(
    (_, index) => !accepts(FIELDS.map((_, other) => (other === index ? values[index] : '*')).join(' ')),
  )
  const field = FIELDS[wrong]
  const value = values[wrong]
  if (!field || value === undefined)
    return `Invalid pattern "${text}": ${wordsOf(cause)}. Use five fields, ${EXAMPLE}.`

  const place = `Invalid ${field.name} "${value}" in "${values.join(' ')}"`
  const mended = value
    .split(',')
    .map((item) => mend(item, field))
    .join(',')
  const suggestion = values.with(wrong, mended).join(' ')
  if (mended !== value && accepts(suggestion)) {
    const reason = value.includes('/') ? 'a step follows * or a range' : 'a range runs upwards'
    return `${place}: ${reason}. Use ${suggestion}.`
  }
  if (outOfBounds(value, field)) {
    const sunday = field.name === 'day of week' ? ', and 7 is Sunday as well as 0' : ''
    return `${place}: the ${field.name} goes from ${field.lowest} to ${field.highest}${sunday}.`
  }
  if (stepTooLong(value, field))
    return `${place}: the step is larger than the field. For such a rhythm choose “Every so often” (kind interval).`
  return (
    `${place}: ${wordsOf(cause)}. Use numbers from ${field.lowest} to ${field.highest}, ` +
    `ranges, lists and steps, ${EXAMPLE}.`
  )
}

/** What was probably meant: `22-2` wraps around, `5/15` starts at 5, `/10` starts at the first. */
function mend(item: string, field: Field): string {
  const { lowest, highest } = field
  const step = /^(\d*)\/(\d+)$/.exec(item)
  if (step) return step[1] ? `${step[1]}-${highest}/${step[2]}` : `*/${step[2]}`

  const range = /^(\w+)-(\w+)(?:\/(\d+))?$/.exec(item)
  const from = numberOf(range?.[1], field)
  const to = numberOf(range?.[2], field)
  if (from === null || to === null || from <= to || from > highest) return item
  if (!range?.[3]) return [run(from, highest), run(lowest, to)].join(',')
  const around = highest - lowest + 1
  const steps: number[] = []
  for (let value = from; value <= to + around; value += Math.max(1, Number(range[3])))
    steps.push(((value - lowest) % around) + lowest)
  return steps.join(',')
}

const run = (from: number, to: number) => (from === to ? `${from}` : `${from}-${to}`)

function numberOf(text: string | undefined, { names, lowest }: Field): number | null {
  if (text === undefined) return null
  if (/^\d+$/.test(text)) return Number(text)
  const index = names?.indexOf(text.toUpperCase()) ?? -1
  return index < 0 ? null : index + lowest
}

const outOfBounds = (value: string, { lowest, highest }: Field) =>
  value
    .split(',')
    .some((item) =>
      (item.split(/[/#]/)[0]?.match(/\d+/g) ?? []).some(
        (digits) => Number(digits) < lowest || Number(digits) > highest,
      ),
    )

const stepTooLong = (value: string, { lowest, highest }: Field) =>
  value.split(',').some((item) => Number(item.split('/')[1] ?? 0) > highest - lowest + 1)

function wordsOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return message
    .replace(/^CronPattern: (Syntax error, )?/, '')
    .replace(/^configuration entry \S+ \(.*?\) /, '')
    .replace(/\.$/, '')
}
