/** Who changed something while somebody else looked at it, in the zone, hours and language of whoever is told. */
import { changedBy } from '#lib/client/problem.ts'
import { viewerZone } from '#lib/client/reading.ts'
import type { Meanwhile } from '#lib/contract/problem.ts'
import { formatDay, formatInstant } from './instants.ts'

const dayOf = (at: string | Date) => formatDay(at, { dateStyle: 'short' }, viewerZone())

/** "Ben changed this schedule at 7:40 PM." Of another day, the date with it. */
export const meanwhileWords = (it: Meanwhile, now = new Date()): string =>
  `${changedBy(it)} ${dayOf(it.at) === dayOf(now) ? `at ${formatInstant(it.at, 'time')}` : `on ${formatInstant(it.at)}`}.`
