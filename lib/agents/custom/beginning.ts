/**
 * How a run of a custom agent begins: what its model is told, and what it may call.
 *
 * Promise: what it is told is kept, so that whoever continues the run tells the same; a limit of cost that cannot be
 * kept begins nothing.
 */
import type { TriggerEvent } from '../../contract/trigger-event.ts'
import type { ModelMessage } from 'ai'
import { z } from 'zod'
import type { AgentConfig } from '../../contract/custom-agent.ts'
import type { Mail } from '../../mail/mail.ts'
import type { ModelPrices } from '../../contract/model.ts'
import type { Question } from '#db/queries/replies.ts'
import { AgentFailure, type Task, type Worst } from '../agent.ts'
import type { Tool, ToolSource } from '../tools/tool.ts'
import type { FoundModel, Models } from './model-client.ts'
import { costOf } from './prices.ts'
import { type Circumstances, opening, systemPrompt } from './prompt.ts'
import { withoutSecrets } from './schema.ts'
import { asMessages, conversationOf, type Earlier, MOST_READ } from './thread.ts'
import type { Offered, TurnUsage } from './turn.ts'

export interface Revision {
  id: string
  revision: number
  config: AgentConfig
}

export interface LoopDeps {
  models: Pick<Models, 'find'>
  prices(): Promise<ModelPrices>
  tools: readonly Tool[]
  /** Tools that are no part of the product. */
  sources?: readonly ToolSource[]
  /** Whether mail can be sent for a workspace. */
  mail?: Pick<Mail, 'inForce'>
}

export const FINISH: Offered = {
  name: 'finish',
  description:
    'Ends the run. text: the result as Markdown for people. notable: false when there is nothing worth telling. outcome: the structured result, if one is asked for.',
  input: {
    type: 'object',
    properties: { text: { type: 'string' }, notable: { type: 'boolean' }, outcome: {} },
    required: ['text'],
    additionalProperties: false,
  },
}

export type Given = Task<Record<string, unknown>>

export interface Run {
  own: Revision
  task: Given
  model: FoundModel
  prices: ModelPrices
  tools: ReadonlyMap<string, Tool>
  offered: Offered[]
  instructions: string
  messages: ModelMessage[]
  timezone: string
  text: string
  /** Those that were done. */
  effects: number
  /** The number of the last effect that was done, asked for or refused. */
  numbered: number
  /** All that was said to the model by others than itself. */
  heard: string[]
  tainted: boolean
  /** What the next run is to know. */
  notes: string | null
  used: { tokensIn: number; tokensOut: number; tokensCached: number; cost: number }
  /** How often each call had each result. */
  seen: Map<string, number>
}

/** Notes go with the memory of that name. */
const isGiven = ({ tools, memory }: AgentConfig, it: Tool) =>
  it.keeps ? memory === 'notes' : tools.some(({ name, approval }) => name === it.name && approval !== 'deny')

interface Told {
  instructions: string
  first: string
  /** The same without what earlier runs have left. */
  own?: string
  /** Before it, where the memory is a thread. */
  earlier?: Earlier[]
  /** What is told may be what an earlier run has read outside. */
  tainted?: boolean
}

/**
 * Whoever wrote a mail, a feed, a page that is watched, or a call is nobody of the workspace; and what a run has made
 * of text from outside may still say what it said.
 */
async function areFromOutside(
  events: readonly TriggerEvent[],
  workspace: Pick<Given['tools']['workspace'], 'mayBeTainted'>,
): Promise<boolean> {
  if (events.some(({ actor }) => actor.kind === 'source' || actor.kind === 'caller')) return true
  return workspace.mayBeTainted(events.flatMap(({ chain }) => chain.causeId ?? []))
}

/** What the person has written, without what others said before. */
const ownWords = (asked: Question): Question => ({ ...asked, about: null, earlier: [] })

export async function begin(own: Revision, task: Given, deps: LoopDeps): Promise<Run> {
  const { models, prices } = deps
  const { config } = own
  const { clock, workspace } = task.tools
  const timezone = await workspace.timezoneOf(task.execution.triggerId)
  const { sources = [] } = deps
  // Kept: whoever continues it later tells the model of the same moment.
  const told: Told = await task.step('opening', async () => {
    const { triggerId } = task.execution
    const asked = task.asked ?? null
    // A conversation is about what was said in it, and not about other ones.
    const memory = asked ? 'none' : config.memory
    const last = memory === 'last_result' ? await workspace.lastOutput(triggerId) : null
    const notes = memory === 'notes' ? await workspace.notes(triggerId) : null
    const said = memory === 'thread' ? await workspace.lastOutputs(triggerId, MOST_READ) : []
    const thread = conversationOf(said, timezone)
    const more = await Promise.all(sources.map((it) => it.instructions?.(task.workspace.id, config) ?? []))
    const given: Circumstances = {
      now: clock.now(),
      scheduledFor: task.execution.scheduledFor,
      timezone,
      workspaceName: task.workspace.name,
      triggerName: task.execution.triggerName,
      isCatchup: task.execution.isCatchup,
      // Kept with the run, and told to whoever makes the model.
      context: withoutSecrets(config.input, task.input) as Record<string, unknown>,
      events: task.events,
      lastOutput: last?.output ?? null,
      notes: notes?.content ?? null,
      asked,
    }
    return {
      instructions: systemPrompt(config.instructions, given, more.flat()),
      first: opening(given),
      own: opening({ ...given, lastOutput: null, notes: null, events: [], asked: asked && ownWords(asked) }),
      earlier: thread.earlier,
      tainted:
        last?.tainted ||
        notes?.tainted ||
        thread.tainted ||
        asked?.tainted ||
        (await areFromOutside(task.events, workspace)),
    }
  })
  const mine = new Map((await toolsOf(own, task, deps)).map((it) => [it.name, it]))
  const model = await models.find(task.workspace.id, config.model)
  const priced = await prices()
  requirePrice(config, model, priced)
  return {
    own,
    task,
    model,
    prices: priced,
    tools: mine,
    offered: [...[...mine.values()].map(offer), FINISH],
    instructions: told.instructions,
    messages: [...asMessages(told.earlier ?? []), { role: 'user', content: told.first }],
    timezone,
    text: '',
    effects: 0,
    numbered: 0,
    // Not what earlier runs have left: a page may have had them make up an address that carries something away.
    heard: [told.instructions, told.own ?? (told.tainted ? '' : told.first)],
    tainted: told.tainted ?? false,
    notes: null,
    used: { tokensIn: 0, tokensOut: 0, tokensCached: 0, cost: 0 },
    seen: new Map(),
  }
}

async function toolsOf(
  { config }: Revision,
  task: Given,
  { tools, sources = [] }: LoopDeps,
): Promise<Tool[]> {
  const more = await Promise.all(sources.map((it) => it.forRun(config, task)))
  return [...tools, ...more.flat()].filter((it) => isGiven(config, it))
}

/** All that it may use, at what the dearest of its tokens costs. */
export async function worstOf(
  { revision, config }: Revision,
  workspaceId: number,
  { models, prices }: LoopDeps,
): Promise<Worst> {
  const { maxTokens: tokens, maxCost } = config
  const model = await models.find(workspaceId, config.model).catch(() => null)
  const priced = await prices()
  const all = (used: Partial<TurnUsage>) =>
    model && costOf(model.name, { tokensIn: 0, tokensOut: 0, tokensCached: 0, ...used }, priced)
  const cost = Math.max(all({ tokensIn: tokens }) ?? 0, all({ tokensOut: tokens }) ?? 0)
  const known = all({}) !== null
  return { revision, tokens, cost: known ? Math.min(cost, maxCost ?? cost) : null }
}

/** A limit of cost that cannot be kept is none. */
function requirePrice({ maxCost }: AgentConfig, { name }: FoundModel, priced: ModelPrices): void {
  const nothing = { tokensIn: 0, tokensOut: 0, tokensCached: 0 }
  if (maxCost !== null && costOf(name, nothing, priced) === null)
    throw new AgentFailure(
      `The agent has a limit of cost, but nobody has said what the model ${name} costs. Enter its price, or leave the limit out.`,
    )
}

const offer = ({ name, description, input, schema }: Tool): Offered => ({
  name,
  description,
  input: schema ?? (z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>),
})
