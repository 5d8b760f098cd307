import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayIn } from '#lib/contract/calendar.ts'
import { hours, minutes } from '#lib/clock.ts'
import { timesOf } from '#lib/triggers/index.ts'
import { daysOff, NO_DAYS_OFF, withoutDaysOff } from './days-off.ts'

const HOLIDAYS = { name: 'Public holidays', dates: ['2026-12-25', '2026-12-26', '2027-01-01'] }

test.each([
  [
    'noon of it',
    'Europe/Berlin',
    '2026-12-25T11:00:00Z',
    '25 December 2026 is in the calendar Public holidays',
  ],
  ['its first instant, east', 'Pacific/Kiritimati', '2026-12-24T10:00:00Z', '25 December 2026'],
  ['the one before it, east', 'Pacific/Kiritimati', '2026-12-24T09:59:59.999Z', null],
  ['its last instant, west', 'Pacific/Pago_Pago', '2026-12-27T10:59:59.999Z', '26 December 2026'],
  ['the one after it, west', 'Pacific/Pago_Pago', '2026-12-27T11:00:00Z', null],
  ['the day of UTC, which is another there', 'America/Los_Angeles', '2026-12-25T03:00:00Z', null],
  ['a zone that is none counts as UTC', 'Mars/Phobos', '2027-01-01T00:00:00Z', '1 January 2027'],
  ['an offset', '+02:00', '2026-12-24T22:00:00Z', '25 December 2026'],
])('%s', (_, zone, at, why) => {
  const off = daysOff([HOLIDAYS], zone).at(new Date(at))
  expect(off?.why ?? null).toEqual(why === null ? null : expect.stringContaining(why))
})

test('a day is as long as it is there; one that does not exist has no instant', () => {
  const lengthOf = (date: string, zone: string) => {
    const noon = new Date(`${date}T12:00:00Z`)
    const days = daysOff([{ name: 'x', dates: [date] }], zone)
    const [off] = days.within(new Date(noon.getTime() - hours(48)), new Date(noon.getTime() + hours(48)))
    return off ? (off.to.getTime() + 1 - off.from.getTime()) / hours(1) : null
  }
  expect([
    lengthOf('2026-03-29', 'Europe/Berlin'),
    lengthOf('2026-10-25', 'Europe/Berlin'),
    // Midnight itself is left out, or comes twice.
    lengthOf('2026-03-29', 'Asia/Beirut'),
    lengthOf('2026-11-01', 'America/Havana'),
    lengthOf('2026-04-05', 'Australia/Lord_Howe'),
    lengthOf('2011-12-30', 'Pacific/Apia'),
  ]).toEqual([23, 25, 23, 25, 24.5, null])
})

test('the first of several calendars says so; what is no day, and none at all, leaves nothing out', () => {
  const at = new Date('2026-12-25T12:00:00Z')
  expect(daysOff([{ name: 'Own', dates: ['2026-12-25'] }, HOLIDAYS], 'UTC').at(at)?.why).toContain('Own')
  expect(daysOff([{ name: 'x', dates: ['2026-02-30', 'tomorrow'] }], 'UTC').at(at)).toBeNull()
  expect(daysOff([{ name: 'x', dates: [] }], 'UTC')).toBe(NO_DAYS_OFF)
})

const T0 = Date.parse('2026-10-20T00:00:00Z')
test('whatever the days, the pattern and the zone: what is open is what there is, without them', () => {
  const rows = fc.record({
    everyMinutes: fc.constantFrom(7, 60, 600, 1440),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Havana', 'Pacific/Kiritimati', 'Asia/Beirut'),
  })
  fc.assert(
    fc.property(
      rows,
      fc.array(fc.integer({ min: -2, max: 12 }), { maxLength: 8 }),
      fc.integer({ min: 0, max: minutes(60) * 24 * 10 }),
      fc.integer({ min: 1, max: minutes(60) * 24 * 3 }),
      fc.integer({ min: 1, max: 9 }),
      ({ everyMinutes, timezone }, offsets, start, length, count) => {
        const times = timesOf({
          ...{ kind: 'interval', config: '{}', cronExpression: null, timezone, at: null, startsAt: T0 },
          ...{ everySeconds: everyMinutes * 60, createdAt: T0 },
        })
        const dates = offsets.map((it) => new Date(T0 + it * hours(24)).toISOString().slice(0, 10))
        const days = daysOff([{ name: 'x', dates }], timezone)
        const open = withoutDaysOff(times, days)
        const [after, upTo] = [new Date(T0 + start), new Date(T0 + start + length)]
        const expected: Date[] = []
        for (let at = times.next(after); at && at <= upTo; at = times.next(at))
          if (!dates.includes(dayIn(at, timezone))) expected.push(at)
        expect(open.latest(after, upTo, count)).toEqual(expected.slice(-count))
        expect(open.count(after, upTo)).toEqual({ count: expected.length, exact: true })
        const next = open.next(after)
        expect(next && dates.includes(dayIn(next, timezone))).toBe(false)
        if (expected.length > 0) expect(next).toEqual(expected[0])
      },
    ),
    { numRuns: 300 },
  )
})
