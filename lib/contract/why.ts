/** Why a trigger ran at an instant, or did not. */
import { z } from 'zod'
import { Instant, InstantIn } from './fields.ts'

/** `unknown`: of so long ago that its history is no longer kept. */
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
  'unknown',
])
export type Verdict = z.infer<typeof Verdict>

/** `ref`: the id of the execution or of the event, the number of the revision, the path that was compared. */
export const Evidence = z.object({
  kind: z.enum(['execution', 'revision', 'event', 'comparison', 'down', 'asleep', 'paused', 'clock']),
  at: Instant,
  text: z.string(),
  ref: z.string().nullable(),
})
export type Evidence = z.infer<typeof Evidence>

/** One of them; without any: now. */
export const WhyQuery = z
  .object({
    at: InstantIn.optional(),
    eventId: z.coerce.number().int().min(1).optional(),
    deliveryId: z.string().min(1).max(400).optional(),
  })
  .refine((it) => Object.values(it).filter((one) => one !== undefined).length <= 1, {
    path: ['at'],
    error: 'stands alone: ask for an instant, an event or a delivery',
  })
export const Why = z.object({
  verdict: Verdict,
  answer: z.string(),
  executionId: z.number().nullable(),
  evidence: z.array(Evidence),
})
export type Why = z.infer<typeof Why>

/** What one trigger made of an event, in the words of `why`. */
export const HeardBy = z.object({
  triggerId: z.number(),
  name: z.string(),
  verdict: Verdict,
  answer: z.string(),
  executionId: z.number().nullable(),
})
export type HeardBy = z.infer<typeof HeardBy>
