/** Which events call a trigger's runs off, and which of them. */
import { type CallingOff, liveRuns } from '#db/queries/calling-off.ts'
import type { AwaitingTrigger } from '#db/queries/due.ts'
import type { Store } from '#db/store.ts'
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

/** A run that has not ended, with what the rules ask of the event that fired it. */
export interface LiveRun {
  id: number
  fired: ReadonlyMap<string, unknown>
}

/** Runs whose events are read together. */
const PAGE = 200
/**
 * The runs of a trigger that events may call off. What fired them is read only where a rule compares with it, a page
 * at a time, and only what is compared is kept: a thousand that wait may each stand for a long mail.
 */
export async function runsToCallOff(
  store: Store,
  triggerId: number,
  rules: CancelOn,
  pageOf = PAGE,
): Promise<LiveRun[]> {
  const paths = comparedBy(rules)
  const runs: LiveRun[] = []
  for (let after = 0; ; ) {
    const page = await liveRuns(store, triggerId, {
      ...{ after, limit: pageOf, withEvent: paths.length > 0 },
    })
    for (const { id, event } of page)
      runs.push({ id, fired: valuesIn(event === null ? null : JSON.parse(event), paths) })
    if (page.length < pageOf) return runs
    after = page.at(-1)?.id ?? after
  }
}

/** What the rules ask of the event that fired a run. */
export const comparedBy = (rules: CancelOn): string[] => [
  ...new Set(rules.flatMap(({ filter }) => (filter ? pathsIn(filter) : []))),
]
export const valuesIn = (event: unknown, paths: readonly string[]): LiveRun['fired'] =>
  new Map(paths.map((path) => [path, valueAt(path, event)]))

/** The rules that listen for it. */
export const rulesFor = (rules: CancelOn, { type }: TriggerEvent): CancelOn =>
  rules.filter((it) => it.types.some((named) => isHeard(named, type)))

export function calledOff(rules: CancelOn, event: TriggerEvent, runs: readonly LiveRun[]): CallingOff[] {
  const heard = rulesFor(rules, event)
  return runs
    .filter((run) => heard.some(({ filter }) => !filter || holds(filter, event, run)))
    .map(({ id }) => ({ executionId: id, reason: `Cancelled: ${event.type} (event ${event.id}).` }))
}

function holds(filter: Filter, event: TriggerEvent, { fired }: LiveRun): boolean {
  const named = withFired(filter, fired)
  return named !== null && match(named, event).pass
}

/** With what stands in the event that fired in place of `{ fired: path }`; null where nothing stands there. */
function withFired(filter: Filter, fired: LiveRun['fired']): Filter | null {
  if ('all' in filter) return grouped(filter.all, fired, (all) => ({ all }))
  if ('any' in filter) return grouped(filter.any, fired, (any) => ({ any }))
  if ('not' in filter) {
    const not = withFired(filter.not, fired)
    return not && { not }
  }
  const path = firedPath(filter.value)
  if (path === null) return filter
  const value = fired.get(path)
  return value === undefined ? null : ({ ...filter, value } as Comparison)
}
function grouped(
  parts: Filter[],
  fired: LiveRun['fired'],
  group: (parts: Filter[]) => Filter,
): Filter | null {
  const named = parts.map((it) => withFired(it, fired))
  return named.every((it) => it !== null) ? group(named) : null
}

function pathsIn(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(pathsIn)
  if ('any' in filter) return filter.any.flatMap(pathsIn)
  if ('not' in filter) return pathsIn(filter.not)
  const path = firedPath(filter.value)
  return path === null ? [] : [path]
}
const firedPath = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'fired' in value && typeof value.fired === 'string'
    ? value.fired
    : null
