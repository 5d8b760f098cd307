/**
 * An agent can do a task. What the product needs to know of
 * one to list it, to draw its form and to judge a context.
 */
import { z } from 'zod'
import { AgentType } from './trigger.ts'

export const Agent = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  agentType: AgentType,
  name: z.string(),
  description: z.string(),
  safeToRepeat: z.boolean(),
  /** It answers what people ask it in the chat. */
  converses: z.boolean(),
  /** JSON Schema of its context; forms are drawn from it. */
  input: z.record(z.string(), z.unknown()),
  example: z.record(z.string(), z.unknown()),
})
/** How it is used and how it has fared, in the last 30 days. */
export const AgentUse = z.object({
  schedules: z.number().meta({ description: 'That name it now.' }),
  successful: z.number(),
  failed: z.number(),
  cost: z.number().meta({ description: 'US dollars.' }),
})
export type AgentUse = z.infer<typeof AgentUse>
export const UsedAgent = Agent.extend({ use: AgentUse })
export type UsedAgent = z.infer<typeof UsedAgent>
export type Agent = z.infer<typeof Agent>
