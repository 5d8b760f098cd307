/** Why a trigger ran at an instant, or did not. */
import { z } from 'zod'
import { Instant, InstantIn } from './fields.ts'

export const Verdict = z.enum([
  'ran',
  'late',
  'waiting',
  'queued',
  'skipped',
  'missed',
  'cancelled',
  'filtered',
  'not_planned',
  'paused',
  'disabled',
  'deleted',
  'future',
])
export type Verdict = z.infer<typeof Verdict>

/** `ref`: the id of the execution, the number of the revision. */
export const Evidence = z.object({
  kind: z.enum(['execution', 'revision', 'down', 'asleep', 'paused', 'clock']),
  at: Instant,
  text: z.string(),
  ref: z.string().nullable(),
})
export type Evidence = z.infer<typeof Evidence>

/** Without an instant: now. */
export const WhyQuery = z.object({ at: InstantIn.optional() })
export const Why = z.object({
  verdict: Verdict,
  answer: z.string(),
  executionId: z.number().nullable(),
  evidence: z.array(Evidence),
})
export type Why = z.infer<typeof Why>
