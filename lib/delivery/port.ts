/**
 * A channel, as the rest of the product sees one: what it is set to, and how one message goes through it.
 *
 * Promise: a channel returns what became of a message and never throws for what a receiver does; it says "unknown"
 * where the message left and nobody said whether it arrived. It is told nothing but the message and its own settings.
 */
import type { z } from 'zod'
import type { ChannelKindName, Tellable } from '../contract/delivery.ts'
import type { Mail } from '../mail/mail.ts'
import type { GuardedFetch } from '../net/guarded-fetch.ts'
import type { Push } from './push.ts'

/** What is told, once for every channel. Text is text: nothing in it is markup. */
export interface Message {
  event: Tellable
  title: string
  text: string
  /** Where a person reads on. */
  url: string
  at: string
  /** For programs: what it is about. */
  about: {
    execution: { id: number; status: string } | null
    trigger: { id: number; name: string } | null
  }
}

/** `detail` is hidden and cut by whoever sends: a channel leaves it whole. */
export type Sent =
  | { kind: 'sent'; detail: string }
  /** It was not taken. `lasting`: nor would it be later. `gone`: nobody is there any more. */
  | {
      kind: 'refused'
      detail: string
      lasting: boolean
      retryAfterMs?: number
      gone?: boolean
      /** Of the answer, where there was one. */
      status?: number
    }
  /** It left, and nobody said whether it arrived. */
  | { kind: 'unknown'; detail: string }

/** What a channel sends with. */
interface Way {
  fetch: GuardedFetch
  mail: Pick<Mail, 'send'>
  push: Pick<Push, 'browsers' | 'requestFor' | 'forget'>
  now(): Date
}
/** `outside` reaches the public internet only: for whom what the operator has opened inside is not. */
export interface Ways extends Way {
  outside: Way
}

export interface Sending {
  /** Of the delivery: the same for each try, and no other delivery's. */
  id: string
  /** Of which it tells; null: of none, as a test of a person's own channel. */
  workspaceId: number | null
  /** Whose own channel it is. */
  userId: string | null
  message: Message
  ways: Ways
}

export interface ChannelKind {
  kind: ChannelKindName
  name: string
  /** What somebody must have at hand to set it up. */
  description: string
  /** Fields that are marked `writeOnly` are kept in confidence. */
  config: z.ZodType
  /** By its id a receiver tells a message that it has had: then it may be sent again where nobody knows. */
  tellsRepeats: boolean
  /** Where it connects to, for as far as its settings say; judged when they are saved, and when it connects. */
  addresses(config: unknown): string[]
  send(config: unknown, sending: Sending): Promise<Sent>
}

/** Puts a channel together: its settings are of its own schema. */
export function channelKind<Config>(
  it: Omit<ChannelKind, 'config' | 'addresses' | 'send'> & {
    config: z.ZodType<Config>
    addresses(config: Config): string[]
    send(config: Config, sending: Sending): Promise<Sent>
  },
): ChannelKind {
  const read = (config: unknown) => it.config.parse(config)
  return {
    ...it,
    addresses: (config) => it.addresses(read(config)),
    send: async (config, sending) => it.send(read(config), sending),
  }
}
