/** Where mail is sent through. A password goes in and never comes out: `hasPassword` is all that is told. */
import { z } from 'zod'
import { Instant } from './fields.ts'
import { SecretRef } from './secret.ts'

const MOST_PASSWORD = 1_000

export const MailAddress = z
  .email('expects an e-mail address such as ada@example.com')
  .max(254, 'expects an e-mail address of at most 254 characters')

/** An address, or a name and the address after it. */
const SENDER = /^(?:([^<>"\\,;:\p{Cc}]{1,100}?) ?<([^<>]+)>|([^<>]+))$/u
export function senderIn(text: string): { name: string; address: string } | null {
  const [, name = '', inside, bare] = SENDER.exec(text.trim()) ?? []
  const { success, data } = MailAddress.safeParse(inside ?? bare)
  return success ? { name: name.trim(), address: data } : null
}
export const MailSender = z
  .string()
  .trim()
  .max(400)
  .refine(
    (it) => senderIn(it) !== null,
    'expects an address such as carillon@example.com, or Carillon <carillon@example.com>',
  )

/** A server of mail by its name or literal address, without scheme and port. */
export const MailHost = z
  .string()
  .trim()
  .max(253)
  .regex(
    /^(?:[\p{L}\p{N}._-]+|(?=(?:.*:){2})[\da-f:.]+)$/iu,
    'expects the name of a server such as mail.example.com',
  )
export const MailPort = z.int().min(1).max(65_535)
export const MailPassword = z
  .string()
  .min(1, 'must not be empty')
  .max(MOST_PASSWORD)
  .refine((it) => it.isWellFormed() && !/\p{Cc}/u.test(it), 'has a character that no password has')

const fields = {
  host: MailHost,
  port: MailPort.optional().meta({ description: '587, or 465 with `secure`, where it is left out.' }),
  secure: z.boolean().default(false).meta({
    description:
      'TLS from the first byte. Without it TLS begins where the server offers it; with a user it must.',
  }),
  user: z.string().trim().min(1).max(320).nullable().default(null),
  from: MailSender.meta({ description: 'Whom the mail is from: an address, or a name and <an address>.' }),
}
const PASSWORD = 'Sealed. Left out, the one that is there stays.'
/** For all workspaces. */
export const SharedMailChange = z.strictObject({
  ...fields,
  password: MailPassword.nullable().optional().meta({ description: PASSWORD, writeOnly: true }),
})
export const MailChange = z.strictObject({
  ...fields,
  password: z
    .union([MailPassword, SecretRef], 'expects a text or { "secret": "NAME" }')
    .nullable()
    .optional()
    .meta({ description: PASSWORD, writeOnly: true }),
})
export type MailChange = z.output<typeof MailChange>

export const MailScope = z.enum(['workspace', 'installation', 'environment'])
export type MailScope = z.infer<typeof MailScope>

export const MailSettings = z.object({
  host: z.string(),
  port: z.number(),
  secure: z.boolean(),
  user: z.string().nullable(),
  hasPassword: z.boolean(),
  secret: z.string().nullable().meta({ description: 'The secret that is the password, where one is named.' }),
  from: z.string(),
  updatedAt: Instant,
})
export type MailSettings = z.infer<typeof MailSettings>

/**
 * What was set here; and what mail goes through: a workspace’s own before the installation’s, the environment’s last.
 */
export const MailState = z.object({
  mailSettings: MailSettings.nullable(),
  inForce: z.object({ scope: MailScope, from: z.string() }).nullable(),
})
export type MailState = z.infer<typeof MailState>

export const MailTest = z.strictObject({ to: MailAddress })
export const MailTestAnswer = z.object({ ok: z.boolean(), detail: z.string() })
export type MailTestAnswer = z.infer<typeof MailTestAnswer>
