import { expect, test } from 'vitest'
import { PLAIN, type Reading, readingCookie, readingIn } from './reading.ts'

const german: Reading = { timezone: 'Europe/Berlin', clock: '12', language: 'de' }

test.each<Reading>([german, PLAIN, { ...PLAIN, timezone: 'Etc/GMT+5' }, { ...german, clock: null }])(
  'a reading comes back from the cookie as it went in: %j',
  (it) => expect(readingIn(`other=1; ${readingCookie(it)}; more=2`)).toEqual(it),
)

test.each(['', null, undefined, 'carillon_reads=', 'carillon_reads=Nowhere/City.13.xx'])(
  'what is no reading says nothing: %s',
  (it) => expect(readingIn(it)).toEqual(PLAIN),
)
