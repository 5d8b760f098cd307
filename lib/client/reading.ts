/**
 * How whoever looks reads. On the server it is asked of the request, in the browser of the cookie that went with it:
 * both draw the same.
 */
import { PLAIN, type Reading, readingCookie, readingIn } from '#lib/contract/reading.ts'

const YEAR_SECONDS = 365 * 86_400
let own: Reading | undefined

export function reading(): Reading {
  if (typeof document !== 'undefined') {
    own ??= readingIn(document.cookie)
    return own
  }
  const ask = (globalThis as { [key: symbol]: unknown })[Symbol.for('carillon.reading')]
  return typeof ask === 'function' ? (ask() as Reading) : PLAIN
}

export const viewerZone = (): string => reading().timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone

/** True: what is drawn is drawn otherwise from the next loading on. False too where no cookie is kept. */
export function keepReading({ timezone, clock, language }: Reading): boolean {
  const wanted = readingCookie({ timezone, clock, language })
  if (readingCookie(reading()) === wanted) return false
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not known to every browser
  document.cookie = `${wanted}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
  return readingCookie(readingIn(document.cookie)) === wanted
}
