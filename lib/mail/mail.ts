/**
 * Mail as the product sends it: found for a workspace, by keys that say which mail it is.
 *
 * Promise: one key makes one Message-ID, in this installation and no other, so that whoever receives a mail twice can
 * tell; no address is taken on trust.
 */
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { MailAddress } from '../contract/mail.ts'
import type { Env } from '../env.ts'
import { createGuardedAddress, type Lookup } from '../net/guarded-address.ts'
import { type ImapWay, type Mailbox, type OpenMailbox, withMailbox } from './imap.ts'
import { MailProblem } from './problem.ts'
import { type OutgoingMail, reachServer, type Sent, sendMail } from './sending.ts'
import { addressOf, type MailServer } from './server.ts'
import { createMailSettings, type MailSettingsDeps, type Owner } from './settings.ts'

export interface NewMail extends Pick<OutgoingMail, 'to' | 'subject' | 'text'> {
  /** Which mail it is: visible ASCII. */
  key: string
  /** Whom it is from, where that is another than its server's settings say. */
  from?: string
  /** Through which server, where somebody has named another than the settings do. */
  server?: MailServer
  /** Whoever has named it may reach the public internet only. */
  onlyOutside?: boolean
}

/** Whether a server is there is asked by who looks the installation over, and by nobody else. */
export type Mail = Omit<ReturnType<typeof createMail>, 'reach'>

const Recipients = z.array(MailAddress).min(1).max(100)
const MOST_SUBJECT = 400

export type OpenMailboxes = <Answer>(
  mailbox: Mailbox,
  signal: AbortSignal,
  work: (open: OpenMailbox) => Promise<Answer>,
) => Promise<Answer>

interface Deps extends MailSettingsDeps, Omit<ImapWay, 'address'> {
  clock: Clock
  env: MailSettingsDeps['env'] & Pick<Env, 'ALLOWED_PRIVATE_NETWORKS'>
  lookup?: Lookup
  box: MailSettingsDeps['box'] & { digest(text: string): string }
}

export function createMail({ clock, lookup, ...deps }: Deps) {
  const addressIn = (allowedPrivateNetworks: string[]) =>
    createGuardedAddress({ allowedPrivateNetworks, ...(lookup && { lookup }) })
  const usual = addressIn(deps.env.ALLOWED_PRIVATE_NETWORKS)
  const outside = addressIn([])
  // Whoever starts the server may have its mail go where they like; metadata services are refused all the same.
  const own = addressIn(['0.0.0.0/0', '::/0'])
  const wayTo = ({ ofEnvironment }: { ofEnvironment: boolean }) => (ofEnvironment ? own : usual)
  const settings = createMailSettings(deps)
  // Two installations that send for one domain both have a first execution.
  const installation = deps.box.digest('message ids').slice(0, 12)

  async function send(
    owner: Owner,
    { to, subject, text, key, from, server: named, onlyOutside = false }: NewMail,
    signal?: AbortSignal,
  ): Promise<Sent> {
    const judged = Recipients.safeParse(to)
    if (!judged.success)
      throw new MailProblem(
        `These are no addresses to send to: ${to.join(', ').slice(0, 200) || 'there are none'}.`,
        'lasting',
      )
    const found = named ? { ...named, ofEnvironment: false } : await settings.server(owner)
    const server = from ? { ...found, from } : found
    const messageId = messageIdOf(key, installation, addressOf(server.from))
    const line = subject
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .slice(0, MOST_SUBJECT)
      .toWellFormed()
    const mail = { to: judged.data, subject: line, text, messageId, date: clock.now() }
    const address = named && onlyOutside ? outside : wayTo(server)
    return sendMail(server, mail, { ...deps, clock, address }, signal)
  }
  /** Signs in to the server that is in force, and sends nothing. @throws MailProblem */
  async function reach(owner: Owner): Promise<void> {
    const server = await settings.server(owner)
    await reachServer(server, { ...deps, clock, address: wayTo(server) })
  }
  /** Reads a mailbox that somebody has named. @throws MailProblem */
  const open: OpenMailboxes = (mailbox, signal, work) =>
    withMailbox(mailbox, { ...deps, address: usual }, signal, work)
  return { inForce: settings.inForce, send, reach, open }
}

/** Signs that no Message-ID takes are written as addresses of pages write them. */
function messageIdOf(key: string, installation: string, from: string): string {
  const left = encodeURIComponent(key).replace(/[()]/g, (it) => `%${it.charCodeAt(0).toString(16)}`)
  return `<${left}@${installation}.${from.slice(from.indexOf('@') + 1)}>`
}
