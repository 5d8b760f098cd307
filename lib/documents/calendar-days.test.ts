/** Which days calendars cover, as their producers write them, read in the process in which they are read. */
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { createReaders } from './extract.ts'

const daysOf = createReaders(systemClock).daysOf
const span = {
  fromMs: Date.parse('2026-12-01T00:00:00Z'),
  toMs: Date.parse('2027-12-31T23:00:00Z'),
  zone: 'America/New_York',
}
async function read(lines: string[], head: string[] = []) {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', ...head, ...lines, 'END:VCALENDAR', ''].join('\r\n')
  return daysOf({ bytes: Buffer.from(text), span })
}
let count = 0
const event = (...lines: string[]) => ['BEGIN:VEVENT', `UID:${count++}`, 'SUMMARY:x', ...lines, 'END:VEVENT']

test.each<[string, string[], string[]]>([
  ['one day', ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261226'], ['2026-12-25']],
  ['a day without an end', ['DTSTART;VALUE=DATE:20261225'], ['2026-12-25']],
  [
    'a day that ends as it begins',
    ['DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261225'],
    ['2026-12-25'],
  ],
  ['as long as it says', ['DTSTART;VALUE=DATE:20261230', 'DURATION:P2D'], ['2026-12-30', '2026-12-31']],
  [
    'several days, up to the one before its end',
    ['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227'],
    ['2026-12-24', '2026-12-25', '2026-12-26'],
  ],
  [
    'each year, but where it is left out',
    ['DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20261225'],
    ['2027-12-25'],
  ],
  [
    'what began before and ends after is what lies within',
    ['DTSTART;VALUE=DATE:20200101', 'DTEND;VALUE=DATE:20261203'],
    ['2026-11-30', '2026-12-01', '2026-12-02'],
  ],
  [
    'shown as free it is a holiday all the same',
    ['DTSTART;VALUE=DATE:20261225', 'TRANSP:TRANSPARENT'],
    ['2026-12-25'],
  ],
  ['a meeting is no day off', ['DTSTART:20261225T140000Z', 'DTEND:20261225T230000Z'], []],
  [
    'what has times covers the days that it fills',
    ['DTSTART;TZID=America/New_York:20261224T120000', 'DTEND;TZID=America/New_York:20261227T120000'],
    ['2026-12-25', '2026-12-26'],
  ],
  [
    'from midnight to the last minute',
    ['DTSTART;TZID=America/New_York:20261225T000000', 'DTEND;TZID=America/New_York:20261225T235900'],
    ['2026-12-25'],
  ],
  ['a day of UTC is no day here', ['DTSTART:20261225T000000Z', 'DTEND:20261226T000000Z'], []],
  ['what is cancelled is none', ['DTSTART;VALUE=DATE:20261225', 'STATUS:CANCELLED'], []],
])('%s', async (_, lines, dates) => {
  expect(await read(event(...lines))).toEqual({ dates, left: null })
})

test('one of a series that was moved is where it is now, one that is cancelled is nowhere', async () => {
  const one = (lines: string[]) => ['BEGIN:VEVENT', 'UID:series', 'SUMMARY:x', ...lines, 'END:VEVENT']
  const series = one(['DTSTART;VALUE=DATE:20261204', 'RRULE:FREQ=WEEKLY;COUNT=3'])
  const moved = one(['RECURRENCE-ID;VALUE=DATE:20261211', 'DTSTART;VALUE=DATE:20261214'])
  const off = one(['RECURRENCE-ID;VALUE=DATE:20261218', 'DTSTART;VALUE=DATE:20261218', 'STATUS:CANCELLED'])
  expect(await read([...series, ...moved, ...off])).toMatchObject({ dates: ['2026-12-04', '2026-12-14'] })
})

test('days are those of the calendar, whatever its zone; its times those of its own clock', async () => {
  const day = event('DTSTART;VALUE=DATE:20261225')
  const timed = event('DTSTART:20261230T150000Z', 'DTEND:20261231T150000Z')
  expect(await read([...day, ...timed], ['X-WR-TIMEZONE:Asia/Tokyo'])).toMatchObject({
    dates: ['2026-12-25', '2026-12-31'],
  })
})

test('one day in two events is one; tasks are none; what cannot be read is said', async () => {
  const day = event('DTSTART;VALUE=DATE:20261225')
  const task = ['BEGIN:VTODO', 'UID:t', 'DUE;VALUE=DATE:20261228', 'SUMMARY:x', 'END:VTODO']
  const each = event('DTSTART:20261201T000000Z', 'RRULE:FREQ=MINUTELY')
  expect(
    await read([...day, ...day.map((it) => it.replace(/UID.*/, 'UID:again')), ...task, ...each]),
  ).toEqual({
    dates: ['2026-12-25'],
    left: '1 of its entries cannot be read, or repeat each minute.',
  })
  expect(await daysOf({ bytes: Buffer.from('<html>'), span })).toEqual({
    problem: 'It is no calendar in the iCalendar format (ICS).',
  })
})
