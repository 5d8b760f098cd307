/** What comes as a calendar of RFC 5545. Pure. */
import ical, { ICalCalendarMethod, ICalEventTransparency } from 'ical-generator'
import { minutes } from '../clock.ts'

export interface Coming {
  triggerId: number
  name: string
  words: string
  at: Date
}

interface Parts {
  baseUrl: string
  slug: string
  name: string
  now: Date
  coming: readonly Coming[]
  /** Schedules that run too often for a calendar. */
  leftOut: readonly string[]
}

/** A moment is drawn by no calendar. */
const SHOWN_MS = minutes(15)
const MOST_NAMED = 20

export function calendarText({ baseUrl, slug, name, now, coming, leftOut }: Parts): string {
  const { host } = new URL(baseUrl)
  const calendar = ical({
    name: `${name} · Carillon`,
    description: `What Carillon is going to run in ${name} within 30 days.${besides(leftOut)}`,
    prodId: { company: 'Carillon', product: 'Schedules', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
    url: `${baseUrl}/w/${slug}/timeline`,
  })
  for (const { triggerId, name: summary, words, at } of coming) {
    const url = `${baseUrl}/w/${slug}/timeline?schedule=${triggerId}&at=${encodeURIComponent(at.toISOString())}`
    calendar.createEvent({
      // The same for the same instant of the same schedule: a program that reads again moves nothing.
      id: `${triggerId}-${at.toISOString()}@${host}`,
      ...{ start: at, end: new Date(at.getTime() + SHOWN_MS), stamp: now, summary, url },
      description: `${words}\n${url}`,
      transparency: ICalEventTransparency.TRANSPARENT,
    })
  }
  return calendar.toString()
}

function besides(leftOut: readonly string[]): string {
  if (leftOut.length === 0) return ''
  const more = leftOut.length > MOST_NAMED ? ` and ${leftOut.length - MOST_NAMED} more` : ''
  return ` Not shown, for they run too often: ${leftOut.slice(0, MOST_NAMED).join(', ')}${more}.`
}
