/**
 * A calendar (ICS) of the web, as it is sent.
 *
 * Promise: what is wrong with it is a sentence, in which its address does not stand.
 */
import type { Span } from '../../documents/calendar.ts'
import type { Days } from '../../documents/calendar-days.ts'
import type { DaysOf } from '../../documents/extract.ts'
import type { GuardedFetch } from '../../net/guarded-fetch.ts'
import { hiding } from '../hiding.ts'
import { askAgain, type Validators } from './conditional.ts'

const MOST_BYTES = 25 * 1024 * 1024
export const NOT_ITS_PAGE =
  "Use the calendar's address in iCal format, which often ends in .ics, not that of its page."

/** Calendars are subscribed to by an address of their own kind, which is one of the web. */
export const addressOf = (url: string): string => url.replace(/^webcals?:\/\//i, 'https://')

export type SentCalendar =
  | { same: true }
  | { problem: string; transient: boolean }
  | { bytes: Buffer; validators: Validators }

/** `known`: what is as it was by these is not sent again. */
export async function calendarAt(
  url: string,
  known: Validators,
  { tools, signal }: { tools: { fetch: GuardedFetch }; signal: AbortSignal },
): Promise<SentCalendar> {
  const asked = await askAgain(addressOf(url), known, { tools, signal, maxBytes: MOST_BYTES })
  switch (asked.kind) {
    case 'same':
      return { same: true }
    case 'failed':
      return { problem: hiding([url, addressOf(url)])(asked.problem), transient: asked.transient }
    case 'gone':
      return {
        problem: `${asked.problem} Was the secret address of the calendar made anew? Then enter the new one.`,
        transient: false,
      }
    case 'answer':
      return { bytes: Buffer.from(asked.answer.bytes), validators: asked.validators }
  }
}

/** What calendars are read with. */
export interface CalendarReach {
  fetch: GuardedFetch
  daysOf: DaysOf
}
export type SentDays = Exclude<SentCalendar, { bytes: Buffer }> | (Days & { validators: Validators })

/** The days that it covers. */
export async function daysAt(
  url: string,
  known: Validators,
  { fetch, daysOf, span, signal }: CalendarReach & { span: Span; signal: AbortSignal },
): Promise<SentDays> {
  const sent = await calendarAt(url, known, { tools: { fetch }, signal })
  if (!('bytes' in sent)) return sent
  const found = await daysOf({ bytes: sent.bytes, span }, signal)
  if ('problem' in found) return { problem: `${found.problem} ${NOT_ITS_PAGE}`, transient: false }
  return { ...found, validators: sent.validators }
}
