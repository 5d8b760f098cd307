/**
 * One turn of a model: what has been said goes in, and a text, calls of tools, or both come out.
 *
 * Promise: an answer is whole or an error in words; a provider that hangs, floods, breaks off or talks nonsense ends
 * within its time; what may pass is tried again here and nowhere else. Nothing is performed: calls are answered.
 */
import { APICallError, isStepCount, jsonSchema, type ModelMessage, streamText, tool } from 'ai'
import { type Clock, minutes, rest, seconds } from '../../clock.ts'
import { unreachable } from '../../net/unreachable.ts'
import { AgentFailure } from '../agent.ts'
import type { FoundModel } from './model-client.ts'
import { wireName } from './wire-names.ts'

/** A tool as the model sees it. */
export interface Offered {
  name: string
  description: string
  /** JSON Schema. */
  input: Record<string, unknown>
}

export interface Call {
  callId: string
  tool: string
  arguments: unknown
  /** Why it cannot be performed: no such tool, or arguments that are none. The model has been told. */
  invalid: string | null
}

export interface TurnUsage {
  tokensIn: number
  tokensOut: number
  tokensCached: number
}

/** JSON: it is kept, and goes in again with the next turn. */
export interface Turn {
  text: string
  calls: Call[]
  messages: ModelMessage[]
  finishReason: string
  usage: TurnUsage
  tookMs: number
}

export interface Asked {
  model: FoundModel
  instructions: string
  messages: ModelMessage[]
  tools: Offered[]
  temperature: number | null
  maxOutputTokens: number
  signal: AbortSignal
  clock: Clock
  /** What has been written so far. */
  onText(text: string): void
}

export interface Patience {
  /** A whole turn. */
  turnMs: number
  /** Until something comes, and between two pieces. */
  idleMs: number
  /** How long a provider may ask us to wait. */
  longestWaitMs: number
  tries: number
}
const PATIENCE: Patience = {
  turnMs: minutes(10),
  idleMs: seconds(60),
  longestWaitMs: seconds(60),
  tries: 4,
}

export async function takeTurn(asked: Asked, patience: Patience = PATIENCE): Promise<Turn> {
  for (let attempt = 1; ; attempt++) {
    const begunMs = asked.clock.monotonicMs()
    try {
      const turn = await ask(asked, patience)
      return { ...turn, tookMs: Math.round(asked.clock.monotonicMs() - begunMs) }
    } catch (error) {
      asked.signal.throwIfAborted()
      const waitMs = waitAfter(error, attempt, patience)
      if (waitMs === null) throw inWords(error, asked.model)
      await rest(asked.clock, waitMs, asked.signal)
    }
  }
}

async function ask(asked: Asked, { turnMs, idleMs }: Patience): Promise<Omit<Turn, 'tookMs'>> {
  let text = ''
  let broken: unknown = null
  const result = streamText({
    model: asked.model.model,
    instructions: asked.instructions,
    messages: asked.messages,
    tools: Object.fromEntries(
      asked.tools.map((it) => [
        wireName(it.name),
        tool({ description: it.description, inputSchema: jsonSchema(it.input) }),
      ]),
    ),
    // Some call a tool by the name that people read.
    repairToolCall: async ({ toolCall, tools }) => {
      const name = wireName(toolCall.toolName)
      return Object.hasOwn(tools, name) && name !== toolCall.toolName ? { ...toolCall, toolName: name } : null
    },
    stopWhen: isStepCount(1),
    maxRetries: 0,
    maxOutputTokens: asked.maxOutputTokens,
    ...(asked.temperature !== null && { temperature: asked.temperature }),
    abortSignal: asked.signal,
    // A server that sends no headers is only ended by the time of the whole step.
    timeout: { stepMs: Math.min(turnMs, idleMs * 10), firstChunkMs: idleMs, chunkMs: idleMs },
    onError: ({ error }) => {
      broken ??= error
    },
  })
  for await (const part of result.stream) {
    if (part.type === 'text-delta') {
      text += part.text
      asked.onText(text)
    }
    if (part.type === 'error') broken ??= part.error
    if (part.type === 'abort') broken ??= asked.signal.reason ?? new DOMException('', 'TimeoutError')
  }
  if (broken !== null) throw broken
  const [calls, messages, finishReason, usage] = await Promise.all([
    result.toolCalls,
    result.responseMessages,
    result.finishReason,
    result.usage,
  ])
  const named = new Map(asked.tools.map((it) => [wireName(it.name), it.name]))
  return {
    text,
    calls: calls.map((it) => ({
      callId: it.toolCallId,
      tool: named.get(it.toolName) ?? it.toolName,
      arguments: it.input,
      invalid: 'invalid' in it && it.invalid ? invalidity(it.error) : null,
    })),
    messages: JSON.parse(JSON.stringify(messages)) as ModelMessage[],
    finishReason,
    usage: {
      tokensIn: usage.inputTokens ?? 0,
      tokensOut: usage.outputTokens ?? 0,
      tokensCached: usage.inputTokenDetails.cacheReadTokens ?? 0,
    },
  }
}

const invalidity = (error: unknown) =>
  (error instanceof Error ? error.message : 'It does not fit the tool.').slice(0, 500)

const PASSING = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529])

/** How long to wait before it is tried again; null: it would not help, or has been tried enough. */
function waitAfter(error: unknown, attempt: number, { tries, longestWaitMs }: Patience): number | null {
  if (attempt >= tries) return null
  const backoffMs = Math.min(seconds(2) * 2 ** (attempt - 1), longestWaitMs) * (0.75 + Math.random() / 2)
  if (!isAnswer(error)) return isBroken(error) || isUnreached(error) ? backoffMs : null
  if (!PASSING.has(error.statusCode)) return null
  const asked = retryAfterMs(error.responseHeaders)
  if (asked === null) return backoffMs
  return asked <= longestWaitMs ? asked : null
}

/** The provider has said no; anything else went wrong on the way, and its cause says what. */
const isAnswer = (error: unknown): error is APICallError & { statusCode: number } =>
  APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode >= 400
const isUnreached = (error: unknown) =>
  APICallError.isInstance(error) && error.statusCode === undefined && refusalIn(error) === null
/** Ours: an address that is not asked, an answer that is too long. */
const refusalIn = (error: unknown): Error | null =>
  !(error instanceof Error) ? null : error.name === 'OutboundRefused' ? error : refusalIn(error.cause)
/** The connection was lost on the way; what was half said is said again. */
const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  (/ECONNRESET|UND_ERR_SOCKET|terminated|other side closed/.test(`${codeOf(error)} ${error.message}`) ||
    isBroken(error.cause))
const codeOf = (error: Error) => ('code' in error ? String(error.code) : '')

function retryAfterMs(headers: Record<string, string> | undefined): number | null {
  const inMs = Number(headers?.['retry-after-ms'])
  if (Number.isFinite(inMs) && inMs > 0) return inMs
  const given = headers?.['retry-after']
  if (!given) return null
  const after = Number(given)
  if (Number.isFinite(after)) return seconds(after)
  const until = Date.parse(given)
  return Number.isNaN(until) ? null : Math.max(0, until - Date.now())
}

/** What a provider did wrong, for the person who must act; nothing of what was sent. */
function inWords(error: unknown, { provider, name }: FoundModel): AgentFailure {
  const said = (what: string, transient: boolean) =>
    new AgentFailure(`The model ${name} of "${provider}" ${what}`, { transient, reasonCode: 'upstream' })
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return said('did not answer in time.', true)
  if (isAnswer(error)) {
    switch (error.statusCode) {
      case 401:
      case 403:
        return said(
          'refuses the key: it is wrong, or may not be used for this. Enter it anew in the settings, under Models.',
          false,
        )
      case 404:
        return said(
          'is not known there: choose another model in the agent, or mend the address of the provider.',
          false,
        )
      case 429:
        return said('is asked too often, or its credit is used up.', true)
      default:
        return said(`answers ${error.statusCode}: ${brief(error.message)}`, error.statusCode >= 500)
    }
  }
  const refusal = refusalIn(error)
  if (refusal) return said(`was given up: ${refusal.message}`, false)
  if (isUnreached(error))
    return said(`cannot be asked: ${unreachable((error as Error).cause ?? error)}`, true)
  if (isBroken(error)) return said('broke off in the middle of its answer.', true)
  return said(
    `answered with an error: ${brief(error instanceof Error ? error.message : String(error))}`,
    false,
  )
}

const brief = (text: string) => text.replace(/\s+/g, ' ').slice(0, 300)
