import { describe, expect, test } from 'vitest'
import { dayAt, judgedDay, neighbour, pointedAt, stretchOf, ticksOf } from './span.ts'

const iso = (ms: number) => new Date(ms).toISOString()
const shown = (...[span, day, zone]: Parameters<typeof stretchOf>) => {
  const { day: first, fromMs, toMs } = stretchOf(span, day, zone)
  return [first, iso(fromMs), iso(toMs)]
}

describe('a stretch', () => {
  test('is a day, a week from Monday or a month of the place, however long the clock makes it', () => {
    expect(shown('day', '2026-11-28', 'UTC')).toEqual([
      ...['2026-11-28', '2026-11-28T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    ])
    expect(shown('day', '2026-03-29', 'Europe/Berlin')).toEqual([
      ...['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ])
    expect(shown('week', '2026-11-29', 'Asia/Kolkata')).toEqual([
      ...['2026-11-23', '2026-11-22T18:30:00.000Z', '2026-11-29T18:30:00.000Z'],
    ])
    expect(shown('month', '2026-12-31', 'America/New_York')).toEqual([
      ...['2026-12-01', '2026-12-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'],
    ])
    expect(shown('day', '2026-11-28', 'No/Where')[1]).toBe('2026-11-28T00:00:00.000Z')
  })

  test('has neighbours of its own length', () => {
    const both = (...of: Parameters<typeof stretchOf>) =>
      ([-1, 1] as const).map((it) => neighbour(stretchOf(...of), it))
    expect(both('day', '2026-03-01', 'UTC')).toEqual(['2026-02-28', '2026-03-02'])
    expect(both('week', '2026-11-29', 'UTC')).toEqual(['2026-11-16', '2026-11-30'])
    expect(both('month', '2026-12-31', 'UTC')).toEqual(['2026-11-01', '2027-01-01'])
  })

  test('has no line at a time that does not exist', () => {
    // In Cairo the clock skips the first hour of this day.
    expect(ticksOf(stretchOf('day', '2026-04-24', 'Africa/Cairo')).length).toBe(7)
    expect(ticksOf(stretchOf('week', '2026-11-29', 'UTC')).length).toBe(7)
    expect(ticksOf(stretchOf('month', '2026-02-10', 'UTC')).length).toBe(28)
  })
})

test('a day is judged before it is believed', () => {
  expect(['2026-11-28', '2026-02-30', '1969-12-31', '2026-1-1', 'x', '', null].map(judgedDay)).toEqual([
    ...['2026-11-28', null, null, null, null, null, null],
  ])
  expect(dayAt('2026-11-28T23:30:00.000Z', 'Europe/Berlin')).toBe('2026-11-29')
})

test('whoever points at a place means a time that people say', () => {
  const day = stretchOf('day', '2026-11-28', 'Asia/Kathmandu')
  // 09:04 there, in a wide lane and in a narrow one.
  const share = (9 * 60 + 4) / 1440
  expect(pointedAt(day, share, 1000)).toBe('2026-11-28T03:15:00.000Z')
  expect(pointedAt(day, share, 300)).toBe('2026-11-28T03:15:00.000Z')
  const month = stretchOf('month', '2026-11-28', 'UTC')
  expect(pointedAt(month, 0.5, 1000)).toBe('2026-11-16T00:00:00.000Z')
})
