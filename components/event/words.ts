/** What is said about something that has happened. */
import type { TriggerEvent } from '#lib/contract/trigger-event.ts'

export interface EventFact {
  type: string
  /** Goes after "When ". */
  words: string
  example: Record<string, unknown>
}
export type EventWords = Readonly<Record<string, string>>

/** A type that people name themselves is said as it is called. */
export function sentenceOf(type: string, words: EventWords): string {
  const said = words[type]
  return said ? `${said[0]?.toUpperCase()}${said.slice(1)}` : type
}

const KINDS: Partial<Record<TriggerEvent['actor']['kind'], string>> = {
  key: 'API key',
  agent: 'agent',
  source: 'source',
  caller: 'caller',
}
/** Who did it: `Ada`, `Ada's laptop (API key)`. */
export function actorIn({ kind, name }: TriggerEvent['actor']): string {
  const is = KINDS[kind]
  return is ? `${name} (${is})` : name
}

/** The thing in it that a person would know it by. */
const NAMES = ['documentName', 'triggerName', 'subject', 'title', 'path', 'text', 'summary', 'name'] as const
export function aboutOf({ data }: Pick<TriggerEvent, 'data'>): string | null {
  const name = NAMES.map((it) => data[it]).find((it) => typeof it === 'string' && it !== '')
  return typeof name === 'string' ? name : null
}
