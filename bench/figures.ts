/** A measured figure, beside its peer of the same run, and how it is printed. */
import type { PostgresServer } from '../db/testing/postgres-server.ts'

export interface Setting {
  postgres: PostgresServer
  url: string
  rounds: number
  quick: boolean
}

export interface Figure {
  name: string
  unit: string
  ours?: number[]
  peer?: string
  theirs?: number[]
  /** At most this many times the peer; for rates, at least. */
  goal?: number
  higherIsBetter?: boolean
  goalAbsolute?: number
  note?: string
}

export const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export const percentiles = (values: number[]) => ({
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
  max: Math.max(...values),
})

const short = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
const spread = (values: number[], unit: string) =>
  `${short(median(values))} ${unit} (${short(Math.min(...values))}–${short(Math.max(...values))})`

/** A row of a Markdown table. */
export function row({
  name,
  unit,
  ours,
  peer,
  theirs,
  goal,
  higherIsBetter,
  goalAbsolute,
  note,
}: Figure): string {
  const ratio = ours && theirs ? median(ours) / median(theirs) : null
  const wanted =
    goal !== undefined
      ? `${higherIsBetter ? '≥' : '≤'} ${goal}`
      : goalAbsolute !== undefined
        ? `≤ ${goalAbsolute} ${unit}`
        : ''
  const value = ratio ?? (goalAbsolute !== undefined && ours ? median(ours) : null)
  const limit = goal ?? goalAbsolute
  const met =
    value === null || limit === undefined
      ? ''
      : (higherIsBetter ? value >= limit : value <= limit)
        ? 'met'
        : 'not met'
  return `| ${name} | ${ours ? spread(ours, unit) : (note ?? '')} | ${peer && theirs ? `${peer}: ${spread(theirs, unit)}` : ''} | ${ratio === null ? '' : Number(ratio.toPrecision(2))} | ${wanted} | ${met} |`
}
