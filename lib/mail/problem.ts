/**
 * What goes wrong between this server and one of mail, in words: whom it asked, what it answered, what to do.
 *
 * Promise: nothing that was sent in confidence is in them.
 */
import { OutboundRefused } from '../net/guarded-address.ts'

/** How sure is what became of it: `lasting` and `transient` were not done, `unknown` may have been. */
export type Certainty = 'lasting' | 'transient' | 'unknown'

export class MailProblem extends Error {
  override readonly name = 'MailProblem'
  readonly certainty: Certainty
  constructor(message: string, certainty: Certainty, cause?: unknown) {
    super(message, { cause })
    this.certainty = certainty
  }
}

interface Fault extends Error {
  code?: string
  originalCode?: string
  cause?: unknown
}

/** Some are told by their code, those within a connection that was plain at first by their words only. */
const CERTIFICATE: readonly (readonly [RegExp, string])[] = [
  [/DEPTH_ZERO_SELF_SIGNED|self[- ]signed certificate$/i, 'is signed by itself'],
  [
    /SELF_SIGNED_CERT_IN_CHAIN|certificate in certificate chain/i,
    'is signed by somebody who is not known here',
  ],
  [/UNABLE_TO_GET_ISSUER|get local issuer/i, 'is signed by somebody who is not known here'],
  [/UNABLE_TO_VERIFY_LEAF|verify the first certificate/i, 'comes without those that vouch for it'],
  [/CERT_HAS_EXPIRED|certificate has expired/i, 'has expired'],
  [/ALTNAME_INVALID|does not match certificate/i, 'is for another name'],
]
const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'nothing answers there: is it running, and is the port right?',
  ENOTFOUND: 'no such host is known: is its name right?',
  ENODATA: 'no such host is known: is its name right?',
  EAI_AGAIN: 'the host could not be looked up: is there a network?',
  ECONNRESET: 'it ended the connection',
  EPIPE: 'it ended the connection',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it did not answer in time',
  CONNECT_TIMEOUT: 'it did not answer in time',
  GREETING_TIMEOUT: 'it did not greet in time: is the port right, and “secure” as the server has it?',
  UPGRADE_TIMEOUT: 'it did not begin TLS in time',
}

const chain = (error: unknown): Fault[] =>
  error instanceof Error ? [error as Fault, ...chain((error as Fault).cause)] : []
const codesOf = (error: unknown) =>
  chain(error).flatMap((it) => [it.originalCode, it.code].filter((code) => typeof code === 'string'))

/** Why a server cannot be spoken to; null where that is not what went wrong. `at`: its host and port. */
export function connectionProblem(error: unknown, at: string): MailProblem | null {
  const refused = chain(error).find((it) => it instanceof OutboundRefused)
  if (refused) return new MailProblem(refused.message, 'lasting', error)
  const codes = codesOf(error)
  const told = [...codes, ...chain(error).map((it) => it.message)]
  const [, certificate] = CERTIFICATE.find(([sign]) => told.some((it) => sign.test(it))) ?? []
  if (certificate)
    return new MailProblem(
      `The certificate of ${at} ${certificate}, so nothing was said to it. Enter the name that it is for, or have it renewed; one of your own authority is trusted with NODE_EXTRA_CA_CERTS.`,
      'lasting',
      error,
    )
  const why = codes.map((it) => UNREACHABLE[it]).find(Boolean)
  if (why) return new MailProblem(`${at} cannot be reached: ${why}.`.replace('?.', '?'), 'transient', error)
  if (codes.some((it) => /SSL|TLS|EPROTO/.test(it)))
    return new MailProblem(
      `TLS with ${at} failed: is the port right, and “secure” as the server has it?`,
      'lasting',
      error,
    )
  return null
}

/** What a server says, as a part of a sentence: text, whatever it meant it to be. */
export const quoted = (answer: string) =>
  answer
    .replace(/[\\`*_[\]<>|#~]/g, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
    .toWellFormed()
