/** Calls like one that is asked about: those of the same tool in which chosen arguments are the same. */
import type { Filter } from '#lib/contract/filter.ts'

export type Argument = [name: string, value: unknown]

/** What can be chosen: a dot in a name would be read as a path. */
export const choosable = (given: unknown): Argument[] =>
  typeof given === 'object' && given !== null
    ? Object.entries(given).filter(([name]) => name !== '' && !name.includes('.'))
    : []

/** Null where nothing is chosen: that would let every call through. */
export function alike(given: unknown, free: ReadonlySet<string>): Filter | null {
  const same = choosable(given).filter(([name]) => !free.has(name))
  const all = same.map(([name, value]) => ({ path: `arguments.${name}`, op: 'equals' as const, value }))
  return all.length === 0 ? null : { all }
}
