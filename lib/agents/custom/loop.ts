/**
 * The run of a custom agent: turns of its model, and the calls between them, until it has said what it has to say.
 *
 * Promise: each turn and each call is kept before the next begins, so whoever continues the run replays what is kept
 * and asks only for the rest; a limit ends it with what it has said so far; a run that achieved nothing is no success.
 */
import { z } from 'zod'
import { wholeConfig } from '../../contract/custom-agent.ts'
import { inWords } from '../../contract/wording.ts'
import {
  type Affordable,
  AgentFailure,
  type AgentResult,
  type AgentWait,
  type Ask,
  type Decided,
  type Usage,
} from '../agent.ts'
import { askFor, grantedCall, ruleFor, waitsFor, whyAsked } from './asking.ts'
import { begin, FINISH, type Given, type LoopDeps, type Revision, type Run } from './beginning.ts'
import {
  addressFault,
  failed,
  type Judged,
  judgeCall,
  keepFault,
  keptCall,
  keyOfBeginning,
  keyOfCall,
  type Outcome,
  type Performing,
  performCall,
  resultMessage,
} from './calls.ts'
import { costOf } from './prices.ts'
import { type Call, takeTurn, type Turn } from './turn.ts'

/** Of a workspace, for people to keep an overview. */
const MOST_PENDING = 1000
/** So often the same call with the same result means that nothing moves. */
const MOST_EQUAL = 3

const Finish = z.object({
  text: z.string(),
  notable: z.boolean().optional(),
  outcome: z.unknown().optional(),
})

export async function work(current: Revision, task: Given, deps: LoopDeps): Promise<AgentResult | AgentWait> {
  // A run keeps the revision that it began with, whatever is written meanwhile.
  const kept = await task.step('agent', () => current)
  const own = { ...kept, config: wholeConfig(kept.config) }
  const run = await begin(own, task, deps)
  try {
    return await takeTurns(run)
  } catch (error) {
    const { message = 'It was stopped.', transient, reasonCode } = error as Partial<AgentFailure>
    // What was used counts, however the run ends.
    throw new AgentFailure(message, {
      ...(error instanceof AgentFailure && { transient, reasonCode }),
      cause: error,
      partial: { text: run.text, usage: usageOf(run) },
    })
  }
}

async function takeTurns(run: Run): Promise<AgentResult | AgentWait> {
  const { maxSteps } = run.own.config
  for (let n = 1; n <= maxSteps; n++) {
    requireRest(run)
    const turn = await askOnce(run, n)
    run.text = turn.text || run.text
    run.messages.push(...turn.messages)
    const ended = await answerCalls(run, turn, n)
    if (ended) return ended
  }
  throw limit(
    `It took ${maxSteps} turns of its model without an end`,
    'Raise its limit of turns, or give it less to do',
  )
}

/** What it used is counted whether it is asked now or was asked before a crash. */
async function askOnce(run: Run, n: number): Promise<Turn> {
  const { task, model, own } = run
  const turn = await task.step(`turn ${n}`, async () => {
    const maxOutputTokens = Math.min(own.config.maxOutputTokens, own.config.maxTokens - tokensOf(run))
    const { warning } = await task.afford(mostAfter(run, maxOutputTokens))
    const heard = warning === null ? [] : [{ role: 'user' as const, content: warning }]
    const answer = await takeTurn({
      model,
      instructions: run.instructions,
      messages: [...run.messages, ...heard],
      tools: run.offered,
      temperature: own.config.temperature,
      maxOutputTokens,
      signal: task.signal,
      clock: task.tools.clock,
      onText: task.write,
    })
    const { tokensIn, tokensOut, tokensCached } = answer.usage
    const cost = costOf(model.name, answer.usage, run.prices)
    const { finishReason, tookMs } = answer
    task.say(
      answer.text || (answer.calls.length > 0 ? `Asks for ${namesOf(answer.calls)}` : 'Says nothing'),
      { model: model.name, finishReason, tokensIn, tokensOut, tokensCached, cost, tookMs },
      'model',
    )
    return { ...answer, messages: [...heard, ...answer.messages], cost: cost ?? 0 }
  })
  count(run, { ...turn.usage, cost: turn.cost })
  return turn
}

function count({ used }: Run, more: Partial<Usage>): void {
  for (const it of ['tokensIn', 'tokensOut', 'tokensCached', 'cost'] as const) used[it] += more[it] ?? 0
}

/** A token is seldom less than three bytes; what a turn is given is told by size, before anybody has counted it. */
const BYTES_OF_A_TOKEN = 2

/** What it may have used after a turn, at the most. */
function mostAfter(run: Run, tokensOut: number): Affordable {
  const given = JSON.stringify([run.instructions, run.offered, run.messages])
  const tokensIn = Math.ceil(Buffer.byteLength(given) / BYTES_OF_A_TOKEN)
  const cost = costOf(run.model.name, { tokensIn, tokensOut, tokensCached: 0 }, run.prices) ?? 0
  return { tokens: tokensOf(run) + tokensIn + tokensOut, cost: run.used.cost + cost }
}

const namesOf = (calls: Call[]) => [...new Set(calls.map((it) => it.tool))].join(', ')
const tokensOf = ({ used }: Run) => used.tokensIn + used.tokensOut

function requireRest(run: Run): void {
  const { maxTokens, maxCost } = run.own.config
  if (tokensOf(run) >= maxTokens)
    throw limit(
      `It used ${tokensOf(run).toLocaleString('en')} tokens of ${maxTokens.toLocaleString('en')}`,
      'Raise its limit of tokens',
    )
  if (maxCost !== null && run.used.cost >= maxCost)
    throw limit(`It cost $${run.used.cost.toFixed(4)} of $${maxCost}`, 'Raise its limit of cost')
}

const limit = (what: string, remedy: string) =>
  new AgentFailure(`${what}. ${remedy}, in the agent.`, { reasonCode: 'limit' })

/** Answers the calls of a turn one by one; what ended the run or has it wait, or null while it goes on. */
async function answerCalls(run: Run, turn: Turn, n: number): Promise<AgentResult | AgentWait | null> {
  if (turn.calls.length === 0) return finished(run, { text: run.text })
  for (const [k, call] of turn.calls.entries()) {
    // The model has been told already.
    if (call.invalid !== null) {
      requireMovement(run, call, call.invalid)
      continue
    }
    const ended = call.tool === FINISH.name ? finish(run, call) : await answer(run, turn, { n, k, call })
    if (ended) return ended
  }
  return null
}

interface Place {
  /** Of the turn, from 1. */
  n: number
  /** Of the call in it, from 0. */
  k: number
  call: Call
}
const placeOf = ({ n, k }: Pick<Place, 'n' | 'k'>) => `${n}.${k + 1}`

/** Makes a call, or has the run wait for those who decide about it and about what is left of its turn. */
async function answer(run: Run, turn: Turn, at: Place): Promise<AgentWait | null> {
  const place = placeOf(at)
  const { task } = run
  // Data: what its tools are by now changes nothing about what was done.
  if (task.has(keyOfCall(place))) return absorb(run, at.call, await keptCall(task, place))
  const judged = judgedIn(run, at)
  if ('fault' in judged) return absorb(run, at.call, await keepFault(task, place, judged.fault))
  const { why, decided } = await standingOf(run, judged, place)
  if (why !== null && decided === null) return waitFor(run, turn, at)
  const other = decided?.status === 'approved' && (await isOther(run, judged, place))
  if (other) return absorb(run, at.call, await keepFault(task, place, OTHER))
  const given = decided?.arguments ?? null
  const agreed = given === null ? judged : judgeCall(at.call.tool, given, run.tools)
  return absorb(
    run,
    at.call,
    'fault' in agreed
      ? await keepFault(task, place, agreed.fault)
      : await performCall(agreed, performing(run, agreed, at, decided)),
  )
}

/** The call, if it can be made as the run stands now. */
function judgedIn(run: Run, { call }: Pick<Place, 'call'>): ReturnType<typeof judgeCall> {
  const judged = judgeCall(call.tool, call.arguments, run.tools)
  if ('fault' in judged) return judged
  const fault = addressFault(judged, run.tainted ? run.heard : null)
  return fault === null ? judged : { fault }
}

/** Why it is asked about, if it is, and what was decided: for this call, or for all that are like it. */
async function standingOf(run: Run, judged: Judged, place: string) {
  const { task, own } = run
  const rule = ruleFor(own.config, judged.tool.name)
  const why = whyAsked(judged, rule, run.tainted)
  // What was decided holds, also where nobody would be asked any more.
  const decided = task.decided(place)
  if (decided) return { why, decided }
  // It has left already: nobody is asked any more.
  const isBegun = task.has(keyOfBeginning(place))
  if (why === null || isBegun || task.execution.staged) return { why: null, decided: null }
  if (judged.tool.asks) return { why, decided }
  const grant = await task.step(`grant ${place}`, async () => {
    const found = await task.tools.grant(grantedCall(judged, rule, run.tainted))
    if (found)
      task.say(`Remembered approval ${found.id} of ${found.by} is used`, { grantId: found.id }, 'approval')
    return found
  })
  return { why: grant ? null : why, decided: null }
}

const OTHER =
  'What was approved was another tool: its server, or what it says of itself, has changed since. Ask anew.'

/** Whether the tool is not the one that a person was asked about. */
const isOther = async ({ task }: Run, { tool }: Judged, place: string): Promise<boolean> =>
  (await task.step(`asked ${place}`, () => tool.identity ?? null)) !== (tool.identity ?? null)

/** Parks the run for this call and for what is left of its turn. */
async function waitFor(run: Run, turn: Turn, { n, k }: Place): Promise<AgentWait> {
  const { task } = run
  if ((await task.tools.workspace.pendingApprovals()) >= MOST_PENDING)
    throw new AgentFailure(
      `${MOST_PENDING} approvals wait in this workspace already: decide or cancel some of them first.`,
    )
  const asks: Ask[] = []
  for (const [later, call] of turn.calls.entries()) {
    if (later < k || call.invalid !== null || call.tool === FINISH.name) continue
    const judged = judgedIn(run, { call })
    const place = placeOf({ n, k: later })
    if ('fault' in judged || task.decided(place)) continue
    const why = whyAsked(judged, ruleFor(run.own.config, judged.tool.name), run.tainted)
    if (why === null) continue
    if (!task.has(`asked ${place}`)) await isOther(run, judged, place)
    asks.push(askFor(judged, place, why, task))
  }
  return { waitsFor: waitsFor(asks), asks, usage: usageOf(run) }
}

const performing = (run: Run, judged: Judged, at: Place, decided: Decided | null): Performing => ({
  task: run.task,
  callId: at.call.callId,
  place: placeOf(at),
  n: judged.effect === 'read' ? null : run.numbered + 1,
  decided,
  ground: {
    ...run.task.tools,
    say: (text) => void run.task.say(text),
    timezone: run.timezone,
    tainted: run.tainted,
    signal: run.task.signal,
    triggerId: run.task.execution.triggerId,
    agent: { id: run.own.id, name: run.own.config.name },
  },
})

/** What the run makes of what came of a call, whenever that was. */
function absorb(run: Run, call: Call, outcome: Outcome): null {
  const { effect, state, untrusted, told, n, notes, gives, usage = {} } = outcome
  run.tainted ||= untrusted
  run.numbered = Math.max(run.numbered, n ?? (effect !== null && effect !== 'read' ? run.numbered + 1 : 0))
  count(run, usage)
  if (state === 'done') {
    run.notes = notes ?? run.notes
    if (gives) run.heard.push(told)
    if (effect !== 'read') run.effects++
  }
  heardBack(run, call, outcome)
  return null
}

function heardBack(run: Run, call: Call, outcome: Outcome): void {
  run.messages.push(resultMessage(call, outcome))
  requireMovement(run, call, outcome.told)
}

function requireMovement(run: Run, call: Call, result: string): void {
  const key = JSON.stringify([call.tool, call.arguments, result])
  const times = (run.seen.get(key) ?? 0) + 1
  run.seen.set(key, times)
  if (times >= MOST_EQUAL)
    throw new AgentFailure(
      `It called ${call.tool} ${MOST_EQUAL} times with the same arguments and the same result. Say in its instructions what it should do then.`,
      { reasonCode: 'loop' },
    )
}

/** Null where what it says does not fit; the model is told why. */
function finish(run: Run, call: Call): AgentResult | null {
  const said = Finish.safeParse(call.arguments)
  const fault = said.success ? outcomeFault(run, said.data.outcome) : 'finish takes a text'
  if (said.success && fault === null) return finished(run, said.data)
  heardBack(run, call, failed(fault ?? ''))
  return null
}

function outcomeFault({ own }: Run, outcome: unknown): string | null {
  if (own.config.output === null) return null
  const judged = z.fromJSONSchema(own.config.output).safeParse(outcome, inWords)
  if (judged.success) return null
  const faults = judged.error.issues.map((it) => `${['outcome', ...it.path].join('.')} ${it.message}`)
  return `The outcome does not fit: ${faults.slice(0, 10).join('; ')}.`
}

function finished(run: Run, said: z.infer<typeof Finish>): AgentResult {
  const { text, notable = true, outcome } = said
  if (run.own.config.output !== null && outcome === undefined)
    throw new AgentFailure('It ended without the structured outcome that it was asked for.', {
      reasonCode: 'no_output',
    })
  if (text.trim() === '' && outcome === undefined && run.effects === 0 && notable)
    throw new AgentFailure('It ended without a text, a result or an effect: nothing was achieved.', {
      reasonCode: 'no_output',
    })
  const notes = run.notes !== null && { notes: run.notes }
  return { text, notable, ...(outcome !== undefined && { outcome }), ...notes, usage: usageOf(run) }
}

const usageOf = ({ used, own, model, tainted }: Run): Partial<Usage> => ({
  ...used,
  tainted,
  tokensUsed: used.tokensIn + used.tokensOut,
  agentRevision: own.revision,
  model: model.name,
})
