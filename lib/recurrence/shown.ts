/**
 * An instant as the clock of a place shows it, in words of one style.
 *
 * Promise: what formats is kept per zone and style, for making one costs a hundred times what using it does;
 * how many are kept is bounded whatever zones people plan in.
 */
import { kept } from './kept.ts'

const STYLES = {
  day: { dateStyle: 'medium' },
  time: { timeStyle: 'short' },
  second: { dateStyle: 'medium', timeStyle: 'medium' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const MOST_FORMATS = 1_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** @throws RangeError for a zone that is none. */
export function shown(instant: Date, timezone: string, style: keyof typeof STYLES): string {
  const make = () => new Intl.DateTimeFormat('en-GB', { ...STYLES[style], timeZone: timezone })
  return kept(formats, MOST_FORMATS, `${style}\0${timezone}`, make).format(instant)
}
