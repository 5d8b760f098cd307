import { afterEach, expect, test } from 'vitest'
import { LANGUAGES } from '#lib/contract/reading.ts'
import { instantNear, instantOf, offsetLabel, wallOf, wallPartsOf, wallWords } from './wall-clock.ts'

test.each([
  ['2026-11-23T09:00', 'UTC', '2026-11-23T09:00:00.000Z'],
  ['2026-11-23T09:00', 'America/New_York', '2026-11-23T14:00:00.000Z'],
  ['2026-07-01T00:15', 'Asia/Kolkata', '2026-06-30T18:45:00.000Z'],
  ['2027-03-14T01:59', 'America/New_York', '2027-03-14T06:59:00.000Z'],
  ['2027-03-14T03:00', 'America/New_York', '2027-03-14T07:00:00.000Z'],
  ['2027-01-01T00:30', 'Pacific/Auckland', '2026-12-31T11:30:00.000Z'],
])('%s in %s is %s, there and back', (wall, zone, instant) => {
  expect(instantOf(wall, zone)).toBe(instant)
  expect(wallOf(instant, zone)).toBe(wall)
})

test('a time that occurs twice is the first of the two', () => {
  expect(instantOf('2027-11-07T01:30', 'America/New_York')).toBe('2027-11-07T05:30:00.000Z')
})

test('a time that the clock skips lies as far behind the skip', () => {
  expect(wallOf(instantOf('2027-03-14T02:30', 'America/New_York') ?? '', 'America/New_York')).toBe(
    '2027-03-14T03:30',
  )
})

test('what is no time or no zone is none', () => {
  expect(instantOf('soon', 'UTC')).toBeNull()
  expect(instantOf('2026-11-23T09:00', 'Nowhere/At_All')).toBeNull()
})

test('an instant that is shown to the minute stays what it is until another minute is shown', () => {
  const known = '2026-11-29T19:34:06.291Z'
  expect(instantNear('2026-11-29T20:34', 'Europe/Berlin', known)).toBe(known)
  expect(instantNear('2026-11-29T20:35', 'Europe/Berlin', known)).toBe('2026-11-29T19:35:00.000Z')
  expect(instantNear('2026-11-29T20:34', 'Europe/Berlin', null)).toBe('2026-11-29T19:34:00.000Z')
  expect(instantNear('2026-11-29T20:34', 'Nowhere/At_All', known)).toBeNull()
})

test('an offset and a day are said in words', () => {
  const at = Date.UTC(2026, 6, 1)
  expect(offsetLabel('UTC', at)).toBe('UTC')
  expect(offsetLabel('Asia/Kolkata', at)).toBe('UTC+05:30')
  expect(offsetLabel('America/New_York', at)).toBe('UTC−04:00')
  expect(wallWords('2027-03-14T07:00:00.000Z', 'America/New_York')).toBe('Sun 14 Mar 2027, 03:00')
})

const KEY = Symbol.for('carillon.reading')
afterEach(() => Reflect.deleteProperty(globalThis, KEY))
test.each(LANGUAGES)(
  'in %s a day has its year where it is not this one, and nothing is left of it elsewhere',
  (language) => {
    Object.assign(globalThis, { [KEY]: () => ({ timezone: null, clock: null, language }) })
    const at = '2026-11-30T18:00:00Z'
    const within = wallPartsOf(at, 'UTC', new Date('2026-11-29'))
    const beyond = wallPartsOf(at, 'UTC', new Date('2025-11-29'))
    const date = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' } as const
    const said = (more = {}) => new Intl.DateTimeFormat(language, { ...date, ...more }).format(Date.parse(at))
    expect([within.day, beyond.day]).toEqual([said(), said({ year: 'numeric' })])
    expect(`${within.day}, ${within.time}`).not.toMatch(/,\s*,|2026/)
  },
)

test('where no language is set a day is said as the server says it', () => {
  const at = '2027-03-14T07:00:00.000Z'
  const within = wallPartsOf(at, 'America/New_York', new Date('2027-01-01T12:00:00Z'))
  expect(within).toEqual({ day: 'Sun 14 Mar', time: '03:00' })
  // The year of that wall, not of this machine.
  expect(wallPartsOf(at, 'America/New_York', new Date('2027-01-01T02:00:00Z')).day).toBe('Sun 14 Mar 2027')
})
