/** What an agent keeps from one run of a trigger to the next. */
import { z } from 'zod'
import { Instant } from './fields.ts'

const MOST_BYTES = 16 * 1024
export const NotesText = z
  .string()
  .max(MOST_BYTES, 'expects at most 16 KiB')
  .refine((it) => it.isWellFormed() && !it.includes('\0'), 'has a character that is not text')
  .refine((it) => new TextEncoder().encode(it).length <= MOST_BYTES, 'expects at most 16 KiB')
export const NotesChange = z.strictObject({ content: NotesText })
export const Notes = z.object({
  content: z.string(),
  version: z.number(),
  executionId: z.number().nullable().meta({ description: 'The run that wrote them; null: a person.' }),
  updatedAt: Instant,
})
export type Notes = z.infer<typeof Notes>
