/** What somebody who plans a schedule should know, and what it comes to before it is anybody's. */
import { z } from 'zod'
import { Instant } from './fields.ts'
import { NewTrigger, PlannedInstant } from './trigger.ts'

/**
 * `either_day`: day of month and day of week are both restricted. `clock`: what a change of the clock does. `crowd`:
 * many run at the same moment. `busy`: it is due more often than a run takes. `cycle`: runs that cause each other.
 */
export const Advice = z.object({
  kind: z.enum(['either_day', 'clock', 'crowd', 'busy', 'never', 'cycle']),
  text: z.string(),
  /** What would mend it: a field of the trigger, and its value. */
  fix: z.object({ field: z.enum(['jitterSeconds']), value: z.number(), label: z.string() }).nullable(),
})
export type Advice = z.infer<typeof Advice>

export const PreviewDraft = z.strictObject({
  trigger: NewTrigger,
  /** The trigger whose draft it is. */
  id: z.number().int().positive().optional(),
  viewerTimezone: z.string().max(64).optional(),
  count: z.number().int().min(1).max(50).default(10),
})

/** A day of the schedule's zone on which it runs. */
export const PlannedDay = z.object({
  date: z.string(),
  runs: z.number(),
  skipped: z.string().optional().meta({ description: 'Why it will not run on that day.' }),
})
export const DraftPreview = z.object({
  humanReadable: z.string(),
  instants: z.array(PlannedInstant),
  advice: z.array(Advice),
  /** Of the next 12 months. */
  days: z.array(PlannedDay),
  clockChanges: z.array(z.object({ at: Instant, date: z.string(), forward: z.boolean() })),
})
export type DraftPreview = z.infer<typeof DraftPreview>
