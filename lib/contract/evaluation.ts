/** What a trigger decided, each time that it looked. */
import { z } from 'zod'
import { Instant, InstantIn } from './fields.ts'

export const EvaluationVerdict = z.enum([
  'fired',
  'filtered',
  'collected',
  'duplicate',
  'pending',
  'not_true',
  'cooldown',
  'rate_limited',
  'paused',
  'missed',
  'depth',
  'calendar',
  'error',
])
export type EvaluationVerdict = z.infer<typeof EvaluationVerdict>

/** The comparisons of a filter, as they were made. */
export const Trace = z.array(
  z.object({
    path: z.string(),
    op: z.string(),
    expected: z.unknown(),
    actual: z.unknown(),
    pass: z.boolean(),
  }),
)

/** Equal neighbours are one, with a count. */
export const Evaluation = z.object({
  id: z.number(),
  firstAt: Instant,
  lastAt: Instant,
  count: z.number(),
  source: z.string().nullable(),
  eventId: z.number().nullable(),
  deliveryId: z.string().nullable(),
  value: z.unknown(),
  verdict: EvaluationVerdict,
  reason: z.string().nullable(),
  trace: Trace,
  executionId: z.number().nullable(),
})
export type Evaluation = z.infer<typeof Evaluation>
export const EvaluationQuery = z.object({
  verdict: EvaluationVerdict.optional(),
  from: InstantIn.optional(),
  to: InstantIn.optional(),
})
