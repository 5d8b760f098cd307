/** A year at a glance: the same days that the walk through all instants finds. */
import { expect, test } from 'vitest'
import { instantsBetween } from './index.ts'
import { clockChanges, daysOfPattern } from './year.ts'

const from = new Date('2026-11-25T10:30:00Z')
const to = new Date('2027-11-24T23:59:59Z')

test.each([
  ['0 9 * * 1-5', 'America/New_York'],
  ['*/20 * * * *', 'Europe/Berlin'],
  ['30 2 * * *', 'America/New_York'],
  ['0 0 1 * *', 'Asia/Kathmandu'],
  ['15 23 * * 0', 'Australia/Lord_Howe'],
  ['0 0 * * *', 'America/Sao_Paulo'],
])('%s in %s', (pattern, zone) => {
  const local = (it: Date) =>
    Temporal.Instant.fromEpochMilliseconds(it.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString()
  const all = new Set(instantsBetween(pattern, zone, from, to, 40_000).map(local))
  const days = daysOfPattern(pattern, zone, from, 360).map((it) => it.date)
  expect(days).toEqual([...all].slice(0, days.length))
  expect(days.length).toBeGreaterThan(10)
})

test('the days on which the clock changes', () => {
  const dates = clockChanges('America/New_York', from, to).map((it) => [it.date, it.forward])
  expect(dates).toEqual([
    ['2027-03-14', true],
    ['2027-11-07', false],
  ])
  expect(clockChanges('UTC', from, to)).toEqual([])
})
