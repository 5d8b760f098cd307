/**
 * What a workspace is set to, as a document: exported, kept in git, and imported there or elsewhere.
 *
 * A document names things by their *key*, never by id: a slug that is unique among the things of its kind in a
 * workspace. What is kept in confidence stands in it by the name of a secret, or as a mask that means what is there.
 */
import { z } from 'zod'
import { FieldChange } from './revision.ts'
import { Instant, Slug } from './fields.ts'

/** By the lists of a document: the word for one of them. */
export const KIND_OF = {
  triggers: 'trigger',
  agents: 'agent',
  channels: 'channel',
  rules: 'rule',
  calendars: 'calendar',
  budgets: 'budget',
  sources: 'source',
} as const
export type ListName = keyof typeof KIND_OF
export type ResourceKind = (typeof KIND_OF)[ListName]
export const LISTS = Object.keys(KIND_OF) as ListName[]

/** In what a client sends of a resource. */
export const keyField = Slug.optional().meta({
  description: 'Its name in exports: unique among those of its kind here. Given where it is left out.',
  example: 'morning-report',
})
/** In what is answered of it. */
export const Key = z.string().meta({ description: 'Its name in exports, which stays when others change.' })

export const MOST_DOCUMENT_BYTES = 1024 * 1024
/** Of a request: in JSON a line break of the document is two characters, and a quote, too. */
export const MOST_IMPORT_BYTES = 3 * MOST_DOCUMENT_BYTES

/** What a document may name beside its own kinds: those stand in it by a name that is theirs anyway. */
export type NamedKind = ResourceKind | 'mcp' | 'skill' | 'model'
export interface Reference {
  /** Where it stands in an item; `*` stands for each of a list. */
  path: readonly string[]
  to: NamedKind
  /** Only of items of which this holds. */
  when?: { path: readonly string[]; is: string }
}
/** Where items name other things: a key in a document, an id in the API. */
export const REFERENCES: Readonly<Record<ListName, readonly Reference[]>> = {
  triggers: [
    { path: ['calendars', '*'], to: 'calendar' },
    { path: ['event', 'triggerIds', '*'], to: 'trigger' },
    { path: ['event', 'sourceIds', '*'], to: 'source' },
    { path: ['condition', 'source', 'triggerIds', '*'], to: 'trigger' },
    { path: ['condition', 'source', 'serverId'], to: 'mcp' },
    { path: ['onlyIf', 'source', 'triggerIds', '*'], to: 'trigger' },
    { path: ['onlyIf', 'source', 'serverId'], to: 'mcp' },
    { path: ['context', 'sourceId'], to: 'source', when: { path: ['agentId'], is: 'email-monitor' } },
    { path: ['agentId'], to: 'agent', when: { path: ['agentType'], is: 'custom' } },
  ],
  agents: [
    { path: ['mcpServerIds', '*'], to: 'mcp' },
    { path: ['skillIds', '*'], to: 'skill' },
    { path: ['model', 'providerId'], to: 'model' },
  ],
  channels: [],
  rules: [
    { path: ['channelId'], to: 'channel' },
    { path: ['triggerIds', '*'], to: 'trigger' },
  ],
  calendars: [],
  budgets: [
    { path: ['scopeId'], to: 'trigger', when: { path: ['scope'], is: 'trigger' } },
    { path: ['scopeId'], to: 'agent', when: { path: ['scope'], is: 'agent' } },
  ],
  sources: [],
}
/** Stands for what was named and is there no more. */
export const GONE = '(deleted)'

const List = z
  .string()
  .max(200)
  .default(LISTS.join(','))
  .transform((it) => [...new Set(it.split(',').map((one) => one.trim()))])
  .pipe(z.array(z.enum(LISTS)).min(1))
export const ExportQuery = z.object({
  kinds: List.meta({ description: `Of ${LISTS.join(', ')}, with commas between them. All without it.` }),
})
export type ExportQuery = z.output<typeof ExportQuery>

export const ImportBody = z.strictObject({
  document: z
    .union(
      [z.string().max(MOST_DOCUMENT_BYTES), z.record(z.string(), z.unknown())],
      'expects YAML as a text of at most 1 MiB, or an object',
    )
    .meta({
      description: 'YAML text, or an object: as the schema ExportDocument has it, at most 1 MiB.',
    }),
  prune: z.boolean().default(false).meta({
    description: 'Of the kinds that the document lists, what it does not name is deleted.',
  }),
})
export type ImportBody = z.output<typeof ImportBody>

const Named = z.object({ kind: z.enum(Object.values(KIND_OF) as [ResourceKind]), key: z.string() })
export type Named = z.infer<typeof Named>
const WithName = Named.extend({ name: z.string() })

export const ImportMissing = z.object({
  kind: z.enum(['secret', 'mcp', 'skill', 'model']),
  name: z.string(),
  path: z.string(),
  remedy: z.string(),
})
export type ImportMissing = z.infer<typeof ImportMissing>
export const ImportProblem = z.object({ path: z.string(), message: z.string() })
export type ImportProblem = z.infer<typeof ImportProblem>

export const ImportPlan = z.object({
  planId: z.string(),
  create: z.array(WithName),
  change: z.array(WithName.extend({ changes: z.array(FieldChange) })),
  delete: z.array(WithName),
  unchanged: z.array(Named),
  missing: z.array(ImportMissing).meta({
    description: 'What it names and is not here: enter it, then the same plan can be applied.',
  }),
  problems: z.array(ImportProblem).meta({ description: 'What keeps it from being applied.' }),
  expiresAt: Instant,
})
export type ImportPlan = z.infer<typeof ImportPlan>

const WithId = Named.extend({ id: z.union([z.number(), z.string()]) })
export const Imported = z.object({
  planId: z.string(),
  created: z.array(WithId),
  changed: z.array(WithId),
  deleted: z.array(WithId),
  once: z
    .array(Named.extend({ url: z.string().nullable(), secret: z.string() }))
    .meta({ description: 'Secrets of webhooks that were made: they are not answered again.' }),
})
export type Imported = z.infer<typeof Imported>
