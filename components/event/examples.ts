/** Where values stand in events, as the catalogue's examples show: the paths that a filter is offered. */
import type { EventFact } from './words.ts'

/** Whether a trigger that names `named` hears of a fact of this type. */
const isHeard = (named: string, type: string) =>
  named === type || (named.endsWith('.*') && type.startsWith(named.slice(0, -1)))

const AROUND: Readonly<Record<string, unknown>> = {
  type: 'document.uploaded',
  occurredAt: '2026-11-23T09:00:00.000Z',
  'actor.kind': 'person',
  'actor.id': '1',
  'actor.name': 'Ada',
  'chain.depth': 0,
}

function leaves(value: unknown, path: string): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
}

/** By path, what stands there in the first type that has something there. */
export function examplesOf(types: readonly string[], facts: readonly EventFact[]): Map<string, unknown> {
  const heard = facts.filter((it) => types.some((named) => isHeard(named, it.type)))
  const found = new Map<string, unknown>()
  for (const [path, value] of [
    ...heard.flatMap((it) => leaves(it.example, 'data')),
    ...Object.entries(AROUND),
  ])
    if (found.get(path) === undefined || found.get(path) === null) found.set(path, value)
  return found
}
