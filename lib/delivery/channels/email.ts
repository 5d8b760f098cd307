/** E-mail, through the workspace's mail settings or a server of the channel's own. */
import { z } from 'zod'
import { MailAddress, MailHost, MailPassword, MailPort, MailSender } from '../../contract/mail.ts'
import { MailProblem } from '../../mail/problem.ts'
import { usualPort } from '../../mail/server.ts'
import { channelKind, type Message, type Sent } from '../port.ts'

const config = z
  .strictObject({
    to: z.array(MailAddress).min(1, 'expects an address').max(50).meta({ title: 'To' }),
    from: MailSender.optional().meta({ title: 'From', description: 'Otherwise as in the mail settings.' }),
    host: MailHost.optional().meta({
      title: 'Server',
      description: 'Only where it is to be another than in the mail settings.',
    }),
    port: MailPort.optional().meta({
      title: 'Port',
      description: '587, or 465 with TLS from the first byte.',
    }),
    secure: z.boolean().optional().meta({ title: 'TLS from the first byte' }),
    user: z.string().trim().min(1).max(320).optional().meta({ title: 'User' }),
    password: MailPassword.optional().meta({ title: 'Password', writeOnly: true }),
  })
  .superRefine((it, check) => {
    const needs = (path: string, message: string) => check.addIssue({ code: 'custom', path: [path], message })
    if (it.host !== undefined && it.from === undefined) needs('from', 'is needed with a server of its own')
    if (it.host === undefined)
      for (const field of ['port', 'secure', 'user', 'password'] as const)
        if (it[field] !== undefined) needs(field, 'goes with `host`: without it the mail settings are used')
    if (it.user !== undefined && it.password === undefined) needs('password', 'is needed with a user')
  })

const bodyOf = ({ text, url }: Message) => `${text}\n\n${url}\n`

export const email = channelKind({
  kind: 'email',
  name: 'E-mail',
  description: 'To one or more addresses, through the mail settings of the workspace.',
  config,
  // By its Message-ID.
  tellsRepeats: true,
  addresses: () => [],
  async send({ to, from, host, port, secure = false, user, password }, { id, workspaceId, message, ways }) {
    const server = host && {
      ...{ host, secure, port: port ?? usualPort(secure), from: from ?? '' },
      ...{ user: user ?? null, password: password ?? null },
    }
    const mail = { to, subject: message.title, text: bodyOf(message), key: id }
    try {
      const sent = await ways.mail.send(workspaceId, {
        ...mail,
        ...(from && { from }),
        ...(server && { server }),
      })
      const refused = sent.rejected.map((it) => `${it.address} was refused: ${it.reason}`)
      return { kind: 'sent', detail: [takenFor(sent.accepted.length), ...refused].join(' ') }
    } catch (error) {
      if (error instanceof MailProblem) return outcomeOf(error)
      throw error
    }
  },
})

/** Who reads the log need not know the addresses. */
const takenFor = (count: number) => `Taken for ${count === 1 ? '1 address' : `${count} addresses`}.`

const outcomeOf = ({ certainty, message: detail }: MailProblem): Sent =>
  certainty === 'unknown'
    ? { kind: 'unknown', detail }
    : { kind: 'refused', detail, lasting: certainty === 'lasting' }
