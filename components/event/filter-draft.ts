/**
 * A filter while it is being edited: as rows, or as JSON.
 *
 * Promise: nothing is lost on the way. What rows can say is the same filter after they have said it; what they
 * cannot say stays JSON, to the letter.
 */
import type { Comparison, Filter } from '#lib/contract/filter.ts'

export type Op = Comparison['op']
export interface FilterRow {
  path: string
  op: Op
  /** As it is typed. */
  value: string
}
export interface FilterDraft {
  view: 'rows' | 'json'
  join: 'all' | 'any'
  rows: readonly FilterRow[]
  /** A single comparison is written without a group. */
  bare: boolean
  json: string
}
/** What stands at a path in the examples: values are read as what is compared with them. */
export type ExampleAt = (path: string) => unknown

export const NO_FILTER: FilterDraft = { view: 'rows', join: 'all', rows: [], bare: true, json: '' }
export const EMPTY_ROW: FilterRow = { path: '', op: 'equals', value: '' }

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
