/**
 * A mailbox: each mail that comes into one of its folders is an event.
 *
 * Promise: nothing in the mailbox is changed. A folder that numbers its mails anew begins anew: what was there before
 * cannot be told from what is new. Who a mail is from is said with how sure that is.
 */
import { z } from 'zod'
import { ImapConfig } from '#lib/contract/source.ts'
import { type Arrived, isRefused, type Mailbox, type OpenMailbox } from '#lib/mail/imap.ts'
import type { Arrival } from '#lib/mail/letter.ts'
import { MailProblem } from '#lib/mail/problem.ts'
import { cut } from './cut.ts'
import { type Item, type Reach, SourceProblem, sourceKind } from './kind.ts'

type Config = z.output<typeof ImapConfig>
const Cursor = z.object({
  folders: z.record(z.string(), z.object({ uidValidity: z.string(), uid: z.number() })),
})
type Cursor = z.infer<typeof Cursor>

/** With a look. */
const MOST_AT_ONCE = 50
const MOST_TEXT_BYTES = 20 * 1024
const MOST_ADDRESS = 400

export const imap = sourceKind<Config, Cursor>({
  kind: 'imap',
  config: ImapConfig,
  cursor: Cursor,
  confidential: ['password'],
  receiver: ({ host, user }) => JSON.stringify([host, user]),
  describe: ({ folders, user, host }) => `${folders.join(', ')} of ${user} at ${host}`,
  async refusal({ host }, reach) {
    const message = reach.refusalOf(`https://${host.includes(':') ? `[${host}]` : host}/`)
    return message === null ? null : { field: 'host', message }
  },
  shown: ({ folders }) => folders,
  look: (config, cursor, reach, signal) =>
    opened(config, reach, signal, async (mailbox) => {
      const places: Cursor['folders'] = {}
      const items: Item[] = []
      const anew: string[] = []
      let again = false
      for (const path of config.folders) {
        const place = cursor?.folders[path] ?? null
        const most = MOST_AT_ONCE - items.length
        const arrived = await mailbox.arrivedIn({ ...wantedIn(path, config), place, most })
        places[path] = arrived.place
        items.push(...itemsOf(arrived))
        if (arrived.isAnew) anew.push(path)
        again ||= arrived.isMore
      }
      return { items, cursor: { folders: places }, anew: anew.length > 0 ? numberedAnew(anew) : null, again }
    }),
  since: (config, cursor, { to, most, countOnly, signal }, reach) =>
    opened(config, reach, signal, async (mailbox) => {
      const items: Item[] = []
      for (const path of config.folders) {
        const place = cursor.folders[path] ?? null
        const behind = { place, since: to, most: most + 1 - items.length, headsOnly: countOnly }
        const wanted = { ...wantedIn(path, config), ...behind }
        items.push(...itemsOf(await mailbox.arrivedIn(wanted)))
      }
      return items.toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime())
    }),
  async watch(config, reach, news, signal) {
    const [first = 'INBOX'] = config.folders
    await opened(config, reach, signal, (mailbox) => mailbox.follow(first, news))
  },
})

const wantedIn = (path: string, { authServer }: Config) => ({ path, authServer: authServer ?? null })
const numberedAnew = (paths: string[]) =>
  `The server has numbered the mails in ${paths.join(', ')} anew: which of them are new cannot be known. What comes from now on is told.`

async function opened<Answer>(
  { port, ...config }: Config,
  { openMailbox }: Reach,
  signal: AbortSignal,
  work: (open: OpenMailbox) => Promise<Answer>,
): Promise<Answer> {
  // A name of a secret was opened before.
  const mailbox = { ...config, port: port ?? (config.secure ? 993 : 143) } as Mailbox
  try {
    return await openMailbox(mailbox, signal, work)
  } catch (error) {
    if (!(error instanceof MailProblem)) throw error
    throw new SourceProblem(error.message, {
      status: isRefused(error) ? 'auth_required' : 'failing',
      passing: error.certainty !== 'lasting',
      cause: error,
    })
  }
}

const itemsOf = ({ mails, place }: Arrived): Item[] =>
  mails.map((it) => ({
    key: `${it.folder} ${place.uidValidity} ${it.uid}`,
    type: 'email.received',
    occurredAt: it.at,
    title: `${it.subject || 'without a subject'}, from ${it.from?.address ?? 'nobody'}`,
    data: dataOf(it),
  }))

function dataOf({ from, to, subject, text, messageId, folder, uid, at, attachments, sender }: Arrival) {
  const shown = cut(text ?? '', MOST_TEXT_BYTES)
  return {
    // A name is what anybody writes: filters ask for the address.
    from: cut(from?.address ?? '', MOST_ADDRESS).text,
    fromName: cut(from?.name ?? '', MOST_ADDRESS).text,
    to: cut(to.map((it) => it.address).join(', ')).text,
    subject: cut(subject).text,
    ...{ text: shown.text, truncated: shown.truncated, messageId, folder, uid },
    ...{ receivedAt: at.toISOString(), attachments, auth: sender },
  }
}
