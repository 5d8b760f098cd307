/** Who changed what, from where: written with the change, and never changed itself. */
import { z } from 'zod'
import { Instant, InstantIn, PageQuery } from './fields.ts'
import { ChangeActor, FieldChange } from './revision.ts'

/**
 * `via`: a page, a program with a key, a command of the chat, a tool that a run used, SQL on the guide's views, or the
 * server by itself.
 */
export const AuditEntry = z.object({
  id: z.number(),
  at: Instant,
  actor: ChangeActor,
  via: z.enum(['web', 'api', 'chat', 'tool', 'sql', 'server']),
  remoteAddress: z.string().nullable(),
  action: z.string().meta({ example: 'trigger.update' }),
  object: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  changes: z.array(FieldChange),
  workspace: z
    .string()
    .nullable()
    .meta({ description: 'Its address; null of what belongs to the installation.' }),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditQuery = z.object({
  ...PageQuery,
  actor: z.string().max(255).optional().meta({ description: 'An id, or a part of a name.' }),
  action: z
    .string()
    .max(120)
    .optional()
    .meta({ description: '"trigger.update", or "trigger" for all of them.' }),
  object: z
    .string()
    .max(255)
    .optional()
    .meta({ description: '"trigger", "trigger:7", or a part of a name.' }),
  from: InstantIn.optional(),
  to: InstantIn.optional(),
})
export type AuditQuery = z.infer<typeof AuditQuery>
