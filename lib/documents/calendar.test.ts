/** Calendars as their producers write them, read in the process in which they are read. */
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { createReaders } from './extract.ts'

const eventsOf = createReaders(systemClock).eventsOf
const span = {
  fromMs: Date.parse('2026-03-02T00:00:00Z'),
  toMs: Date.parse('2026-03-04T23:00:00Z'),
  zone: 'America/New_York',
}
async function read(lines: string[], head: string[] = []) {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', ...head, ...lines, 'END:VCALENDAR', ''].join('\r\n')
  const it = await eventsOf({ bytes: Buffer.from(text), span })
  if ('problem' in it) throw new Error(it.problem)
  return it
}
const event = (uid: string, ...lines: string[]) => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  `SUMMARY:${uid}`,
  ...lines,
  'END:VEVENT',
]
const starts = (it: Awaited<ReturnType<typeof read>>) =>
  Object.fromEntries(
    it.entries.map(({ key, startMs }) => [key, new Date(startMs).toISOString().slice(0, 16)]),
  )

test('zones of every producer, days and times of no zone stand at their instant', async () => {
  const it = await read([
    'BEGIN:VTIMEZONE',
    'TZID:Own zone',
    'BEGIN:STANDARD',
    'DTSTART:16010101T000000',
    'TZOFFSETFROM:+0300',
    'TZOFFSETTO:+0300',
    'END:STANDARD',
    'END:VTIMEZONE',
    ...event('utc', 'DTSTART:20260302T090000Z'),
    ...event('iana', 'DTSTART;TZID=Europe/Berlin:20260302T090000'),
    ...event('windows', 'DTSTART;TZID="W. Europe Standard Time":20260302T090000'),
    ...event('unknown', 'DTSTART;TZID=Mars/Phobos:20260302T090000'),
    ...event('day', 'DTSTART;VALUE=DATE:20260302'),
    ...event('own', 'DTSTART;TZID=Own zone:20260302T090000'),
  ])
  expect(starts(it)).toEqual({
    utc: '2026-03-02T09:00',
    iana: '2026-03-02T08:00',
    windows: '2026-03-02T08:00',
    unknown: '2026-03-02T14:00',
    day: '2026-03-02T05:00',
    own: '2026-03-02T06:00',
  })
  const floating = event('floating', 'DTSTART:20260302T090000')
  expect(starts(await read(floating))).toEqual({ floating: '2026-03-02T14:00' })
  const own = await read(floating, ['X-WR-TIMEZONE:Asia/Tokyo'])
  expect(own.zone).toBe('Asia/Tokyo')
  expect(starts(own)).toEqual({ floating: '2026-03-02T00:00' })
})

test('a series has its days but those that are taken out; one that is moved keeps its key', async () => {
  const berlin = 'TZID=Europe/Berlin'
  const it = await read([
    ...event(
      'a',
      `DTSTART;${berlin}:20250106T090000`,
      'RRULE:FREQ=DAILY',
      `EXDATE;${berlin}:20260303T090000`,
    ),
    ...event('a', `RECURRENCE-ID;${berlin}:20260304T090000`, `DTSTART;${berlin}:20260304T150000`),
    ...event('b', 'DTSTART:20260302T100000Z', 'RRULE:FREQ=DAILY;COUNT=1'),
    ...event('b', 'RECURRENCE-ID:20260302T100000Z', 'DTSTART:20260302T120000Z', 'STATUS:CANCELLED'),
    ...event('alone', 'RECURRENCE-ID:20260302T100000Z', 'DTSTART:20260303T100000Z'),
  ])
  expect(starts(it)).toEqual({
    'a/2026-03-02': '2026-03-02T08:00',
    'a/2026-03-04': '2026-03-04T14:00',
    'b/2026-03-02': '2026-03-02T12:00',
    'alone/2026-03-02': '2026-03-03T10:00',
  })
  expect(it.entries.filter((one) => one.cancelled).map((one) => one.key)).toEqual(['b/2026-03-02'])
})

test('folded lines, people, places, links and tasks are read', async () => {
  const it = await read([
    'BEGIN:VEVENT',
    'UID:m',
    'DTSTART:20260302T090000Z',
    'DTEND:20260302T100000Z',
    'SUMMARY;LANGUAGE=de:Planung für das nächste',
    '  Quartal',
    'DESCRIPTION:Agenda:\\n1. Zahlen\\nJoin https://acme.zoom.us/j/12',
    ' 3?pwd=x\\nand https://example.com/a',
    'LOCATION:Room 5\\, upstairs',
    'ORGANIZER;CN="Ada Lovelace":mailto:ada@example.com',
    'ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com',
    'END:VEVENT',
    ...['BEGIN:VTODO', 'UID:t', 'SUMMARY:Taxes', 'DUE;VALUE=DATE:20260303', 'END:VTODO'],
    ...['BEGIN:VTODO', 'UID:done', 'SUMMARY:Done', 'DUE:20260303T100000Z', 'STATUS:COMPLETED', 'END:VTODO'],
  ])
  expect(it.entries).toMatchObject([
    {
      title: 'Planung für das nächste Quartal',
      where: 'Room 5, upstairs',
      link: 'https://acme.zoom.us/j/123?pwd=x',
      organizer: 'Ada Lovelace',
      people: ['bob@example.com'],
      description: expect.stringMatching(/^Agenda:\n1\. Zahlen/),
    },
    { key: 't', kind: 'task', title: 'Taxes', allDay: true },
  ])
})

test('a rule that names no day is left out and said; what is no calendar is a sentence', async () => {
  const it = await read([
    ...event('never', 'DTSTART:20260302T090000Z', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31'),
    ...event('flood', 'DTSTART:20200302T090000Z', 'RRULE:FREQ=SECONDLY'),
    ...event('fine', 'DTSTART:20260302T090000Z'),
  ])
  expect(it.entries.map((one) => one.key)).toEqual(['fine'])
  expect(it).toMatchObject({ untilMs: span.toMs, left: expect.stringContaining('or repeat each minute') })
  expect(await eventsOf({ bytes: Buffer.from('<!doctype html>'), span })).toEqual({
    problem: 'It is no calendar in the iCalendar format (ICS).',
  })
})
