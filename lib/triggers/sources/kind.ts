/**
 * What a kind of source knows: how it is reached, what has come there since the last look, and how it tells of news by
 * itself.
 *
 * A kind is one file beside this one and one line in `index.ts`. A look only reads: the same cursor makes the same
 * items, whoever looks, so that who keeps what was found can tell what is known already. The cursor is JSON.
 */
import type { z } from 'zod'
import type { Folders } from '#lib/agents/reading/folders.ts'
import type { Clock } from '#lib/clock.ts'
import type { Brought, SourceKind } from '#lib/contract/source.ts'
import type { OpenMailboxes } from '#lib/mail/mail.ts'
import type { GuardedFetch } from '#lib/net/guarded-fetch.ts'

/** What sources are looked at with. */
export interface Reach {
  clock: Clock
  fetch: GuardedFetch
  openMailbox: OpenMailboxes
  folders: Folders
  /** Why an address may not be asked, or null. */
  refusalOf(url: string): string | null
}

export interface Item {
  /** Of all that this source ever brings, what tells it from the rest. */
  key: string
  type: Brought
  occurredAt: Date
  /** What it is, in one line. */
  title: string
  data: Record<string, unknown>
}

export interface Look<Cursor> {
  items: Item[]
  /** From where the next look goes on. */
  cursor: Cursor
  /** Why what is there counts as seen although it was looked at before; null: it does not. */
  anew: string | null
  /** More is there, or will be in a moment: it is looked at again before its time. */
  again: boolean
}

/** What is to be mended, in words, by whoever set it up. */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem'
  readonly status: 'failing' | 'auth_required'
  /** It may be gone by the next look. */
  readonly passing: boolean
  constructor(
    message: string,
    {
      status = 'failing',
      passing = false,
      cause,
    }: { status?: SourceProblem['status']; passing?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.status = status
    this.passing = passing
  }
}

interface KindOf<Config, Cursor> {
  kind: SourceKind
  /** Of what it is reached by; what is confidential is open here. */
  config: z.ZodType<Config>
  cursor: z.ZodType<Cursor>
  /** Fields of the configuration that are kept sealed. */
  confidential: readonly (keyof Config & string)[]
  /** Another one is another place: what was seen at the first says nothing of it, and no password goes there. */
  receiver(config: Omit<Config, 'password'>): string
  /** What is looked at, in words. */
  describe(config: Omit<Config, 'password'>): string
  /** Why it cannot be looked at here whatever it says, by its field; null: nothing is known against it. */
  refusal(config: Omit<Config, 'password'>, reach: Reach): Promise<Refusal | null>
  /** How far it is, for people. */
  shown(cursor: Cursor): Record<string, unknown>
  /** @throws SourceProblem; the signal's reason */
  look(config: Config, cursor: Cursor | null, reach: Reach, signal: AbortSignal): Promise<Look<Cursor>>
  /** What was looked at already and came since `to`, the oldest first, one more than `most` at the most. */
  since(config: Config, cursor: Cursor, rewind: Rewinding, reach: Reach): Promise<Item[]>
  /** Calls back when there may be something new, until the signal aborts; answers earlier where it cannot. */
  watch?(config: Config, reach: Reach, news: () => void, signal: AbortSignal): Promise<void>
}
export interface Refusal {
  field: string
  message: string
}
export interface Rewinding {
  to: Date
  most: number
  /** What is to be said of each is not needed. */
  countOnly: boolean
  signal: AbortSignal
}

export type Kind = KindOf<never, never>
/** Gives the functions of a kind the types of its schemas. */
export const sourceKind = <Config, Cursor>(it: KindOf<Config, Cursor>): Kind => it as unknown as Kind
