/**
 * What the pages say about each type of event, drawn from the
 * contract. Runs on the server, so that no browser needs its schemas.
 */
import { EVENT_TYPES } from '#lib/contract/trigger-event.ts'
import type { EventFact, EventWords } from './words.ts'

export const eventFacts = (): EventFact[] =>
  EVENT_TYPES.map(({ type, words, example }) => ({ type, words, example }))

export const eventWords = (): EventWords =>
  Object.fromEntries(EVENT_TYPES.map(({ type, words }) => [type, words]))
