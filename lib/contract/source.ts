/**
 * Places outside of the product that events come from: a mailbox, a feed, a folder of the server. Each is one
 * connection and one place up to which it was looked at, however many triggers listen to it.
 *
 * What was there before the first look counts as seen. A password goes in and never comes out.
 */
import { z } from 'zod'
import { Key, keyField } from './exchange.ts'
import { InstantIn, Instant, Line } from './fields.ts'
import { MailHost, MailPassword, MailPort } from './mail.ts'
import { SecretRef } from './secret.ts'

export const SourceKind = z.enum(['imap', 'feed', 'folder'])
export type SourceKind = z.infer<typeof SourceKind>
export const SourceStatus = z.enum(['ok', 'failing', 'auth_required'])
export type SourceStatus = z.infer<typeof SourceStatus>
/** The types of event that sources bring, by kind. */
export const BRINGS = { imap: 'email.received', feed: 'feed.item', folder: 'file.changed' } as const
export type Brought = (typeof BRINGS)[SourceKind]

export const LEAST_SECONDS = 60
export const MOST_REWOUND = 1000

export const ImapConfig = z.strictObject({
  host: MailHost.meta({ description: 'The IMAP server, such as imap.example.com.' }),
  port: MailPort.optional().meta({ description: '993, or 143 without `secure`, where it is left out.' }),
  secure: z.boolean().default(true).meta({
    description: 'TLS from the first byte. Without it TLS begins with STARTTLS, and must.',
  }),
  user: z.string().trim().min(1, 'must not be empty').max(320),
  password: z
    .union([MailPassword, SecretRef], 'expects a text or { "secret": "NAME" }')
    .meta({ writeOnly: true, description: 'Sealed. Sent back as •••, the one that is there stays.' }),
  folders: z
    .array(Line(200))
    .min(1, 'expects at least one folder')
    .max(20, 'expects at most 20 folders')
    .default(['INBOX'])
    .meta({ description: 'Of the first the server tells news by itself, where it can (IDLE).' }),
  authServer: z
    .string()
    .trim()
    .max(253)
    .regex(/^[\w.-]+$/, 'expects a name such as mx.example.com, as it stands first in Authentication-Results')
    .optional()
    .meta({ description: 'Whose word on a sender is taken: the name that your provider signs with.' }),
})
export const FeedConfig = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expects an address such as https://example.com/feed.xml' })
    .max(2000, 'expects at most 2,000 characters'),
})
export const FolderConfig = z.strictObject({
  path: z
    .string()
    .trim()
    .max(1000, 'expects at most 1,000 characters')
    .regex(/^(\/|[A-Za-z]:[\\/])/, 'expects a folder in full, from the root: /srv/documents')
    .refine((it) => !it.includes('\0'), 'must not have a NUL character'),
})

const fields = {
  key: keyField,
  name: Line(80),
  everySeconds: z
    .int()
    .min(LEAST_SECONDS, `expects at least ${LEAST_SECONDS} seconds`)
    .max(86_400, 'expects at most a day (86,400 seconds)')
    .default(300)
    .meta({ description: 'How often it is looked at, beside what it tells by itself.' }),
}
export const NewSource = z.discriminatedUnion('kind', [
  z.strictObject({ ...fields, kind: z.literal('imap'), config: ImapConfig }),
  z.strictObject({ ...fields, kind: z.literal('feed'), config: FeedConfig }),
  z.strictObject({ ...fields, kind: z.literal('folder'), config: FolderConfig }),
])
export type NewSource = z.infer<typeof NewSource>

export const SourceChange = z.strictObject({
  key: keyField,
  name: fields.name.optional(),
  everySeconds: fields.everySeconds.unwrap().optional(),
  config: z.record(z.string(), z.unknown()).optional().meta({
    description:
      'Whole, as its kind has it. Another place to look at begins with a look that brings nothing.',
  }),
})
export type SourceChange = z.infer<typeof SourceChange>

export const Source = z.object({
  id: z.number(),
  key: Key,
  name: z.string(),
  kind: SourceKind,
  config: z.record(z.string(), z.unknown()),
  about: z.string().meta({ description: 'What is looked at, in words.' }),
  everySeconds: z.number(),
  status: SourceStatus,
  lastError: z.string().nullable(),
  cursor: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'How far it was looked at, in short; null: it never was.' }),
  baselineAt: Instant.nullable().meta({ description: 'What was there by then counts as seen.' }),
  baselineReason: z.string().nullable().meta({ description: 'Why that was later than at the first look.' }),
  lastCheckedAt: Instant.nullable(),
  nextCheckAt: Instant,
  usedBy: z.array(z.object({ id: z.number(), name: z.string() })).meta({ description: 'Triggers.' }),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Source = z.infer<typeof Source>

export const Rewind = z.strictObject({
  to: InstantIn.meta({ description: 'What is there from then on is told again.' }),
  dryRun: z.boolean().default(false),
})
export type Rewind = z.infer<typeof Rewind>
export const RewindAnswer = z.object({
  count: z.number(),
  dryRun: z.boolean(),
  events: z
    .array(z.object({ type: z.string(), occurredAt: Instant, title: z.string() }))
    .meta({ description: 'The first twenty.' }),
})
export type RewindAnswer = z.infer<typeof RewindAnswer>
