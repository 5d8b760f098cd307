/** What a trigger waits for, and how it deals with many events, as it is opened to be edited. */
import type { EventTrigger } from '#lib/contract/event-trigger.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { type EventDraft, type FactsDraft, NO_EVENT, NO_FACTS } from './draft.ts'
import { examplesOf } from './examples.ts'
import { filterDraftOf } from './filter-rows.ts'
import type { EventFact } from './words.ts'

export const exampleIn = (types: readonly string[], facts: readonly EventFact[]) => {
  const found = examplesOf(types, facts)
  return (path: string) => found.get(path)
}

export const eventDraftOf = (event: EventTrigger | undefined, facts: readonly EventFact[]): EventDraft =>
  event
    ? {
        types: event.types,
        triggerIds: event.triggerIds ?? [],
        sourceIds: event.sourceIds ?? [],
        filter: filterDraftOf(event.filter, exampleIn(event.types, facts)),
        maxDepth: String(event.maxDepth),
      }
    : NO_EVENT

const text = (it: number | undefined) => (it === undefined ? '' : String(it))

export const factsDraftOf = (
  {
    collect,
    throttle,
    cancelOn,
    overlapKey,
  }: Pick<Trigger, 'collect' | 'throttle' | 'cancelOn' | 'overlapKey'>,
  facts: readonly EventFact[],
): FactsDraft => ({
  collect: collect
    ? {
        on: true,
        quiet: text(collect.quietSeconds),
        max: text(collect.maxSeconds),
        most: text(collect.maxEvents),
        keep: collect.keep,
        key: collect.key ?? '',
      }
    : NO_FACTS.collect,
  throttle: throttle
    ? { on: true, count: text(throttle.count), per: text(throttle.perSeconds), excess: throttle.excess }
    : NO_FACTS.throttle,
  cancelOn: (cancelOn ?? []).map((it) => ({
    types: it.types,
    filter: filterDraftOf(it.filter, exampleIn(it.types, facts)),
  })),
  overlapKey: overlapKey ?? '',
})
