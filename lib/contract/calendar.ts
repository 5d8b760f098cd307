/**
 * Days on which schedules do not run: entered, or read from an address (ICS).
 *
 * What day an instant lies on is said by the clock of the schedule's own zone; the days themselves have none.
 */
import { z } from 'zod'
import { Key, keyField } from './exchange.ts'
import { Instant, Line } from './fields.ts'

export const MOST_CALENDARS = 50
export const MOST_DATES = 2000
/** Of one schedule. */
export const MOST_NAMED = 20

export const CalendarStatus = z.enum(['ok', 'failing'])
export type CalendarStatus = z.infer<typeof CalendarStatus>

const DAY = 'expects a day such as 2026-12-25'
const Dates = z
  .array(
    z.iso
      .date({ error: DAY, abort: true })
      .refine((it) => it >= '1970-01-01' && it < '2200-01-01', 'expects a day from 1970 to 2199'),
  )
  .max(MOST_DATES, {
    error: ({ input }) =>
      `has ${(input as unknown[]).length.toLocaleString('en')} days: at most ${MOST_DATES.toLocaleString('en')} are kept`,
  })
  .meta({ example: ['2026-12-25', '2027-01-01'] })
const IcsUrl = z
  .string()
  .trim()
  .max(2000, 'expects at most 2,000 characters')
  .regex(/^(•••$|(https?|webcals?):\/\/)/i, 'expects an address such as https://example.com/holidays.ics')
  .meta({
    writeOnly: true,
    description:
      'Of a calendar in iCalendar format (ICS). Sealed; sent back as •••, the one that is there stays.',
  })

const fields = {
  key: keyField,
  name: Line(80),
  dates: Dates.optional(),
  icsUrl: IcsUrl.nullable().optional(),
}

export const NewCalendar = z.strictObject(fields).superRefine((it, check) => {
  requireOneAtMost(it, check)
  if (it.dates === undefined && !it.icsUrl)
    check.addIssue({ code: 'custom', path: ['dates'], message: 'is needed, or an address (icsUrl)' })
})
export type NewCalendar = z.infer<typeof NewCalendar>

export const CalendarChange = z
  .strictObject({
    ...fields,
    name: fields.name.optional(),
    revision: z.number().int().min(1).optional().meta({
      description: 'The state that was edited: refused with 409 when it is no longer that one.',
    }),
  })
  .superRefine((it, check) => requireOneAtMost(it, check))
export type CalendarChange = z.infer<typeof CalendarChange>

function requireOneAtMost(it: { dates?: unknown; icsUrl?: unknown }, check: z.core.$RefinementCtx): void {
  if (it.dates === undefined || !it.icsUrl) return
  const message = 'does not go with dates: a calendar has days that are entered, or an address'
  check.addIssue({ code: 'custom', path: ['icsUrl'], message })
}

export const Calendar = z.object({
  id: z.number(),
  key: Key,
  name: z.string(),
  dates: z.array(z.string()).meta({ description: 'The days that are known now, in their order.' }),
  icsUrl: z.string().nullable().meta({ description: 'Masked (•••); null where its days are entered.' }),
  host: z.string().nullable().meta({ description: 'Where it is read from.' }),
  status: CalendarStatus,
  lastError: z.string().nullable(),
  note: z.string().nullable().meta({ description: 'What of the calendar was left out.' }),
  lastCheckedAt: Instant.nullable(),
  nextCheckAt: Instant.nullable(),
  usedBy: z.array(z.object({ id: z.number(), name: z.string() })).meta({ description: 'Triggers.' }),
  revision: z.number(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Calendar = z.infer<typeof Calendar>

/** On which day an instant lies, by the clock of a zone: "2026-12-25". @throws RangeError for a zone that is none */
export function dayIn(instant: Date, zone: string): string {
  let format = formats.get(zone)
  if (!format) {
    if (formats.size >= MOST_FORMATS) formats.clear()
    format = new Intl.DateTimeFormat('en', { ...PARTS, timeZone: zone })
    formats.set(zone, format)
  }
  const parts = new Map(format.formatToParts(instant).map((it) => [it.type, it.value]))
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`
}
const PARTS = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
} as const
const MOST_FORMATS = 200
const formats = new Map<string, Intl.DateTimeFormat>()

/** "25 December 2026 is in the calendar Public holidays". */
export const saidOfDay = (day: string, calendar: string): string =>
  `${new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })} is in the calendar ${calendar}`
