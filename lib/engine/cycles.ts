/**
 * Triggers that fire each other in a circle: a warning when one is saved, for at run time the depth of a chain ends
 * them. Pure.
 */
import type { EventTrigger } from '../contract/event-trigger.ts'

/** A trigger that waits for events. */
export interface Waiting {
  id: number
  name: string
  event: EventTrigger
}

/** Whether a run of one can make the other fire. Of its own runs a trigger hears nothing. */
const causes = (one: Waiting, { id, event: { types, triggerIds } }: Waiting): boolean =>
  one.id !== id &&
  types.some((it) => it.startsWith('execution.')) &&
  (triggerIds === undefined || triggerIds.includes(one.id))

/** The circle that a trigger stands in, from it to itself; null where it stands in none. */
export function cycleOf(all: readonly Waiting[], id: number): Waiting[] | null {
  const start = all.find((it) => it.id === id)
  if (!start) return null
  const seen = new Set<number>()
  const open: Waiting[][] = [[start]]
  for (let path = open.shift(); path; path = open.shift()) {
    const last = path.at(-1) as Waiting
    if (path.length > 1 && causes(last, start)) return [...path, start]
    for (const next of all) {
      if (seen.has(next.id) || next.id === id || !causes(last, next)) continue
      seen.add(next.id)
      open.push([...path, next])
    }
  }
  return null
}

export const saidOfCycle = (circle: readonly Waiting[]): string =>
  `These fire each other in a circle: ${circle.map((it) => it.name).join(' → ')}. A chain ends at its greatest depth; narrow a filter to end it sooner.`
