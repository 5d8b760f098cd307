/**
 * The kinds of trigger there are. A new one is a file beside this one and an entry in the list.
 *
 * Promise: a row that plain SQL wrote may be anything: it is judged in words, described by the name of its
 * kind, and never followed.
 */
import { interval } from './interval.ts'
import type { ClockFields, ClockKind, FieldError, Rules, TriggerKind } from './kind.ts'
import { once } from './once.ts'
import { schedule } from './schedule.ts'

export type { FieldError }

const kinds: ReadonlyMap<string, TriggerKind<unknown>> = new Map(
  [schedule, interval, once].map((it) => [it.kind, it]),
)

/** What of a trigger's row its kind may read. */
export interface Row {
  kind: string
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: number | null
  startsAt: number | null
  createdAt: number
}

/** A clock kind's functions for one trigger: when it fires. */
export interface Times {
  next(after: Date): Date | null
  latest(after: Date, upTo: Date, count: number): Date[]
  count(after: Date, upTo: Date): { count: number; exact: boolean }
}

/** What a person must mend, or nothing. */
export function judge(row: Row, rules: Rules): FieldError[] {
  const read = reading(row)
  return read.ok ? read.kind.judge(read.config, rules) : read.errors
}

/** What is wrong with a row that plain SQL has written; nothing with one that was judged when it was made. */
export const faultsOf = (row: Row): FieldError[] =>
  judge(row, { minimumIntervalSeconds: 1, now: new Date(row.createdAt - 1) })

export function describe(row: Row): string {
  const read = reading(row)
  return read.ok ? read.kind.describe(read.config) : row.kind
}

const NEVER: Times = { next: () => null, latest: () => [], count: () => ({ count: 0, exact: true }) }

/** None where its kind does not follow the clock. Throws where the row cannot be read. */
export function timesOf(row: Row): Times {
  const read = reading(row)
  if (!read.ok) throw new Error(sentence(read.errors))
  const { kind, config } = read
  if (!isClock(kind)) return NEVER
  return {
    next: (after) => kind.next(config, after),
    latest: (after, upTo, count) => kind.latest(config, after, upTo, count),
    count: (after, upTo) => kind.count(config, after, upTo),
  }
}

export function followsClock(kind: string): boolean {
  const known = kinds.get(kind)
  return known !== undefined && isClock(known)
}

/** Whether a kind reads a field of the row. */
export const reads = (kind: string, field: keyof ClockFields): boolean =>
  kinds.get(kind)?.config.shape[field] !== undefined

export const sentence = (errors: FieldError[]) => errors.map((it) => `${it.path}: ${it.message}`).join(' ')

const isClock = (kind: TriggerKind<unknown>): kind is ClockKind<unknown> => 'next' in kind

type Reading = { ok: true; kind: TriggerKind<unknown>; config: unknown } | { ok: false; errors: FieldError[] }

function reading(row: Row): Reading {
  const kind = kinds.get(row.kind)
  if (!kind) return { ok: false, errors: [unknownKind(row.kind)] }
  const parsed = kind.config.safeParse(clockFieldsOf(row))
  if (parsed.success) return { ok: true, kind, config: parsed.data }
  const errors = parsed.error.issues.map((it) => ({ path: it.path.join('.'), message: it.message }))
  return { ok: false, errors }
}

const clockFieldsOf = (row: Row): ClockFields => ({
  cronExpression: row.cronExpression,
  timezone: row.timezone,
  everySeconds: row.everySeconds,
  at: row.at === null ? null : new Date(row.at),
  anchor: new Date(row.startsAt ?? row.createdAt),
})

const unknownKind = (kind: string): FieldError => ({
  path: 'kind',
  message: `is "${kind}", which does not follow the clock: use ${[...kinds.keys()].join(', ')}`,
})
