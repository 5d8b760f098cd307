/** Dates and times with zones, reckoned instead of guessed. */
import { z } from 'zod'
import { tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'dates',
  description:
    'Reckons with dates: the time now or another one, moved by days, hours and so on, in a time zone, with its weekday; and how far it is from a second one.',
  input: z.strictObject({
    at: z
      .string()
      .max(60)
      .optional()
      .describe('ISO 8601, such as 2026-11-28T09:00 or with an offset; left out: now.'),
    timezone: z.string().max(64).optional().describe('An IANA zone; left out: that of the schedule.'),
    add: z
      .strictObject({
        years: z.number().int().optional(),
        months: z.number().int().optional(),
        weeks: z.number().int().optional(),
        days: z.number().int().optional(),
        hours: z.number().int().optional(),
        minutes: z.number().int().optional(),
      })
      .optional(),
    until: z.string().max(60).optional().describe('Another date: how far it is from there to here.'),
  }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: () => 'Reckons with dates',
  async run({ at, timezone: zone, add, until }, { clock, timezone }) {
    const here = zone ?? timezone
    try {
      const start = at
        ? read(at, here)
        : Temporal.Instant.fromEpochMilliseconds(clock.now().getTime()).toZonedDateTimeISO(here)
      const moved = add ? start.add(asGiven(add)) : start
      const { weekOfYear, dayOfWeek } = moved
      return {
        at: moved.toString({ smallestUnit: 'second' }),
        utc: moved.toInstant().toString({ smallestUnit: 'second' }),
        weekday: WEEKDAYS[dayOfWeek - 1],
        weekOfYear,
        ...(until !== undefined && { until: apart(moved, read(until, here)) }),
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new ToolProblem(`That is no date, or no zone: ${error.message}`)
    }
  },
})

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

const asGiven = (it: object) =>
  Object.fromEntries(Object.entries(it).filter(([, n]) => n !== undefined)) as Temporal.DurationLike

/** With an offset it is an instant; without, a time on the wall clock of the zone. */
const read = (text: string, zone: string): Temporal.ZonedDateTime =>
  /(?:Z|[+-]\d\d:?\d\d)$/i.test(text.replace(/^\d{4}-\d\d-\d\d$/, ''))
    ? Temporal.Instant.from(text).toZonedDateTimeISO(zone)
    : Temporal.PlainDateTime.from(text).toZonedDateTime(zone)

function apart(from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime) {
  const { days, hours, minutes } = from.until(to, { largestUnit: 'days', smallestUnit: 'minutes' })
  return { days, hours, minutes }
}
