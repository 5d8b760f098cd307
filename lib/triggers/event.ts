/**
 * When something has happened in the workspace: of some types, of some triggers or sources, and as a filter wants it.
 *
 * Promise: what a trigger does not listen for is nothing to it; what it listens for is judged, and either fires or
 * leaves a trace of what kept it from firing.
 */
import { EventTrigger } from '../contract/event-trigger.ts'
import { EVENT_ROOTS, EVENT_TYPES, isHeard, type TriggerEvent } from '../contract/trigger-event.ts'
import { factKind } from './kind.ts'
import { faultsOf, HOLDS, match } from './matching.ts'

/** Facts that are of a trigger, which `triggerIds` bounds. */
const OF_TRIGGERS = ['execution.', 'schedule.', 'approval.', 'expectation.']

/** Whether a fact is one that the trigger `self` looks at. It does not hear itself unless others are named. */
export function listens(
  { types, triggerIds, sourceIds }: EventTrigger,
  { type, sourceId, data }: Pick<TriggerEvent, 'type' | 'sourceId' | 'data'>,
  self: number,
): boolean {
  if (!types.some((it) => isHeard(it, type))) return false
  // What it says of failed deliveries may itself not be delivered: that would never end.
  if (type === 'delivery.failed' && data.triggerId === self) return false
  if (OF_TRIGGERS.some((it) => type.startsWith(it))) {
    const { triggerId } = data
    return triggerIds ? triggerIds.some((it) => it === triggerId) : triggerId !== self
  }
  return !sourceIds || sourceId === null || sourceIds.includes(sourceId)
}

const wordsOf = (type: string) =>
  EVENT_TYPES.find((it) => it.type === type)?.words ??
  (type.endsWith('.*') ? `something happens to do with ${type.slice(0, -2)}` : `${type} happens`)

export const event = factKind({
  kind: 'event',
  own: true,
  config: EventTrigger,
  judge: ({ filter }) => (filter ? faultsOf(filter, EVENT_ROOTS, 'event.filter') : []),
  describe({ types, filter }) {
    const words = types.map(wordsOf)
    const last = words.pop()
    const list = words.length > 0 ? `${words.join(', ')} or ${last}` : last
    return `When ${list}${filter ? ', if it is as wanted' : ''}`
  },
  accepts: ({ filter }, fact) => (filter ? match(filter, fact) : HOLDS),
})
