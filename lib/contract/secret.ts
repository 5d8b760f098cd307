/**
 * Texts that are kept in confidence, by name. A value goes in and never comes out; whatever takes a header or another
 * setting in confidence takes `{ "secret": "NAME" }` in its place.
 */
import { z } from 'zod'
import { Instant } from './fields.ts'

const MOST_BYTES = 16 * 1024

export const SecretName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'expects capital letters, digits and _, such as GITHUB_TOKEN')

export const SecretRef = z.strictObject({ secret: SecretName })
export type SecretRef = z.infer<typeof SecretRef>

export const SecretValue = z.strictObject({
  value: z
    .string()
    .min(1, 'must not be empty')
    .max(MOST_BYTES, 'expects at most 16 KiB')
    .refine((it) => it.isWellFormed() && !it.includes('\0'), 'has a character that is not text')
    .refine((it) => new TextEncoder().encode(it).length <= MOST_BYTES, 'expects at most 16 KiB')
    .meta({ writeOnly: true }),
})

export const Secret = z.object({
  name: z.string(),
  usedBy: z
    .array(
      z.object({
        kind: z.enum(['mcp', 'skill', 'trigger', 'mail', 'source', 'channel']),
        id: z.number(),
        name: z.string(),
      }),
    )
    .meta({ description: 'As long as anything uses it, it is not deleted.' }),
  updatedAt: Instant,
})
export type Secret = z.infer<typeof Secret>
