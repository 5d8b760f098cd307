import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgePattern, judgeZone, nextInstant } from '#lib/recurrence/index.ts'

const refusal = (pattern: string, minimumIntervalSeconds?: number) => {
  const verdict = judgePattern(pattern, 'UTC', { minimumIntervalSeconds })
  return verdict.ok ? null : verdict
}

describe('a pattern is accepted', () => {
  test.each([
    '* * * * *',
    '*/5 * * * *',
    '0 9 * * 1-5',
    '0 9 * * MON-FRI',
    '0 9 * jan,MAR *',
    '0 9 * * 0',
    '0 9 * * 7',
    '0 9 * * 5-7',
    '? ? ? * ?',
    '0 9 ? * MON',
    '0 9 L * *',
    '0 9 LW * *',
    '0 9 15W * *',
    '0 9 * * FRI#2',
    '0 9 * * 5L',
    '0 9 L,15 * *',
    '0 0 29 2 *',
    '0 9 1 * 1',
    '0 22-23,0-2 * * *',
    '5-59/15 * * * *',
    '0 0 30 2 1',
    '0 0 * 2 MON#5',
    '@hourly',
    '@daily',
    '@midnight',
    '@weekly',
    '@monthly',
    '@yearly',
    '@annually',
    '@Daily',
  ])('%s', (pattern) => {
    expect(judgePattern(pattern, 'Europe/Berlin')).toEqual({ ok: true, pattern })
  })

  test('without its superfluous spaces', () => {
    expect(judgePattern(' 0\t9  * * 1-5 \n', 'UTC')).toEqual({ ok: true, pattern: '0 9 * * 1-5' })
  })
})

describe('a pattern is refused, with the value and the remedy', () => {
  test.each([
    ['0 22-2 * * *', 'Invalid hour "22-2" in "0 22-2 * * *": a range runs upwards. Use 0 22-23,0-2 * * *.'],
    [
      '5/15 * * * *',
      'Invalid minute "5/15" in "5/15 * * * *": a step follows * or a range. Use 5-59/15 * * * *.',
    ],
    ['/10 * * * *', 'Use */10 * * * *.'],
    ['0 9 * * FRI-MON', 'Use 0 9 * * 5-6,0-1.'],
    ['0 9 * NOV-FEB/2 *', 'Use 0 9 * 11,1 *.'],
    ['0 9 25-5 * *', 'Use 0 9 25-31,1-5 * *.'],
    ['60 * * * *', 'Invalid minute "60" in "60 * * * *": the minute goes from 0 to 59.'],
    ['0 24 * * *', 'the hour goes from 0 to 23.'],
    ['0 0 0 * *', 'the day of month goes from 1 to 31.'],
    ['0 0 * 13 *', 'the month goes from 1 to 12.'],
    ['0 0 * * 8', 'the day of week goes from 0 to 6, and 7 is Sunday as well as 0.'],
    ['*/90 * * * *', 'choose “Every so often”'],
    ['*/0 * * * *', 'Invalid minute "*/0"'],
    ['0 0 * * FRI#6', 'Invalid day of week "FRI#6"'],
    ['0 0 L-3 * *', 'Invalid day of month "L-3"'],
    ['0 9 * * L', 'Invalid day of week "L"'],
    ['x 9 * * *', 'Invalid minute "x" in "x 9 * * *": contains illegal characters.'],
    ['0 9 * * MON-SUNDAY', 'Invalid day of week "MON-SUNDAY"'],
    ['0 0 13 * +FRI', 'Invalid "+" in "0 0 13 * +FRI"'],
    ['@reboot', '"@reboot" follows the start of a machine, not the clock.'],
    ['@noon', 'Unknown nickname "@noon". Use one of @hourly,'],
    ['* * * * * *', 'has 6 fields; a cron pattern has five, without seconds or years.'],
    ['*/10 * * * * *', 'choose “Every so often”'],
    ['0 0 9 * * MON 2027', 'has 7 fields'],
    ['0 9 * *', 'has 4 fields; a cron pattern has five: minute, hour,'],
    ['daily', 'has 1 field;'],
    ['', 'The pattern is empty.'],
    ['   ', 'The pattern is empty.'],
    ['2027-01-01T09:00:00Z', 'is a date, not a cron pattern. For a single run, plan it once.'],
    ['2027-01-01 09:00', 'is a date'],
    ['2027-01-01', 'is a date'],
    [`${'0,'.repeat(100_000)}0 * * * *`, 'The pattern is 200009 characters long; at most 256 are read.'],
    [' '.repeat(1_000_000), 'The pattern is 1000000 characters long'],
  ])('%.40s', (pattern, message) => {
    expect(refusal(pattern)).toEqual({
      ok: false,
      field: 'cronExpression',
      message: expect.stringContaining(message),
    })
  })

  test.each([
    '0 0 30 2 *',
    '0 0 31 2 *',
    '0 0 30,31 2 *',
    '0 0 31 4 *',
    '0 0 31 2,4,6,9,11 *',
    '*/5 * 31 JUN *',
    '0 0 30W 2 *',
    '0 9 30-31 FEB *',
    '0 0 30/1 2 *',
    '0 9 31W 11 ?',
  ])('because it never fires, or worse: %s', (pattern) => {
    expect(refusal(pattern)?.message).toMatch(/never fires|Use 0 0 30-31\/1 2 \*/)
  })

  test('and what is suggested instead is accepted', () => {
    const wrapping = fc
      .tuple(
        fc.integer({ min: 1, max: 23 }),
        fc.integer({ min: 0, max: 22 }),
        fc.option(fc.integer({ min: 1, max: 9 })),
      )
      .filter(([from, to]) => from > to)
    fc.assert(
      fc.property(wrapping, ([from, to, step]) => {
        const suggestion = /Use (.*)\.$/.exec(
          refusal(`0 ${from}-${to}${step ? `/${step}` : ''} * * *`)?.message ?? '',
        )?.[1]
        expect(judgePattern(suggestion ?? '', 'UTC')).toEqual({ ok: true, pattern: suggestion })
      }),
    )
  })

  test('for any text, without throwing; and whatever is accepted fires', () => {
    const cronLike = fc.string({
      unit: fc.constantFrom(...'0123456789*/,-#?LW@+ ', 'MON', 'jan', '\t', '1', ' * '),
      maxLength: 40,
    })
    fc.assert(
      fc.property(fc.oneof(cronLike, fc.string({ maxLength: 300 })), (text) => {
        const verdict = judgePattern(text, 'Europe/Berlin')
        if (verdict.ok)
          expect(nextInstant(verdict.pattern, 'Europe/Berlin', new Date('2026-11-23T00:00Z'))).toBeInstanceOf(
            Date,
          )
        else expect(verdict.message.length).toBeGreaterThan(20)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the minimum interval', () => {
  test.each([
    [
      '*/5 * * * *',
      3600,
      '"*/5 * * * *" runs twice within 5 minutes; the shortest interval allowed here is 1 hour.',
    ],
    ['*/7 * * * *', 300, 'twice within 4 minutes'],
    ['0,1 9 1 1 *', 3600, 'twice within 1 minute'],
    ['0 0,23 * * *', 7200, 'twice within 1 hour'],
    ['0 9 * * *', 604_800, 'twice within 1 day'],
    ['0 9 1,15 * *', 2_592_000, 'twice within 14 days'],
    ['0 0,23 28,1 4-12 *', 7200, null],
    ['0 0,23 28,1 * *', 7200, 'twice within 1 hour'], // 28 February, 1 March
    ['0 0,23 29,1 2-3 *', 7200, 'twice within 1 hour'],
    ['0 0,23 1 * *', 7200, null],
    ['0 * * * *', 3600, null],
    ['0 9 * * *', 86_400, null],
    ['* * * * *', 60, null],
    ['* * * * *', 1, null],
  ])('%s against %i seconds', (pattern, minimum, message) => {
    expect(refusal(pattern, minimum)?.message ?? null).toEqual(message && expect.stringContaining(message))
  })

  test('is a minute when nothing is said', () => {
    expect(judgePattern('* * * * *', 'UTC').ok).toBe(true)
  })
})

describe('a zone', () => {
  test.each([
    'UTC',
    'GMT',
    'utc',
    'Etc/UTC',
    'Etc/GMT+5',
    'Asia/Kathmandu',
    'Asia/Kolkata',
    'Europe/Kyiv',
    'America/New_York',
    'America/Argentina/Buenos_Aires',
    'America/Nuuk',
    'Antarctica/Troll',
    'US/Eastern',
    'Asia/Calcutta',
    'europe/berlin',
    ...Intl.supportedValuesOf('timeZone').filter((_, index) => index % 25 === 0),
  ])('%s is accepted', (timezone) => {
    expect(judgeZone(timezone)).toEqual({ ok: true })
    expect(nextInstant('0 9 * * *', timezone, new Date('2027-01-01T00:00Z'))).toBeInstanceOf(Date)
  })

  test.each([
    [
      'EST',
      'Unknown time zone "EST". Abbreviations are ambiguous: use a city name such as America/New_York.',
    ],
    ['PST', 'America/Los_Angeles'],
    ['IST', 'Asia/Kolkata or Europe/Dublin'],
    ['BST', 'Europe/London'],
    ['CET', 'Europe/Berlin'],
    ['est', 'Unknown time zone "est"'],
    ['EST5EDT', 'Unknown time zone "EST5EDT". Use UTC or a city name such as America/New_York.'],
    ['Japan', 'city name'],
    ['', 'The time zone is empty.'],
    ['  ', 'The time zone is empty.'],
    ['+05:00', 'Unknown time zone "+05:00". A distance from UTC knows no daylight saving'],
    ['-3', 'A distance from UTC'],
    ['UTC+1', 'Unknown time zone "UTC+1"'],
    ['Mars/Phobos', 'Unknown time zone "Mars/Phobos". Use UTC or a city name such as America/New_York.'],
    ['SystemV/EST5EDT', 'Unknown time zone'],
    [' Europe/Berlin', 'Unknown time zone'],
    ['constructor', 'Unknown time zone "constructor"'],
    ['../../etc/passwd', 'Unknown time zone'],
    ['2027-01-01T00:00[Europe/Berlin]', 'Unknown time zone'],
    ['Europe/Berlin\0', 'Unknown time zone'],
    [`Europe/${'x'.repeat(100_000)}`, '…"'],
  ])('%.40s is refused', (timezone, message) => {
    expect(judgePattern('0 9 * * *', timezone)).toEqual({
      ok: false,
      field: 'timezone',
      message: expect.stringContaining(message),
    })
    const verdict = judgeZone(timezone)
    expect(verdict.ok ? 0 : verdict.message.length).toBeLessThan(250)
    expect(verdict.ok).toBe(false)
  })
})
