/** Words that say when: what they come to, what is left of the sentence, and what is refused rather than guessed. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Days,
  type Frequency,
  frequencyInWords,
  frequencyOf,
  patternOf,
  WHOLE_DAY,
} from '../../contract/frequency.ts'
import { describePattern, instantsBetween, judgePattern } from '../index.ts'
import { readSpoken } from './grammar.ts'

/** A Wednesday. */
const now = new Date('2026-11-25T10:30:00Z')
const read = (text: string, zone = 'UTC') => readSpoken(text, { now, zone })
function said(text: string, zone?: string): string {
  const it = read(text, zone)
  if (!it.ok) return `refused: ${it.problem}`
  const when =
    it.when.kind === 'schedule'
      ? patternOf(it.when.frequency)
      : it.when.kind === 'interval'
        ? `every ${it.when.everySeconds} s`
        : it.when.at.toISOString().slice(0, 16)
  const placed = it.zone === null ? when : `${when} ${it.zone}`
  return it.task === '' ? placed : `${placed} | ${it.task}`
}

const CASES: [words: string, comesTo: string][] = [
  ['every weekday at 9 summarise what came in overnight', '0 9 * * 1-5 | summarise what came in overnight'],
  ['Summarise what came in overnight every weekday at 9', '0 9 * * 1-5 | Summarise what came in overnight'],
  ['every weekday summarise the mail at 9am', '0 9 * * 1-5 | summarise the mail'],
  ['At 18:30 on Mondays and Thursdays, water the plants.', '30 18 * * 1,4 | water the plants.'],
  ['every Monday and Thursday at 18:30', '30 18 * * 1,4'],
  ['every mon, wed and fri at 7:15 pm do it', '15 19 * * 1,3,5 | do it'],
  ['daily at noon', '0 12 * * *'],
  ['every day at midnight', '0 0 * * *'],
  ['every day at 9 and 18', '0 9,18 * * *'],
  ['every day at 9, 12 and at 18 look', '0 9,12,18 * * * | look'],
  ['every morning check the site', '0 9 * * * | check the site'],
  ['every day at 8 in the evening', '0 20 * * *'],
  ['monday to friday at 8 o’clock', '0 8 * * 1-5'],
  ['mon-fri at 8:05', '5 8 * * 1-5'],
  ['mondays at half past seven', '30 7 * * 1'],
  ['every day at a quarter to nine pm look', '45 20 * * * | look'],
  ['half past six on fridays', '30 6 * * 5'],
  ['every day at nine', '0 9 * * *'],
  ['every day look at nine mails', '0 9 * * * | look at nine mails'],
  ['on weekends at 10', '0 10 * * 0,6'],
  ['every 2 hours', '0 */2 * * *'],
  ['hourly', '0 * * * *'],
  ['every other hour', '0 */2 * * *'],
  ['every 5 hours', 'every 18000 s'],
  ['every 15 minutes between 9 and 17 on weekdays', '*/15 9-16 * * 1-5'],
  ['every 2 hours from 9 to 17', '0 9-17/2 * * *'],
  ['every half hour', '*/30 * * * *'],
  ['every 40 minutes look at it', 'every 2400 s | look at it'],
  ['every 90 seconds', 'every 90 s'],
  ['every 3 days', 'every 259200 s'],
  ['on the first of the month', '0 9 1 * *'],
  ['on the 1st and 15th of every month at 6:45', '45 6 1,15 * *'],
  ['on the last day of the month at 18 send the report', '0 18 L * * | send the report'],
  ['every month on the 3rd', '0 9 3 * *'],
  ['on the second Tuesday of the month at 10', '0 10 * * 2#2'],
  ['the last friday of every month at 17', '0 17 * * 5L'],
  ['every quarter', '0 9 1 1,4,7,10 *'],
  ['every year on 24 December at 16', '0 16 24 12 *'],
  ['every Monday in May and June at 9', '0 9 * 5,6 1'],
  ['weekly on friday at 17', '0 17 * * 5'],
  ['in 20 minutes', '2026-11-25T10:50'],
  ['in an hour remind me', '2026-11-25T11:30 | remind me'],
  ['in 2 hours and 30 minutes', '2026-11-25T13:00'],
  ['in half an hour', '2026-11-25T11:00'],
  ['tomorrow at 8', '2026-11-26T08:00'],
  ['Tomorrow at 8 read the news', '2026-11-26T08:00 | read the news'],
  ['today at 18', '2026-11-25T18:00'],
  ['tonight', '2026-11-25T20:00'],
  ['on friday at 17:00', '2026-11-27T17:00'],
  ['on wednesday at 9', '2026-12-02T09:00'],
  ['on 24 december at 9', '2026-12-24T09:00'],
  ['on March 3rd at 9', '2027-03-03T09:00'],
  ['on 2026-12-24 at 9:30', '2026-12-24T09:30'],
  ['in 3 days at 9', '2026-11-28T09:00'],
  ['at 9', '2026-11-26T09:00'],
  ['every day at 9 tell me what happens in May', '0 9 * * * | tell me what happens in May'],
  ['every day at 9 look at 3 new mails', '0 9 * * * | look at 3 new mails'],
  ['every Monday prepare the report on friday’s sales', '0 9 * * 1 | prepare the report on friday’s sales'],
  // Zones
  ['every day at 9 UTC look', '0 9 * * * UTC | look'],
  ['every day at 9, 12 and 18 GMT look', '0 9,12,18 * * * GMT | look'],
  ['every day at 9 in New York look', '0 9 * * * America/New_York | look'],
  ['every day at 9 (Berlin time) look', '0 9 * * * Europe/Berlin | look'],
  ['every day look at 9 Europe/paris', '0 9 * * * Europe/Paris | look'],
  ['every day at 9 on New York time look', '0 9 * * * America/New_York | look'],
  ['every day at 9 in UTC look', '0 9 * * * UTC | look'],
  ['every day at 9 my time look', '0 9 * * * | look'],
  ['tomorrow at 9 in Tokyo call', '2026-11-26T00:00 Asia/Tokyo | call'],
  ['every day at 9 wet the plants', '0 9 * * * | wet the plants'],
  ['every day at 9 tell me the weather in Berlin', '0 9 * * * | tell me the weather in Berlin'],
  // Times
  ['every day at nine thirty look', '30 9 * * * | look'],
  ['every day at nine oh five look', '5 9 * * * | look'],
  ['every day at nine forty-five pm look', '45 21 * * * | look'],
  ['every day at ten to nine look', '50 8 * * * | look'],
  ['every day at 10 minutes to nine look', '50 8 * * * | look'],
  ['every monday evening look', '0 18 * * 1 | look'],
  ['every friday afternoon at 3 look', '0 15 * * 5 | look'],
  ['every night at 2 look', '0 2 * * * | look'],
  ['every day at 12 at night look', '0 0 * * * | look'],
  ['nightly look', '0 22 * * * | look'],
  ['monday at 9 look', '2026-11-30T09:00 | look'],
  // Rhythms
  ['every quarter hour look', '*/15 * * * * | look'],
  ['every half-hour look', '*/30 * * * * | look'],
  ['every hour on the half hour look', '30 * * * * | look'],
  ['every hour look on the hour', '0 * * * * | look'],
  ['every hour at half past look', '30 * * * * | look'],
  ['every hour at a quarter to look', '45 * * * * | look'],
  ['every hour at 10 minutes past the hour look', '10 * * * * | look'],
  ['every hour between 9 and 17 on the half hour look', '30 9-16 * * * | look'],
  ['every 1.5 hours look', 'every 5400 s | look'],
  ['every hour and a half look', 'every 5400 s | look'],
  ['every second day look', 'every 172800 s | look'],
  ['every second tuesday of the month look', '0 9 * * 2#2 | look'],
  ['every third day of the month look', '0 9 3 * * | look'],
  ['once a day at 9 look', '0 9 * * * | look'],
  ['every week on monday at 9 look', '0 9 * * 1 | look'],
  ['once a week on friday at 9 look', '0 9 * * 5 | look'],
  ['in an hour and a half look', '2026-11-25T12:00 | look'],
  ['every hour from five to nine look', '0 5-9 * * * | look'],
  // What is to be done
  ['every day at 9 to the team post the news', '0 9 * * * | the team post the news'],
  ['every hour 3 jokes', '0 * * * * | 3 jokes'],
  ['what happened since yesterday every day at 9', '0 9 * * * | what happened since yesterday'],
  ['every Friday plan the meals for next week', '0 9 * * 5 | plan the meals for next week'],
]
test.each(CASES)('%s', (words, comesTo) => expect(said(words)).toBe(comesTo))

test.each<[words: string, because: string]>([
  ['summarise the mail', 'No words in it say when.'],
  ['', 'No words in it say when.'],
  ['every weekday at 9 except on holidays', '“except on holidays” beside it is not understood.'],
  ['every weekday at 9 but not in August', '“but not in august” beside it is not understood.'],
  ['not every day', '“not” beside it is not understood.'],
  ['every day at 9:00 and 17:30', 'differ in their minutes'],
  ['every day at 9 mail me, and every Friday at 17 call', 'is a second rhythm'],
  ['every 2 weeks at 9', 'keeps no time of day'],
  ['every 40 minutes on weekdays', 'takes no days or hours'],
  ['every hour between 22 and 6', 'goes over midnight'],
  ['every day between 9 and 17', 'goes with a rhythm'],
  ['today at 9', 'That has passed'],
  ['on 31 February at 9', 'There is no day 31 in February 2026.'],
  ['every 30 February look', 'There is no day 30 in February.'],
  ['on the 31st of the month in April and June', 'There is no day 31 in April or June.'],
  ['every day tomorrow', 'days that come again, and a single one'],
  ['every 2 hours at 9', 'no single time'],
  // Zones
  ['every day at 9 CET look', 'Unknown time zone "CET". Abbreviations are ambiguous'],
  ['every day look at 9am EST', 'Unknown time zone "EST"'],
  ['every day at 9 ET look', 'Unknown time zone "ET"'],
  ['every day at 9 Europe/Pars look', 'Unknown time zone "Europe/Pars"'],
  ['every day at 9 UTC+2 look', 'Unknown time zone "UTC+2"'],
  ['every day at 9 eastern time look', '“eastern time” may mean several time zones'],
  ['9 UTC daily summary', '“9 utc” is not understood.'],
  // Times
  ['daily summary at 25:00', '“at 25:00” is not understood.'],
  ['every day at 25 look', '“at 25” beside it'],
  ['every day at half nine look', '“at half nine” beside it'],
  ['every day at 9:30:15 look', '“at 9:30:15” beside it'],
  ['every day at 0900 look', '“at 0900” beside it'],
  ['every monday 9 look', '“9” beside it'],
  ['every day at 9 thirty look', '“thirty” beside it'],
  ['every day after 9 look', '“after 9” beside it'],
  ['every day around nine look', '“around nine” beside it'],
  ['every day look by 9', '“by 9” is not understood.'],
  ['look around 9 every day', '“around 9” beside it'],
  ['every day at 9 and again at 17 look', '“and again at 17” beside it'],
  ['every day at sunset look', '“at sunset” beside it'],
  ['every day look at the 10:30 mail', '“at the 10:30” is not understood.'],
  ['weekly report on friday at 9', '“at 9” is not understood.'],
  // Rhythms
  ['every other monday at 9 look', '“every other monday” is not understood.'],
  ['every second monday at 9', '“every second monday” is not understood.'],
  ['every first monday at 9', '“every first monday” is not understood.'],
  ['every few hours look on mondays', '“every few hours” is not understood.'],
  ['look twice a day at 9', '“twice a day” is not understood.'],
  ['look fortnightly at 9', '“fortnightly” is not understood.'],
  ['every 15 minutes at minute 5', 'A minute goes with hours'],
  // Days, and how long
  ['a week from monday at 9', '“from” beside it'],
  ['on monday and tuesday look', '“and tuesday” beside it'],
  ['look next week at 9', '“next week” beside it'],
  ['look in 2 months at 9', '“in 2 months” beside it'],
  ['look on the 15th at 9', '“on the 15th” beside it'],
  ['look on 24.12 at 9', '“on 24.12” beside it'],
  ['every day at 9, until further notice, look', '“until further notice” beside it'],
  ['every day until june look', '“until june” beside it'],
  ['every 2 hours until 6pm look', '“until 6pm” beside it'],
  ['every Monday starting next month look', '“starting next month” beside it'],
  ['every 12 hours starting at 6 look', '“starting at 6” beside it'],
  ['every hour during business hours look', '“during business hours” beside it'],
  ['every day during the summer look', '“during the summer” beside it'],
  ['every day at 9 for 2 hours look', '“for 2 hours” beside it'],
  ['every day at 9 for weeks look', '“for weeks” beside it'],
  ['every day at 9 over the next two weeks look', '“over the next two weeks” beside it'],
  ['every Monday for next week plan', '“for next week” beside it'],
  ['tomorrow at 9 for two weeks look', 'Once has no beginning and no end.'],
])('%s: refused', (words, because) => expect(said(words)).toContain(because))

test('what is taken without being said is noted, and the moments are those of the zone', () => {
  expect(read('every Monday')).toMatchObject({ notes: ['No time was said: 09:00 is taken.'] })
  expect(read('every day at 5')).toMatchObject({
    notes: ['It is read as 05:00; for the afternoon say 5 pm.'],
  })
  expect(read('every day at 5:00')).toMatchObject({ notes: [] })
  expect(said('tomorrow at 8', 'America/New_York')).toBe('2026-11-26T13:00')
  const bounded = read('every day at 9 until friday starting tomorrow count', 'Europe/Berlin')
  expect(bounded).toMatchObject({
    startsAt: new Date('2026-11-25T23:00:00Z'),
    endsAt: new Date('2026-11-27T22:59:59Z'),
    task: 'count',
    notes: ['It begins on 2026-11-26.', 'Its last day is 2026-11-27.'],
  })
})

test('how long it goes on is read behind the words that say when', () => {
  expect(read('every weekday at 9 for two weeks look')).toMatchObject({
    ...{ ok: true, endsAt: new Date('2026-12-09T10:29:59Z'), task: 'look' },
    notes: ['Its last day is 2026-12-09.'],
  })
  expect(read('for two weeks look every weekday at 9')).toMatchObject({ ok: true, task: 'look' })
  expect(read('every day at 9 from tomorrow for 3 days look')).toMatchObject({
    ...{ startsAt: new Date('2026-11-26T00:00:00Z'), endsAt: new Date('2026-11-28T23:59:59Z'), task: 'look' },
  })
})

test.each<[words: string, note: string]>([
  ['every day at 9 in New York look', '“in New York” is taken as the time zone America/New_York.'],
  [
    'every day at 9 in Munich look',
    '“in Munich” is taken as part of what is to be done: the times are those of UTC.',
  ],
  ['every day at 9 remind me of the 10:30 call', '“10:30” is taken as part of what is to be done.'],
  ['every day at 9 plan the meals for two weeks', '“for two weeks” is taken as part of what is to be done.'],
  ['every day at 9 count days until christmas', '“until christmas” is taken as part of what is to be done.'],
  ['every day at 9 convert the log to UTC', '“utc” is taken as part of what is to be done.'],
])('%s: what may concern time and is taken for something else is noted', (words, note) => {
  expect(read(words)).toMatchObject({ ok: true, notes: [note] })
})

const some = (lowest: number, highest: number, most: number) =>
  fc
    .uniqueArray(fc.integer({ min: lowest, max: highest }), { minLength: 1, maxLength: most })
    .map((it) => it.sort((a, b) => a - b))
const span = fc
  .tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 23 }))
  .filter(([a, b]) => a < b && b - a < 23)
const anyTimes: fc.Arbitrary<Frequency['times']> = fc.oneof(
  fc.record({
    kind: fc.constant('at' as const),
    minute: fc.integer({ min: 0, max: 59 }),
    // Three hours in a row are a rhythm.
    hours: some(0, 23, 2),
  }),
  fc
    .tuple(fc.constantFrom(1, 2, 3, 4, 6, 8, 12), fc.integer({ min: 0, max: 59 }))
    .map(([every, minute]) => ({ kind: 'hours' as const, every, minute, ...WHOLE_DAY })),
  fc
    .tuple(fc.constantFrom(1, 2, 3), fc.integer({ min: 0, max: 59 }), span)
    .filter(
      ([every, , [from, to]]) =>
        to - from >= 2 * every &&
        (to - from) % every === 0 &&
        !(from === 0 && (to - from + every) % 24 === 0),
    )
    .map(([every, minute, [from, to]]) => ({ kind: 'hours' as const, every, minute, from, to })),
  fc.tuple(fc.constantFrom(1, 5, 10, 15, 20, 30), fc.option(span, { nil: null })).map(([every, it]) => ({
    kind: 'minutes' as const,
    every,
    ...(it ? { from: it[0], to: it[1] } : WHOLE_DAY),
  })),
)
const anyDays: fc.Arbitrary<Days> = fc.oneof(
  fc.constant({ kind: 'every' as const }),
  some(1, 7, 6).map((on) => ({ kind: 'week' as const, on })),
  fc
    .tuple(some(1, 28, 3), fc.boolean())
    .map(([on, last]) => ({ kind: 'month' as const, on: [...on, ...(last ? (['last'] as const) : [])] })),
  fc.record({
    kind: fc.constant('nth' as const),
    week: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const, 'last' as const),
    day: fc.integer({ min: 1, max: 7 }),
  }),
)
const anyFrequency: fc.Arbitrary<Frequency> = fc.record({
  times: anyTimes,
  days: anyDays,
  months: fc.oneof(fc.constant<number[]>([]), some(1, 12, 3)),
})

test('what the grammar accepts goes to a pattern and back, and its words say the same', () => {
  fc.assert(
    fc.property(anyFrequency, fc.constantFrom('', ' look at the mail'), (frequency, task) => {
      const words = frequencyInWords(frequency)
      const heard = read(`${words}${task}`)
      expect(heard).toMatchObject({ ok: true, task: task.trim(), notes: [] })
      if (!heard.ok || heard.when.kind !== 'schedule') throw new Error(words)
      expect(heard.when.frequency).toEqual(frequency)
      const pattern = patternOf(heard.when.frequency)
      expect(judgePattern(pattern, 'UTC')).toEqual({ ok: true, pattern })
      expect(frequencyOf(pattern)).toEqual(frequency)
      expect(describePattern(pattern)).not.toBeNull()
    }),
    { numRuns: 400 },
  )
})

/** What a frequency names, minute by minute, without any pattern. */
function names({ times, days, months }: Frequency, at: Temporal.PlainDateTime): boolean {
  const { hour, minute, day, month, dayOfWeek, daysInMonth } = at
  if (months.length > 0 && !months.includes(month)) return false
  const week = Math.ceil(day / 7)
  const onDay =
    days.kind === 'every' ||
    (days.kind === 'week' && days.on.includes(dayOfWeek)) ||
    (days.kind === 'month' && (days.on.includes(day) || (days.on.includes('last') && day === daysInMonth))) ||
    (days.kind === 'nth' &&
      dayOfWeek === days.day &&
      (days.week === 'last' ? day + 7 > daysInMonth : week === days.week))
  if (!onDay) return false
  if (times.kind === 'at') return minute === times.minute && times.hours.includes(hour)
  if (hour < times.from || hour > times.to) return false
  return times.kind === 'minutes'
    ? minute % times.every === 0
    : minute === times.minute && (hour - times.from) % times.every === 0
}

test('a pattern runs at the times that its frequency names, and at no other', () => {
  const from = Temporal.PlainDateTime.from('2027-01-30T00:00')
  fc.assert(
    fc.property(anyFrequency, fc.integer({ min: 0, max: 330 }), (frequency, ahead) => {
      const start = from.add({ days: ahead })
      const expected: string[] = []
      for (let n = 1; n <= 3 * 1440; n++) {
        const at = start.add({ minutes: n })
        if (names(frequency, at)) expected.push(`${at}`)
      }
      const [a, b] = [start, start.add({ days: 3 })].map((it) => new Date(`${it}Z`)) as [Date, Date]
      const found = instantsBetween(patternOf(frequency), 'UTC', a, b, 5000)
      expect(found.map((it) => it.toISOString().slice(0, 19))).toEqual(
        expected.map((it) => it.padEnd(19, ':00')),
      )
    }),
    { numRuns: 60 },
  )
})

test('a pattern that is read goes back to one that runs at the very same times', () => {
  const anyField = (lowest: number, highest: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: lowest, max: highest }).map(String),
      fc
        .tuple(fc.integer({ min: lowest, max: highest }), fc.integer({ min: lowest, max: highest }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.constantFrom(2, 3, 4, 5, 7, 10).map((it) => `*/${it}`),
      some(lowest, highest, 4).map((it) => it.join(',')),
    )
  const anyPattern = fc
    .tuple(anyField(0, 59), anyField(0, 23), anyField(1, 28), anyField(1, 12), anyField(0, 7))
    .map((it) => it.join(' '))
  // The clocks change in between.
  const [from, to] = [new Date('2027-03-10T00:00:00Z'), new Date('2027-04-20T00:00:00Z')]
  fc.assert(
    fc.property(anyPattern, (pattern) => {
      fc.pre(judgePattern(pattern, 'America/New_York').ok)
      const frequency = frequencyOf(pattern)
      if (!frequency) return
      const again = patternOf(frequency)
      const at = (it: string) => instantsBetween(it, 'America/New_York', from, to, 3000).map(Number)
      expect([pattern, at(again)]).toEqual([pattern, at(pattern)])
    }),
    { numRuns: 300 },
  )
})
