import { afterEach, expect, test } from 'vitest'
import type { Reading } from '#lib/contract/reading.ts'
import { formatDay, formatDuration, formatInstant, formatWall, hourName, weekdayName } from './instants.ts'
import { formatDollars, formatFixed, formatNumber, formatPercent } from './number.ts'

const KEY = Symbol.for('carillon.reading')
const readAs = (reading: Partial<Reading>) =>
  Object.assign(globalThis, { [KEY]: () => ({ timezone: null, clock: null, language: null, ...reading }) })
afterEach(() => Reflect.deleteProperty(globalThis, KEY))

const AT = '2026-03-01T20:30:00Z'
/** Which space stands between is the language's affair. */
const plain = (text: string) => text.replace(/\s/g, ' ')

test('zone, clock and language of whoever looks are those of every date', () => {
  readAs({ timezone: 'Asia/Tokyo', language: 'de' })
  expect(formatInstant(AT)).toBe('02.03.2026, 05:30')
  readAs({ timezone: 'America/New_York', language: 'en', clock: '12' })
  expect(plain(formatInstant(AT, 'time'))).toBe('3:30 PM')
  readAs({ timezone: 'America/New_York', language: 'en', clock: '24' })
  expect(formatInstant(AT, 'time')).toBe('15:30')
  expect(formatInstant(AT, 'time', 'UTC')).toBe('20:30')
})

test('a day is the same one in every zone, a wall the same clock', () => {
  readAs({ timezone: 'America/New_York', language: 'fr' })
  expect(formatDay('2026-01-15', { dateStyle: 'long' })).toBe('15 janvier 2026')
  readAs({})
  expect(formatDay('2026-01-15', { dateStyle: 'long' })).toBe('15 January 2026')
  expect(formatWall(new Date(AT))).toBe('Sun 1 Mar 2026, 20:30')
  expect([weekdayName(0), weekdayName(6), hourName(15)]).toEqual(['Mon', 'Sun', '15'])
  readAs({ clock: '12' })
  expect(plain(formatWall(new Date(AT)))).toBe('Sun 1 Mar 2026, 08:30 pm')
  expect(plain(hourName(15))).toBe('3 PM')
})

test('numbers are grouped as the language does it', () => {
  readAs({})
  expect(formatNumber(12345.5)).toBe('12,345.5')
  readAs({ language: 'de' })
  expect(formatNumber(12345.5)).toBe('12.345,5')
})

test('money, tenths and per cent are written as the language does it', () => {
  readAs({})
  expect([0, 1.2, 0.074, 1234.5].map((n) => formatDollars(n))).toEqual(['$0', '$1.20', '$0.074', '$1,234.50'])
  expect([formatDuration(3000), formatPercent(81.5), formatFixed(2, 1)]).toEqual(['3.0 s', '81.5%', '2.0'])
  readAs({ language: 'de' })
  expect([0, 1.2, 0.074, 1234.5].map((n) => plain(formatDollars(n)))).toEqual([
    ...['0 $', '1,20 $', '0,074 $', '1.234,50 $'],
  ])
  const german = [formatDuration(3000), plain(formatPercent(81.5)), formatFixed(2, 1)]
  expect(german).toEqual(['3,0 s', '81,5 %', '2,0'])
})
