import { expect, test } from 'vitest'
import { instantOf, offsetLabel, wallOf, wallWords } from './wall-clock.ts'

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

test('an offset and a day are said in words', () => {
  const at = Date.UTC(2026, 6, 1)
  expect(offsetLabel('UTC', at)).toBe('UTC')
  expect(offsetLabel('Asia/Kolkata', at)).toBe('UTC+05:30')
  expect(offsetLabel('America/New_York', at)).toBe('UTC−04:00')
  expect(wallWords('2027-03-14T07:00:00.000Z', 'America/New_York')).toBe('Sun 14 Mar 2027, 03:00')
})
