/**
 * When a call is asked about first, and what is asked.
 *
 * Promise: what leaves the installation is never sent unasked by a run that has read text from outside, unless an
 * administrator has said so for just that tool of that agent, or a person for exactly that call.
 */
import type { AskedWhy } from '../../contract/approval.ts'
import type { AgentConfig, ToolUse } from '../../contract/custom-agent.ts'
import type { Ask, Decided, GrantedCall, Task } from '../agent.ts'
import type { Judged } from './calls.ts'

/** Null: it is made at once. */
export function whyAsked(
  { tool, effect }: Pick<Judged, 'tool' | 'effect'>,
  { approval, allowTainted = false }: Partial<ToolUse>,
  tainted: boolean,
): AskedWhy | null {
  if (tool.asks) return 'rule'
  // Its own memory is the agent's to keep.
  if (tool.keeps) return null
  // A rule that was not given: what only reads is allowed, all else is asked about.
  const rule = approval ?? tool.approval ?? (effect === 'read' ? 'allow' : 'ask')
  // Of a tool that can do more, a call that only reads is no more than a look.
  const onlyLooks = effect === 'read' && tool.effect !== 'read'
  if (rule === 'ask' && !onlyLooks) return 'rule'
  return effect === 'outside' && tainted && !allowTainted ? 'tainted' : null
}

export const ruleFor = ({ tools }: AgentConfig, name: string): Partial<ToolUse> =>
  tools.find((it) => it.name === name) ?? {}

/**
 * Whoever wrote what a run has read may have chosen the arguments, among all that a filter lets through: then only
 * what was remembered of exactly this call will do, and of whatever effect.
 */
export const grantedCall = (
  { tool, arguments: given, argumentsHash }: Pick<Judged, 'tool' | 'arguments' | 'argumentsHash'>,
  { allowTainted = false }: Partial<ToolUse>,
  tainted: boolean,
): GrantedCall => ({ tool: tool.name, arguments: given, argumentsHash, exactly: tainted && !allowTainted })

/** Says so in the transcript, and answers what a person is asked. */
export function askFor(judged: Judged, place: string, why: AskedWhy, task: Pick<Task<unknown>, 'say'>): Ask {
  const { tool, input, effect, argumentsHash } = judged
  const question = tool.asks?.(input)
  const summary = tool.says(input)
  const step = task.say(
    `Asks: ${summary}`,
    { tool: tool.name, arguments: judged.arguments, argumentsHash, why },
    'approval',
  )
  return {
    place,
    step,
    kind: question ? 'question' : 'tool',
    tool: tool.name,
    effect,
    arguments: judged.arguments,
    argumentsHash,
    summary,
    why,
    ...question,
  }
}

/** What is waited for, of one thing or of several. */
export const waitsFor = (asks: readonly Ask[]): string => {
  const [first] = asks
  if (asks.length > 1) return `${asks.length} decisions`
  return first?.kind === 'question' ? `an answer: ${first.summary}` : `approval: ${first?.summary}`
}

/** Why the model does not get what it asked for, for the model. */
export function refusal({ status, by, note }: Decided): string {
  const why = note ? ` They say: “${note}”.` : ''
  if (status === 'rejected') return `${by?.name ?? 'A person'} did not allow this.${why}`
  return status === 'expired'
    ? 'Nobody decided about this in time, so it was not done.'
    : 'This was not allowed.'
}
