/**
 * A filter while it is being edited: as rows, or as JSON.
 *
 * Promise: nothing is lost on the way. What rows can say is the same filter after they have said it; what they
 * cannot say stays JSON, to the letter.
 */
import type { Comparison } from '#lib/contract/filter.ts'

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
