/** What has become another between the last run that succeeded and the first one after it that failed. */
import { z } from 'zod'
import { Id, Instant } from './fields.ts'
import { ChangeActor, FieldChange } from './revision.ts'

const Run = z.object({ id: z.number(), at: Instant })

/** `version`: of the product. `name`: which agent, secret, server of tools or provider; of a version, the newer one. */
export const SinceDifference = z.object({
  kind: z.enum(['trigger', 'agent', 'model', 'tool', 'secret', 'version']),
  at: Instant,
  name: z.string(),
  actor: ChangeActor.nullable().meta({ description: 'Null where nobody noted who.' }),
  revision: z.number().nullable(),
  changes: z.array(FieldChange),
})
export type SinceDifference = z.infer<typeof SinceDifference>

export const SinceSuccessQuery = z.object({
  executionId: Id.optional().meta({ description: 'Seen from this run; without it, from the newest.' }),
})
export const SinceSuccess = z.object({
  lastSuccess: Run.nullable(),
  firstFailure: Run.nullable().meta({
    description: 'The first after that success; null: none has failed since.',
  }),
  differences: z.array(SinceDifference),
  answer: z.string().meta({ description: 'One sentence, in the zone of the trigger.' }),
})
export type SinceSuccess = z.infer<typeof SinceSuccess>
