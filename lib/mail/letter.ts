/** A mail as it is read: what its headers say, and as much of its text as it takes to know what it is about. */

export interface Person {
  name: string
  address: string
}

export interface Letter {
  folder: string
  /** Its number there, for as long as the folder numbers its mails as it does. */
  uid: number
  /** With its angle brackets, as the ids of `references`. */
  messageId: string | null
  /** The mails before it in its thread, the oldest first. */
  references: string[]
  from: Person | null
  subject: string
  /** When the server got it. */
  at: Date
  isSeen: boolean
  isAnswered: boolean
  /** As its sender marked it. */
  priority: 'high' | 'normal' | 'low'
  /** Sent to many at once, or by a program. */
  isBulk: boolean
  /** Of its text, the beginning; null: there is none that can be read. */
  text: string | null
}

/** What is needed to tell of a mail as it came. */
export interface Arrival extends Letter {
  to: Person[]
  attachments: Attachment[]
  sender: Sender
}
export interface Attachment {
  name: string
  bytes: number
  mediaType: string
}
/**
 * Whether its sender is who it says. `verified`: whom the reader trusts says so; `asserted`: the mail itself says that
 * somebody has; `unverified`: nobody says so, or somebody the contrary.
 */
export type Sender = 'verified' | 'asserted' | 'unverified'

/** The headers that are asked for beside what every server sums up. */
export const HEADERS = [
  ...['importance', 'x-priority', 'priority', 'x-msmail-priority', 'references', 'in-reply-to'],
  ...['list-id', 'list-unsubscribe', 'precedence', 'auto-submitted', 'authentication-results'],
]

/** By lower-case name; of one that is there twice the first. */
export function headersOf(block: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
    if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}

export function priorityOf(headers: ReadonlyMap<string, string>): Letter['priority'] {
  const said = ['importance', 'x-msmail-priority', 'priority', 'x-priority'].map(
    (it) => headers.get(it) ?? '',
  )
  if (said.some((it) => /^(high|urgent|[12]\b)/i.test(it))) return 'high'
  return said.some((it) => /^(low|non-urgent|[45]\b)/i.test(it)) ? 'low' : 'normal'
}

export const isBulk = (headers: ReadonlyMap<string, string>): boolean =>
  headers.has('list-id') ||
  headers.has('list-unsubscribe') ||
  /^(bulk|list|junk)/i.test(headers.get('precedence') ?? '') ||
  /^auto-(generated|replied|notified)/i.test(headers.get('auto-submitted') ?? '')

const MOST_REFERENCES = 100
export const idsIn = (text: string): string[] =>
  (text.match(/<[^<>\s]{1,500}>/g) ?? []).slice(-MOST_REFERENCES)

/**
 * By the uppermost Authentication-Results, for a server writes its own above those that were there (RFC 8601). Whoever
 * sends a mail may write one too: only where it is of the server that is trusted is it more than a claim.
 */
export function senderOf(headers: ReadonlyMap<string, string>, trusted: string | null): Sender {
  const said = (headers.get('authentication-results') ?? '').replace(/\([^()]*\)/g, ' ')
  const [first = '', ...results] = said.split(';')
  const by = first.trim().split(/\s+/)[0]?.toLowerCase() || null
  const isPassed = results.some((it) => /^\s*dmarc\s*=\s*pass\b/i.test(it))
  if (!isPassed) return 'unverified'
  return by !== null && by === trusted?.toLowerCase() ? 'verified' : 'asserted'
}
