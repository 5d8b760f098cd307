/** What a calendar has in the time to come. */
import { z } from 'zod'
import { days } from '../../clock.ts'
import type { Entry, Spanned } from '../../documents/calendar.ts'
import { addressOf, calendarAt, NOT_ITS_PAGE } from '../reading/calendar.ts'
import { spanMs } from '../span.ts'
import { zoneOf } from '../../contract/zone.ts'
import { tool, type ToolGround, ToolProblem } from './tool.ts'

const LONGEST_AHEAD_MS = days(92)
const MOST_CALENDARS = 20
const MOST_ENTRIES = 100
const LONGEST_DESCRIPTION = 500
const MOST_PEOPLE = 20

const Input = z
  .strictObject({
    url: z
      .url({ protocol: /^(https?|webcals?)$/ })
      .max(2000)
      .optional()
      .describe('Its address in iCal format.'),
    documentId: z.number().int().positive().optional().describe('An .ics file among the documents.'),
    ahead: z
      .string()
      .refine((it) => spanMs(it) <= LONGEST_AHEAD_MS, 'expects a span of at most 92d, such as 12h or 7d')
      .default('7d')
      .describe('How far from now: 12h, 7d, 31d.'),
  })
  .refine((it) => it.url === undefined || it.documentId === undefined, 'expects url or documentId, not both')
type Input = z.output<typeof Input>

export default tool({
  name: 'read_calendar',
  description:
    'What a calendar (ICS) has from now on, in its order, repeated events as often as they take place; without url and ' +
    'documentId, of all calendars among the documents of the workspace.',
  input: Input,
  effect: 'read',
  repeat: 'safe',
  untrusted: true,
  addressOf: ({ url }) => url,
  says: ({ url, documentId, ahead }) =>
    `Reads ${url ? `the calendar ${url}` : documentId ? `the calendar in document ${documentId}` : 'the calendars among the documents'}, ${ahead} ahead`,
  async run(input, ground) {
    const timezone = zoneOf(ground.timezone)
    const sent = await sentOf(input, ground)
    const fromMs = ground.clock.now().getTime()
    const span = { fromMs, toMs: fromMs + spanMs(input.ahead), zone: timezone }
    const read: { name: string | null; calendar: Spanned | { problem: string } }[] = []
    for (const { name, bytes } of sent)
      read.push({ name, calendar: await ground.files.entriesOf({ bytes, span }, ground.signal) })
    const problems = read.flatMap(({ name, calendar }) =>
      'problem' in calendar ? `${name ? `${name}: ` : ''}${calendar.problem}` : [],
    )
    if (problems.length === read.length) throw new ToolProblem(`${problems.join(' ')} ${NOT_ITS_PAGE}`)
    const entries = read
      .flatMap(({ name, calendar }) =>
        'problem' in calendar
          ? []
          : calendar.entries.map((it) => ({ ...it, calendar: calendar.name ?? name })),
      )
      .toSorted((a, b) => a.startMs - b.startMs)
    const left = read.flatMap(({ calendar }) => ('left' in calendar && calendar.left ? calendar.left : []))
    return {
      timezone,
      entries: entries.slice(0, MOST_ENTRIES).map((it) => shown(it, timezone)),
      ...(entries.length > MOST_ENTRIES && { more: entries.length - MOST_ENTRIES }),
      ...(problems.length + left.length > 0 && { notRead: [...problems, ...left] }),
    }
  },
})

interface Sent {
  name: string | null
  bytes: Buffer
}
async function sentOf({ url, documentId }: Input, { workspace, fetch, signal }: ToolGround): Promise<Sent[]> {
  if (url !== undefined) {
    const sent = await calendarAt(url, {}, { tools: { fetch }, signal })
    if (!('bytes' in sent))
      throw new ToolProblem('problem' in sent ? sent.problem : `${addressOf(url)} sends nothing.`)
    return [{ name: null, bytes: sent.bytes }]
  }
  const ids =
    documentId === undefined ? (await workspace.calendars(MOST_CALENDARS)).map(({ id }) => id) : [documentId]
  const found = await Promise.all(ids.map((id) => workspace.original(id)))
  const sent = found.flatMap((it) => (it ? [it] : []))
  if (sent.length === 0)
    throw new ToolProblem(
      documentId === undefined
        ? 'There is no calendar among the documents: name one by its url.'
        : `There is no document ${documentId}. Search for it first.`,
    )
  return sent
}

function shown({ startMs, endMs, allDay, ...it }: Entry & { calendar: string | null }, zone: string) {
  const at = (ms: number) => {
    const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
    return allDay
      ? local.toPlainDate().toString()
      : local.toString({ timeZoneName: 'never', smallestUnit: 'minute' })
  }
  const { title, where, description, link, organizer, people, cancelled, kind, calendar } = it
  return {
    title,
    start: at(startMs),
    // Until midnight: the day that ends then is the last.
    end: at(allDay ? Math.max(startMs, endMs - 1) : endMs),
    ...(kind === 'task' && { task: true }),
    ...(cancelled && { cancelled }),
    ...(where && { where }),
    ...(description && { description: description.slice(0, LONGEST_DESCRIPTION).toWellFormed() }),
    ...(link && { link }),
    ...(organizer && { organizer }),
    ...(people.length > 0 && { people: people.slice(0, MOST_PEOPLE) }),
    ...(calendar && { calendar }),
  }
}
