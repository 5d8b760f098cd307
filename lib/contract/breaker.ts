/** When a trigger whose agent asks a model is paused by itself: it repeats itself, runs too often or costs too much. */
import { z } from 'zod'

/** Counts runs that asked a model. Null: not judged. */
export const Breaker = z.strictObject({
  sameOutput: z.number().int().min(2).max(1000).nullable().default(20).meta({
    description: 'So many successes in a row that said the same.',
  }),
  runsPerHour: z.number().int().min(1).max(100_000).nullable().default(120),
  costPerHour: z
    .number()
    .positive()
    .max(1_000_000)
    .nullable()
    .default(null)
    .meta({ description: 'US dollars.' }),
})
export type Breaker = z.infer<typeof Breaker>
