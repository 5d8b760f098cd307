/** Which events call a trigger's runs off, and which of them. Pure. */
import type { CallingOff, LiveRun } from '#db/queries/calling-off.ts'
import type { AwaitingTrigger } from '#db/queries/due.ts'
import { CancelOn } from '../contract/event-trigger.ts'
import type { Comparison, Filter } from '../contract/filter.ts'
import { isHeard, type TriggerEvent } from '../contract/trigger-event.ts'
import { match, valueAt } from '../triggers/matching.ts'

/** What plain SQL has spoilt calls nothing off. */
export function cancelOnOf({ cancelOn }: Pick<AwaitingTrigger, 'cancelOn'>): CancelOn {
  try {
    return cancelOn === null ? [] : CancelOn.parse(JSON.parse(cancelOn))
  } catch {
    return []
  }
}

/** Whether an event is one that may call runs off. */
export const mayCallOff = (rules: CancelOn, { type }: TriggerEvent): boolean =>
  rules.some((it) => it.types.some((named) => isHeard(named, type)))

export function calledOff(rules: CancelOn, event: TriggerEvent, runs: readonly LiveRun[]): CallingOff[] {
  const heard = rules.filter((it) => it.types.some((named) => isHeard(named, event.type)))
  return runs
    .filter((run) => heard.some(({ filter }) => !filter || holds(filter, event, run)))
    .map(({ id }) => ({ executionId: id, reason: `Cancelled: ${event.type} (event ${event.id}).` }))
}

function holds(filter: Filter, event: TriggerEvent, run: LiveRun): boolean {
  const named = withFired(filter, run.event === null ? null : JSON.parse(run.event))
  return named !== null && match(named, event).pass
}

/** With what stands in the event that fired in place of `{ fired: path }`; null where nothing stands there. */
function withFired(filter: Filter, fired: unknown): Filter | null {
  if ('all' in filter) return grouped(filter.all, fired, (all) => ({ all }))
  if ('any' in filter) return grouped(filter.any, fired, (any) => ({ any }))
  if ('not' in filter) {
    const not = withFired(filter.not, fired)
    return not && { not }
  }
  const path = firedPath(filter.value)
  if (path === null) return filter
  const value = valueAt(path, fired)
  return value === undefined ? null : ({ ...filter, value } as Comparison)
}
function grouped(parts: Filter[], fired: unknown, group: (parts: Filter[]) => Filter): Filter | null {
  const named = parts.map((it) => withFired(it, fired))
  return named.every((it) => it !== null) ? group(named) : null
}

const firedPath = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'fired' in value && typeof value.fired === 'string'
    ? value.fired
    : null
