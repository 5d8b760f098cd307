/** The days off of triggers, as their calendars are known now. */
import { daysOf } from '#db/queries/calendars.ts'
import type { Store } from '#db/store.ts'
import { type DaysOff, daysOff, type KnownCalendar, NO_DAYS_OFF } from './days-off.ts'
import { calendarsNamedIn } from './using.ts'

export interface OfCalendars {
  workspaceId: number
  timezone: string
  /** JSON: ids. */
  calendars: string | null
}

/** Where no trigger names a calendar, nobody is asked. Those of other workspaces are none. */
export async function daysOffOf(
  store: Store,
  triggers: readonly OfCalendars[],
): Promise<(trigger: OfCalendars) => DaysOff> {
  const ids = [...new Set(triggers.flatMap(calendarsNamedIn))]
  if (ids.length === 0) return () => NO_DAYS_OFF
  const known = new Map((await daysOf(store, ids)).map((it) => [it.id, { ...it, dates: datesIn(it.dates) }]))
  return (trigger) => {
    const own = calendarsNamedIn(trigger).flatMap((id): KnownCalendar[] => {
      const it = known.get(id)
      return it && it.workspaceId === trigger.workspaceId ? [it] : []
    })
    return own.length === 0 ? NO_DAYS_OFF : daysOff(own, trigger.timezone)
  }
}

/** Plain SQL may have written anything. */
export function datesIn(json: string): string[] {
  try {
    const dates: unknown = JSON.parse(json)
    return Array.isArray(dates) ? dates.filter((it) => typeof it === 'string' && DATE.test(it)) : []
  } catch {
    return []
  }
}
const DATE = /^\d{4}-\d\d-\d\d$/
