/** What somebody else has made of a calendar. Pure. */
import type { Calendar } from '#lib/contract/calendar.ts'
import type { FieldChange } from '#lib/contract/revision.ts'

const SHOWN = ['name', 'dates', 'host'] as const

export const changesOf = (before: Calendar, now: Calendar): FieldChange[] =>
  SHOWN.filter((path) => JSON.stringify(before[path]) !== JSON.stringify(now[path])).map((path) => ({
    path,
    from: before[path],
    to: now[path],
  }))
