/**
 * The kinds of trigger there are. A new one is a file beside this one and an entry in the list.
 *
 * Promise: a row that plain SQL wrote may be anything: it is judged in words, described by the name of its
 * kind, and never followed.
 */
import { CHAT, chat } from './chat.ts'
import { condition } from './condition.ts'
import { event } from './event.ts'
import { interval } from './interval.ts'
import type { ClockFields, ClockKind, FieldError, Rules, TriggerKind } from './kind.ts'
import type { Match } from './matching.ts'
import { once } from './once.ts'
import { isOwn, type Reading, type Row, readAs } from './reading.ts'
import { schedule } from './schedule.ts'
import { webhook } from './webhook.ts'

export { CHAT }
export type { FieldError, Row }

const kinds: ReadonlyMap<string, TriggerKind<unknown>> = new Map(
  [schedule, interval, once, event, webhook, condition, chat].map((it) => [it.kind, it]),
)

/** A clock kind's functions for one trigger: when it fires. */
export interface Times {
  next(after: Date): Date | null
  latest(after: Date, upTo: Date, count: number): Date[]
  count(after: Date, upTo: Date): { count: number; exact: boolean }
}

/** What a person must mend, or nothing. */
export function judge(row: Row, rules: Rules): FieldError[] {
  const reading = read(row)
  return reading.ok ? reading.kind.judge(reading.config, rules) : reading.errors
}

/** What is wrong with a row that plain SQL has written; nothing with one that was judged when it was made. */
export const faultsOf = (row: Row): FieldError[] =>
  judge(row, { minimumIntervalSeconds: 1, now: new Date(row.createdAt - 1) })

export function describe(row: Row): string {
  const reading = read(row)
  return reading.ok ? reading.kind.describe(reading.config) : row.kind
}

const NEVER: Times = { next: () => null, latest: () => [], count: () => ({ count: 0, exact: true }) }

/** None where its kind does not follow the clock. Throws where the row cannot be read. */
export function timesOf(row: Row): Times {
  const reading = read(row)
  if (!reading.ok) throw new Error(sentence(reading.errors))
  const { kind, config } = reading
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
export function reads(kind: string, field: keyof ClockFields): boolean {
  const known = kinds.get(kind)
  return known !== undefined && !isOwn(known) && known.config.shape[field] !== undefined
}

/** What a fact comes up against; throws where the row cannot be read, or waits for none. */
export function accepting(row: Row): (fact: unknown) => Match {
  const reading = read(row)
  if (!reading.ok) throw new Error(sentence(reading.errors))
  const { kind, config } = reading
  if (isClock(kind)) throw new Error(`kind: "${kind.kind}" follows the clock, and waits for no fact.`)
  return (fact) => kind.accepts(config, fact)
}

export const sentence = (errors: FieldError[]) => errors.map((it) => `${it.path}: ${it.message}`).join(' ')

const isClock = (kind: TriggerKind<unknown>): kind is ClockKind<unknown> => 'next' in kind

function read(row: Row): Reading {
  const kind = kinds.get(row.kind)
  return kind ? readAs(kind, row) : { ok: false, errors: [unknownKind(row.kind)] }
}

const unknownKind = (kind: string): FieldError => ({
  path: 'kind',
  message: `is "${kind}", which is no kind of trigger: use ${[...kinds.keys()].filter((it) => it !== CHAT).join(', ')}`,
})
