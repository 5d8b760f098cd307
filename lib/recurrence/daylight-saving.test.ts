/**
 * The daylight-saving rule: cases that people know, properties over all zones,
 * and two judges that share nothing with the module: every minute of real time
 * (testing/minute-by-minute.ts), and croner's own arithmetic with zones.
 */
import { Cron } from 'croner'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countInstants,
  instantsBetween,
  judgePattern,
  latestInstants,
  nextInstant,
} from '#lib/recurrence/index.ts'
import { matcher, runsIn, spanAround, transitionsOf } from './testing/minute-by-minute.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Zones that change their clocks, or did, in every way known; and some that never do. */
const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'America/Adak',
  'America/Halifax',
  'America/St_Johns',
  'America/Phoenix',
  'America/Havana',
  'America/Port-au-Prince',
  'America/Tijuana',
  'America/Asuncion',
  'America/Santiago',
  'America/Punta_Arenas',
  'America/Sao_Paulo',
  'America/Nuuk',
  'America/Scoresbysund',
  'America/Thule',
  'America/Miquelon',
  'Atlantic/Azores',
  'Atlantic/Bermuda',
  'Pacific/Easter',
  'Europe/Lisbon',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Berlin',
  'Europe/Paris',
  'Europe/Athens',
  'Europe/Kyiv',
  'Europe/Chisinau',
  'Europe/Istanbul',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/El_Aaiun',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Hebron',
  'Asia/Jerusalem',
  'Asia/Almaty',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Australia/Brisbane',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Norfolk',
  'Pacific/Apia',
  'Antarctica/Troll',
  'UTC',
]

const PATTERNS = [
  '30 2 * * *',
  '0 0 * * *',
  '30 1,13 * * *',
  '15 0 * * 1-5',
  '45 23 * * *',
  '0,20,40 0-3 * * *',
  '30 2 1-31 3 0',
  '0 3 29,30,31 * 6',
  '*/15 * * * *',
  '0 * * * *',
  '0 */2 * * *',
  '*/20 1-2 * * *',
  '5-59/10 0,23 * * 0,6',
]

const local = (at: Date | null, timezone: string) =>
  at?.toLocaleString('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })

describe('a fixed time', () => {
  test.each([
    // Does not exist: once, at the first instant after the gap.
    ['30 2 * * *', 'America/New_York', '2027-03-14T00:00-05:00', '2027-03-14 03:00', '2027-03-15 02:30'],
    ['30 2,14 * * *', 'America/New_York', '2027-03-14T00:00-05:00', '2027-03-14 03:00', '2027-03-14 14:30'],
    ['0,15,30 2 * * *', 'Europe/Berlin', '2027-03-28T00:00+01:00', '2027-03-28 03:00', '2027-03-29 02:00'],
    ['0 2,3 * * *', 'Europe/Berlin', '2027-03-28T00:00+01:00', '2027-03-28 03:00', '2027-03-29 02:00'],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-04T00:00+10:30', '2026-10-04 02:30', '2026-10-05 02:15'],
    ['30 1 * * *', 'Antarctica/Troll', '2027-03-28T00:00+00:00', '2027-03-28 03:00', '2027-03-29 01:30'],
    // The gap begins at local midnight.
    ['30 0 * * *', 'America/Havana', '2027-03-13T12:00-05:00', '2027-03-14 01:00', '2027-03-15 00:30'],
    ['0 0 * * *', 'Asia/Beirut', '2027-03-27T12:00+02:00', '2027-03-28 01:00', '2027-03-29 00:00'],
    ['0 0 * * *', 'Africa/Cairo', '2027-04-29T12:00+02:00', '2027-04-30 01:00', '2027-05-01 00:00'],
    ['0 0 * * *', 'America/Santiago', '2026-09-05T12:00-04:00', '2026-09-06 01:00', '2026-09-07 00:00'],
    ['0 0 * * *', 'America/Asuncion', '2023-09-30T12:00-04:00', '2023-10-01 01:00', '2023-10-02 00:00'],
    ['30 0 * * *', 'Atlantic/Azores', '2027-03-27T12:00-01:00', '2027-03-28 01:00', '2027-03-29 00:30'],
    // The gap ends at local midnight: the run of the day before.
    ['30 23 * * *', 'America/Nuuk', '2027-03-27T12:00-02:00', '2027-03-28 00:00', '2027-03-28 23:30'],
    ['0 23 * * 6', 'America/Nuuk', '2027-03-27T12:00-02:00', '2027-03-28 00:00', '2027-04-03 23:00'],
    ['0 0 * * *', 'America/Nuuk', '2027-03-27T12:00-02:00', '2027-03-28 00:00', '2027-03-29 00:00'],
    // The gap spans local midnight.
    ['45 23 * * *', 'America/Toronto', '1919-03-30T12:00-05:00', '1919-03-31 00:30', '1919-03-31 23:45'],
    ['15 0 * * *', 'America/Toronto', '1919-03-30T12:00-05:00', '1919-03-31 00:30', '1919-04-01 00:15'],
    // Exists twice: the first time.
    ['30 1 * * *', 'America/New_York', '2027-11-07T00:00-04:00', '2027-11-07 01:30', '2027-11-08 01:30'],
    ['30 1,13 * * *', 'America/New_York', '2027-11-07T00:00-04:00', '2027-11-07 01:30', '2027-11-07 13:30'],
    ['30 1 * * *', 'Europe/Dublin', '2027-10-31T00:00+01:00', '2027-10-31 01:30', '2027-11-01 01:30'],
    ['30 23 * * *', 'America/Nuuk', '2027-10-30T12:00-01:00', '2027-10-30 23:30', '2027-10-31 23:30'],
    // A day that does not exist has no run to make up for.
    ['0 9 * * *', 'Pacific/Apia', '2011-12-29T00:00-10:00', '2011-12-29 09:00', '2011-12-31 09:00'],
    ['0 0 * * *', 'Pacific/Apia', '2011-12-29T12:00-10:00', '2011-12-31 00:00', '2012-01-01 00:00'],
  ])('%s in %s after %s: %s, then %s', (pattern, timezone, after, first, second) => {
    const next = nextInstant(pattern, timezone, new Date(after))
    expect(local(next, timezone)).toBe(first)
    expect(local(nextInstant(pattern, timezone, next ?? new Date(0)), timezone)).toBe(second)
  })

  test('that exists twice has run when somebody asks between the two passes', () => {
    const betweenPasses = new Date('2027-11-07T01:10-05:00')
    // A pattern that no other test asks for: the registry would remember the answer.
    expect(local(nextInstant('31 1 * * *', 'America/New_York', betweenPasses), 'America/New_York')).toBe(
      '2027-11-08 01:31',
    )
    expect(latestInstants('30 1 * * *', 'America/New_York', new Date(0), betweenPasses, 1)).toEqual([
      new Date('2027-11-07T01:30-04:00'),
    ])
  })
})

describe('wildcards and steps follow real time', () => {
  test.each([
    [
      'an overlap, both passes',
      '*/15 * * * *',
      'America/New_York',
      '2027-11-07T00:00-04:00',
      '2027-11-07T03:00-05:00',
      16,
    ],
    [
      'a gap, without a pause',
      '*/15 * * * *',
      'America/New_York',
      '2027-03-14T00:00-05:00',
      '2027-03-14T04:00-04:00',
      12,
    ],
    [
      'an hour that occurs twice',
      '0 * * * *',
      'Europe/Berlin',
      '2027-10-31T00:00+02:00',
      '2027-10-31T04:00+01:00',
      5,
    ],
    [
      'half an hour that occurs twice',
      '*/10 * * * *',
      'Australia/Lord_Howe',
      '2027-04-04T01:00+11:00',
      '2027-04-04T03:00+10:30',
      15,
    ],
  ])('%s', (_, pattern, timezone, from, to, count) => {
    const runs = instantsBetween(pattern, timezone, new Date(from), new Date(to), 100)
    expect(runs).toHaveLength(count)
    const gaps = new Set(runs.slice(1).map((at, index) => at.getTime() - (runs[index]?.getTime() ?? 0)))
    expect(gaps.size).toBe(1)
  })
})

describe('minute by minute', () => {
  const agree = (timezone: string, fromYear: number, toYear: number) => {
    // A zone without transitions is still looked at once.
    const moments = transitionsOf(timezone, fromYear, toYear)
    for (const moment of moments.length === 0 ? [Date.UTC(fromYear, 2, 1)] : moments) {
      const span = spanAround(timezone, moment, 30)
      const from = new Date(span.startMs - 1)
      const to = new Date(span.startMs + span.walls.length * 60_000 - 1)
      for (const pattern of PATTERNS) {
        const expected = runsIn(span, pattern)
        const message = `${pattern} in ${timezone} around ${new Date(moment).toISOString()}`
        expect(instantsBetween(pattern, timezone, from, to, 10_000), message).toEqual(expected)
        expect(latestInstants(pattern, timezone, from, to, 10_000), message).toEqual(expected)
        // Whoever asks in the middle of a change gets the same instants as whoever asked long before.
        for (let at = moment - 3 * HOUR_MS; at <= moment + 3 * HOUR_MS; at += 10 * 60_000) {
          const now = new Date(at)
          const around = [
            ...latestInstants(pattern, timezone, from, now, 1),
            ...instantsBetween(pattern, timezone, now, to, 1),
          ]
          expect(around, `${message}, asked at ${now.toISOString()}`).toEqual(
            [expected.findLast((it) => it <= now), expected.find((it) => it > now)].filter(
              (it) => it !== undefined,
            ),
          )
        }
      }
    }
  }

  test.each(ZONES)('%s, every transition of 2024 to 2028', (timezone) => {
    expect.hasAssertions()
    agree(timezone, 2024, 2028)
  })

  test.each([
    ['Pacific/Apia', 2009, 2012],
    ['Asia/Pyongyang', 2015, 2018],
    ['America/Caracas', 2007, 2016],
    ['Antarctica/Casey', 2016, 2020],
    ['America/Sao_Paulo', 2016, 2018],
    ['Asia/Amman', 2012, 2014],
    ['Asia/Kathmandu', 1985, 1986],
    ['Pacific/Kwajalein', 1993, 1993],
    ['America/Toronto', 1919, 1920],
  ])('%s, transitions of %i to %i', (timezone, fromYear, toYear) => {
    expect.hasAssertions()
    agree(timezone, fromYear, toYear)
  })
})

const anyZone = fc.constantFrom(...new Set([...ZONES, ...Intl.supportedValuesOf('timeZone')]))
const anyInstant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2060, 0) }).map((at) => new Date(at))

const field = (low: number, high: number) => {
  const value = fc.integer({ min: low, max: high })
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  const step = fc
    .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 1, max: high }))
    .map(([of, by]) => `${of}/${by}`)
  const list = fc
    .array(fc.oneof(value.map(String), range), { minLength: 1, maxLength: 3 })
    .map((items) => items.join(','))
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: value.map(String) },
    list,
    step,
  )
}
const anyPattern = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
  .map((fields) => fields.join(' '))
  .filter((pattern) => judgePattern(pattern, 'UTC').ok)

describe('for any pattern, zone and instant', () => {
  test('next is strictly after, and strictly grows', () => {
    fc.assert(
      fc.property(anyPattern, anyZone, anyInstant, (pattern, timezone, after) => {
        const first = nextInstant(pattern, timezone, after)
        const second = first && nextInstant(pattern, timezone, first)
        expect(first?.getTime()).toBeGreaterThan(after.getTime())
        expect(second?.getTime()).toBeGreaterThan(first?.getTime() ?? Infinity)
      }),
      { numRuns: 500 },
    )
  })

  test('the wall clock shows a time of the pattern, unless the run makes up for one in a gap', () => {
    fc.assert(
      fc.property(anyPattern, anyZone, anyInstant, (pattern, timezone, after) => {
        const matches = matcher(pattern)
        for (const at of instantsBetween(pattern, timezone, after, new Date(Date.UTC(2200, 0)), 5)) {
          const here = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone)
          const wallMinutes = (at.getTime() + here.offsetNanoseconds / 1e6) / 60_000
          const changedJustNow = here.subtract({ milliseconds: 1 }).offsetNanoseconds < here.offsetNanoseconds
          expect(matches(wallMinutes) || changedJustNow, `${pattern} in ${timezone} ran at ${here}`).toBe(
            true,
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  test('walking backwards finds what walking forwards finds, and so does counting', () => {
    fc.assert(
      fc.property(
        anyPattern,
        anyZone,
        anyInstant,
        fc.integer({ min: 1, max: 40 }),
        (pattern, timezone, from, days) => {
          const to = new Date(from.getTime() + days * DAY_MS)
          const forwards = instantsBetween(pattern, timezone, from, to, 200)
          const end = forwards.length < 200 ? to : (forwards.at(-1) ?? to)
          expect(latestInstants(pattern, timezone, from, end, 200)).toEqual(forwards)
          const { count, exact } = countInstants(pattern, timezone, from, end, 1000)
          expect(exact ? count : forwards.length).toBe(forwards.length)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('croner itself agrees, but for the runs it drops in gaps that cross midnight', () => {
    fc.assert(
      fc.property(anyPattern, anyZone, anyInstant, (pattern, timezone, after) => {
        const ours = nextInstant(pattern, timezone, after)
        const theirs = new Cron(pattern, { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard' }).nextRun(
          after,
        )
        if (ours?.getTime() === theirs?.getTime()) return
        const at = Temporal.Instant.fromEpochMilliseconds(ours?.getTime() ?? NaN).toZonedDateTimeISO(timezone)
        const before = at.subtract({ milliseconds: 1 })
        expect(
          before.offsetNanoseconds,
          `${pattern} in ${timezone} after ${after.toISOString()}`,
        ).toBeLessThan(at.offsetNanoseconds)
        expect(before.toPlainDate().equals(at.toPlainDate())).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

test('a daily schedule runs exactly once on every local day that exists, in every zone', () => {
  const firstDay = fc.tuple(
    fc.integer({ min: 1985, max: 2045 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  // Most changes happen within the three hours around midnight and at two.
  const hour = fc.oneof(fc.constantFrom(23, 0, 1, 2, 3), fc.integer({ min: 0, max: 23 }))
  fc.assert(
    fc.property(
      anyZone,
      hour,
      fc.integer({ min: 0, max: 59 }),
      firstDay,
      (timezone, hours, minutes, [year, month, day]) => {
        const time = new Temporal.PlainTime(hours, minutes)
        const first = new Temporal.PlainDate(year, month, day)
        const days = Array.from({ length: 370 }, (_, index) => first.add({ days: index })).filter((it) =>
          it.toZonedDateTime(timezone).toPlainDate().equals(it),
        )
        const expected = days.map((it) => {
          const planned = it.toZonedDateTime({ timeZone: timezone, plainTime: time })
          // The earlier one where there are two.
          if (planned.toPlainTime().equals(time)) return planned.epochMilliseconds
          return it
            .toPlainDateTime(time)
            .toZonedDateTime(timezone, { disambiguation: 'earlier' })
            .getTimeZoneTransition('next')?.epochMilliseconds
        })
        const from = new Date(first.toZonedDateTime(timezone).epochMilliseconds - 1)
        const runs = instantsBetween(
          `${minutes} ${hours} * * *`,
          timezone,
          from,
          new Date(Date.UTC(2100, 0)),
          expected.length,
        )
        expect(
          runs.map((at) => at.getTime()),
          timezone,
        ).toEqual(expected)
      },
    ),
    { numRuns: 200 },
  )
})
