/**
 * Reads a mailbox.
 *
 * Promise: nothing in it is changed: folders are opened to be read only, and no mail is marked as read. Mails are taken
 * in the order in which they came, from where the reader was; no more than so many at once, so that the rest is for the
 * next time. What a mail is made of, the server says: of its parts only the beginning of its text is fetched.
 */
import { isIP } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { ConnectionOptions } from 'node:tls'
import { type FetchMessageObject, ImapFlow, type MessageStructureObject, type SearchObject } from 'imapflow'
import { days, minutes, seconds } from '../clock.ts'
import type { GuardedAddress } from '../net/guarded-address.ts'
import {
  type Arrival,
  type Attachment,
  HEADERS,
  headersOf,
  idsIn,
  isBulk,
  type Letter,
  type Person,
  priorityOf,
  senderOf,
} from './letter.ts'
import { connectionProblem, MailProblem, quoted } from './problem.ts'

export interface Mailbox {
  host: string
  port: number
  /** TLS from the first byte; else it must begin before the password is said. */
  secure: boolean
  user: string
  password: string
}

/** How far a reader is in a folder: its numbers hold as long as `uidValidity` is the same. */
export interface Place {
  uidValidity: string
  uid: number
}

export interface Wanted {
  /** Each with where the reader was (null: it was never there), and which mails it wants to see again. */
  folders: readonly { path: string; place: Place | null; also: readonly number[] }[]
  /** Also mails from then on that were passed before. */
  since: Date
  /** Of each folder. */
  most: number
}

export interface ReadFolder {
  path: string
  place: Place
  /** It numbers its mails anew: what was there before cannot be told from what is new. */
  isAnew: boolean
  letters: Letter[]
  /** Whether more is there, for the next time. */
  isMore: boolean
}

export interface Arrived extends Pick<ReadFolder, 'place' | 'isAnew' | 'isMore'> {
  mails: Arrival[]
}
export interface WantedArrivals {
  path: string
  /** Null: the reader was never there, and wants to know where the folder ends. */
  place: Place | null
  /** Up to where it was instead: what came since then, once more. */
  since?: Date
  most: number
  /** Their texts are not needed. */
  headsOnly?: boolean
  /** Whose Authentication-Results are believed. */
  authServer: string | null
}

/** An open mailbox; what it was opened for ends before it is closed. */
export interface OpenMailbox {
  read(wanted: Wanted): Promise<ReadFolder[]>
  /** The beginning of a mail's text; null: there is none, or it cannot be read. */
  textOf(letter: Letter): Promise<string | null>
  /** The other mails of a letter's thread, in its folder and among those sent. */
  threadOf(letter: Letter): Promise<Letter[]>
  /** What has come into a folder behind a place, whole but for its attachments. */
  arrivedIn(wanted: WantedArrivals): Promise<Arrived>
  /** Calls back whenever something comes into a folder, until the connection ends. False: the server cannot tell. */
  follow(path: string, news: () => void): Promise<boolean>
}

export interface ImapWay {
  address: GuardedAddress
  tls?: Pick<ConnectionOptions, 'ca'>
  /** Of a page that somebody sent, in bounds of its own. */
  textOfPage(html: Buffer, signal: AbortSignal): Promise<string | null>
}

const CONNECT_MS = seconds(20)
const SILENCE_MS = seconds(60)
/** Some servers let go of who waits longer without a word. */
const LONGEST_IDLE_MS = minutes(9)
/** Nobody waits longer for a server to say goodbye. */
const GOODBYE_MS = seconds(2)
const MOST_TEXT_BYTES = 64 * 1024
const MOST_THREAD = 50
const MOST_RECEIVERS = 100
const MOST_ATTACHMENTS = 100
/** What a server may say at once: far above what a mailbox needs, far below what fills the memory. */
const BOUNDS = {
  maxLineLength: 8 * 1024 ** 2,
  maxLiteralSize: 4 * 1024 ** 2,
  maxResponseSize: 16 * 1024 ** 2,
  maxResponseTokens: 200_000,
}

const BEYOND = /TooLarge$|^TooMany|^ParserError|NESTING/

/** @throws MailProblem */
export async function withMailbox<Answer>(
  mailbox: Mailbox,
  { address, tls, textOfPage }: ImapWay,
  signal: AbortSignal,
  work: (open: OpenMailbox) => Promise<Answer>,
): Promise<Answer> {
  const at = `${mailbox.host}:${mailbox.port}`
  signal.throwIfAborted()
  const to = await address(mailbox.host).catch((error: unknown) => {
    throw connectionProblem(error, at) ?? error
  })
  signal.throwIfAborted()
  let client = clientOf(mailbox, to, tls)
  const stop = () => client.close()
  signal.addEventListener('abort', stop, { once: true })
  async function connect(): Promise<ImapFlow> {
    client = clientOf(mailbox, to, tls)
    await client.connect()
    return client
  }
  try {
    const session = { client: await connect(), connect, mailbox, textOfPage, signal }
    const answer = await work(opened(session))
    await Promise.race([client.logout().catch(() => {}), setTimeout(GOODBYE_MS, null, { ref: false })])
    return answer
  } catch (error) {
    signal.throwIfAborted()
    throw problemOf(error as ImapError, at, mailbox)
  } finally {
    signal.removeEventListener('abort', stop)
    client.close()
  }
}

function clientOf(
  { host, port, secure, user, password }: Mailbox,
  to: string,
  tls: ImapWay['tls'],
): ImapFlow {
  const name = isIP(host) ? {} : { servername: host }
  const client = new ImapFlow({
    ...{ host: to, port, secure, ...name, tls: { ...name, ...tls }, auth: { user, pass: password } },
    ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    maxIdleTime: LONGEST_IDLE_MS,
    ...{ logger: false, disableAutoIdle: true, disableCompression: true, clientInfo: { name: 'Carillon' } },
    ...(secure ? {} : { doSTARTTLS: true }),
    ...BOUNDS,
  })
  // Each command tells of it as well.
  client.on('error', () => {})
  return client
}

/** Whether a mailbox did not let its reader in: nothing but another password mends that. */
export const isRefused = (error: unknown): boolean =>
  error instanceof MailProblem &&
  (error.cause as Partial<ImapError> | undefined)?.authenticationFailed === true

interface ImapError extends Error {
  code?: string
  authenticationFailed?: boolean
  responseText?: string
}

function problemOf(error: ImapError, at: string, { user }: Mailbox): unknown {
  if (error instanceof MailProblem) return error
  const said = quoted(error.responseText ?? '')
  if (error.authenticationFailed)
    return new MailProblem(
      `${at} refuses the user "${user}" or the password${said ? `: ${said}` : '.'} Enter them again; many providers want a password that is made for programs.`,
      'lasting',
      error,
    )
  const connection = connectionProblem(error, at)
  if (connection) return connection
  if (/STARTTLS|TLS/i.test(error.message) && error.code === 'MissingServerExtension')
    return new MailProblem(
      `${at} offers no TLS, and a password is not sent without it. Use its port that has TLS, usually 993.`,
      'lasting',
      error,
    )
  return new MailProblem(
    `${at} ended the conversation: ${said || quoted(error.message) || 'it did not say why'}.`,
    'transient',
    error,
  )
}

interface Session extends Pick<ImapWay, 'textOfPage'> {
  client: ImapFlow
  /** Anew, where a mail went beyond what is taken, which ends a connection. */
  connect(): Promise<ImapFlow>
  mailbox: Mailbox
  signal: AbortSignal
}

const opened = (session: Session): OpenMailbox => ({
  async read(wanted) {
    const read: ReadFolder[] = []
    for (const it of wanted.folders) read.push(await readFolder(session, it, wanted))
    return read
  },
  textOf: (letter) => readableTextOf(session, letter),
  threadOf: (letter) => threadOf(session, letter),
  arrivedIn: (wanted) => arrivedIn(session, wanted),
  follow: (path, news) => follow(session, path, news),
})

async function readableTextOf(session: Session, letter: Letter): Promise<string | null> {
  try {
    await enter(session, letter.folder)
    return await textOf(session, letter)
  } catch (error) {
    session.signal.throwIfAborted()
    const { code = '' } = error as ImapError
    // One mail that cannot be read hides no other.
    if (BEYOND.test(code)) session.client = await session.connect()
    else if (!session.client.usable) throw error
    return null
  }
}

async function enter({ client, mailbox }: Session, path: string) {
  const current = client.mailbox
  if (current && current.path === path) return current
  return client.mailboxOpen(path, { readOnly: true }).catch(async (error: unknown) => {
    if (!client.usable) throw error
    const there = (await client.list()).map((it) => it.path)
    throw new MailProblem(
      `There is no folder "${path}" in the mailbox of ${mailbox.user}. There are: ${there.slice(0, 30).join(', ')}.`,
      'lasting',
      error,
    )
  })
}

const found = async ({ client }: Session, query: SearchObject) =>
  ((await client.search(query, { uid: true })) || []).toSorted((a, b) => a - b)

const HEAD = { uid: true, flags: true, envelope: true, internalDate: true, headers: HEADERS }
async function letters({ client }: Session, folder: string, uids: number[]): Promise<Letter[]> {
  if (uids.length === 0) return []
  const heads = await client.fetchAll(uids, HEAD, { uid: true })
  return heads.map((it) => letterOf(folder, it)).toSorted((a, b) => a.uid - b.uid)
}

async function readFolder(
  session: Session,
  { path, place, also }: Wanted['folders'][number],
  { since, most }: Wanted,
): Promise<ReadFolder> {
  const { uidValidity, uidNext } = await enter(session, path)
  const newest = { uidValidity: String(uidValidity), uid: uidNext - 1 }
  const isAnew = place !== null && place.uidValidity !== newest.uidValidity
  if (isAnew) return { path, place: newest, isAnew, letters: [], isMore: false }
  const recent = await cameSince(session, since)
  // Of `n:*` the last is always one, also below n.
  const fresh = place
    ? (await found(session, { uid: `${place.uid + 1}:*` })).filter((it) => it > place.uid)
    : recent
  const again = recent.filter((it) => !fresh.includes(it)).slice(-most)
  const taken = fresh.slice(0, most)
  const isMore = taken.length < fresh.length
  const last = taken.at(-1) ?? 0
  return {
    ...{ path, isAnew, isMore },
    place: { ...newest, uid: isMore ? last : Math.max(newest.uid, last) },
    letters: await letters(session, path, [...new Set([...also, ...again, ...taken])]),
  }
}

/** A server searches by days, in a zone of its own. */
async function cameSince(session: Session, since: Date): Promise<number[]> {
  const uids = await found(session, { since: new Date(since.getTime() - days(1)) })
  if (uids.length === 0) return []
  const dated = await session.client.fetchAll(uids, { uid: true, internalDate: true }, { uid: true })
  return dated
    .filter(({ internalDate }) => internalDate === undefined || new Date(internalDate) >= since)
    .map(({ uid }) => uid)
    .toSorted((a, b) => a - b)
}

async function arrivedIn(session: Session, wanted: WantedArrivals): Promise<Arrived> {
  const { path, place, since, most } = wanted
  const { uidValidity, uidNext } = await enter(session, path)
  const newest = { uidValidity: String(uidValidity), uid: uidNext - 1 }
  const isAnew = place !== null && place.uidValidity !== newest.uidValidity
  if (place === null || isAnew) return { place: newest, isAnew, isMore: false, mails: [] }
  // Of `n:*` the last is always one, also below n.
  const behind = since
    ? (await cameSince(session, since)).filter((it) => it <= place.uid)
    : (await found(session, { uid: `${place.uid + 1}:*` })).filter((it) => it > place.uid)
  const taken = behind.slice(0, most)
  const isMore = taken.length < behind.length
  const mails = await arrivals(session, wanted, taken)
  return {
    place: { ...newest, uid: isMore ? (taken.at(-1) ?? place.uid) : newest.uid },
    isAnew,
    isMore,
    mails,
  }
}

async function arrivals(
  session: Session,
  { path, authServer, headsOnly = false }: WantedArrivals,
  uids: number[],
) {
  if (uids.length === 0) return []
  const heads = await session.client.fetchAll(uids, { ...HEAD, bodyStructure: true }, { uid: true })
  const mails: Arrival[] = []
  for (const it of heads.toSorted((a, b) => a.uid - b.uid)) {
    const letter = letterOf(path, it)
    mails.push({
      ...letter,
      text: headsOnly ? null : await readableTextOf(session, letter),
      to: (it.envelope?.to ?? []).slice(0, MOST_RECEIVERS).map(personOf),
      attachments: it.bodyStructure ? attachmentsIn(it.bodyStructure) : [],
      sender: senderOf(headersOf(it.headers?.toString('utf8') ?? ''), authServer),
    })
  }
  return mails
}

async function follow(session: Session, path: string, news: () => void): Promise<boolean> {
  await enter(session, path)
  const { client } = session
  if (!client.capabilities.has('IDLE')) return false
  client.on('exists', news)
  // What came between the last look and now is told by nobody else.
  news()
  // False: it was asked, and refused.
  while (client.usable) if ((await client.idle()) === false) return false
  return true
}

async function textOf(
  { client, textOfPage, signal }: Session,
  { uid, isBulk }: Letter,
): Promise<string | null> {
  const { bodyStructure } = (await client.fetchOne(String(uid), { bodyStructure: true }, { uid: true })) || {}
  const part = bodyStructure ? textPart(bodyStructure) : null
  const isPage = part?.type === 'text/html'
  if (part === null || (isBulk && isPage)) return null
  const bounds = { uid: true, maxBytes: MOST_TEXT_BYTES }
  const { content } = await client.download(String(uid), part.part ?? '1', bounds)
  if (!content) return null
  const bytes = Buffer.concat(await content.toArray())
  return isPage ? textOfPage(bytes, signal) : bytes.toString('utf8')
}

async function threadOf(session: Session, { folder, references, messageId, uid }: Letter): Promise<Letter[]> {
  const ids = new Set([...references.slice(0, 1), ...references.slice(-3), ...(messageId ? [messageId] : [])])
  if (ids.size === 0) return []
  const sent = (await session.client.list()).find((it) => it.specialUse === '\\Sent')?.path
  const names = ['message-id', 'references', 'in-reply-to']
  const all: Letter[] = []
  for (const path of new Set([folder, ...(sent ? [sent] : [])])) {
    await enter(session, path)
    const or = [...ids].flatMap((id) => names.map((name) => ({ header: { [name]: id } })))
    const uids = await found(session, { or })
    all.push(...(await letters(session, path, uids.slice(-MOST_THREAD))))
  }
  return all.filter((it) => it.folder !== folder || it.uid !== uid)
}

function letterOf(
  folder: string,
  { uid, flags, envelope, internalDate, headers }: FetchMessageObject,
): Letter {
  const named = headersOf(headers?.toString('utf8') ?? '')
  const [from] = envelope?.from ?? []
  return {
    folder,
    uid,
    messageId: idsIn(envelope?.messageId ?? '')[0] ?? null,
    references: [...idsIn(named.get('references') ?? ''), ...idsIn(named.get('in-reply-to') ?? '')],
    from: from ? personOf(from) : null,
    subject: envelope?.subject?.trim() ?? '',
    at: new Date(internalDate ?? envelope?.date ?? 0),
    isSeen: flags?.has('\\Seen') ?? false,
    isAnswered: flags?.has('\\Answered') ?? false,
    priority: priorityOf(named),
    isBulk: isBulk(named),
    text: null,
  }
}
const personOf = ({
  name = '',
  address = '',
}: {
  name?: string | undefined
  address?: string | undefined
}): Person => ({
  name: name.trim(),
  address: address.trim(),
})

/** The text that a person would read: plain before a page, nothing that is attached. */
function textPart(root: MessageStructureObject): MessageStructureObject | null {
  const parts: MessageStructureObject[] = []
  const stack = [root]
  for (let it = stack.pop(); it && parts.length < 20; it = stack.pop()) {
    if (it.childNodes) stack.push(...it.childNodes.toReversed())
    else if (/^text\/(plain|html)$/.test(it.type) && it.disposition !== 'attachment') parts.push(it)
  }
  return parts.find((it) => it.type === 'text/plain') ?? parts[0] ?? null
}

function attachmentsIn(root: MessageStructureObject): Attachment[] {
  const found: Attachment[] = []
  const stack = [root]
  for (let it = stack.pop(); it && found.length < MOST_ATTACHMENTS; it = stack.pop()) {
    // A mail within a mail is one attachment, whatever it holds.
    if (it.childNodes && it.type !== 'message/rfc822') stack.push(...it.childNodes.toReversed())
    const name = it.dispositionParameters?.filename ?? it.parameters?.name
    if (it.disposition !== 'attachment' && (name === undefined || it.childNodes)) continue
    const bytes = it.encoding === 'base64' ? Math.floor(((it.size ?? 0) * 3) / 4) : (it.size ?? 0)
    found.push({ name: (name ?? '').slice(0, 255).toWellFormed(), bytes, mediaType: it.type.slice(0, 127) })
  }
  return found
}
