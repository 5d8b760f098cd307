/** One search over what was said, what ran, what is kept and what is planned. */
import { z } from 'zod'
import { Instant, InstantIn, PageQuery } from './fields.ts'

export const SEARCHED = ['messages', 'executions', 'documents', 'triggers'] as const

export const SearchQuery = z.object({
  ...PageQuery,
  q: z
    .string({ error: 'is needed: the words to look for' })
    .trim()
    .min(2, 'expects 2 to 200 characters')
    .max(200, 'expects 2 to 200 characters'),
  in: z
    .string()
    .max(100)
    .default(SEARCHED.join(','))
    .transform((it) => [...new Set(it.split(','))])
    .pipe(z.array(z.enum(SEARCHED, { error: `expects some of: ${SEARCHED.join(', ')}` }))),
  from: InstantIn.optional(),
  to: InstantIn.optional(),
})
export type SearchQuery = z.infer<typeof SearchQuery>

export const Hit = z.object({
  kind: z.enum(['message', 'execution', 'document', 'trigger']),
  id: z.number(),
  title: z.string(),
  /** The words around the first that was found. */
  snippet: z.string(),
  at: Instant,
})
export type Hit = z.infer<typeof Hit>
