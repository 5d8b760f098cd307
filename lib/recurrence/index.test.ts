import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { countInstants, instantsBetween, latestInstants, nextInstant } from './index.ts'

// The stopwatch stands still, so that a busy machine cuts nothing short.
beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

const iso = (instants: Date[]) => instants.map((it) => it.toISOString())

test.each([
  ['0 9 * * *', 'UTC', '2027-01-01T09:00:00.000Z', '2027-01-02T09:00:00.000Z'],
  ['0 9 * * *', 'UTC', '2027-01-01T08:59:59.999Z', '2027-01-01T09:00:00.000Z'],
  ['0 9 * * *', 'UTC', '2027-01-01T09:00:00.001Z', '2027-01-02T09:00:00.000Z'],
  ['* * * * *', 'UTC', '2027-01-01T00:00:30.000Z', '2027-01-01T00:01:00.000Z'],
  ['0 9 * * 0', 'UTC', '2027-01-01T00:00:00.000Z', '2027-01-03T09:00:00.000Z'],
  ['0 9 * * 7', 'UTC', '2027-01-01T00:00:00.000Z', '2027-01-03T09:00:00.000Z'],
  ['0 9 15 * 1', 'UTC', '2027-01-12T00:00:00.000Z', '2027-01-15T09:00:00.000Z'],
  ['0 9 15 * 1', 'UTC', '2027-01-15T12:00:00.000Z', '2027-01-18T09:00:00.000Z'],
  ['0 9 L * *', 'UTC', '2027-02-01T00:00:00.000Z', '2027-02-28T09:00:00.000Z'],
  ['0 9 15W * *', 'UTC', '2027-05-01T00:00:00.000Z', '2027-05-14T09:00:00.000Z'],
  ['0 9 * * FRI#2', 'UTC', '2027-01-01T00:00:00.000Z', '2027-01-08T09:00:00.000Z'],
  ['0 9 * * 5L', 'UTC', '2027-01-01T00:00:00.000Z', '2027-01-29T09:00:00.000Z'],
  ['@weekly', 'UTC', '2027-01-01T00:00:00.000Z', '2027-01-03T00:00:00.000Z'],
  ['0 0 29 2 *', 'UTC', '2096-03-01T00:00:00.000Z', '2104-02-29T00:00:00.000Z'],
  ['0 0 * 2 MON#5', 'America/New_York', '2027-01-01T00:00:00.000Z', '2044-02-29T05:00:00.000Z'],
  ['0 9 * * *', 'Asia/Kathmandu', '2027-01-01T00:00:00.000Z', '2027-01-01T03:15:00.000Z'],
  ['0 9 * * *', 'America/New_York', '2060-07-01T00:00:00.000Z', '2060-07-01T13:00:00.000Z'],
])('%s in %s after %s is %s', (pattern, timezone, after, next) => {
  expect(nextInstant(pattern, timezone, new Date(after))?.toISOString()).toBe(next)
})

test('there is an end to the calendar', () => {
  expect(nextInstant('0 9 * * *', 'UTC', new Date('9999-12-31T00:00Z'))).toBeNull()
})

test('answers that are remembered are those that are computed, in whatever order they are asked for', () => {
  const instants = instantsBetween(
    '*/20 * * * *',
    'Europe/Berlin',
    new Date('2027-03-27T22:00Z'),
    new Date('2027-03-28T03:00Z'),
    100,
  )
  const moments = instants.slice(0, -1).flatMap((at, index) =>
    [-1, 0, 1, 1_000_000].map((ms) => ({
      after: new Date(at.getTime() + ms),
      next: instants[ms < 0 ? index : index + 1],
    })),
  )
  for (const { after, next } of [...moments, ...moments.toReversed(), ...moments])
    expect(nextInstant('*/20 * * * *', 'Europe/Berlin', after)).toEqual(next)
})

test('more patterns than the registry keeps are still answered', () => {
  for (let index = 0; index < 5_000; index++) {
    const [hour, minute] = [Math.floor(index / 60) % 24, index % 60]
    const day = 1 + Math.floor(index / 1440)
    const next = nextInstant(`${minute} ${hour} ${day} * *`, 'UTC', new Date('2026-12-31T23:59:59Z'))
    expect(next?.getTime()).toBe(Date.UTC(2027, 0, day, hour, minute))
  }
})

test('instants between two others: without the first, with the last, oldest first', () => {
  const [from, to] = [new Date('2027-01-01T09:00Z'), new Date('2027-01-04T09:00Z')]
  expect(iso(instantsBetween('0 9 * * *', 'UTC', from, to, 10))).toEqual([
    '2027-01-02T09:00:00.000Z',
    '2027-01-03T09:00:00.000Z',
    '2027-01-04T09:00:00.000Z',
  ])
  expect(iso(instantsBetween('0 9 * * *', 'UTC', from, to, 2))).toEqual([
    '2027-01-02T09:00:00.000Z',
    '2027-01-03T09:00:00.000Z',
  ])
  expect(instantsBetween('0 9 * * *', 'UTC', to, from, 10)).toEqual([])
  expect(instantsBetween('0 9 * * *', 'UTC', from, to, 0)).toEqual([])
})

test('the latest instants: without the first, with the last, oldest first', () => {
  const [after, upTo] = [new Date('2027-01-01T09:00Z'), new Date('2027-01-04T09:00Z')]
  expect(iso(latestInstants('0 9 * * *', 'UTC', after, upTo, 2))).toEqual([
    '2027-01-03T09:00:00.000Z',
    '2027-01-04T09:00:00.000Z',
  ])
  expect(iso(latestInstants('0 9 * * *', 'UTC', after, upTo, 10))).toEqual([
    '2027-01-02T09:00:00.000Z',
    '2027-01-03T09:00:00.000Z',
    '2027-01-04T09:00:00.000Z',
  ])
  expect(latestInstants('0 9 * * *', 'UTC', upTo, after, 10)).toEqual([])
  expect(latestInstants('0 9 * * *', 'UTC', after, upTo, 0)).toEqual([])
})

test('the latest instants of decades are found without walking through them', () => {
  const since = new Date('1975-01-01T00:00Z')
  const upTo = new Date('2027-06-15T12:00Z')
  expect(iso(latestInstants('* * * * *', 'America/New_York', since, upTo, 2))).toEqual([
    '2027-06-15T11:59:00.000Z',
    '2027-06-15T12:00:00.000Z',
  ])
  expect(iso(latestInstants('* * * 1 *', 'America/New_York', since, upTo, 1))).toEqual([
    '2027-02-01T04:59:00.000Z',
  ])
  expect(iso(latestInstants('0 0 29 2 *', 'America/New_York', since, upTo, 2))).toEqual([
    '2020-02-29T05:00:00.000Z',
    '2024-02-29T05:00:00.000Z',
  ])
})

test('counting is exact until the cap', () => {
  const [from, to] = [new Date('2027-01-01T00:00Z'), new Date('2027-01-11T00:00Z')]
  expect(countInstants('0 9 * * *', 'UTC', from, to, 10)).toEqual({ count: 10, exact: true })
  expect(countInstants('0 9 * * *', 'UTC', from, to, 9)).toEqual({ count: 9, exact: false })
  expect(countInstants('0 9 * * *', 'UTC', to, from, 9)).toEqual({ count: 0, exact: true })
})

test('counting a century of minutes ends when its time is over, and says so', () => {
  let elapsedMs = 0
  vi.mocked(performance.now).mockImplementation(() => (elapsedMs += 1))
  const { count, exact } = countInstants(
    '* * * * *',
    'UTC',
    new Date('2000-01-01T00:00Z'),
    new Date('2100-01-01T00:00Z'),
    10_000_000,
  )
  expect(exact).toBe(false)
  expect(count).toBeGreaterThan(0)
  expect(count).toBeLessThan(100)
})
