/** What the monitor of a mailbox is told: whose mail, which of it, and what to do. */
import { z } from 'zod'
import { days } from '#lib/clock.ts'
import { MailHost, MailPassword, MailPort } from '#lib/contract/mail.ts'
import { USUAL_WORDS } from '#lib/mail/urgency.ts'
import { spanMs } from '../../span.ts'

export const MOST_FOLDERS = 20
const LONGEST_MS = days(31)

const some = (item: z.ZodType<string>) =>
  z.union([item, z.array(item).max(50)]).transform((it) => (typeof it === 'string' ? [it] : it))
const Text = z.string().trim().min(1).max(200)

const Filters = z.strictObject({
  priority: z.enum(['high', 'normal', 'low', 'any']).default('any').meta({
    description: 'high: only what is urgent by one of the rules; normal, low: as its sender marked it.',
  }),
  unread: z.boolean().default(false).meta({ description: 'Only what nobody has read.' }),
  since: z
    .string()
    .trim()
    .refine((it) => spanMs(it) <= LONGEST_MS, 'expects a span such as 15m, 24h or 7d, at most 31d')
    .default('24h')
    .meta({
      description: 'How far back the first run looks: 15m, 24h, 7d. Later runs miss nothing in between.',
    }),
  from: some(Text).default([]).meta({ description: 'Only from these: a part of an address or a name.' }),
  subject: some(Text).default([]).meta({ description: 'Only with one of these in the subject.' }),
})

export const Input = z.looseObject({
  mailbox: z
    .strictObject({
      host: MailHost.meta({ description: 'The IMAP server, such as imap.example.com.' }),
      port: MailPort.optional().meta({ description: '993, or 143 without `secure`, where it is left out.' }),
      secure: z
        .boolean()
        .default(true)
        .meta({ description: 'TLS from the first byte. Without it TLS begins with STARTTLS, and must.' }),
      user: z.string().trim().min(1).max(320),
      password: MailPassword.meta({ writeOnly: true }),
    })
    .optional()
    .meta({ description: 'Whose mail is read, and how.' }),
  sourceId: z
    .union([z.int().positive(), z.string().max(200)])
    .optional()
    .meta({ description: 'In its place: the number of a source that is a mailbox.' }),
  folders: z.array(Text).min(1).max(MOST_FOLDERS).default(['INBOX']),
  filters: Filters.prefault({}),
  actions: z
    .array(z.string().max(60))
    .max(20)
    .default(['summarize', 'notify'])
    .meta({
      description:
        'summarize: says what each mail wants, and in short what all do, where a model is set up. ' +
        'notify: what is told is worth a message.',
    }),
  vip: z
    .array(Text)
    .max(200)
    .default([])
    .meta({ description: 'Whose mail is urgent: addresses, or @example.com for everybody there.' }),
  words: z
    .array(Text)
    .max(100)
    .default(USUAL_WORDS)
    .meta({ description: 'Words and phrases that make a mail urgent.' }),
})
export type Input = z.output<typeof Input>
