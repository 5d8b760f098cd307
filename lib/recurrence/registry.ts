/**
 * The registry: one compiled pattern per distinct (pattern, zone), shared by every trigger that uses it.
 *
 * Promise: memory is bounded whatever people plan, and ten
 * thousand triggers on one pattern cost one computation.
 */
import { kept } from './kept.ts'
import { type Pattern, readPattern, type Reading } from './pattern.ts'
import { nextInstantMs } from './walk.ts'
import { type Zone, zoneOf } from './zone.ts'

export interface Recurrence {
  pattern: Pattern
  zone: Zone
  nextMs(afterMs: number): number | null
}

const MOST_RECURRENCES = 4_000
const MOST_PATTERNS = 4_000
const MOST_ZONES = 1_000
const MOST_ANSWERS = 8

const recurrences = new Map<string, Recurrence>()
const readings = new Map<string, Reading>()
const zones = new Map<string, Zone>()

/** @throws Error for what `judgePattern` refuses: who computes has judged before. */
export function recurrenceOf(cronExpression: string, timezone: string): Recurrence {
  return kept(recurrences, MOST_RECURRENCES, `${timezone}\0${cronExpression}`, () => {
    const reading = readingOf(cronExpression)
    if (!reading.ok) throw new Error(reading.message)
    const { pattern } = reading
    const zone = namedZone(timezone)
    return { pattern, zone, nextMs: remembering((afterMs) => nextInstantMs(pattern, zone, afterMs)) }
  })
}

export function readingOf(cronExpression: string): Reading {
  // A long text is refused by its length and must not become a key.
  if (cronExpression.length > 256) return readPattern(cronExpression)
  return kept(readings, MOST_PATTERNS, cronExpression, () => readPattern(cronExpression))
}

export const namedZone = (timezone: string): Zone => kept(zones, MOST_ZONES, timezone, () => zoneOf(timezone))

/** An answer holds for every question between what was asked and what was answered. */
function remembering(next: (afterMs: number) => number | null): (afterMs: number) => number | null {
  const answers: { fromMs: number; nextMs: number | null }[] = []
  return (afterMs) => {
    const known = answers.find((it) => it.fromMs <= afterMs && (it.nextMs === null || afterMs < it.nextMs))
    if (known) return known.nextMs
    const nextMs = next(afterMs)
    answers.unshift({ fromMs: afterMs, nextMs })
    if (answers.length > MOST_ANSWERS) answers.pop()
    return nextMs
  }
}
