/** A filter as rows that are typed, where rows can say it; and what a typed value means. */
import type { Comparison, Filter } from '#lib/contract/filter.ts'
import { type ExampleAt, type FilterDraft, type FilterRow, NO_FILTER, type Op } from './filter-draft.ts'

const TEXT_OPS: readonly Op[] = ['starts_with', 'ends_with', 'matches']

/** Nothing but a number, a truth or nothing is JSON where it is typed; the rest is a text unless it is in quotes. */
function readScalar(text: string, isText: boolean): unknown {
  const typed = text.trim()
  const looksJson = isText ? typed.startsWith('"') : /^(?:-?\d|true$|false$|null$|["[{])/.test(typed)
  if (!looksJson) return text
  try {
    const value: unknown = JSON.parse(typed)
    return isText && typeof value !== 'string' ? text : value
  } catch {
    return text
  }
}

export function readValue({ op, value, path }: FilterRow, exampleAt: ExampleAt): unknown {
  if (op === 'exists') return value !== 'false'
  if (TEXT_OPS.includes(op)) return value
  const isText = typeof exampleAt(path.trim()) === 'string'
  if (op !== 'in') return readScalar(value, isText)
  const list: unknown = value.trim().startsWith('[') ? readScalar(value.trim(), false) : null
  return Array.isArray(list) ? list : value.split(',').map((it) => readScalar(it.trim(), isText))
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** How it is typed, so that the same is read from it; null where nothing typed means it. */
function typedOf(it: Comparison, exampleAt: ExampleAt): FilterRow | null {
  const { path, op, value } = it
  const plain = (one: unknown) => (typeof one === 'string' ? one : JSON.stringify(one))
  const tries = [
    ...(Array.isArray(value) ? [value.map(plain).join(', ')] : [plain(value)]),
    JSON.stringify(value),
  ]
  const typed = tries.find((text) => same(readValue({ path, op, value: text }, exampleAt), value))
  return typed === undefined ? null : { path, op, value: typed }
}

const isComparison = (it: Filter): it is Comparison => 'op' in it

/** The rows that say it; null where they cannot. */
export function rowsOf(
  filter: Filter,
  exampleAt: ExampleAt,
): Pick<FilterDraft, 'join' | 'rows' | 'bare'> | null {
  if ('not' in filter) return null
  const bare = isComparison(filter)
  const join = 'any' in filter ? 'any' : 'all'
  const parts = isComparison(filter) ? [filter] : 'any' in filter ? filter.any : filter.all
  const rows = parts.map((it) => (isComparison(it) ? typedOf(it, exampleAt) : null))
  return rows.length === 0 || rows.includes(null) ? null : { join, bare, rows: rows as FilterRow[] }
}

export const written = (filter: Filter) => JSON.stringify(filter, null, 2)

export function filterDraftOf(filter: Filter | undefined, exampleAt: ExampleAt): FilterDraft {
  if (!filter) return NO_FILTER
  const rows = rowsOf(filter, exampleAt)
  return rows
    ? { ...NO_FILTER, ...rows, view: 'rows' }
    : { ...NO_FILTER, view: 'json', json: written(filter) }
}
