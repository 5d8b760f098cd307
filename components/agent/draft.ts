/** The form of an agent: what is typed, and what is sent of it. */
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { CustomAgent, ToolInfo, ToolUse } from '#lib/contract/custom-agent.ts'

export interface Draft {
  name: string
  description: string
  instructions: string
  /** `2 llama3.2`: provider and model; empty: what is usual. */
  model: string
  /** By name: those that it has. */
  tools: Record<string, ToolUse>
  /** Those whose tools are among them. */
  mcpServerIds: number[]
  /** Of the tools that are skills, and those whose text it is told. */
  skillIds: number[]
  memory: CustomAgent['memory']
  maxSteps: string
  maxTokens: string
  maxCost: string
  /** JSON; empty: any object. */
  input: string
  output: string
}

export const EMPTY: Draft = {
  name: '',
  description: '',
  instructions: '',
  model: '',
  tools: {},
  mcpServerIds: [],
  skillIds: [],
  memory: 'none',
  maxSteps: '20',
  maxTokens: '200000',
  maxCost: '',
  input: '',
  output: '',
}

const isAny = (schema: Record<string, unknown>) => Object.keys(schema).every((it) => it === 'type')

export const draftOf = (it: CustomAgent): Draft => ({
  name: it.name,
  description: it.description,
  instructions: it.instructions,
  model: it.model ? modelKey(it.model) : '',
  tools: Object.fromEntries(
    it.tools.filter(({ approval }) => approval !== 'deny').map((use) => [use.name, use]),
  ),
  mcpServerIds: it.mcpServerIds,
  skillIds: it.skillIds,
  memory: it.memory,
  maxSteps: String(it.maxSteps),
  maxTokens: String(it.maxTokens),
  maxCost: it.maxCost === null ? '' : String(it.maxCost),
  input: isAny(it.input) ? '' : JSON.stringify(it.input, null, 2),
  output: it.output === null ? '' : JSON.stringify(it.output, null, 2),
})

export const modelKey = ({ providerId, model }: { providerId: number; model: string }) =>
  `${providerId} ${model}`

type Body = BodyInput<Api['createAgent']>

/** The body is to be sent only when there are no errors. */
export function bodyOf(draft: Draft): { body: Body; errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  const number = (name: 'maxSteps' | 'maxTokens' | 'maxCost', text: string) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) errors[name] = 'Write a number.'
    return value
  }
  const schema = (name: 'input' | 'output', text: string) => {
    if (text.trim() === '') return null
    try {
      return JSON.parse(text) as Record<string, unknown>
    } catch (error) {
      errors[name] = `That is not JSON: ${(error as Error).message}`
      return null
    }
  }
  if (draft.name.trim() === '') errors.name = 'Give it a name.'
  if (draft.instructions.trim() === '') errors.instructions = 'Say what it is to do.'
  const [providerId = '', ...model] = draft.model.split(' ')
  const body: Body = {
    name: draft.name.trim(),
    description: draft.description,
    instructions: draft.instructions,
    model: draft.model === '' ? null : { providerId: Number(providerId), model: model.join(' ') },
    tools: Object.values(draft.tools),
    mcpServerIds: draft.mcpServerIds,
    skillIds: draft.skillIds,
    memory: draft.memory,
    maxSteps: number('maxSteps', draft.maxSteps),
    maxTokens: number('maxTokens', draft.maxTokens),
    maxCost: draft.maxCost.trim() === '' ? null : number('maxCost', draft.maxCost),
    input: schema('input', draft.input) ?? { type: 'object' },
    output: schema('output', draft.output),
  }
  return { body, errors }
}

/**
 * Those of the chosen tools. Where a tool is not offered now nobody knows whose it is: as long as there is such a one,
 * servers that offer nothing stay.
 */
export function serversOf(
  chosen: Draft['tools'],
  known: readonly Pick<ToolInfo, 'name' | 'server'>[],
  before: readonly number[],
): number[] {
  const ids = known.flatMap((it) => (it.server && chosen[it.name] ? it.server.id : []))
  const offering = new Set(known.map((it) => it.server?.id))
  const isUnknown = (name: string) =>
    name.includes('.') && !name.startsWith('skill.') && !known.some((it) => it.name === name)
  const kept = Object.keys(chosen).some(isUnknown) ? before.filter((id) => !offering.has(id)) : []
  return [...new Set([...ids, ...kept])]
}

/** With a skill, or without it. */
export const withSkill = (before: readonly number[], id: number, on: boolean): number[] =>
  on ? [...new Set([...before, id])] : before.filter((it) => it !== id)
