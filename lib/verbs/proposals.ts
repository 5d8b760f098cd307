/**
 * Schedules that are put forward: in plain words by people, and by agents.
 *
 * Promise: nothing is planned before somebody confirms it, once and within a day. Words are read by a grammar first,
 * which guesses nothing in silence, then by a model where there is one; patterns and instants are made here. Whoever
 * confirms it makes the schedule, and answers for it.
 */
import * as rows from '#db/queries/proposals.ts'
import { recentOfAgent } from '#db/queries/statistics.ts'
import type * as agents from '../agents/catalogue.ts'
import type { Models } from '../agents/custom/model-client.ts'
import { masked } from '../agents/sealed.ts'
import { days, hours } from '../clock.ts'
import type { Agent } from '../contract/agent.ts'
import type { By } from '../contract/by.ts'
import { patternOf } from '../contract/frequency.ts'
import { notFound, ProblemError, problemOf, unacceptable } from '../contract/problem.ts'
import {
  CONFIRMABLE_HOURS,
  type ConfirmProposal,
  type NewProposal,
  type Proposal,
  type ProposalSource,
} from '../contract/proposal.ts'
import { SAID_LIKE } from '../contract/said-like.ts'
import { type Forecast, NewTrigger, type NewTriggerInput, type Trigger } from '../contract/trigger.ts'
import { boundedBy } from '../engine/instants.ts'
import { readSpoken, type Spoken, type SpokenWhen } from '../recurrence/spoken/grammar.ts'
import { describe, followsClock, timesOf } from '../triggers/index.ts'
import { adviceOn } from './advising.ts'
import { judgedContext, refusalOf } from './contexts.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'
import { fittingAgent } from './fitting-agent.ts'
import { forecastBy } from './forecasting.ts'
import { readHappening } from './happening-words.ts'
import { type ModelsReading, readByModel } from './proposing-model.ts'
import { objectOf, previewOfTrigger } from './showing.ts'
import * as triggers from './triggers.ts'

export interface ProposalDeps extends Deps {
  catalogue: Pick<agents.AgentCatalogue, 'list' | 'find'>
  models: Pick<Models, 'find'>
}

type When = SpokenWhen | { kind: 'event'; event: { types: string[]; filter?: unknown } }

interface Understood {
  when: When
  startsAt: Date | null
  endsAt: Date | null
  /** The time zone that was said; null: that of whoever says it. */
  zone: string | null
  task: string
  notes: string[]
}
interface Refusal {
  understood: string | null
  problem: string
}

export const EXAMPLE = SAID_LIKE[0]
const said = (it: string) => `“${it}”`
const EXAMPLES = `Say it like ${said(SAID_LIKE[0])}, ${said('in 20 minutes')} or ${said(SAID_LIKE[4])}.`
/** Whoever has said a sentence knows no fields: the message stands for itself. */
const unsaid = (message: string) => new ProblemError(422, message, [{ path: 'text', message }])
const refusal = ({ understood, problem }: Refusal) =>
  unsaid(`${understood ? `Understood: ${said(understood)}. ` : ''}${problem} ${EXAMPLES}`)

/** By the grammar alone: an event, or a time. */
function byGrammar(text: string, place: { now: Date; zone: string }): Understood | Refusal {
  const happening = readHappening(text)
  const spoken: Spoken = readSpoken(happening ? happening.task : text, place)
  if (happening) {
    if (spoken.ok || spoken.understood !== null)
      return {
        understood: happening.understood,
        problem: 'It names something that happens, and a time as well: make a schedule for each.',
      }
    const { event, task, notes } = happening
    return { when: { kind: 'event', event }, startsAt: null, endsAt: null, zone: null, task, notes }
  }
  return spoken.ok ? spoken : spoken
}
const isUnderstood = (it: Understood | Refusal): it is Understood => 'when' in it

/** Reads what somebody said, and keeps it for whoever confirms it. */
export async function propose(
  deps: ProposalDeps,
  { id: workspaceId, timezone }: { id: number; timezone: string },
  asked: NewProposal,
  by: By,
): Promise<Proposal> {
  const zone = asked.timezone ?? timezone
  const place = { now: deps.clock.now(), zone }
  const known = await deps.catalogue.list(workspaceId)
  const heard = byGrammar(asked.text, place)
  const named = known.find(
    (it) => it.id === asked.agentId && (!asked.agentType || it.agentType === asked.agentType),
  )
  const fitting = named
    ? { agent: named }
    : fittingAgent(isUnderstood(heard) ? heard.task : asked.text, known)
  const wantsModel = !isUnderstood(heard) || !('agent' in fitting)
  const read = wantsModel
    ? await readByModel(deps, workspaceId, { text: asked.text, agents: known, ...place })
    : null
  const understood = withModel(heard, read)
  const agent = 'agent' in fitting ? fitting.agent : read?.agent
  if (!agent) throw await nobodyFor(deps, workspaceId, understood, fitting)
  const trigger = made(understood, agent, { zone: understood.zone ?? zone, text: asked.text })
  const source = isUnderstood(heard) && 'agent' in fitting ? 'grammar' : 'model'
  const kept = { trigger, source, text: asked.text, notes: understood.notes, by } as const
  return keep(deps, workspaceId, kept).catch((error) => {
    throw ofTheWords(error)
  })
}

/** What the messages of a field go on from; others stand for themselves. */
const SUBJECTS: Record<string, string> = {
  everySeconds: 'The interval',
  at: 'The time',
  startsAt: 'The beginning',
  endsAt: 'The end',
}
/** What is wrong with a field is wrong with the words that it was made of. */
function ofTheWords(error: unknown): unknown {
  const problem = problemOf(error)
  if (problem?.status !== 422 || !problem.errors) return error
  const inWords = ({ path, message }: { path: string; message: string }) =>
    path in SUBJECTS ? `${SUBJECTS[path]} ${message}` : message
  return unsaid(problem.errors.map(inWords).join(' '))
}

function withModel(heard: Understood | Refusal, read: ModelsReading | null): Understood {
  if (isUnderstood(heard)) return heard
  if (!read?.when) throw refusal(heard)
  const when: When =
    read.when.kind === 'event' ? { kind: 'event', event: { types: [read.when.type] } } : read.when
  const notes = ['A model has read this: look whether it says what you mean.']
  return { when, startsAt: null, endsAt: null, zone: read.zone, task: read.task ?? '', notes }
}

async function nobodyFor(
  { models }: ProposalDeps,
  workspaceId: number,
  { task }: Understood,
  fitting: { agent: Agent } | { among: Agent[] },
): Promise<ProblemError> {
  const among = 'among' in fitting ? fitting.among : []
  const names = among.map((it) => it.name).join(', ')
  if (among.length > 1) return unsaid(`Several agents fit: ${names}. Name the one that you mean.`)
  if (task === '') return unsaid(`It does not say what is to be done. ${EXAMPLES}`)
  const model = await models.find(workspaceId, null).catch(() => null)
  const remedy = model
    ? 'Make an agent for it, or name one that is here.'
    : 'Without a model only the agents of the product work here: name one, or set up a model in the settings and make an agent for it.'
  return unsaid(`No agent here fits ${said(task)}. ${remedy}`)
}

const MOST_NAME = 80
const named = (task: string, agent: Agent) => {
  const line = task === '' ? agent.name : task.replace(/[\p{Cc}]+/gu, ' ').trim()
  const short = line.length <= MOST_NAME ? line : `${line.slice(0, MOST_NAME).replace(/\s+\S*$/, '')} …`
  return `${short[0]?.toUpperCase() ?? ''}${short.slice(1)}`.replace(/[.]+$/, '')
}

function made(
  { when, startsAt, endsAt, task }: Understood,
  agent: Agent,
  { zone, text }: { zone: string; text: string },
): NewTriggerInput {
  return {
    name: named(task, agent),
    description: text,
    agentId: agent.id,
    agentType: agent.agentType,
    timezone: zone,
    context: contextFor(agent, task || text),
    ...(startsAt && { startsAt: startsAt.toISOString() }),
    ...(endsAt && { endsAt: endsAt.toISOString() }),
    ...fieldsOf(when),
  }
}

function fieldsOf(
  when: When,
): Pick<NewTriggerInput, 'kind' | 'cronExpression' | 'everySeconds' | 'at' | 'event'> {
  switch (when.kind) {
    case 'schedule':
      return { kind: 'schedule', cronExpression: patternOf(when.frequency) }
    case 'interval':
      return { kind: 'interval', everySeconds: when.everySeconds }
    case 'once':
      return { kind: 'once', at: when.at.toISOString() }
    case 'event':
      return { kind: 'event', event: when.event as NonNullable<NewTriggerInput['event']> }
  }
}

interface Field {
  type?: string
  format?: string
}
const TAKES_WORDS = ['task', 'question', 'prompt', 'topic', 'text', 'request']
const ADDRESS = /\bhttps?:\/\/[^\s"'<>]+/i

/** What the words give an agent to work with: an address where it takes one, the words where it takes a task. */
function contextFor({ input }: Agent, words: string): Record<string, unknown> {
  const properties = (input.properties ?? {}) as Record<string, Field>
  const url = ADDRESS.exec(words)?.[0]
  const found: Record<string, unknown> = {}
  for (const [name, { type, format }] of Object.entries(properties)) {
    if (url && format === 'uri') found[name] ??= url
    else if (type === 'string' && TAKES_WORDS.includes(name)) found[name] = words
  }
  return found
}

interface Keeping {
  trigger: NewTriggerInput
  source: ProposalSource
  text: string
  notes: string[]
  by: By
  executionId?: number
  key?: string
}

/** Judged as far as it cannot be filled in later; what its context lacks is said beside it. */
export async function keep(deps: ProposalDeps, workspaceId: number, it: Keeping): Promise<Proposal> {
  const now = deps.clock.now()
  const body = NewTrigger.parse(it.trigger)
  const { kept, faults } = await judgedContext(deps, workspaceId, body, { given: body.context })
  const unfit = faults.filter((fault) => !fault.path.startsWith('context'))
  if (unfit.length > 0) throw refusalOf(unfit)
  await triggers.requirePlannable(deps, body, it.by)
  const lacking = faults.map(
    ({ path, message }) => `To be filled in: ${path.replace(/^context\./, '')} ${message}`,
  )
  const row = await rows.add(deps.store, {
    workspaceId,
    text: it.text,
    source: it.source,
    trigger: JSON.stringify({ ...it.trigger, context: kept }),
    notes: JSON.stringify([...it.notes, ...lacking]),
    createdBy: it.by.id,
    createdByName: it.by.name,
    executionId: it.executionId ?? null,
    key: it.key ?? null,
    createdAt: now,
    expiresAt: new Date(now.getTime() + hours(CONFIRMABLE_HOURS)),
  })
  deps.hint([workspaceId])
  return shown(deps, row)
}

const NEXT_SHOWN = 5

async function shown(deps: ProposalDeps, row: rows.ProposalRow): Promise<Proposal> {
  const { workspaceId } = row
  const body = NewTrigger.parse(JSON.parse(row.trigger))
  const config = { ...configFrom(body), id: 0, createdAt: row.createdAt }
  const agent = await deps.catalogue.find(workspaceId, body)
  const told = await adviceOn(deps, workspaceId, config)
  const asRow = { ...config, plannedRuns: 0 } as unknown as Parameters<typeof previewOfTrigger>[0]
  const { instants } = followsClock(body.kind)
    ? previewOfTrigger(asRow, { from: deps.clock.now(), count: NEXT_SHOWN })
    : { instants: [] }
  const { kind, name, description, agentId, agentType, timezone, startsAt, endsAt } = body
  const { cronExpression, everySeconds, at, event } = body
  const notes = JSON.parse(row.notes) as string[]
  return {
    id: row.id,
    text: row.text,
    trigger: {
      ...{ kind, name, description, agentId, agentType, timezone, startsAt, endsAt },
      context: masked(body.context),
      ...(cronExpression !== undefined && { cronExpression }),
      ...(everySeconds !== undefined && { everySeconds }),
      ...(at !== undefined && { at }),
      ...(event !== undefined && { event }),
    },
    agentName: agent?.name ?? agentId,
    humanReadable: describe(config),
    next: instants.map((it) => it.at),
    instants,
    warnings: [...notes, ...told.map((it) => it.text)],
    notes,
    forecast: await forecastOf(deps, workspaceId, config),
    source: row.source,
    proposedBy: { id: row.createdBy, name: row.createdByName },
    confirmedBy:
      row.confirmedBy === null ? null : { id: row.confirmedBy, name: row.confirmedByName ?? 'somebody' },
    triggerId: row.triggerId,
    createdAt: new Date(row.createdAt).toISOString(),
    expiresAt: new Date(row.expiresAt).toISOString(),
  }
}

/** Of the next 30 days, by what runs of its agent have cost. */
async function forecastOf(
  { store, clock }: ProposalDeps,
  workspaceId: number,
  config: Parameters<typeof timesOf>[0] & { agentId: string; startsAt: number | null; endsAt: number | null },
): Promise<Forecast | null> {
  if (!followsClock(config.kind)) return null
  const now = clock.now()
  const { count: runsPerMonth } = boundedBy(config, timesOf(config)).count(
    now,
    new Date(now.getTime() + days(30)),
  )
  const costs = (await recentOfAgent(store, workspaceId, config.agentId)).map((it) => it.cost)
  return forecastBy(runsPerMonth, costs, 'same_agent')
}

/** What people read of one that an agent has put forward; its card is drawn from the number. */
export function saidInChat(
  { id, trigger, humanReadable }: Proposal,
  { workspaceId, key, agent }: { workspaceId: number; key: string; agent: { name: string } },
) {
  const text = `**${agent.name}** proposes a schedule: “${trigger.name}”, ${humanReadable}. It runs when somebody confirms it.`
  return {
    ...{ workspaceId, kind: 'notice' as const, author: { id: null, name: agent.name } },
    ...{ text, clientId: `proposal:${key}`.slice(0, 64) },
    response: JSON.stringify({ text, type: 'proposal', proposalId: id }),
  }
}

async function found(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  id: number,
): Promise<rows.ProposalRow> {
  const row = await rows.get(store, workspaceId, id)
  if (!row) throw notFound('proposal')
  return row
}

export const get = async (deps: ProposalDeps, workspaceId: number, id: number): Promise<Proposal> =>
  shown(deps, await found(deps, workspaceId, id))

const closed = () => new ProblemError(410, 'This proposal has expired, or was put away: say it again.')
const taken = ({ confirmedByName }: Pick<rows.ProposalRow, 'confirmedByName'>) =>
  new ProblemError(409, `${confirmedByName ?? 'Somebody'} has confirmed this proposal already.`)

/**
 * @throws ProblemError 409 where it is confirmed, 410 after a day or where it was put away, 422 where what is changed
 * cannot be made
 */
export async function confirm(
  deps: ProposalDeps,
  workspaceId: number,
  id: number,
  { changes = {} }: ConfirmProposal,
  by: By,
): Promise<Trigger> {
  const row = await found(deps, workspaceId, id)
  if (row.confirmedAt !== null) throw taken(row)
  if (row.expiresAt <= deps.clock.now().getTime()) throw closed()
  const proposed = JSON.parse(row.trigger) as NewTriggerInput & { context: Record<string, unknown> }
  const body = changedBody(proposed, changes)
  const before = objectOf(JSON.stringify(proposed.context))
  return triggers.createProposed(deps, workspaceId, body, by, {
    ...{ proposalId: id, openUntil: new Date(row.expiresAt), before },
    async taken() {
      const now = await found(deps, workspaceId, id)
      if (now.confirmedAt !== null) return taken(now)
      return now.expiresAt === row.expiresAt ? null : closed()
    },
  })
}

/**
 * Puts it away. One that could not be confirmed any more is so already.
 * @throws ProblemError 409 where it is confirmed
 */
export async function dismiss(deps: ProposalDeps, workspaceId: number, id: number): Promise<Proposal> {
  await rows.dismiss(deps.store, { workspaceId, id, now: deps.clock.now() })
  const row = await found(deps, workspaceId, id)
  if (row.confirmedAt !== null) throw taken(row)
  deps.hint([workspaceId])
  return shown(deps, row)
}

const WHEN = ['cronExpression', 'everySeconds', 'at', 'event', 'webhook', 'condition'] as const

/** What is named takes the place of what was proposed; another kind does not keep the time of this one. */
function changedBody(proposed: NewTriggerInput, changes: Record<string, unknown>): NewTrigger {
  const kind = changes.kind ?? proposed.kind
  const base: Record<string, unknown> = {
    ...proposed,
    context: masked(proposed.context as Record<string, unknown>),
  }
  if (kind !== proposed.kind) for (const field of WHEN) delete base[field]
  const judged = NewTrigger.safeParse({ ...base, ...changes })
  if (judged.success) return judged.data
  throw unacceptable(
    judged.error.issues.map((it) => ({ path: ['changes', ...it.path].join('.'), message: it.message })),
  )
}
