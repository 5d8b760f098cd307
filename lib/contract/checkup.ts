/** What looking an installation over has found. */
import { z } from 'zod'
import { Instant } from './fields.ts'

export const CheckLine = z.object({
  name: z.string(),
  level: z.enum(['ok', 'warn', 'fail']),
  says: z.string(),
  remedy: z.string().nullable().meta({ description: 'null where all is well.' }),
})
export type CheckLine = z.infer<typeof CheckLine>
/** One of these as a check says it. */
export type Finding = Omit<CheckLine, 'name'>

export const Checkup = z.object({ at: Instant, version: z.string(), checks: z.array(CheckLine) })
export type Checkup = z.infer<typeof Checkup>
