import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { describePattern, previewPattern } from '#lib/recurrence/index.ts'

const preview = (
  cronExpression: string,
  timezone: string,
  from: string,
  count = 3,
  viewerTimezone?: string,
) => previewPattern({ cronExpression, timezone, from: new Date(from), count, viewerTimezone })

// The stopwatch stands still, so that a busy machine cuts nothing short.
beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

describe('a pattern in words', () => {
  test.each([
    ['0 9 * * 1-5', 'At 09:00, Monday through Friday'],
    ['*/15 * * * *', 'Every 15 minutes'],
    ['30 1,13 * * *', 'At 01:30 and 13:30'],
    ['@daily', 'At 00:00'],
    ['@hourly', 'Every hour'],
    ['? ? ? * ?', 'Every minute'],
    ['0 9 * * 5#2', 'At 09:00, on the second Friday of the month'],
    ['0 9 L,15 * *', 'At 09:00, on the last day and 15 of the month'],
    // A step starts anew with each round of its field.
    ['*/40 * * * *', 'At 0 and 40 minutes past the hour'],
    ['*/20 * * * *', 'Every 20 minutes'],
    ['*/1 * * * *', 'Every minute'],
    ['*/15,7 * * * *', 'At 0, 7, 15, 30, and 45 minutes past the hour'],
    ['0 */5 * * *', 'At 00:00, 05:00, 10:00, 15:00 and 20:00'],
    ['0 0 */31 * *', 'At 00:00, on day 1 of the month'],
    ['0 0 1 */5 *', 'At 00:00, on day 1 of the month, only in January, June, and November'],
    ['0 9 * * 1-7/2', 'At 09:00, only on Sunday, Monday, Wednesday, and Friday'],
    ['7-59/13 * * * *', 'Every 13 minutes, minutes 7 through 59 past the hour'],
    ['@DAILY', 'At 00:00'],
    // Either day is enough, and the words must not read as if both were needed.
    ['0 9 1 * 1', 'At 09:00, either on day 1 of the month or on Monday'],
    [
      '0 9 1,15 JAN MON-FRI',
      'At 09:00, either on day 1 and 15 of the month or Monday through Friday, in January',
    ],
    [
      '*/5 9-17 L * 5L',
      'Every 5 minutes, between 09:00 and 17:59, either on the last day of the month or on the last Friday of the month',
    ],
  ])('%s: %s', (pattern, words) => {
    expect(describePattern(pattern)).toBe(words)
  })

  test.each([
    '0 22-2 * * *',
    '5/15 * * * *',
    '@reboot',
    '0 9 31 2 *',
    '0 0 13 * +FRI',
    '* * * * * *',
    '',
    'x'.repeat(1000),
  ])('none for what is refused: %.20s', (pattern) => {
    expect(describePattern(pattern)).toBeNull()
  })

  test.each(['0 9 * * 1-5#2', '0 9 1W,15W * *'])(
    'none where they would be wrong or are unknown: %s',
    (pattern) => {
      expect(describePattern(pattern)).toBeNull()
      expect(preview(pattern, 'UTC', '2027-01-01T00:00Z').description).toBe(pattern)
    },
  )
})

describe('a preview', () => {
  test('shows each run by the clocks of the schedule and of the viewer', () => {
    const { description, next, truncated } = preview(
      '0 9 * * 1-5',
      'America/New_York',
      '2027-01-01T12:00Z',
      2,
      'Asia/Kolkata',
    )
    expect(description).toBe('At 09:00, Monday through Friday')
    expect(next).toEqual([
      {
        at: new Date('2027-01-01T14:00Z'),
        local: 'Fri 01 Jan 2027, 09:00',
        viewerLocal: 'Fri 01 Jan 2027, 19:30',
      },
      {
        at: new Date('2027-01-04T14:00Z'),
        local: 'Mon 04 Jan 2027, 09:00',
        viewerLocal: 'Mon 04 Jan 2027, 19:30',
      },
    ])
    expect(truncated).toBe(false)
  })

  test('has fifty runs at most, and says that it was cut', () => {
    const { next, truncated } = preview('0 9 * * *', 'Europe/Berlin', '2027-01-01T00:00Z', 100_000)
    expect(next).toHaveLength(50)
    expect(truncated).toBe(true)
  })

  test('ends when its time is over, but never without a run to show', () => {
    let elapsedMs = 0
    vi.mocked(performance.now).mockImplementation(() => (elapsedMs += 10))
    const cut = preview('* * * * *', 'Europe/Berlin', '2027-01-01T00:00Z', 50)
    expect(cut.next.length).toBeGreaterThan(1)
    expect(cut.next.length).toBeLessThan(10)
    expect(cut.truncated).toBe(true)

    vi.mocked(performance.now).mockImplementation(() => (elapsedMs += 1_000))
    expect(preview('* * * * *', 'Europe/Berlin', '2027-01-01T00:00Z', 50)).toMatchObject({
      next: [{ local: 'Fri 01 Jan 2027, 01:01' }],
      truncated: true,
    })
  })

  test('of a rare pattern looks far ahead', () => {
    const { next } = preview('0 0 29 2 *', 'Europe/Berlin', '2095-01-01T00:00Z', 3)
    expect(next.map((it) => it.local)).toEqual([
      'Wed 29 Feb 2096, 00:00',
      'Fri 29 Feb 2104, 00:00',
      'Wed 29 Feb 2108, 00:00',
    ])
  })

  test('warns where either day is enough', () => {
    expect(preview('0 9 1 * 1', 'UTC', '2027-01-01T00:00Z').warnings).toEqual([
      expect.stringContaining('on every day that matches either of them'),
    ])
    expect(preview('0 9 1 * *', 'UTC', '2027-01-01T00:00Z').warnings).toEqual([])
  })

  test('of what it must refuse is a bug of the caller', () => {
    expect(() => preview('0 22-2 * * *', 'UTC', '2027-01-01T00:00Z')).toThrow('Invalid hour "22-2"')
    expect(() => preview('0 9 * * *', 'Mars/Phobos', '2027-01-01T00:00Z')).toThrow(RangeError)
  })
})

describe('daylight saving in a preview', () => {
  test('names every affected day of the next 18 months', () => {
    expect(preview('30 2 * * *', 'America/New_York', '2026-11-23T00:00Z').warnings).toEqual([
      'On Sunday 14 March 2027, 02:30 does not exist in America/New_York: runs at 03:00.',
      'On Sunday 12 March 2028, 02:30 does not exist in America/New_York: runs at 03:00.',
    ])
    expect(preview('30 1 * * *', 'America/New_York', '2026-11-23T00:00Z').warnings).toEqual([
      'On Sunday 7 November 2027, 01:30 occurs twice in America/New_York: runs once, the first time.',
    ])
  })

  test.each([
    [
      'several times of one gap',
      '0,30 2 * * *',
      'Europe/Berlin',
      'On Sunday 28 March 2027, 02:00 and 02:30 do not exist in Europe/Berlin: runs once, at 03:00.',
    ],
    [
      'many times of one gap',
      '0-59 2 * * *',
      'Europe/Berlin',
      'On Sunday 28 March 2027, 02:00, 02:01, 02:02 and 57 more do not exist in Europe/Berlin: runs once, at 03:00.',
    ],
    [
      'a run that is already there',
      '0 2,3 * * *',
      'Europe/Berlin',
      'On Sunday 28 March 2027, 02:00 does not exist in Europe/Berlin: joined with the run at 03:00.',
    ],
    [
      'a run that moves to the next day',
      '30 23 * * *',
      'America/Nuuk',
      'On Saturday 27 March 2027, 23:30 does not exist in America/Nuuk: runs at 00:00 on Sunday 28 March 2027.',
    ],
    [
      'a step within some hours, in a gap',
      '0 */2 * * *',
      'Europe/Berlin',
      'On Sunday 28 March 2027, 02:00 does not exist in Europe/Berlin: not run.',
    ],
    [
      'a step within some hours, in an overlap',
      '*/30 2 * * *',
      'Europe/Berlin',
      'On Sunday 31 October 2027, 02:00 and 02:30 occur twice in Europe/Berlin: each runs both times.',
    ],
    [
      'several times of one overlap',
      '0,30 2 * * *',
      'Europe/Berlin',
      'On Sunday 31 October 2027, 02:00 and 02:30 occur twice in Europe/Berlin: each runs once, the first time.',
    ],
  ])('%s', (_, pattern, timezone, warning) => {
    expect(preview(pattern, timezone, '2027-01-15T00:00Z').warnings).toContain(warning)
  })

  test.each([
    ['patterns of every hour follow real time', '*/15 * * * *', 'Europe/Berlin'],
    ['times away from the change', '0 9 * * *', 'Europe/Berlin'],
    ['other days of the week', '30 2 * * 1-5', 'Europe/Berlin'],
    ['zones without it', '30 2 * * *', 'Asia/Tokyo'],
  ])('leaves in peace: %s', (_, pattern, timezone) => {
    expect(preview(pattern, timezone, '2027-01-15T00:00Z').warnings).toEqual([])
  })

  test('marks the runs that it moves or keeps from running twice', () => {
    const gap = preview('30 2 * * *', 'America/New_York', '2027-03-13T00:00Z')
    expect(gap.next[1]).toEqual({
      at: new Date('2027-03-14T07:00Z'),
      local: 'Sun 14 Mar 2027, 03:00',
      affected: gap.warnings[0],
    })
    expect(gap.next[2]).not.toHaveProperty('affected')

    const overlap = preview('30 1,13 * * *', 'America/New_York', '2027-11-07T00:00Z')
    expect(overlap.next[0]).toEqual({
      at: new Date('2027-11-07T05:30Z'),
      local: 'Sun 07 Nov 2027, 01:30',
      affected: overlap.warnings[0],
    })
    expect(overlap.next[1]).not.toHaveProperty('affected')
  })
})
