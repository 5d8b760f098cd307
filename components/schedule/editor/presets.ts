/** Patterns that people ask for, and the remedies that refusals propose. */
import { formatTimeOfDay } from '#components/ui/instants.ts'

export interface Preset {
  words: string
  /** Said with the words, as the reader's clock has it. */
  at?: string
  pattern: string
}
export const PRESETS: readonly Preset[] = [
  { words: 'Every 5 minutes', pattern: '*/5 * * * *' },
  { words: 'Every 15 minutes', pattern: '*/15 * * * *' },
  { words: 'Every hour', pattern: '0 * * * *' },
  { words: 'Every day', at: '09:00', pattern: '0 9 * * *' },
  { words: 'Weekdays', at: '09:00', pattern: '0 9 * * 1-5' },
  { words: 'Mondays', at: '09:00', pattern: '0 9 * * 1' },
  { words: 'Fridays', at: '17:00', pattern: '0 17 * * 5' },
  { words: 'First of the month', pattern: '0 9 1 * *' },
  { words: 'Last of the month', pattern: '0 18 L * *' },
  { words: 'Every quarter', pattern: '0 9 1 1,4,7,10 *' },
]

/** "Fridays at 17:00", "Fridays at 5:00 PM". */
export const labelOf = ({ words, at }: Preset): string =>
  at === undefined ? words : `${words} at ${formatTimeOfDay(at)}`

const FIELD = String.raw`[\d*,/?#A-Za-z-]+`
const REMEDY = new RegExp(String.raw`\bUse ((?:${FIELD} ){4}${FIELD})\.`)
const CITY = /\buse (?:a city name such as|UTC or a city name such as) ([A-Z]\w+\/[\w/-]+)/i

/** The pattern that a refusal proposes, if it proposes one. */
export const patternIn = (message: string): string | null => REMEDY.exec(message)?.[1] ?? null
/** The zone that a refusal proposes. The one for a name that nobody knows is only an example. */
export const zoneIn = (message: string): string | null =>
  message.includes('Abbreviations') ? (CITY.exec(message)?.[1] ?? null) : null
