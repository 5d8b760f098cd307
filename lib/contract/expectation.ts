/** By when a result is expected of a trigger, and what is known where it did not come. */
import { z } from 'zod'
import { Instant, PageQuery } from './fields.ts'

const LONGEST_SECONDS = 366 * 86_400

const One = z
  .strictObject({
    by: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expects a time of the day, such as 09:30')
      .nullable()
      .default(null)
      .meta({ description: 'On the day of the planned instant, in the zone of the trigger.' }),
    withinSeconds: z.number().int().min(1).max(LONGEST_SECONDS).nullable().default(null),
    from: z.enum(['planned', 'last_success']).default('planned').meta({
      description: '"planned": when it was planned, or the event happened. "last_success": any run counts.',
    }),
  })
  .superRefine((it, check) => {
    if ((it.by === null) === (it.withinSeconds === null))
      check.addIssue({ code: 'custom', path: ['by'], message: 'expects either this or withinSeconds' })
    if (it.by !== null && it.from === 'last_success')
      check.addIssue({
        code: 'custom',
        path: ['from'],
        message: 'does not go with a time of the day: use withinSeconds',
      })
  })
export const Expect = z
  .array(One)
  .min(1)
  .max(5)
  .meta({ example: [{ by: '09:30' }] })
export type Expect = z.infer<typeof Expect>

export const ExpectationState = z.enum(['open', 'missed', 'recovered'])
export type ExpectationState = z.infer<typeof ExpectationState>

/** `occurrence`: null where any run counts. `known`: why there is no result, in words; null while it is open. */
export const Expectation = z.object({
  id: z.number(),
  triggerId: z.number(),
  triggerName: z.string(),
  executionId: z.number().nullable(),
  occurrence: z.string().nullable(),
  dueBy: Instant,
  state: ExpectationState,
  known: z.string().nullable(),
  missedAt: Instant.nullable(),
  recoveredAt: Instant.nullable(),
})
export type Expectation = z.infer<typeof Expectation>

export const ExpectationQuery = z.object({
  ...PageQuery,
  status: ExpectationState.optional(),
  triggerId: z.coerce.number().int().optional(),
})
