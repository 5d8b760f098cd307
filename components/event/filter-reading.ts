/** What a filter means that is being edited, and the same filter in the other view. */
import type { Comparison, Filter } from '#lib/contract/filter.ts'
import { type ExampleAt, type FilterDraft, NO_FILTER, type Op } from './filter-draft.ts'
import { readValue, rowsOf, written } from './filter-rows.ts'

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
