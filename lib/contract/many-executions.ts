/** What is done with all runs that fit a filter: counted, saved as a file, run again, cancelled. */
import { z } from 'zod'
import { MOST_AT_ONCE } from './at-once.ts'
import { ExecutionQuery, Status } from './execution.ts'

const filter = ExecutionQuery.omit({ limit: true, cursor: true, sort: true })

/** Beyond so many nobody counts on. */
export const MOST_COUNTED = 10_000
export const CountQuery = filter
export const ExecutionCount = z.object({
  count: z.number(),
  more: z.boolean().meta({ description: `There are more than ${MOST_COUNTED}: nobody has counted on.` }),
  runs: z.number().meta({
    description: 'For how many planned runs they stand: a row for a gap stands for all that it counts.',
  }),
})

export const ExportQuery = filter.extend({
  format: z.enum(['csv', 'json', 'ndjson']).default('csv').meta({
    description: 'In a CSV, what a spreadsheet would take for a formula stands behind an apostrophe.',
  }),
})
export type ExportQuery = z.infer<typeof ExportQuery>

export const ManyExecutions = z.strictObject({
  ...filter.shape,
  status: z.array(Status).max(Status.options.length).optional(),
  triggerId: z.number().int().min(1).optional(),
  count: z.number().int().min(1).max(MOST_AT_ONCE).optional().meta({
    description: 'How many were seen to fit: refused with 409 where it is another number now.',
  }),
})
export type ManyExecutions = z.infer<typeof ManyExecutions>
export const ManyDone = z.object({
  done: z.number(),
  refused: z.array(z.object({ id: z.number(), reason: z.string() })),
})
export type ManyDone = z.infer<typeof ManyDone>
