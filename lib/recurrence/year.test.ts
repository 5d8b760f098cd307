/** A year at a glance: the same days that the walk through all instants finds. */
import { expect, test } from 'vitest'
import { instantsBetween, shiftsBetween } from './index.ts'
import { daysOfPattern } from './year.ts'

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

test('when the clock changes', () => {
  const found = shiftsBetween('America/New_York', from, to)
  expect(found.map(({ at, minutes }) => [at.toISOString(), minutes])).toEqual([
    ['2027-03-14T07:00:00.000Z', 60],
    ['2027-11-07T06:00:00.000Z', -60],
  ])
  expect(shiftsBetween('UTC', from, to)).toEqual([])
})
