/** Runs as a file, a page at a time. */
import type { Execution } from '../contract/execution.ts'
import type { ExportQuery } from '../contract/many-executions.ts'

const COLUMNS = [
  'id',
  'triggerId',
  'triggerName',
  'agentId',
  'kind',
  'status',
  'reasonCode',
  'reason',
  'scheduledFor',
  'queuedAt',
  'startedAt',
  'completedAt',
  'durationMs',
  'latenessMs',
  'attempt',
  'isCatchup',
  'staged',
  'model',
  'tokensUsed',
  'cost',
  'output',
  'error',
] as const satisfies readonly (keyof Execution)[]

/** A spreadsheet takes these for the beginning of a formula, wherever the text came from. */
const FORMULA = /^[\s\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/

/** A field of a CSV: quoted where it must be, and no formula. Numbers are numbers, also below zero. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text
}

const row = (cells: readonly unknown[]) => `${cells.map(cell).join(',')}\r\n`

export const MEDIA_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
} as const satisfies Record<ExportQuery['format'], string>

/** The text of the file, in the order of the pages. */
export async function* textOf(
  format: ExportQuery['format'],
  pages: AsyncIterable<readonly Execution[]>,
): AsyncGenerator<string> {
  if (format === 'csv') yield row(COLUMNS)
  if (format === 'json') yield '['
  let first = true
  for await (const page of pages) {
    if (format === 'csv') yield page.map((it) => row(COLUMNS.map((name) => it[name]))).join('')
    else if (format === 'ndjson') yield page.map((it) => `${JSON.stringify(it)}\n`).join('')
    else yield page.map((it, n) => `${first && n === 0 ? '' : ','}\n${JSON.stringify(it)}`).join('')
    first = false
  }
  if (format === 'json') yield '\n]\n'
}
