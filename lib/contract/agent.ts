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
  /** JSON Schema of its context; forms are drawn from it. */
  input: z.record(z.string(), z.unknown()),
  example: z.record(z.string(), z.unknown()),
})
export type Agent = z.infer<typeof Agent>
