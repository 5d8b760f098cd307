/**
 * What a schedule waits for, and how it deals with many events at once, while that is being edited.
 *
 * Promise: everything is kept as it was typed; `reading.ts` says what it means, or what is in the way by where it
 * stands in the body.
 */
import type { Collect, EventTrigger, Throttle } from '#lib/contract/event-trigger.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { examplesOf } from './examples.ts'
import { type FilterDraft, filterDraftOf, NO_FILTER } from './filter-draft.ts'
import type { EventFact } from './words.ts'

export interface EventDraft {
  types: readonly string[]
  /** Of whose runs; empty: of every schedule but this one. */
  triggerIds: readonly number[]
  sourceIds: readonly number[]
  filter: FilterDraft
  maxDepth: string
}
export interface CallOffDraft {
  types: readonly string[]
  filter: FilterDraft
}
export interface FactsDraft {
  collect: { on: boolean; quiet: string; max: string; most: string; keep: Collect['keep']; key: string }
  throttle: { on: boolean; count: string; per: string; excess: Throttle['excess'] }
  cancelOn: readonly CallOffDraft[]
  overlapKey: string
}

export const NO_EVENT: EventDraft = {
  types: [],
  triggerIds: [],
  sourceIds: [],
  filter: NO_FILTER,
  maxDepth: '8',
}
export const NO_FACTS: FactsDraft = {
  collect: { on: false, quiet: '60', max: '600', most: '100', keep: 'all', key: '' },
  throttle: { on: false, count: '5', per: '3600', excess: 'defer' },
  cancelOn: [],
  overlapKey: '',
}

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

const OF_SCHEDULES = ['execution.', 'schedule.', 'approval.', 'expectation.']
/** Whether it hears of what schedules do, so that one may say of which. */
export const isOfSchedules = (types: readonly string[]): boolean =>
  types.some((type) => OF_SCHEDULES.some((it) => type.startsWith(it)))

const OF_SOURCES = ['email.', 'feed.', 'file.']
/** Whether it hears of what sources bring, so that one may say of which. */
export const isOfSources = (types: readonly string[]): boolean =>
  types.some((type) => OF_SOURCES.some((it) => type.startsWith(it)))

/** How much of it is set. */
export const factsSet = (draft: FactsDraft, gathers: boolean): number =>
  [
    gathers && draft.collect.on,
    draft.throttle.on,
    draft.cancelOn.length > 0,
    draft.overlapKey.trim() !== '',
  ].filter(Boolean).length
