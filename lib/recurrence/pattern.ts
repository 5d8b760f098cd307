/**
 * A cron pattern as croner reads it: the times that it
 * names on a clock on the wall, before any zone is known.
 *
 * Promise: croner is the only judge, and nothing can be compiled that it
 * refuses, that the product does not offer, or that never fires. A wall time is
 * a number of milliseconds, written as if the clock on the wall showed UTC.
 */
import { CronDate, CronPattern } from 'croner'
import { explainRefusal, refuseShape } from './refusal.ts'

export interface Pattern {
  /** As given, without superfluous spaces. */
  text: string
  /**
   * Neither wildcard nor step in minute and hour: such times are kept once a day, whatever the clock does.
   */
  fixedTimes: boolean
  everyHour: boolean
  /** Day of month and day of week are both restricted: either one is enough. */
  eitherDay: boolean
  /** Ascending, as minutes since midnight. */
  timesOfDay(): number[]
  /** The first wall time strictly after. */
  next(wallMs: number): number | null
  /** The last wall time strictly before. */
  previous(wallMs: number): number | null
}

export type Reading = { ok: true; pattern: Pattern } | { ok: false; message: string }

/**
 * Croner looks 400 years ahead, and the calendar repeats
 * after 400 years: silence from here is silence for ever.
 */
const ANY_DAY = Date.UTC(2000, 0, 1)

export function readPattern(expression: string): Reading {
  const refused = refuseShape(expression)
  if (refused) return { ok: false, message: refused }
  const text = expression.trim().replace(/\s+/g, ' ')
  let compiled: CronPattern
  try {
    compiled = compile(text)
  } catch (cause) {
    return { ok: false, message: explainRefusal(text, cause, isAccepted) }
  }
  const pattern = patternOf(text, compiled)
  if (pattern.next(ANY_DAY) === null) {
    return {
      ok: false,
      message:
        `"${text}" never fires: none of its months has such a day. ` +
        'Choose a day that exists; L is the last day of any month.',
    }
  }
  return { ok: true, pattern }
}

const compile = (text: string) =>
  new CronPattern(text, undefined, { mode: '5-part', fixedTimeRule: 'no-wildcard' })

function isAccepted(text: string): boolean {
  try {
    compile(text)
    return true
  } catch {
    return false
  }
}

// Croner gives every pattern its own table of ten thousand years, 80 kB; five fields never restrict the year.
const EVERY_YEAR = compile('* * * * *').year
const UTC = 0

function patternOf(text: string, compiled: CronPattern): Pattern {
  compiled.year = EVERY_YEAR
  const hours = indexesOf(compiled.hour)
  const minutes = indexesOf(compiled.minute)
  return {
    text,
    fixedTimes: compiled.isFixedTime,
    everyHour: hours.length === 24,
    eitherDay: !compiled.starDOM && !compiled.starDOW,
    timesOfDay: () => hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)),
    next: (wallMs) => new CronDate(new Date(wallMs), UTC).increment(compiled, {}, false)?.getTime() ?? null,
    previous: (wallMs) => new CronDate(new Date(wallMs), UTC).decrement(compiled, {})?.getTime() ?? null,
  }
}

const indexesOf = (chosen: number[]) => chosen.flatMap((it, index) => (it ? [index] : []))
