/**
 * What arrives in the feed while somebody looks: what another person wrote,
 * and how a run ended. Not every step, nothing that was only loaded.
 */
import { isLive, type Status } from '#lib/contract/states.ts'
import type { Message } from '#lib/contract/message.ts'

export interface Seen {
  newest: number
  running: ReadonlySet<number>
}

export const goesOn = (status: Status | null) => status !== null && isLive(status)

export const seenOf = (messages: readonly Message[]): Seen => ({
  newest: messages.reduce((most, it) => Math.max(most, it.id), 0),
  running: new Set(messages.filter((it) => goesOn(it.status)).map((it) => it.id)),
})

export const arrivals = (before: Seen, messages: readonly Message[], me: string | undefined): Message[] =>
  messages.filter(
    (it) =>
      (it.id > before.newest || before.running.has(it.id)) &&
      !goesOn(it.status) &&
      !(it.kind === 'person' && it.author.id === me),
  )
