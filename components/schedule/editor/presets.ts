/** Patterns that people ask for, and the remedies that refusals propose. */

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

const FIELD = String.raw`[\d*,/?#A-Za-z-]+`
const REMEDY = new RegExp(String.raw`\bUse ((?:${FIELD} ){4}${FIELD})\.`)
const CITY = /\buse (?:a city name such as|UTC or a city name such as) ([A-Z]\w+\/[\w/-]+)/i

/** The pattern that a refusal proposes, if it proposes one. */
export const patternIn = (message: string): string | null => REMEDY.exec(message)?.[1] ?? null
/** The zone that a refusal proposes. The one for a name that nobody knows is only an example. */
export const zoneIn = (message: string): string | null =>
  message.includes('Abbreviations') ? (CITY.exec(message)?.[1] ?? null) : null
