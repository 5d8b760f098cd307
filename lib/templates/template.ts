/**
 * What every template is: words, a schema of what it asks, and one pure function that makes a schedule of the answers.
 *
 * Promise: what it makes of answers that its schema takes is a schedule that its agent takes, or it says what is
 * missing. A newer version counts one up: what was made of an older one can then follow.
 */
import type { z } from 'zod'
import type { Missing, TemplateNeed } from '../contract/template.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'

/** Of the schedule: all that the template decides. */
export type MadeTrigger = Omit<
  NewTriggerInput,
  'enabled' | 'kind' | 'everySeconds' | 'at' | 'config' | 'context'
> & {
  agentType: 'system'
  cronExpression: string
  timezone: string
  context: Record<string, unknown>
}

interface Makes {
  trigger: MadeTrigger
  /** What the answers leave open: until it is filled in, the schedule is paused. */
  missing?: Omit<Missing, 'optional'>[]
  /** It mails what it finds, where there is a server to mail through. */
  sendsMail?: boolean
}

export interface TemplateDefinition<Input extends z.ZodObject = z.ZodObject> {
  id: string
  version: number
  name: string
  description: string
  needs: readonly TemplateNeed[]
  /** Titles and descriptions are the words of the form. */
  input: Input
  /** Answers that leave nothing open. */
  example: z.input<Input>
  makes(input: z.output<Input>): Makes
}

/** Gives `makes` the type of the schema beside it. */
export const template = <Input extends z.ZodObject>(
  definition: TemplateDefinition<Input>,
): TemplateDefinition => definition as unknown as TemplateDefinition
