/** What is asked about an agent that is still being written, and which place an objection belongs to. */
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { exampleContext } from '#lib/contract/example-context.ts'
import { bodyOf, type Draft } from './draft.ts'

export type Asking = BodyInput<Api['previewAgent']>

export interface Problems {
  instructions?: string | undefined
  context?: string | undefined
  /** Of what stands elsewhere in the form. */
  note?: string | undefined
}
export interface Asked {
  /** Null: there is nothing to ask about yet. */
  body: Asking | null
  /** As it stands in its field. */
  context: string
  problems: Problems
}

/** `typed`: the example as somebody has written it; null: the one that is made of the schema. */
export function askedOf(draft: Draft, typed: string | null): Asked {
  const { body, errors } = bodyOf(draft)
  const { instructions, memory, skillIds, input = {} } = body
  const context = typed ?? JSON.stringify(exampleContext(input, instructions), null, 2)
  const read = contextIn(context)
  const problems: Problems = {
    context: read.problem,
    note: errors.input
      ? ofSchema(errors.input)
      : instructions.trim() === ''
        ? 'It is shown as soon as the agent has instructions.'
        : undefined,
  }
  const ready = !problems.context && !problems.note
  return {
    body: ready ? { instructions, input, memory, skillIds, context: read.value } : null,
    context,
    problems,
  }
}

function contextIn(text: string): { value: Record<string, unknown>; problem?: string } {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { value: value as Record<string, unknown> }
    return { value: {}, problem: 'A context is an object, such as {"city": "Berlin"}.' }
  } catch (error) {
    return { value: {}, problem: `That is not JSON: ${(error as Error).message}` }
  }
}

const ofSchema = (words: string) => `The JSON Schema of the context, below: ${words}`

/** What the server said by field, where the form has it. */
export function problemsIn(told: Record<string, string>): Problems {
  const ofContext = Object.entries(told).flatMap(([path, words]) =>
    path === 'context' ? [words] : path.startsWith('context.') ? [`${path.slice(8)}: ${words}`] : [],
  )
  return {
    instructions: told.instructions,
    context: ofContext.length > 0 ? ofContext.join(' ') : undefined,
    note: told.input && ofSchema(told.input),
  }
}
