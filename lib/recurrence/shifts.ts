/** When the clock of a zone is set forward or back. Pure. */
import { namedZone } from './registry.ts'
import { wallAtEnd, wallAtStart } from './walk.ts'

export interface Shift {
  at: Date
  /** By how much it goes forward; below 0, back. */
  minutes: number
  text: string
}

/** The changes in [from, to), oldest first; none in a zone that is none. */
export function shiftsBetween(timezone: string, from: Date, to: Date): Shift[] {
  const found: Shift[] = []
  try {
    const zone = namedZone(timezone)
    let before = zone.at(from.getTime() - 1)
    while (before.endMs < to.getTime()) {
      const after = zone.at(before.endMs)
      const minutes = (after.offsetMs - before.offsetMs) / 60_000
      const way = minutes < 0 ? 'back' : 'forward'
      const place = timezone.replaceAll('_', ' ')
      if (minutes !== 0)
        found.push({
          ...{ at: new Date(after.startMs), minutes },
          text: `The clock in ${place} goes ${way} from ${time(wallAtEnd(before))} to ${time(wallAtStart(after))}.`,
        })
      before = after
    }
  } catch {
    // Plain SQL may have written anything.
  }
  return found
}

const time = (wallMs: number) => new Date(wallMs).toISOString().slice(11, 16)
