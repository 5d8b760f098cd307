/**
 * How whoever looks reads: their zone, their clock, the language of dates, numbers and patterns.
 *
 * It goes with each request as a cookie, so that what the server draws is what the page draws when it wakes up.
 */
import { isZone } from './zone.ts'

/** The pages themselves are in English. */
export const LANGUAGES = [
  ['en', 'English'],
  ['cs', 'Čeština'],
  ['da', 'Dansk'],
  ['de', 'Deutsch'],
  ['es', 'Español'],
  ['fr', 'Français'],
  ['it', 'Italiano'],
  ['ja', '日本語'],
  ['ko', '한국어'],
  ['nl', 'Nederlands'],
  ['pl', 'Polski'],
  ['sv', 'Svenska'],
  ['tr', 'Türkçe'],
  ['uk', 'Українська'],
] as const
export type Language = (typeof LANGUAGES)[number][0]

/** Null is what the browser says. */
export interface Reading {
  timezone: string | null
  clock: '12' | '24' | null
  language: Language | null
}
export const PLAIN: Reading = { timezone: null, clock: null, language: null }

const COOKIE = 'carillon_reads'
const FORM = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w/+-]*)\\.(12|24|)\\.(\\w*)`)

export const readingCookie = ({ timezone, clock, language }: Reading): string =>
  `${COOKIE}=${timezone ?? ''}.${clock ?? ''}.${language ?? ''}`

/** Of all cookies of a request or a page; what is no reading is as if nothing were said. */
export function readingIn(cookies: string | null | undefined): Reading {
  const [, timezone, clock, language] = FORM.exec(cookies ?? '') ?? []
  return {
    timezone: timezone && isZone(timezone) ? timezone : null,
    clock: clock === '12' || clock === '24' ? clock : null,
    language: LANGUAGES.find(([code]) => code === language)?.[0] ?? null,
  }
}
