/** How long something is, as people write it: 15m, 2h, 1d, 1w. */
import { days, hours, minutes } from '../clock.ts'

const UNIT_MS = { m: minutes(1), h: hours(1), d: days(1), w: days(7) }
const SPAN = /^([1-9]\d{0,3})\s?([mhdw])$/

/** NaN: it is none. */
export function spanMs(text: string): number {
  const [, n, unit] = SPAN.exec(text) ?? []
  return Number(n) * UNIT_MS[unit as keyof typeof UNIT_MS]
}
