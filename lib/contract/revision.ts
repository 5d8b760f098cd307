/** What a trigger or an agent was set to before, and what each change of it changed. */
import { z } from 'zod'
import { Instant, PageQuery } from './fields.ts'

/** `path` of nested fields with dots; null where there was nothing, or is nothing any more. Secrets are masks. */
export const FieldChange = z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })
export type FieldChange = z.infer<typeof FieldChange>

/** `sql`: plain SQL wrote it, and nobody knows who. */
export const ChangeActor = z.object({
  kind: z.enum(['person', 'key', 'agent', 'system', 'sql']),
  id: z.string().nullable(),
  name: z.string(),
})
export type ChangeActor = z.infer<typeof ChangeActor>

export const Revision = z.object({
  revision: z.number(),
  at: Instant,
  actor: ChangeActor,
  changes: z.array(FieldChange).meta({ description: 'Against the revision before it; of the first, none.' }),
})
export type Revision = z.infer<typeof Revision>

export const RevisionDetail = Revision.extend({
  config: z.record(z.string(), z.unknown()).meta({ description: 'All that was set then.' }),
})
export type RevisionDetail = z.infer<typeof RevisionDetail>

export const RevisionQuery = z.object({ ...PageQuery, limit: PageQuery.limit.unwrap().default(20) })

export const RestoreRevision = z.strictObject({
  revision: z.number().int().min(1).optional().meta({
    description: 'The state that was looked at: refused with 409 when it is no longer that one.',
  }),
})
