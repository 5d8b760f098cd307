/**
 * Commands of the chat.
 *
 * Promise: a command does what the API does, by the same verbs and rights, and says in plain words what it has done.
 * Where a name may mean several things or none, nothing changes, and what may be meant is answered.
 */
import * as members from '#db/queries/members.ts'
import * as profiles from '#db/queries/profiles.ts'
import type { Recording } from '#db/recording.ts'
import * as names from '#db/queries/trigger-names.ts'
import {
  type Choice,
  COMMANDS,
  type CommandAnswer,
  type CommandName,
  type Completion,
  type NewCommand,
} from '../contract/command.ts'
import type { By } from '../contract/by.ts'
import { problemOf } from '../contract/problem.ts'
import type { Reading } from '../contract/reading.ts'
import type { Trigger } from '../contract/trigger.ts'
import { days } from '../clock.ts'
import { upcoming } from '../engine/calendars/coming.ts'
import { readAs, readingNow } from '../reading.ts'
import * as approvals from './approvals.ts'
import { meantBy, type Named, pastInstantIn, restIn, typedName } from './command-words.ts'
import * as executions from './executions.ts'
import * as proposals from './proposals.ts'
import * as triggers from './triggers.ts'
import * as why from './why.ts'
import { newestInstant } from './why-newest.ts'

export interface CommandDeps extends proposals.ProposalDeps {
  recording: Pick<Recording, 'name'>
}

interface Asked {
  deps: CommandDeps
  workspaceId: number
  by: By
  decider: approvals.Decider
  zone: string
  /** An instant as they read it: `Monday, 30 November 2026 at 00:00 (Europe/Berlin)`. */
  tell: (at: string | Date) => string
  now: Date
  /** The command's own name, and what follows it. */
  name: CommandName
  rest: string
  requestId: string | undefined
}

const MOST_CHOICES = 8
const MOST_LISTED = 20

const said = (echo: string, done: CommandAnswer['done'] = null): CommandAnswer => ({
  echo,
  done,
  choices: [],
  problem: null,
})
const refused = (echo: string, problem: string, choices: Choice[] = []): CommandAnswer => ({
  echo,
  done: null,
  choices,
  problem,
})

export async function perform(
  deps: CommandDeps,
  workspaceId: number,
  { text, timezone }: NewCommand,
  decider: approvals.Decider,
  requestId?: string,
): Promise<CommandAnswer> {
  const [, word = '', rest = ''] = /^\/(\S*)\s*(.*)$/.exec(text) ?? []
  if (!text.startsWith('/')) return refused('', 'A command begins with “/”, such as /help.', beginnings(''))
  const name = COMMANDS.find((it) => it.name === word.toLowerCase())?.name
  if (!name)
    return refused('', `There is no command “/${word}”. /help says which there are.`, beginnings(word))
  const reading = await readingOf(deps, decider, timezone)
  const zone = reading.timezone
  // What is kept of a person says no more than who it was.
  const by: By = { kind: decider.kind, id: decider.id, name: decider.name }
  try {
    const asked = { deps, workspaceId, by, decider, zone, now: deps.clock.now(), name, rest, requestId }
    return await readAs(reading, () => DOES[name]({ ...asked, tell: tellerOf(reading) }))
  } catch (error) {
    // Who may not is refused as at every other door; what cannot be done is said where it was asked for.
    const problem = problemOf(error)
    if (!problem || problem.status === 403) throw error
    const { detail, errors = [] } = problem
    // What is wrong with the words of a command stands for itself.
    const words = errors
      .map((it) => (it.path === 'text' ? it.message : `${it.path} ${it.message}`))
      .join('; ')
    return refused('', words || detail)
  }
}

type Told = Reading & { timezone: string }

/**
 * The days of a person are those of the zone that they have set; without one, of their browser's, which sends it. Their
 * clock and language are those they have set, else those that the browser reads by.
 */
async function readingOf(
  { store }: CommandDeps,
  { kind, id }: approvals.Decider,
  sent: string | undefined,
): Promise<Told> {
  const set = kind === 'person' ? (await profiles.get(store, id))?.preferences : undefined
  const { clock, language } = readingNow()
  return {
    timezone: set?.timezone ?? sent ?? 'UTC',
    clock: set?.clock ?? clock,
    language: set?.language ?? language,
  }
}

function tellerOf({ timezone, clock, language }: Told): Asked['tell'] {
  const format = new Intl.DateTimeFormat(language ?? 'en-GB', {
    ...{ dateStyle: 'full', timeStyle: 'short', timeZone: timezone },
    ...(clock && { hourCycle: clock === '12' ? 'h12' : 'h23' }),
  })
  return (at) => `${format.format(new Date(at))} (${timezone})`
}

const beginnings = (word: string): Choice[] => {
  const alike = COMMANDS.filter((it) => word !== '' && it.name.startsWith(word.toLowerCase().slice(0, 2)))
  return (alike.length > 0 ? alike : COMMANDS).map((it) => ({ text: `/${it.name}`, label: it.usage }))
}

const DOES: Record<CommandName, (asked: Asked) => Promise<CommandAnswer>> = {
  help: async () => said(COMMANDS.map((it) => `- \`${it.usage}\` – ${it.says}`).join('\n')),
  schedules: listed,
  next: (asked) => (asked.rest === '' ? nextOfAll(asked) : withSchedule(asked, nextOfOne)),
  run: (asked) =>
    withSchedule(asked, async ({ id, name }, _tail, { deps, workspaceId, by, requestId }) => {
      recorded(deps, 'trigger.run', id, name)
      const body = { staged: false }
      const execution = await triggers.runNow(deps, workspaceId, id, body, by, requestId)
      return said(`**${name}** runs now.`, { kind: 'execution', id: execution.id })
    }),
  plan,
  pause: (asked) => withSchedule(asked, pause),
  resume: (asked) =>
    withSchedule(asked, async ({ id, name }, _tail, { deps, workspaceId, by, tell }) => {
      recorded(deps, 'trigger.resume', id, name)
      const trigger = await triggers.toggle(deps, workspaceId, id, { enabled: true }, by)
      const next = trigger.nextRunAt ? ` It runs next ${tell(trigger.nextRunAt)}.` : ''
      return said(isOver(trigger) ? `**${name}** ${OVER}.` : `**${name}** goes on.${next}`, {
        ...{ kind: 'trigger', id },
      })
    }),
  cancel: (asked) =>
    /^#\d+$/.test(asked.rest)
      ? cancelRun(asked, Number(asked.rest.slice(1)))
      : withSchedule(asked, cancelOne),
  why: (asked) => withSchedule(asked, explain),
  approve,
}

/** In the record it is what it does, and not that somebody wrote a line. */
const recorded = ({ recording }: CommandDeps, action: string, id: number, objectName: string | null) =>
  recording.name({
    action,
    objectKind: action.slice(0, action.indexOf('.')),
    objectId: String(id),
    objectName,
  })

/** No instant is left, whether it was paused or not. */
const isOver = ({ health }: Pick<Trigger, 'health'>) => health === 'ended'
const OVER = 'is over: nothing more of it is planned'

/** `/cancel #12` is the run of that number. */
const numberFor = (command: CommandName, { id }: Named) =>
  command === 'cancel' ? `schedule #${id}` : `#${id}`
/** What a command reads as this schedule: a name that looks like a number, or like quotes, goes by its own number. */
const nameFor = (command: CommandName, it: Named) =>
  /^(?:schedule\s+)?#\d|^["“]/i.test(it.name) ? numberFor(command, it) : it.name

type OfSchedule = (one: Named, tail: string, asked: Asked) => Promise<CommandAnswer>

/** Does it with the one schedule that is meant. */
async function withSchedule(asked: Asked, act: OfSchedule): Promise<CommandAnswer> {
  const { deps, workspaceId, name, rest } = asked
  const { typed, id } = typedName(rest)
  const known = await names.alike(deps.store, workspaceId, { typed, id, rest, limit: MOST_CHOICES + 1 })
  const meant = meantBy(rest, known)
  if ('one' in meant) return act(meant.one, meant.tail, asked)
  const again = (it: Named, all: readonly Named[]): Choice => {
    const twin = all.some((other) => other !== it && other.name.toLowerCase() === it.name.toLowerCase())
    const which = twin ? numberFor(name, it) : nameFor(name, it)
    return {
      text: `/${name} ${[which, meant.tail].filter(Boolean).join(' ')}`,
      label: twin ? `${it.name} (#${it.id})` : it.name,
    }
  }
  const which = `/${name}: which schedule?`
  if ('many' in meant) {
    const shown = meant.many.slice(0, MOST_CHOICES)
    return refused(
      which,
      `“${meant.typed}” may mean several schedules. Choose one.`,
      shown.map((it) => again(it, shown)),
    )
  }
  const near = await names.near(deps.store, workspaceId, meant.none, MOST_CHOICES)
  const problem = meant.none === '' ? 'Say which schedule.' : `There is no schedule “${meant.none}” here.`
  return refused(
    which,
    problem,
    near.map((it) => again(it, near)),
  )
}

/** Nothing runs by it yet: it is confirmed beside the answer. */
async function plan({ deps, workspaceId, by, zone, rest }: Asked): Promise<CommandAnswer> {
  if (rest === '')
    return refused('Plan what?', `Say what is to be done, and when: “/plan ${proposals.EXAMPLE}”.`)
  const it = await proposals.propose(deps, { id: workspaceId, timezone: zone }, { text: rest }, by)
  const { trigger, humanReadable, agentName } = it
  return said(`**${trigger.name}**: ${humanReadable}, done by ${agentName}. It runs when you confirm it.`, {
    kind: 'proposal',
    id: it.id,
  })
}

const pause: OfSchedule = async ({ id, name }, tail, { deps, workspaceId, by, zone, tell, now }) => {
  const { until, reason, problem } = restIn(tail, now, zone)
  if (problem) return refused(`Pause **${name}**: until when?`, problem)
  const body = { enabled: false, ...(until && { until: until.toISOString() }), ...(reason && { reason }) }
  recorded(deps, 'trigger.pause', id, name)
  await triggers.toggle(deps, workspaceId, id, body, by)
  const end = until ? ` until ${tell(until)}` : ''
  return said(`**${name}** is paused${end}${reason ? `: ${reason}` : ''}.`, { kind: 'trigger', id })
}

async function listed({ deps, workspaceId, rest, tell }: Asked): Promise<CommandAnswer> {
  const query = { limit: MOST_LISTED, deleted: false, ...(rest && { q: rest }) }
  const { triggers: found, nextCursor } = await triggers.list(deps, workspaceId, query)
  if (found.length === 0)
    return said(rest ? `No schedule has “${rest}” in its name.` : 'There is no schedule yet.')
  const lines = found.map((it) => `- **${it.name}** – ${stateOf(it, tell)}`)
  return said([...lines, ...(nextCursor ? ['- … and more: see Schedules.'] : [])].join('\n'))
}

function stateOf(it: Trigger, tell: Asked['tell']): string {
  if (isOver(it)) return 'over'
  if (!it.enabled) return 'paused'
  return it.nextRunAt ? `next ${tell(it.nextRunAt)}` : it.humanReadable
}

async function nextOfAll({ deps, workspaceId, tell, now }: Asked): Promise<CommandAnswer> {
  const before = new Date(now.getTime() + days(366))
  const found = await upcoming(deps.store, { workspaceId, before, except: 0, limit: 10 })
  if (found.length === 0) return said('Nothing is planned.')
  return said(found.map((it) => `- ${tell(new Date(it.nextRunAt))} – **${it.name}**`).join('\n'))
}

const nextOfOne: OfSchedule = async ({ id, name }, _tail, { deps, workspaceId, tell }) => {
  const trigger = await triggers.get(deps, workspaceId, id)
  if (isOver(trigger)) return said(`**${name}** ${OVER}.`)
  if (!trigger.enabled) return said(`**${name}** is paused: nothing of it is planned.`)
  if (!trigger.nextRunAt) return said(`**${name}** does not follow the clock: ${trigger.humanReadable}.`)
  const { next } = await triggers.preview(deps, workspaceId, id, { count: 5, viewerTimezone: undefined })
  return said([`**${name}** runs next`, '', ...next.map((it) => `- ${tell(it)}`)].join('\n'))
}

const cancelOne: OfSchedule = async ({ id, name }, _tail, asked) => {
  const { executions: live } = await executions.list(asked.deps, asked.workspaceId, {
    triggerId: id,
    status: ['running', 'queued', 'waiting'],
    limit: MOST_CHOICES,
  })
  const [first] = live
  if (!first) return refused(`Cancel **${name}**`, `Nothing of “${name}” runs or waits.`)
  if (live.length === 1) return cancelRun(asked, first.id)
  const choices = live.map((it) => ({
    text: `/cancel #${it.id}`,
    label: `${name}, run ${it.id}: ${it.status}`,
  }))
  return refused(
    `Cancel **${name}**: which run?`,
    `Several runs of “${name}” are going on. Choose one.`,
    choices,
  )
}

async function cancelRun({ deps, workspaceId, by }: Asked, id: number): Promise<CommandAnswer> {
  recorded(deps, 'execution.cancel', id, null)
  const { triggerName } = await executions.cancel(deps, workspaceId, id, by)
  return said(`Run ${id} of **${triggerName}** is cancelled.`, { kind: 'execution', id })
}

const explain: OfSchedule = async ({ id, name }, tail, { deps, workspaceId, zone, now }) => {
  const words = tail.replace(/^at\s+/i, '')
  const at = words === '' ? await newestInstant(deps, workspaceId, id) : pastInstantIn(words, now, zone)
  if (words !== '' && !at)
    return refused(
      `Why **${name}**: at which time?`,
      `“${words}” is no time that is known. Say “at 9”, “at yesterday 09:00” or “at monday 9pm”.`,
    )
  const { answer } = await why.ask(deps, workspaceId, id, at ? { at: at.toISOString() } : {})
  // The answer is in the schedule's own zone, what was asked in the person's.
  const { timezone } = await triggers.get(deps, workspaceId, id)
  const its = timezone === zone ? '' : ` Times are those of ${timezone}.`
  return said(`**${name}**: ${answer}${its}`)
}

async function approve({ deps, workspaceId, decider, rest }: Asked): Promise<CommandAnswer> {
  const { approvals: pending, nextCursor } = await approvals.list(deps, workspaceId, {
    ...{ status: ['pending'], limit: 200 },
  })
  const word = rest.trim().toLowerCase()
  const numbered = /^#?(\d+)$/.exec(word)
  if (numbered) {
    recorded(deps, 'approval.approve', Number(numbered[1]), null)
    const asked = await approvals.approve(deps, workspaceId, Number(numbered[1]), {}, decider)
    return said(`Approved, for **${asked.triggerName}**: ${asked.summary}`, {
      kind: 'approval',
      id: asked.id,
    })
  }
  const meant = pending.filter((it) => it.triggerName.toLowerCase().startsWith(word))
  const [one] = meant
  // Among more than were read another one may have the name.
  if (one && meant.length === 1 && word !== '' && nextCursor === null) {
    recorded(deps, 'approval.approve', one.id, one.triggerName)
    await approvals.approve(deps, workspaceId, one.id, {}, decider)
    return said(`Approved, for **${one.triggerName}**: ${one.summary}`, { kind: 'approval', id: one.id })
  }
  if (pending.length === 0) return refused('Approve what?', 'Nothing waits for a decision.')
  const shown = (meant.length > 0 ? meant : pending).slice(0, MOST_CHOICES)
  const choices = shown.map((it) => ({
    text: `/approve #${it.id}`,
    label: `${it.triggerName}: ${it.summary}`,
  }))
  return refused(
    'Approve which?',
    word ? `“${rest}” is not the one thing that waits.` : 'Say which.',
    choices,
  )
}

const TAKES_SCHEDULE: readonly CommandName[] = ['run', 'pause', 'resume', 'next', 'cancel', 'why']

/** What the line may become: a command, a schedule's name behind one, or a person or an agent behind an `@`. */
export async function complete(
  deps: CommandDeps,
  workspaceId: number,
  prefix: string,
): Promise<Completion[]> {
  const mention = /(?:^|\s)@(?<word>[^\s@]*)$/.exec(prefix)?.groups
  if (mention) return addressees(deps, workspaceId, prefix, mention.word as string)
  const command = /^\/(?<word>\S*)(?<space>\s+)?(?<rest>.*)$/.exec(prefix)?.groups
  if (!command) return []
  const word = (command.word as string).toLowerCase()
  if (command.space === undefined)
    return COMMANDS.filter((it) => it.name.startsWith(word)).map((it) => ({
      text: `/${it.name} `,
      label: it.usage,
      description: it.says,
    }))
  const rest = command.rest as string
  if (word === 'approve') return approvable(deps, workspaceId, rest)
  const name = TAKES_SCHEDULE.find((it) => it === word)
  if (!name) return []
  const typed = rest.replace(/^["“]/, '')
  const { id } = typedName(rest)
  const found = await names.alike(deps.store, workspaceId, { typed, id, rest: '', limit: MOST_CHOICES + 1 })
  const isTwin = (it: Named) =>
    found.some((other) => other !== it && other.name.toLowerCase() === it.name.toLowerCase())
  return found.slice(0, MOST_CHOICES).map((it) => ({
    text: `/${name} ${isTwin(it) ? numberFor(name, it) : nameFor(name, it)} `,
    label: isTwin(it) ? `${it.name} (#${it.id})` : it.name,
    description: it.enabled ? '' : 'paused',
  }))
}

/** What waits for a decision, by the name of its schedule or its number. */
async function approvable(deps: CommandDeps, workspaceId: number, typed: string): Promise<Completion[]> {
  const { approvals: pending } = await approvals.list(deps, workspaceId, { status: ['pending'], limit: 200 })
  const word = typed.trim().toLowerCase()
  return pending
    .filter((it) => it.triggerName.toLowerCase().startsWith(word) || `#${it.id}`.startsWith(word))
    .slice(0, MOST_CHOICES)
    .map((it) => ({ text: `/approve #${it.id} `, label: it.triggerName, description: it.summary }))
}

/** People, up to half of what is shown, then agents. */
async function addressees(
  { store, catalogue }: CommandDeps,
  workspaceId: number,
  prefix: string,
  typed: string,
): Promise<Completion[]> {
  const word = typed.toLowerCase()
  const begins = (name: string) => name.toLowerCase().startsWith(word)
  const [people, agents] = await Promise.all([members.list(store, workspaceId), catalogue.list(workspaceId)])
  const found = [
    ...people
      .filter(({ name }) => name.split(/\s+/).some(begins))
      .slice(0, MOST_CHOICES / 2)
      .map((it) => ({ as: it.name, label: it.name, description: `member, ${it.role}` })),
    ...agents
      .filter((it) => begins(it.id) || begins(it.name))
      .map((it) => ({ as: it.id, label: it.name, description: it.description })),
  ]
  const before = prefix.slice(0, prefix.length - typed.length)
  return found.slice(0, MOST_CHOICES).map(({ as, ...it }) => ({ text: `${before}${as} `, ...it }))
}
