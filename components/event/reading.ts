/** What a trigger that is being edited waits for, and how it deals with many events; or what is in the way. */
import type { CancelOn, Collect, EventTrigger, Throttle } from '#lib/contract/event-trigger.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { isOfSchedules, isOfSources } from './bounds.ts'
import type { EventDraft, FactsDraft } from './draft.ts'
import { exampleIn } from './opening.ts'
import type { FilterDraft } from './filter-draft.ts'
import { readFilter } from './filter-reading.ts'
import type { EventFact } from './words.ts'

type Errors = Record<string, string>

function whole(typed: string, path: string, errors: Errors): number {
  const value = Number(typed)
  if (typed.trim() === '' || !Number.isInteger(value)) errors[path] = 'Write a whole number.'
  return value
}

function filterAt(
  draft: FilterDraft,
  types: readonly string[],
  facts: readonly EventFact[],
  at: string,
  errors: Errors,
) {
  const reading = readFilter(draft, exampleIn(types, facts))
  if ('error' in reading) errors[at] = reading.error
  return 'filter' in reading && reading.filter ? { filter: reading.filter } : {}
}

export function readEvent(draft: EventDraft, facts: readonly EventFact[], errors: Errors): EventTrigger {
  if (draft.types.length === 0) errors['event.types'] = 'Choose what it waits for.'
  return {
    types: [...draft.types],
    ...(draft.triggerIds.length > 0 && isOfSchedules(draft.types) && { triggerIds: [...draft.triggerIds] }),
    ...(draft.sourceIds.length > 0 && isOfSources(draft.types) && { sourceIds: [...draft.sourceIds] }),
    ...filterAt(draft.filter, draft.types, facts, 'event.filter', errors),
    maxDepth: whole(draft.maxDepth, 'event.maxDepth', errors),
  }
}

function readCollect({ on, ...it }: FactsDraft['collect'], errors: Errors): Collect | null {
  if (!on) return null
  return {
    ...(it.quiet.trim() !== '' && { quietSeconds: whole(it.quiet, 'collect.quietSeconds', errors) }),
    maxSeconds: whole(it.max, 'collect.maxSeconds', errors),
    maxEvents: whole(it.most, 'collect.maxEvents', errors),
    keep: it.keep,
    ...(it.key.trim() !== '' && { key: it.key.trim() }),
  }
}

const readThrottle = ({ on, count, per, excess }: FactsDraft['throttle'], errors: Errors): Throttle | null =>
  on
    ? {
        count: whole(count, 'throttle.count', errors),
        perSeconds: whole(per, 'throttle.perSeconds', errors),
        excess,
      }
    : null

function readCancelOn(
  drafts: FactsDraft['cancelOn'],
  facts: readonly EventFact[],
  errors: Errors,
): CancelOn | null {
  if (drafts.length === 0) return null
  return drafts.map(({ types, filter }, n) => {
    if (types.length === 0) errors[`cancelOn.${n}.types`] = 'Choose what calls it off.'
    return { types: [...types], ...filterAt(filter, types, facts, `cancelOn.${n}.filter`, errors) }
  })
}

/** `gathers`: whether the kind gathers facts; what others cannot do is not asked of them. */
export const readFacts = (
  draft: FactsDraft,
  gathers: boolean,
  facts: readonly EventFact[],
  errors: Errors,
): Pick<Trigger, 'collect' | 'throttle' | 'cancelOn' | 'overlapKey'> => ({
  collect: gathers ? readCollect(draft.collect, errors) : null,
  throttle: readThrottle(draft.throttle, errors),
  cancelOn: readCancelOn(draft.cancelOn, facts, errors),
  overlapKey: draft.overlapKey.trim() || null,
})
