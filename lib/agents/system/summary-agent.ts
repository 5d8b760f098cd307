/**
 * Tells what happened in the workspace since it last told it, as a digest that is read in half a minute.
 *
 * Promise: it names no section that is empty, says so in one sentence when nothing happened, and its own runs
 * are no news to it. It reads a bounded amount, and where that was not everything the digest says "at least".
 */
import { z } from 'zod'
import type * as activity from '#db/queries/activity.ts'
import { days, hours } from '#lib/clock.ts'
import type { Status } from '#lib/contract/execution.ts'
import { MailAddress } from '#lib/contract/mail.ts'
import { MailProblem } from '#lib/mail/problem.ts'
import type { Sent } from '#lib/mail/sending.ts'
import { agent, type Composed, type Task } from '../agent.ts'
import { counted, inline, listed, plain, pointed } from '../markdown.ts'
import { isZone, zoneOf } from '../../contract/zone.ts'

const IDS = { id: 'summary-agent', aliases: ['daily-summary'] }
/** The original guide's names first. */
const SECTIONS = [
  'chat_activity',
  'agent_usage',
  'new_documents',
  'upcoming_runs',
  'schedule_health',
] as const
type Section = (typeof SECTIONS)[number]
const isSection = (name: string): name is Section => SECTIONS.some((it) => it === name)

const MOST_NAMED = 10
/** Of what a model writes. */
const MOST_POINTS = 8
const LONGEST_LEAD = 1_500
const FIRST_LOOKBACK_MS = hours(24)
const LOOKAHEAD_MS = hours(24)
const LONGEST_LOOKBACK_HOURS = 24 * 366
const UNIT_MS = { hour: hours(1), day: days(1), week: days(7) }
const RANGE = /^last_(?:([1-9]\d{0,2})_)?(hour|day|week)s?$/

// Loose, unlike the other agents: contexts written for the
// original guide's summary carry fields of the reader's own.
const Input = z.looseObject({
  lookbackHours: z.number().positive().max(LONGEST_LOOKBACK_HOURS).optional().meta({
    description:
      'How far back to look. Without it: since the last run that succeeded; the first time, 24 hours.',
  }),
  dateRange: z
    .union(
      [z.literal('since_last_run'), z.string().regex(RANGE)],
      'expects since_last_run, or a range such as last_24_hours or last_7_days',
    )
    .optional()
    .meta({ description: 'The same in words: since_last_run, last_24_hours, last_7_days.' }),
  includeSections: z
    .array(z.string().max(60))
    .max(50)
    .optional()
    .meta({ description: `Any of ${SECTIONS.join(', ')}; all when left out.` }),
  includeMetrics: z
    .boolean()
    .default(false)
    .meta({ description: 'Adds success rate, average duration and tokens of the runs.' }),
  reportType: z
    .string()
    .max(60)
    .optional()
    .meta({ description: 'Names the report in its title, such as daily_summary.' }),
  timezone: z
    .string()
    .refine(isZone, 'expects a time zone such as America/New_York')
    .optional()
    .meta({ description: 'For the times shown; that of the schedule when left out.' }),
  emailRecipients: z
    .array(z.string().max(320))
    .max(100)
    .default([])
    .meta({ description: 'Who gets the digest by mail, each time, by their addresses.' }),
  notifyUsers: z
    .array(z.string().max(320))
    .max(100)
    .default([])
    .meta({ description: 'The same; the original guide has both names.' }),
  instructions: z.string().trim().max(4_000).default('').meta({
    description: 'What the digest begins with: a model that is set up writes it. All else stays as it is.',
  }),
})
type Input = z.output<typeof Input>

export const summaryAgent = agent({
  ...IDS,
  name: 'Summary',
  description:
    'Tells what happened in the workspace since its last run that succeeded: ' +
    'messages, runs, documents, what comes next and which schedules are in trouble.',
  input: Input,
  example: {
    reportType: 'daily_summary',
    includeSections: ['new_documents', 'chat_activity', 'agent_usage'],
    includeMetrics: true,
  },
  safeToRepeat: true,
  async perform(task) {
    const { input, workspace, execution, say, tools } = task
    const { clock, workspace: reader } = tools
    for (const sentence of withoutMeaning(input)) say(sentence)
    const until = clock.now()
    const since = askedFor(input, until) ?? (await reader.lastSuccessAt(execution.triggerId))
    const window = { since: since ?? new Date(until.getTime() - FIRST_LOOKBACK_MS), until }
    const wanted = (section: Section) =>
      !input.includeSections?.some(isSection) || input.includeSections.includes(section)
    const timezone = input.timezone ?? zoneOf(await reader.timezoneOf(execution.triggerId))
    const show = { time: times(timezone, until), metrics: input.includeMetrics }
    say(`Reading what happened since ${show.time(window.since)}`)

    const before = new Date(until.getTime() + LOOKAHEAD_MS)
    const ran = wanted('agent_usage') ? await reader.runs(window, [IDS.id, ...IDS.aliases]) : null
    const added = wanted('new_documents') ? await reader.documentsAdded(window) : null
    const news = [
      wanted('chat_activity') && messages(await reader.messagesByPerson(window)),
      ran && runs(ran, show),
      added && documents(added),
    ].filter((it) => typeof it === 'string')
    const troubles = wanted('schedule_health') ? await reader.inTrouble(MOST_NAMED + 1) : []
    const pause = wanted('schedule_health') ? await reader.pause() : null
    const coming = wanted('upcoming_runs')
      ? await reader.upcoming({ before, except: execution.triggerId, limit: MOST_NAMED + 1 })
      : []

    // What a person paused is their decision: it is shown, but it is no news.
    const notable = news.length > 0 || pause !== null || troubles.some((it) => it.state !== 'paused')
    const span = `From ${show.time(window.since)} to ${show.time(until)} (${timezone}).`
    const quiet = `Nothing happened in ${inline(workspace.name)} since ${show.time(window.since)} (${timezone}).`
    const heading = `${title(input.reportType)}: ${inline(workspace.name)}`
    const digest = [
      news.length > 0 ? span : quiet,
      ...news,
      ...trouble(troubles, pause, show),
      ...upcoming(coming),
    ].join('\n\n')
    const composed = await begun(digest, task)
    const text = [`## ${heading}`, ...(composed ? [leadOf(composed.text)] : []), digest].join('\n\n')
    const mailed = await mailTo(recipientsOf(input), { subject: plain(heading), text: plain(text) }, task)
    return {
      text: [text, ...mailed.problems].join('\n\n'),
      outcome: {
        since: window.since.toISOString(),
        until: until.toISOString(),
        sections: news.length,
        inTrouble: Math.min(troubles.length, MOST_NAMED),
        quiet: !notable,
        mailed: mailed.to,
      },
      usage: { ...composed?.usage, tainted: quotesOutside(ran, added, troubles) },
      notable,
    }
  },
})

const BEGIN =
  'The material is a digest of what happened in a workspace. Write what it begins with, in at most five sentences or ' +
  'points, as it is wanted here:'
/** What the context has a model begin the digest with; null: nothing. */
async function begun(digest: string, { input, tools, say }: Task<Input>): Promise<Composed | null> {
  if (input.instructions === '') return null
  const instructions = `${BEGIN}\n${input.instructions}`
  const composed = await tools.compose({ key: 'lead', instructions, material: digest })
  if (!composed)
    say('Instructions need a language model, and none could be asked: the digest has its usual form.')
  return composed
}

/** One paragraph, or points, as the text that it is. */
function leadOf(text: string): string {
  const points = pointed(text, MOST_POINTS)
  return points.length > 1 ? points.join('\n') : inline(text, LONGEST_LEAD)
}

/** The reasons and the names that it repeats may have come from there. */
const quotesOutside = (
  ran: { runs: activity.Runs[] } | null,
  added: { tainted: boolean } | null,
  troubles: activity.Trouble[],
): boolean => added?.tainted || [...(ran?.runs ?? []), ...troubles].some((it) => it.tainted)

/** What the context asks for and this version cannot do, said once instead of silently not done. */
function withoutMeaning({ emailRecipients, notifyUsers, includeSections = [] }: Input): string[] {
  const others = [...emailRecipients, ...notifyUsers].filter((it) => !isAddress(it))
  const unknown = includeSections.filter((it) => !isSection(it))
  return [
    others.length > 0 &&
      `Not told by mail, as ${others.length === 1 ? 'this is no address' : 'these are no addresses'}: ${others.join(', ')}.`,
    unknown.length > 0 &&
      `Left out, as there ${unknown.length === 1 ? 'is no such section' : 'are no such sections'}: ` +
        `${unknown.join(', ')}. There are: ${SECTIONS.join(', ')}.`,
  ].filter((it) => it !== false)
}

const isAddress = (text: string) => MailAddress.safeParse(text).success
const recipientsOf = ({ emailRecipients, notifyUsers }: Input): string[] => [
  ...new Set([...emailRecipients, ...notifyUsers].filter(isAddress)),
]

/** A digest that cannot be mailed is in the chat all the same, with the sentence that says so. */
async function mailTo(
  to: string[],
  mail: { subject: string; text: string },
  { execution: { id, part }, say, signal, tools }: Task<Input>,
): Promise<{ to: string[]; problems: string[] }> {
  if (to.length === 0) return { to, problems: [] }
  const people = counted(to.length, 'person', 'people')
  if (!(await tools.mail.isSetUp()))
    return {
      to: [],
      problems: [`Not mailed to ${people}: no mail server is set up. Enter one in the settings, under Mail.`],
    }
  const key = `carillon-${id}-${part}1`
  const tell = (state: 'done' | 'failed' | 'unknown', result: unknown) => {
    const about = { tool: 'send_mail', effect: 'outside', arguments: { to, subject: mail.subject }, key }
    say(`Mails the digest to ${people}`, { ...about, state, result, ...(part === '' && { n: 1 }) }, 'tool')
  }
  try {
    const sent = await tools.mail.send({ ...mail, to, key })
    if (sent) tell('done', sent)
    return { to: sent?.accepted ?? [], problems: refusedOf(sent?.rejected ?? []) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof MailProblem)) throw error
    tell(error.certainty === 'unknown' ? 'unknown' : 'failed', error.message)
    const lead = error.certainty === 'unknown' ? '' : `Not mailed to ${people}: `
    return { to: [], problems: [`${lead}${inline(error.message, 500)}`] }
  }
}

const refusedOf = (rejected: Sent['rejected']): string[] =>
  rejected.length === 0
    ? []
    : [`Not mailed to ${listed(rejected.map(({ address, reason }) => inline(`${address} (${reason})`)))}.`]

/** The start that the context names; null where it asks for what nobody has been told yet. */
function askedFor({ lookbackHours, dateRange }: Input, until: Date): Date | null {
  const [, n = '1', unit] = RANGE.exec(dateRange ?? '') ?? []
  if (unit) return new Date(until.getTime() - Number(n) * UNIT_MS[unit as keyof typeof UNIT_MS])
  if (lookbackHours !== undefined && dateRange === undefined)
    return new Date(until.getTime() - hours(lookbackHours))
  return null
}

/** "09:00" means nothing without its day, but the year goes without saying within this one. */
function times(timeZone: string, now: Date): (at: Date) => string {
  const year = (at: Date) => at.toLocaleString('en-GB', { year: 'numeric', timeZone })
  return (at) =>
    at.toLocaleString('en-GB', {
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
      ...(year(at) !== year(now) && { year: 'numeric' }),
    })
}

function title(reportType = 'summary'): string {
  const words = reportType.replaceAll(/[_\s]+/g, ' ').trim() || 'summary'
  return inline(words.charAt(0).toUpperCase() + words.slice(1))
}

type Show = { time: (at: Date) => string; metrics: boolean }
const section = (heading: string, lead: string, items: string[]) =>
  [`### ${heading}`, ...(lead ? [lead] : []), items.map((it) => `- ${it}`).join('\n')].join('\n\n')
const quoted = (reason: string | null) => (reason ? `: ${inline(reason)}` : '')

/** The first few, and how many more there are. */
function few<T>(items: T[], word: (item: T) => string, total = items.length): string[] {
  const named = items.slice(0, MOST_NAMED).map(word)
  return total > named.length ? [...named, `and ${(total - named.length).toLocaleString('en')} more`] : named
}

function messages({
  people,
  isPartial,
}: Awaited<ReturnType<typeof activity.messagesByPerson>>): string | null {
  if (people.length === 0) return null
  const total = people.reduce((sum, it) => sum + it.n, 0)
  const authors = counted(people.length, 'person', 'people')
  const lead = `${isPartial ? 'At least ' : ''}${counted(total, 'message')} by ${authors}.`
  return section(
    'Messages',
    lead,
    few(people, (it) => `${inline(it.name)}: ${it.n.toLocaleString('en')}`),
  )
}

const ENDED: Partial<Record<Status, (n: number) => string>> = {
  success: () => 'succeeded',
  failed: () => 'failed',
  cancelled: (n) => (n === 1 ? 'was cancelled' : 'were cancelled'),
  skipped: (n) => (n === 1 ? 'was skipped' : 'were skipped'),
  missed: (n) => (n === 1 ? 'was missed' : 'were missed'),
}
const outcomes = (all: activity.Runs[]) =>
  Object.entries(ENDED).flatMap(([status, words]) => {
    const n = all.filter((it) => it.status === status).reduce((sum, it) => sum + it.n, 0)
    return n > 0 ? [`${n.toLocaleString('en')} ${words(n)}`] : []
  })

function runs(
  { runs: all, isPartial }: Awaited<ReturnType<typeof activity.runs>>,
  { metrics }: Show,
): string | null {
  if (all.length === 0) return null
  const total = all.reduce((sum, it) => sum + it.n, 0)
  const bySchedule = [...Map.groupBy(all, (it) => it.triggerName)]
    // What went wrong is read first.
    .sort(
      ([, a], [, b]) =>
        Number(b.some((it) => it.status === 'failed')) - Number(a.some((it) => it.status === 'failed')),
    )
  const count = `${isPartial ? 'At least ' : ''}${counted(total, 'run')}`
  const lead = `${count}: ${listed(outcomes(all))}.${metrics ? ` ${measured(all)}` : ''}`
  return section(
    'Runs',
    lead,
    few(bySchedule, ([name, its]) => `**${inline(name, 80)}**: ${listed(outcomes(its))}${lastError(its)}`),
  )
}

function lastError(its: activity.Runs[]): string {
  const reason = its.find((it) => it.status === 'failed')?.reason
  return reason ? `. The last error was${quoted(reason)}` : ''
}

function measured(all: activity.Runs[]): string {
  const sum = (of: (it: activity.Runs) => number) => all.reduce((total, it) => total + of(it), 0)
  const succeeded = sum((it) => (it.status === 'success' ? it.n : 0))
  const ran = succeeded + sum((it) => (it.status === 'failed' ? it.n : 0))
  if (ran === 0) return ''
  const averageS = sum((it) => it.durationMs ?? 0) / ran / 1000
  const tokens = sum((it) => it.tokensUsed)
  const spent = tokens > 0 ? `, ${counted(tokens, 'token')}` : ''
  return `${Math.round((100 * succeeded) / ran)} % succeeded, ${averageS.toFixed(1)} s on average${spent}.`
}

function documents({ names, total }: Awaited<ReturnType<typeof activity.documentsAdded>>): string | null {
  return total === 0
    ? null
    : section(
        'New documents',
        `${counted(total, 'document')} ${total === 1 ? 'was' : 'were'} added.`,
        few(names, (it) => inline(it), total),
      )
}

function trouble(
  found: activity.Trouble[],
  pause: { reason: string; since: Date } | null,
  { time }: Show,
): string[] {
  const item = ({ name, state, reason, failures, pausedUntil }: activity.Trouble) => {
    const words = {
      broken: 'cannot be planned',
      disabled: 'is switched off',
      unready: 'is not ready to run',
      paused: pausedUntil === null ? 'is paused' : `is paused until ${time(new Date(pausedUntil))}`,
      failing: failures === 1 ? 'failed the last time' : `failed the last ${failures} times`,
    }
    return `**${inline(name, 80)}** ${words[state]}${quoted(reason)}`
  }
  const items = [
    ...(pause ? [`The whole scheduler is paused since ${time(pause.since)}${quoted(pause.reason)}`] : []),
    ...found.slice(0, MOST_NAMED).map(item),
    ...(found.length > MOST_NAMED ? ['and more'] : []),
  ]
  return items.length > 0 ? [section('Schedules in trouble', '', items)] : []
}

function upcoming(found: activity.Upcoming[]): string[] {
  const item = ({ name, nextRunAt, timezone }: activity.Upcoming) => {
    const at = new Date(nextRunAt).toLocaleString('en-GB', {
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: timezone,
    })
    return `**${inline(name, 80)}**: ${at} (${timezone})`
  }
  return found.length > 0
    ? [
        section('In the next 24 hours', '', [
          ...found.slice(0, MOST_NAMED).map(item),
          ...(found.length > MOST_NAMED ? ['and more'] : []),
        ]),
      ]
    : []
}
