/** Keys in the place of ids, and ids in the place of keys. Pure. */
import { type ListName, type NamedKind, REFERENCES, type Reference } from '../../contract/exchange.ts'
import type { Values } from './document.ts'

/** `path`: where in the item it stands. */
type Change = (named: unknown, to: NamedKind, path: string) => unknown

/** The item with each thing that it names by another name. */
export const renamedIn = (list: ListName, item: Values, change: Change): Values =>
  REFERENCES[list]
    .filter((it) => isMeant(item, it))
    .reduce((done, { path, to }) => mapAt(done, path, (value, at) => change(value, to, at)) as Values, item)

/** What it names, as it names it. */
export function namedIn(list: ListName, item: Values): { name: unknown; to: NamedKind; path: string }[] {
  const found: { name: unknown; to: NamedKind; path: string }[] = []
  renamedIn(list, item, (name, to, path) => {
    found.push({ name, to, path })
    return name
  })
  return found
}

const isMeant = (item: Values, { when }: Reference) =>
  when === undefined ||
  when.path.reduce<unknown>((it, name) => (it as Values | null)?.[name], item) === when.is

/** What is not there, or null, stays so. */
function mapAt(
  value: unknown,
  [name, ...rest]: readonly string[],
  change: (value: unknown, path: string) => unknown,
  path: readonly string[] = [],
): unknown {
  if (value === undefined || value === null) return value
  if (name === undefined) return change(value, path.join('.'))
  if (name === '*')
    return Array.isArray(value) ? value.map((it, n) => mapAt(it, rest, change, [...path, String(n)])) : value
  if (typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name)) return value
  return { ...value, [name]: mapAt((value as Values)[name], rest, change, [...path, name]) }
}
