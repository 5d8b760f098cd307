/** A workspace to look around in, with a history. */
import { z } from 'zod'
import { ZoneName } from './fields.ts'

export const LoadDemo = z.strictObject({
  timezone: ZoneName.default('UTC').meta({ description: 'Its schedules go by this zone.' }),
})
export type LoadDemo = z.infer<typeof LoadDemo>

export const DemoState = z.object({
  state: z.enum(['none', 'making', 'ready']),
  slug: z.string().nullable(),
  progress: z.number().meta({ description: 'From 0 to 1, while it is made.' }),
  problem: z.string().nullable().meta({ description: 'Why the last one did not come to be.' }),
})
export type DemoState = z.infer<typeof DemoState>
