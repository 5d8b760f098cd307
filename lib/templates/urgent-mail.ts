/** A mailbox, watched for what cannot wait. */
import { z } from 'zod'
import { MailHost, MailPassword, MailPort } from '../contract/mail.ts'
import { cronEvery, everySoOften, MODEL, PATIENT } from './fields.ts'
import { template } from './template.ts'

const TELLS = { urgent: 'Urgent mail only', all: 'All new mail' } as const
const BACK = { '15m': '15 minutes', '1h': 'An hour', '24h': 'A day', '7d': 'A week' } as const
const SPANS = Object.keys(BACK) as (keyof typeof BACK)[]

const Mailbox = z
  .strictObject({
    host: MailHost.optional().meta({
      title: 'IMAP server',
      needed: true,
      description: 'Such as imap.example.com',
    }),
    user: z
      .string()
      .trim()
      .min(1)
      .max(320)
      .optional()
      .meta({ title: 'User', needed: true, description: 'Mostly the address of the mailbox.' }),
    password: MailPassword.optional().meta({
      title: 'Password',
      needed: true,
      writeOnly: true,
      description:
        'Many providers want a password for apps, made in the settings of the account. It is kept sealed.',
    }),
    port: MailPort.optional().meta({ title: 'Port', description: 'Where it is not the usual one.' }),
    secure: z.boolean().default(true).meta({
      title: 'TLS from the start',
      description: 'Off for servers that begin with STARTTLS, mostly at port 143.',
    }),
  })
  .superRefine((it, check) => {
    const needed = ['host', 'user', 'password'] as const
    if (needed.every((name) => it[name] === undefined)) return
    for (const name of needed)
      if (it[name] === undefined) check.addIssue({ code: 'custom', path: [name], message: 'is needed too' })
  })

export const urgentMail = template({
  id: 'urgent-mail',
  version: 1,
  name: 'Urgent e-mails',
  description:
    'Looks into a mailbox every few minutes, and tells what is urgent, why, and what each mail wants. It marks nothing as read and tells no mail twice.',
  needs: [{ kind: 'secret', name: 'a mailbox (IMAP)', optional: false }, MODEL],
  input: z.strictObject({
    mailbox: Mailbox.prefault({}).meta({ title: 'Mailbox' }),
    tell: z.enum(['urgent', 'all']).default('urgent').meta({ title: 'What it tells', labels: TELLS }),
    unread: z.boolean().default(true).meta({ title: 'Only what nobody has read' }),
    vip: z.array(z.string().trim().min(1).max(200)).max(200).default([]).meta({
      title: 'Whose mail is always urgent',
      description: 'Addresses, or @example.com for everybody there.',
    }),
    since: z.enum(SPANS).default('24h').meta({ title: 'How far back it looks at first', labels: BACK }),
    when: everySoOften('15m'),
  }),
  example: { mailbox: { host: 'imap.example.com', user: 'ada@example.com', password: 'your app password' } },
  makes({ mailbox: { host, user, password, port, secure }, tell, unread, vip, since, when }) {
    const mailbox = host && user && password ? { host, user, password, secure, ...(port && { port }) } : null
    return {
      trigger: {
        name: 'Urgent e-mails',
        description: 'Tells what is urgent in the mailbox, and why.',
        agentId: 'email-monitor',
        agentType: 'system',
        cronExpression: cronEvery(when),
        timezone: when.timezone,
        context: {
          ...(mailbox && { mailbox }),
          filters: { priority: tell === 'urgent' ? 'high' : 'any', unread, since },
          actions: ['summarize', 'notify'],
          vip,
        },
        post: 'when_notable',
        retries: 2,
        ...PATIENT,
      },
      ...(!mailbox && {
        missing: [
          {
            kind: 'secret',
            name: 'a mailbox (IMAP)',
            remedy: 'Fill in its mailbox (IMAP server, user and password), then resume it.',
          },
        ],
      }),
    }
  },
})
