/**
 * Patterns that people ask for, and the days-and-time shorthand,
 * which is written to a pattern and read back from one.
 */

export const PRESETS: readonly { label: string; pattern: string }[] = [
  { label: 'Every 5 minutes', pattern: '*/5 * * * *' },
  { label: 'Every 15 minutes', pattern: '*/15 * * * *' },
  { label: 'Every hour', pattern: '0 * * * *' },
  { label: 'Every day at 9:00', pattern: '0 9 * * *' },
  { label: 'Weekdays at 9:00', pattern: '0 9 * * 1-5' },
  { label: 'Mondays at 9:00', pattern: '0 9 * * 1' },
  { label: 'Fridays at 17:00', pattern: '0 17 * * 5' },
  { label: 'First of the month', pattern: '0 9 1 * *' },
  { label: 'Last of the month', pattern: '0 18 L * *' },
  { label: 'Every quarter', pattern: '0 9 1 1,4,7,10 *' },
]

export const DAYS = [
  { value: '1-5', label: 'weekday' },
  { value: '*', label: 'day' },
  { value: '0,6', label: 'weekend day' },
  { value: '1', label: 'Monday' },
  { value: '2', label: 'Tuesday' },
  { value: '3', label: 'Wednesday' },
  { value: '4', label: 'Thursday' },
  { value: '5', label: 'Friday' },
  { value: '6', label: 'Saturday' },
  { value: '0', label: 'Sunday' },
] as const
export type Days = (typeof DAYS)[number]['value']

export interface DaysAndTime {
  days: Days
  time: string
}

/** Null while the time is not complete. */
export function patternOf({ days, time }: DaysAndTime): string | null {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? []
  return hour && minute ? `${Number(minute)} ${Number(hour)} * * ${days}` : null
}

/** Null for a pattern that says more, or something else: it stays as it was written. */
export function daysAndTimeOf(pattern: string): DaysAndTime | null {
  const [, minute, hour, written] =
    /^(\d{1,2}) (\d{1,2}) \* \* (\S+)$/.exec(pattern.trim().replace(/\s+/g, ' ')) ?? []
  const days = DAYS.find((it) => it.value === (written === '7' ? '0' : written))?.value
  if (!days || Number(hour) > 23 || Number(minute) > 59) return null
  return { days, time: `${hour?.padStart(2, '0')}:${minute?.padStart(2, '0')}` }
}

const FIELD = String.raw`[\d*,/?#A-Za-z-]+`
const REMEDY = new RegExp(String.raw`\bUse ((?:${FIELD} ){4}${FIELD})\.`)
const CITY = /\buse (?:a city name such as|UTC or a city name such as) ([A-Z]\w+\/[\w/-]+)/i

/** The pattern that a refusal proposes, if it proposes one. */
export const patternIn = (message: string): string | null => REMEDY.exec(message)?.[1] ?? null
/** The zone that a refusal proposes. The one for a name that nobody knows is only an example. */
export const zoneIn = (message: string): string | null =>
  message.includes('Abbreviations') ? (CITY.exec(message)?.[1] ?? null) : null
