/**
 * What a schedule waits for, and how it deals with many events at once, while that is being edited.
 *
 * Promise: everything is kept as it was typed; `reading.ts` says what it means, or what is in the way by where it
 * stands in the body.
 */
import type { Collect, Throttle } from '#lib/contract/event-trigger.ts'
import { type FilterDraft, NO_FILTER } from './filter-draft.ts'

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

/** How much of it is set. */
export const factsSet = (draft: FactsDraft, gathers: boolean): number =>
  [
    gathers && draft.collect.on,
    draft.throttle.on,
    draft.cancelOn.length > 0,
    draft.overlapKey.trim() !== '',
  ].filter(Boolean).length
