/**
 * Reminds of what is about to begin or is due, and prepares for it.
 *
 * Promise: an occurrence is reminded of once, wherever its calendars move it; that it was moved or called off is told
 * once to whoever heard of it. Addresses of calendars are secrets: they stand in no step, result or error.
 */
import { z } from 'zod'
import { days } from '#lib/clock.ts'
import type { ReadinessCheck } from '#lib/contract/readiness.ts'
import { AgentFailure, agent, type AgentResult, type Needs, type Task, type Usage } from '../agent.ts'
import { counted, inline, listed } from '../markdown.ts'
import { lacking } from '../readiness.ts'
import { spanMs } from '../span.ts'
import { isZone } from '../../contract/zone.ts'
import { addressOf } from '../reading/calendar.ts'
import { keyOf, type Looked, lookAt, type Source } from './calendar-agent/calendars.ts'
import { decide, type Decided, type Placed } from './calendar-agent/deciding.ts'
import { hashOf, keptTold, Memory } from './calendar-agent/memory.ts'
import { type Related, relatedTo } from './calendar-agent/related.ts'
import { isDeadline, lineOf, type Moment, sheetOf, whenOf } from './calendar-agent/sheet.ts'

const MOST_CALENDARS = 20
/** Sheets of one run; what else begins is told in a line. */
const MOST_SHEETS = 10
/** Of them, those for which a model is asked. */
const MOST_COMPOSED = 3
const LONGEST_AHEAD_MS = days(31)

const Input = z.strictObject({
  calendars: z
    .array(
      z.union(
        [
          z.strictObject({
            url: z.string().trim().min(1).max(4_000).meta({
              writeOnly: true,
              description:
                "The calendar's address in iCal format (https:// or webcal://); it is kept as a secret.",
            }),
          }),
          z.strictObject({
            documentId: z
              .int()
              .min(1)
              .meta({ description: 'An .ics file among the documents of the workspace.' }),
          }),
        ],
        'expects { "url": … } or { "documentId": … }',
      ),
    )
    .max(MOST_CALENDARS, `expects at most ${MOST_CALENDARS} calendars`)
    .default([])
    .meta({
      description:
        'What to look at: { "url": "https://…/basic.ics" }, the secret address in iCal format, or { "documentId": 7 }. ' +
        'Left out: all calendars (.ics) among the documents of the workspace.',
    }),
  lookAhead: z
    .string()
    .trim()
    .refine(
      (it) => spanMs(it) <= LONGEST_AHEAD_MS,
      'expects how far to look ahead, at most 31d, such as 15m, 2h or 1d',
    )
    .default('1h')
    .meta({
      description: 'How far to look ahead: 15m, 2h, 1d. At least as far as from one run to the next.',
    }),
  prepareFor: z
    .array(z.enum(['meetings', 'deadlines']))
    .min(1)
    .max(2)
    .default(['meetings', 'deadlines'])
    .meta({
      description:
        'meetings: events with a time. deadlines: whole days, tasks, and events whose title says that something is due.',
    }),
  actions: z
    .array(z.enum(['fetch_context', 'create_summary']))
    .max(2)
    .default(['fetch_context', 'create_summary'])
    .meta({
      description:
        'create_summary: a sheet for each meeting instead of a line. fetch_context: with documents, mails and messages that ' +
        'share words with its title; mails are those that a schedule of email-monitor has told in the chat.',
    }),
  timezone: z.string().refine(isZone, 'expects a time zone such as America/New_York').optional().meta({
    description: 'For the times shown, and for calendars that name none; that of the schedule when left out.',
  }),
})
type Input = z.output<typeof Input>

export const calendarAgent = agent({
  id: 'calendar-agent',
  name: 'Calendar reminders',
  description:
    'Reminds once of each meeting or deadline that is about to come, with a sheet to prepare: when, where, who, agenda, ' +
    'and what the workspace has about it. Reads calendars (ICS) from an address or a document.',
  input: Input,
  example: {
    calendars: [{ url: 'https://calendar.example.com/secret-address/basic.ics' }],
    lookAhead: '1h',
    prepareFor: ['meetings', 'deadlines'],
    actions: ['fetch_context', 'create_summary'],
  },
  checks: (_workspaceId, _probe, needs) => checksOf(needs),
  safeToRepeat: true,
  judge: ({ calendars }, judging) =>
    calendars.flatMap((it, index) => {
      const message = 'url' in it ? judging.url(addressOf(it.url)) : null
      return message === null ? [] : [{ path: ['calendars', index, 'url'], message }]
    }),
  async perform(task) {
    const { input, execution, tools, say } = task
    const sources = await sourcesOf(task)
    const memory = Memory.parse(await tools.remembered())
    const zone = input.timezone ?? (await tools.workspace.timezoneOf(execution.triggerId))
    const moment = { nowMs: tools.clock.now().getTime(), zone }
    const looks = await lookAtAll(sources, task, { memory, moment })
    const failed = looks.filter((it) => it.problem !== null)
    if (failed.length === looks.length)
      throw new AgentFailure(['No calendar could be read:', '', ...failed.map(failedLine)].join('\n'), {
        transient: failed.some((it) => it.problem?.transient),
      })
    const decided = decide(
      looks.flatMap((it) => it.entries),
      memory.told,
      {
        nowMs: moment.nowMs,
        aheadMs: spanMs(input.lookAhead),
        wants: (it) => input.prepareFor.includes(isDeadline(it) ? 'deadlines' : 'meetings'),
        whole: new Map(looks.flatMap((it) => (it.wholeUntilMs === null ? [] : [[it.key, it.wholeUntilMs]]))),
      },
    )
    say(`${counted(decided.reminders.length, 'reminder')} for the next ${input.lookAhead}`)
    return {
      ...(await resultOf(decided, looks, { task, moment })),
      memory: {
        told: keptTold(decided.told, moment.nowMs),
        calendars: Object.fromEntries(looks.map((it) => [it.key, it.memory])),
      } satisfies Memory,
    }
  },
})

const NO_CALENDAR = {
  detail: 'There is no calendar to look at.',
  remedy:
    'Add one to the context of the schedule, as "calendars": [{ "url": "https://…" }] with its secret address in iCal ' +
    'format, or send an .ics file to the documents of this workspace.',
}
async function checksOf({ context: { calendars }, workspace }: Needs): Promise<ReadinessCheck[]> {
  const isNamed = Array.isArray(calendars) && calendars.length > 0
  return isNamed || (await workspace.calendars(1)).length > 0 ? [] : [lacking('Calendar', NO_CALENDAR)]
}

/** Those that are named, each once; else every calendar that somebody has sent. */
async function sourcesOf({ input, tools }: Task<Input>): Promise<Source[]> {
  const named = [...new Map(input.calendars.map((it) => [keyOf(it), it])).values()]
  if (named.length > 0) return named
  const sent = await tools.workspace.calendars(MOST_CALENDARS)
  if (sent.length === 0) throw new AgentFailure(`${NO_CALENDAR.detail} ${NO_CALENDAR.remedy}`)
  return sent.map(({ id }) => ({ documentId: id }))
}

async function lookAtAll(
  sources: Source[],
  { input, tools, signal, say }: Task<Input>,
  { memory, moment }: { memory: Memory; moment: Moment },
): Promise<Looked[]> {
  const { told } = memory
  const ground = { tools, signal, ...moment, aheadMs: spanMs(input.lookAhead), of: sources.length, told }
  const looks: Looked[] = []
  for (const source of sources) {
    signal.throwIfAborted()
    const look = await lookAt(source, memory.calendars[keyOf(source)], ground)
    const found = look.doubted
      ? 'is empty, which counts once it is so again'
      : look.wholeUntilMs === null
        ? 'is as before'
        : `has ${counted(look.entries.length, 'entry', 'entries')} in the next weeks`
    say(`${look.label}: ${look.problem?.words ?? found}${look.left ? ` ${look.left}` : ''}`)
    looks.push(look)
  }
  return looks
}

interface Telling {
  task: Task<Input>
  moment: Moment
}

async function resultOf(decided: Decided, looks: Looked[], { task, moment }: Telling): Promise<AgentResult> {
  const { reminders, moved, cancelled, gone } = decided
  const failed = looks.filter((it) => it.problem !== null)
  const recovered = looks.filter((it) => it.recovered)
  const isNews = reminders.length + moved.length + cancelled.length + gone.length + recovered.length > 0
  const notable = isNews || failed.some((it) => !it.problem?.known)
  const ahead = task.input.lookAhead
  const whatBecame = [
    ...moved.map(
      ({ entry, wasMs }) =>
        `- **${inline(entry.title)}** was moved to ${whenOf(entry, moment)}; it was ${whenOf({ ...entry, startMs: wasMs, endMs: wasMs }, moment)}.`,
    ),
    ...cancelled.map((it) => `- **${inline(it.title)}** is cancelled.`),
    ...gone.map((it) => `- **${inline(it.title)}** is not in its calendar any more.`),
  ]
  const usage: Partial<Usage>[] = []
  const parts = [
    reminders.length > 0
      ? `**${counted(reminders.length, 'reminder')} for the next ${ahead}.**`
      : `Nothing ${isNews || isTold(decided, ahead, moment) ? 'new ' : ''}in the next ${ahead}.`,
    ...(await remindersIn(reminders, { task, moment, usage })),
    whatBecame.length > 0 && ['### Since then', '', ...whatBecame].join('\n'),
    recovered.length > 0 && `${listed(recovered.map((it) => inline(it.label, 80)))} can be read again.`,
    failed.length > 0 && ['### Not read', '', ...failed.map(failedLine)].join('\n'),
  ]
  return {
    text: parts.filter(Boolean).join('\n\n'),
    outcome: {
      reminders: reminders.map(shown),
      moved: moved.map(({ entry, wasMs }) => ({ ...shown(entry), from: new Date(wasMs).toISOString() })),
      cancelled: cancelled.map((it) => it.title),
      gone: gone.map((it) => it.title),
      failed: failed.map((it) => it.label),
    },
    notable,
    usage: { ...sumOf(usage), tainted: true },
  }
}

/** Something is about to come, and was reminded of before. */
const isTold = ({ told }: Decided, ahead: string, { nowMs }: Moment) =>
  Object.values(told).some(({ state, startMs }) => {
    const inMs = startMs - nowMs
    return state === 'told' && inMs > 0 && inMs <= spanMs(ahead)
  })

function sumOf(used: Partial<Usage>[]): Partial<Usage> {
  if (used.length === 0) return {}
  const sum = (name: 'tokensUsed' | 'tokensIn' | 'tokensOut' | 'tokensCached' | 'cost') =>
    used.reduce((total, it) => total + (it[name] ?? 0), 0)
  return {
    ...{ tokensUsed: sum('tokensUsed'), tokensIn: sum('tokensIn'), tokensOut: sum('tokensOut') },
    ...{
      tokensCached: sum('tokensCached'),
      cost: sum('cost'),
      ...(used[0]?.model && { model: used[0].model }),
    },
  }
}

const PREPARE =
  'Somebody is about to go to this meeting. In at most five short points say what it is about, what the material says ' +
  'that matters there, and what to bring or to ask.'
/** By a model, where one is set up. */
function prepare(it: Placed, related: Related, { compose }: Task<Input>['tools']) {
  const { key, title, description, where, organizer, people } = it
  const material = JSON.stringify({ title, description, where, organizer, people, related }, null, 1)
  return compose({ key: hashOf(key), instructions: PREPARE, material })
}

/** Sheets of meetings first, in their order; then lines. */
async function remindersIn(
  reminders: Placed[],
  { task, moment, usage }: Telling & { usage: Partial<Usage>[] },
): Promise<string[]> {
  const { input, tools, execution } = task
  const meetings = reminders.filter((it) => !isDeadline(it))
  const prepared = input.actions.includes('create_summary') ? meetings.slice(0, MOST_SHEETS) : []
  const sheets: string[] = []
  for (const [n, it] of prepared.entries()) {
    const related = input.actions.includes('fetch_context')
      ? await relatedTo(it.title, tools.workspace, execution.triggerId)
      : { documents: [], messages: [] }
    const composed = n < MOST_COMPOSED ? await prepare(it, related, tools) : null
    sheets.push(sheetOf(it, { related, moment, points: composed?.text ?? null }))
    if (composed) usage.push(composed.usage)
  }
  const lines = (title: string, entries: Placed[]) =>
    entries.length > 0 ? [[`### ${title}`, '', ...entries.map((it) => lineOf(it, moment))].join('\n')] : []
  return [
    ...sheets,
    ...lines(sheets.length > 0 ? 'Also' : 'Meetings', meetings.slice(prepared.length)),
    ...lines('Days and deadlines', reminders.filter(isDeadline)),
  ]
}

const shown = ({ title, startMs, endMs, allDay, where, link }: Placed) => ({
  title,
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
  allDay,
  where,
  link,
})
const failedLine = ({ label, problem }: Looked): string =>
  `- **${inline(label, 80)}**: ${inline(problem?.words ?? '', 600)}${problem?.known ? ' (as before)' : ''}`
