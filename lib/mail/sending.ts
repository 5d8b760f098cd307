/**
 * Hands one mail to a server.
 *
 * Promise: it says which recipients the server took and which it refused, with its words; whether the mail may have
 * left although nobody said so is told apart from what was not sent. Text is sent as text: nothing in it is markup,
 * a file or an address that is fetched. The socket goes to the address that was judged, and TLS to the host's name.
 */
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import MailComposer from 'nodemailer/lib/mail-composer'
import SmtpConnection from 'nodemailer/lib/smtp-connection'
import { type Clock, seconds } from '../clock.ts'
import { inTime } from '../deadline.ts'
import type { GuardedAddress } from '../net/guarded-address.ts'
import { MailProblem, connectionProblem, quoted } from './problem.ts'
import { addressOf, type MailServer } from './server.ts'

export interface OutgoingMail {
  /** One address each, judged as such. */
  to: readonly string[]
  subject: string
  text: string
  /** With its angle brackets; the same for a mail that is sent again. */
  messageId: string
  date: Date
}

export interface Sent {
  messageId: string
  accepted: string[]
  rejected: { address: string; reason: string }[]
}

export interface Way {
  clock: Pick<Clock, 'after'>
  address: GuardedAddress
  /** Beside what Node trusts. */
  tls?: Pick<ConnectionOptions, 'ca'>
}

const CONNECT_MS = seconds(15)
const SILENCE_MS = seconds(30)
/** Also of a server that says a little now and then. */
const LONGEST_MS = seconds(60)
/** Of one that is only asked whether it is there. */
const REACH_MS = seconds(10)

/** @throws MailProblem */
export async function sendMail(
  server: MailServer,
  mail: OutgoingMail,
  way: Way,
  signal?: AbortSignal,
): Promise<Sent> {
  const at = `${server.host}:${server.port}`
  const bytes = await composed(server, mail)
  const connection = await connect(server, way).catch((error: unknown) => {
    throw connectionProblem(error, at) ?? error
  })
  const state = { handedOver: false }
  try {
    const late = () => lateProblem(at, state.handedOver)
    const deadline = { clock: way.clock, ms: LONGEST_MS, signals: signal ? [signal] : [], late }
    return await inTime(deadline, () => deliver(connection, server, mail, bytes, state))
  } catch (error) {
    connection.close()
    signal?.throwIfAborted()
    throw problemOf(error as SmtpError, at, server, state.handedOver)
  }
}

function composed(
  { from }: MailServer,
  { to, subject, text, messageId, date }: OutgoingMail,
): Promise<Buffer> {
  const composer = new MailComposer({
    from,
    to: [...to],
    subject,
    text,
    messageId,
    date,
    // Nobody is away to it, and no list answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}

async function connect({ host, port, secure, user }: MailServer, { address, tls }: Way) {
  const servername = isIP(host) ? {} : { servername: host }
  return new SmtpConnection({
    host: await address(host),
    port,
    secure,
    // A password is not said where others can hear it.
    requireTLS: !secure && user !== null,
    ...servername,
    tls: { ...servername, ...tls },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    socketCloseTimeout: 0,
  })
}

/** Of nodemailer; `responseCode` is the server's. */
interface SmtpError extends Error {
  code?: string
  command?: string
  response?: string
  responseCode?: number
  recipient?: string
  rejectedErrors?: SmtpError[]
}

/** Signs in, and says nothing more. @throws MailProblem where it cannot be reached, or lets nobody in. */
export async function reachServer(server: MailServer, way: Way): Promise<void> {
  const at = `${server.host}:${server.port}`
  const late = () => new MailProblem(`${at} has not answered within ${REACH_MS / 1000} seconds.`, 'transient')
  const opening = connect(server, way)
  try {
    await inTime({ clock: way.clock, ms: REACH_MS, late }, async () => {
      const connection = await opening
      await signedIn(connection, server)
      connection.quit()
    })
  } catch (error) {
    opening.then(
      (connection) => connection.close(),
      () => {},
    )
    throw problemOf(error as SmtpError, at, server, false)
  }
}

type Step = <Answer>(
  begin: (done: (error?: Error | null, answer?: Answer) => void) => void,
) => Promise<Answer>

/** Connected, and as the user where there is one; what comes next goes by steps. */
async function signedIn(connection: SmtpConnection, { user, password }: MailServer): Promise<Step> {
  const failed = new Promise<never>((_, reject) => connection.on('error', reject))
  const step: Step = (begin) =>
    Promise.race([
      new Promise<never>((resolve, reject) =>
        begin((error, answer) => (error ? reject(error) : resolve(answer as never))),
      ),
      failed,
    ])
  failed.catch(() => {})
  await step<void>((done) => connection.connect(done))
  if (user !== null)
    await step((done) =>
      connection.login({ user, pass: password ?? '', credentials: { user, pass: password ?? '' } }, done),
    )
  return step
}

async function deliver(
  connection: SmtpConnection,
  server: MailServer,
  { to, messageId }: OutgoingMail,
  bytes: Buffer,
  state: { handedOver: boolean },
): Promise<Sent> {
  const step = await signedIn(connection, server)
  // It is read once the server has asked for it: from then on nobody knows, until the server says.
  const body = Readable.from(
    (function* () {
      state.handedOver = true
      yield bytes
    })(),
  )
  const envelope = { from: addressOf(server.from), to: [...to], size: bytes.length }
  const { accepted, rejectedErrors = [] } = await step<{ accepted: string[]; rejectedErrors?: SmtpError[] }>(
    (done) => connection.send(envelope, body, done),
  )
  connection.quit()
  return {
    messageId,
    accepted,
    rejected: rejectedErrors.map((it) => ({
      address: it.recipient ?? '',
      reason: quoted(it.response ?? ''),
    })),
  }
}

function problemOf(error: SmtpError, at: string, { user }: MailServer, handedOver: boolean): unknown {
  const { code, responseCode, response = '' } = error
  const said = quoted(response)
  const transient = responseCode !== undefined && responseCode < 500
  if (error instanceof MailProblem) return error
  if (responseCode === undefined && handedOver) return unconfirmed(at, error)
  if (code === 'EAUTH') return loginProblem(at, user, said, transient, error)
  if (code === 'ETLS' && responseCode !== undefined)
    return new MailProblem(
      `${at} offers no TLS, and a password is not sent without it: ${said}. Use the port that has TLS, or leave the user out.`,
      'lasting',
      error,
    )
  const connection = connectionProblem(error, at)
  if (connection) return connection
  if (responseCode !== undefined)
    return new MailProblem(refusalOf(error, at, said), transient ? 'transient' : 'lasting', error)
  if (code === undefined) return error
  return new MailProblem(`${at} could not be spoken to: ${quoted(error.message)}`, 'transient', error)
}

const unconfirmed = (at: string, cause?: Error) =>
  new MailProblem(
    `The connection to ${at} ended after the mail had been handed over and before it was confirmed: whether it was sent is unknown.`,
    'unknown',
    cause,
  )
const lateProblem = (at: string, handedOver: boolean) =>
  handedOver
    ? unconfirmed(at)
    : new MailProblem(`${at} has not taken the mail within ${LONGEST_MS / 1000} seconds.`, 'transient')

function loginProblem(
  at: string,
  user: string | null,
  said: string,
  transient: boolean,
  cause: Error,
): MailProblem {
  return transient
    ? new MailProblem(`${at} lets nobody in just now: ${said}`, 'transient', cause)
    : new MailProblem(
        `${at} refuses the user "${user}" or the password${said ? `: ${said}` : '.'} Enter them again.`,
        'lasting',
        cause,
      )
}

function refusalOf({ rejectedErrors, command }: SmtpError, at: string, said: string): string {
  if (rejectedErrors) {
    const each = rejectedErrors.map((it) => `${it.recipient} (${quoted(it.response ?? '')})`)
    return `${at} takes nothing for ${each.slice(0, 5).join(', ')}${each.length > 5 ? ` and ${each.length - 5} more` : ''}.`
  }
  return command === 'MAIL FROM'
    ? `${at} takes no mail from this sender: ${said}. Enter another in the settings, under Mail.`
    : `${at} did not take the mail: ${said}`
}
