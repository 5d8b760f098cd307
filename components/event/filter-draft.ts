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

function readValue({ op, value, path }: FilterRow, exampleAt: ExampleAt): unknown {
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

const written = (filter: Filter) => JSON.stringify(filter, null, 2)

export function filterDraftOf(filter: Filter | undefined, exampleAt: ExampleAt): FilterDraft {
  if (!filter) return NO_FILTER
  const rows = rowsOf(filter, exampleAt)
  return rows
    ? { ...NO_FILTER, ...rows, view: 'rows' }
    : { ...NO_FILTER, view: 'json', json: written(filter) }
}

export type FilterReading = { filter: Filter | undefined } | { error: string }

export function readFilter(draft: FilterDraft, exampleAt: ExampleAt): FilterReading {
  if (draft.view === 'json') return readJson(draft.json)
  const rows = draft.rows.filter((it) => it.path.trim() !== '' || it.value !== '')
  const parts = rows.map((it) => {
    const { op } = it
    return { path: it.path.trim(), op, value: readValue(it, exampleAt) } as Comparison
  })
  const [only] = parts
  if (!only) return { filter: undefined }
  if (parts.length === 1 && draft.bare) return { filter: only }
  return { filter: draft.join === 'any' ? { any: parts } : { all: parts } }
}

function readJson(json: string): FilterReading {
  if (json.trim() === '') return { filter: undefined }
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { filter: value as Filter }
    return {
      error: 'Write an object, such as { "path": "data.documentName", "op": "exists", "value": true }.',
    }
  } catch (error) {
    return { error: `That is no JSON: ${(error as Error).message}` }
  }
}

/** The same filter in the other view; null where rows cannot say it. */
export function turned(
  draft: FilterDraft,
  view: FilterDraft['view'],
  exampleAt: ExampleAt,
): FilterDraft | null {
  if (view === draft.view) return draft
  const reading = readFilter(draft, exampleAt)
  if ('error' in reading) return null
  const { filter } = reading
  if (view === 'json') return { ...draft, view, json: filter ? written(filter) : '' }
  if (!filter) return { ...draft, ...NO_FILTER }
  const rows = looksRight(filter) ? rowsOf(filter, exampleAt) : null
  return rows && { ...draft, ...rows, view: 'rows' }
}

/** What was typed may be any object: rows are made only of what is a filter on its face. */
function looksRight(it: unknown): it is Filter {
  if (typeof it !== 'object' || it === null) return false
  const parts = 'all' in it ? it.all : 'any' in it ? it.any : null
  if (parts !== null) return Object.keys(it).length === 1 && Array.isArray(parts) && parts.every(isPlain)
  return isPlain(it)
}
const OPS: Readonly<Record<Op, true>> = {
  equals: true,
  not_equals: true,
  in: true,
  contains: true,
  starts_with: true,
  ends_with: true,
  matches: true,
  gt: true,
  gte: true,
  lt: true,
  lte: true,
  exists: true,
}
const isPlain = (it: unknown): it is Comparison =>
  typeof it === 'object' &&
  it !== null &&
  Object.keys(it).sort().join() === 'op,path,value' &&
  typeof (it as Comparison).path === 'string' &&
  Object.hasOwn(OPS, String((it as Comparison).op))

/** What the server says of each row, and of the filter as a whole. `at`: where the filter stands in the body. */
export function errorsByRow(
  errors: Readonly<Record<string, string>>,
  at: string,
): { whole: string | undefined; rows: Record<number, string> } {
  const rows: Record<number, string> = {}
  let whole: string | undefined
  for (const [path, message] of Object.entries(errors)) {
    if (path !== at && !path.startsWith(`${at}.`)) continue
    const [, group, n] = /^\.(all|any)\.(\d+)/.exec(path.slice(at.length)) ?? []
    if (group) rows[Number(n)] = message
    else if (/^\.(?:path|op|value)/.test(path.slice(at.length))) rows[0] = message
    else whole = message
  }
  return { whole, rows }
}
