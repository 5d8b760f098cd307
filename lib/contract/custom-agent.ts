/**
 * An agent that somebody wrote: instructions, a model, tools, limits. Every change is a revision; a run keeps the one
 * that it began with.
 */
import { z } from 'zod'
import { Key, keyField } from './exchange.ts'
import { Context, Instant, Line, Prose, Slug, optional } from './fields.ts'

const MAX_INSTRUCTIONS = 32 * 1024

const Instructions = z
  .string()
  .trim()
  .min(1, 'must not be empty: say what the agent is to do')
  .max(MAX_INSTRUCTIONS, 'expects at most 32 KiB')
  .refine((it) => it.isWellFormed() && !it.includes('\0'), 'has a character that is not text')
  .refine((it) => new TextEncoder().encode(it).length <= MAX_INSTRUCTIONS, 'expects at most 32 KiB')

/** A JSON Schema of an object; what it may say more than forms draw is judged where it is read. */
const Schema = z
  .record(z.string(), z.unknown())
  .refine((it) => (it.type ?? 'object') === 'object', 'expects the JSON Schema of an object')
  .refine((it) => JSON.stringify(it).length <= 64 * 1024, 'expects at most 64 KiB')

export const ApprovalMode = z.enum(['allow', 'ask', 'deny'])
export type ApprovalMode = z.infer<typeof ApprovalMode>
/** What a run knows of those of its schedule before it; `thread`: their results, as turns before its own. */
export const Memory = z.enum(['none', 'last_result', 'thread', 'notes'])
/** `inside` changes this workspace only; `outside` leaves the installation. */
export const Effect = z.enum(['read', 'inside', 'outside'])
export type Effect = z.infer<typeof Effect>
/** What becomes of a call whose outcome a crash has hidden. */
export const Repeat = z.enum(['safe', 'keyed', 'verify', 'never'])
export type Repeat = z.infer<typeof Repeat>
const ToolUse = z.strictObject({
  name: z.string().min(1, 'must not be empty').max(120),
  approval: ApprovalMode.optional(),
  allowTainted: z.boolean().optional().meta({
    description: 'Allowed means allowed, also after the run has read text that came from outside.',
  }),
})
export type ToolUse = z.infer<typeof ToolUse>

const fields = {
  name: Line(120),
  description: Prose(2000).default(''),
  instructions: Instructions.meta({
    description: '{{context.city}} stands for a field of the context, {{now}} for the time of the run.',
  }),
  model: z
    .strictObject({ providerId: z.number().int().min(0), model: z.string().trim().min(1).max(200) })
    .nullable()
    .default(null)
    .meta({ description: 'Null: what the workspace, or else the installation, asks usually.' }),
  temperature: z.number().min(0).max(2).nullable().default(null),
  maxSteps: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .meta({ description: 'Turns of the model in a run.' }),
  maxOutputTokens: z.number().int().min(16).max(200_000).default(4096).meta({ description: 'Of one turn.' }),
  maxTokens: z.number().int().min(100).max(10_000_000).default(200_000).meta({ description: 'Of one run.' }),
  maxCost: z.number().positive().max(10_000).nullable().default(null).meta({
    description: 'Of one run, in US dollars; needs a price for the model.',
  }),
  tools: z
    .array(ToolUse)
    .max(50)
    .refine((it) => new Set(it.map(({ name }) => name)).size === it.length, 'names a tool twice')
    .default([]),
  mcpServerIds: z.array(z.number().int().positive()).max(50).default([]).meta({
    description: 'Servers whose tools it may be given; each tool stands in `tools` too, as <slug>.<name>.',
  }),
  skillIds: z.array(z.number().int().positive()).max(50).default([]).meta({
    description:
      'Skills that it may be given: the tool of each stands in `tools` too, as skill.<hubId>; the text of an Agent Skill is told it.',
  }),
  memory: Memory.default('none'),
  input: Schema.default({ type: 'object' }).meta({ description: 'JSON Schema of its context.' }),
  output: Schema.nullable().default(null).meta({
    description: 'JSON Schema of its outcome; with one, a run without an outcome that fits is no success.',
  }),
}
const AgentConfig = z.object(fields)
export type AgentConfig = z.infer<typeof AgentConfig>
/** One that was written before a field was there has none of it. */
export const wholeConfig = (written: AgentConfig): AgentConfig => ({
  ...written,
  mcpServerIds: written.mcpServerIds ?? [],
  skillIds: written.skillIds ?? [],
})
export const readConfig = (text: string): AgentConfig => wholeConfig(JSON.parse(text) as AgentConfig)

export const NewAgent = z
  .strictObject({
    id: Slug.optional(),
    key: keyField.meta({ description: 'Its name in exports, which is its id: name one of them.' }),
    ...fields,
  })
  .refine((it) => it.key === undefined || it.id === undefined || it.key === it.id, {
    path: ['key'],
    error: 'is another than id: the key of an agent is its id',
  })
export type NewAgent = z.infer<typeof NewAgent>

export const AgentChange = z.strictObject({
  key: keyField.meta({ description: 'Its id, which stays.' }),
  ...optional(fields),
  revision: z.number().int().min(1).optional().meta({
    description: 'The state that was edited: refused with 409 when it is no longer that one.',
  }),
})
export type AgentChange = z.infer<typeof AgentChange>

export const CustomAgent = z.object({
  id: z.string(),
  key: Key,
  agentType: z.literal('custom'),
  revision: z.number(),
  ...AgentConfig.shape,
  createdBy: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type CustomAgent = z.infer<typeof CustomAgent>

export const AgentPreview = z.strictObject({
  instructions: fields.instructions,
  input: fields.input,
  memory: fields.memory,
  skillIds: fields.skillIds,
  context: Context.optional().meta({ description: 'Without it, an example that is made of `input`.' }),
})
export type AgentPreview = z.infer<typeof AgentPreview>
export const AgentPrompt = z.object({
  instructions: z.string().meta({ description: 'The system prompt.' }),
  message: z.string().meta({ description: 'The message that opens the run.' }),
})
export type AgentPrompt = z.infer<typeof AgentPrompt>

export const ToolInfo = z.object({
  name: z.string(),
  source: z.enum(['builtin', 'mcp', 'skill']),
  server: z
    .object({ id: z.number(), name: z.string() })
    .nullable()
    .meta({ description: 'Where it is called, of a tool from an MCP server.' }),
  skill: z
    .object({ id: z.number(), name: z.string() })
    .nullable()
    .meta({ description: 'What is run, of a tool that is a skill.' }),
  description: z.string(),
  effect: Effect,
  repeat: Repeat,
  untrusted: z.boolean(),
  approval: ApprovalMode,
  alwaysAsks: z.boolean().meta({ description: 'A person decides about each call, whatever the rule says.' }),
  input: z.record(z.string(), z.unknown()),
})
export type ToolInfo = z.infer<typeof ToolInfo>
