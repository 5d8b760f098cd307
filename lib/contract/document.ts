/**
 * Documents of a workspace: what people and agents keep for agents to read.
 *
 * A document is what it says (`text`) and what it was made from (its original, `…/content`). A file whose text
 * cannot be read is kept all the same, with the reason.
 */
import { z } from 'zod'
import { Instant, Line, PageQuery } from './fields.ts'

export const DocumentStatus = z.enum(['ready', 'extracting', 'failed'])
export type DocumentStatus = z.infer<typeof DocumentStatus>
export const DocumentSource = z.enum(['text', 'upload', 'agent'])
export type DocumentSource = z.infer<typeof DocumentSource>

export const Document = z.object({
  id: z.number(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().meta({ description: 'Of the original.' }),
  sha256: z.string().nullable().meta({
    description: 'Of the original, in hexadecimal; null: it was kept before hashes were.',
  }),
  version: z.number().meta({ description: 'From 1; rises with other bytes.' }),
  status: DocumentStatus,
  problem: z.string().nullable().meta({ description: 'Why its text is not known, or what of it is not.' }),
  textLength: z.number().meta({ description: 'Characters of its text.' }),
  source: z.object({ kind: DocumentSource, ref: z.string().nullable() }),
  createdBy: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Document = z.infer<typeof Document>
export const FoundDocument = Document.extend({
  snippet: z
    .string()
    .nullable()
    .meta({ description: 'Where the words stand; null where none were asked for.' }),
})
export type FoundDocument = z.infer<typeof FoundDocument>
export const ReadDocument = Document.extend({ text: z.string() })
export type ReadDocument = z.infer<typeof ReadDocument>

export const DocumentQuery = z.object({
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Documents that have all of these words, the best first.' }),
  ...PageQuery,
})
export type DocumentQuery = z.infer<typeof DocumentQuery>

const Text = z
  .string()
  .max(1_000_000, 'expects at most 1,000,000 characters')
  .refine((it) => it.isWellFormed(), 'has a broken character (a lone surrogate)')
  .refine((it) => !it.includes('\0'), 'must not have a NUL character')
export const NewDocument = z.strictObject({ name: Line(200), text: Text })
/** Other bytes are a new version; the name stays where none is given. */
export const DocumentChange = z.strictObject({ name: Line(200).optional(), text: Text })

/** One file is answered as a document, several each for itself. */
export const AddedDocuments = z.union([
  z.object({ document: Document }),
  z.object({
    documents: z.array(
      z.union([z.object({ document: Document }), z.object({ name: z.string(), problem: z.string() })]),
    ),
  }),
])
