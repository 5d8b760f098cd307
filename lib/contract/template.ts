/** A template makes a schedule of what a person fills in, and says what that needs. */
import { z } from 'zod'
import { FieldChange } from './revision.ts'
import { Context } from './fields.ts'
import { AgentType, Preview } from './trigger.ts'

export const TemplateNeed = z.object({
  kind: z.enum(['model', 'secret', 'mcp', 'channel', 'source']),
  name: z.string(),
  optional: z.boolean(),
})
export type TemplateNeed = z.infer<typeof TemplateNeed>

export const Template = z.object({
  id: z.string(),
  version: z.number(),
  name: z.string(),
  description: z.string(),
  needs: z.array(TemplateNeed),
  /** JSON Schema of what is filled in; the form is drawn from it. */
  input: z.record(z.string(), z.unknown()),
  makes: z
    .object({
      name: z.string(),
      agentId: z.string(),
      agentType: AgentType,
      cronExpression: z.string(),
      humanReadable: z.string(),
    })
    .meta({ description: 'The schedule, as it is made of usual values.' }),
})
export type Template = z.infer<typeof Template>

export const TryTemplate = z.strictObject({ input: Context.default({}) })
export const UseTemplate = TryTemplate.extend({
  dryRun: z.boolean().default(false).meta({ description: 'Answers what would be made, and makes nothing.' }),
})

/** `remedy` says what to do. Until it is there, what was made is paused, or does without it where it is optional. */
export const Missing = TemplateNeed.extend({ remedy: z.string() })
export type Missing = z.infer<typeof Missing>

export const UsedTemplate = z.object({
  created: z.array(z.object({ kind: z.literal('trigger'), id: z.number() })),
  missing: z.array(Missing),
  would: z
    .object({
      name: z.string(),
      description: z.string(),
      agentId: z.string(),
      agentType: AgentType,
      context: z.record(z.string(), z.unknown()),
      cronExpression: z.string(),
      timezone: z.string(),
      humanReadable: z.string(),
      preview: Preview,
    })
    .optional()
    .meta({ description: 'With dryRun: the schedule that would be made.' }),
})
export type UsedTemplate = z.infer<typeof UsedTemplate>

/** What a newer version of its template would change of a trigger. */
export const TemplateUpdate = z.object({
  template: z.string(),
  from: z.number(),
  to: z.number(),
  changes: z.array(FieldChange),
  kept: z.array(FieldChange).meta({ description: 'What people have changed since stays as it is.' }),
})
export type TemplateUpdate = z.infer<typeof TemplateUpdate>
