/**
 * A trigger's row as its kind reads it: the clock's own fields, and what the kind keeps beside them as JSON.
 *
 * Promise: plain SQL may have written anything; what a kind cannot read, or would leave unread, is said with
 * its field.
 */
import { inWords } from '../contract/wording.ts'
import type { ClockFields, FieldError, TriggerKind } from './kind.ts'

/** What of a trigger's row its kind may read. */
export interface Row {
  kind: string
  /** JSON. */
  config: string
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: number | null
  startsAt: number | null
  createdAt: number
}

/** A kind, and the configuration that its functions take. */
export type Reading =
  | { ok: true; kind: TriggerKind<unknown>; config: unknown }
  | { ok: false; errors: FieldError[] }

export function readAs(kind: TriggerKind<unknown>, row: Row): Reading {
  const own = ownConfigOf(row, kind)
  if (Array.isArray(own)) return { ok: false, errors: own }
  const parsed = kind.config.safeParse(isOwn(kind) ? own : { ...own, ...clockFieldsOf(row) }, inWords)
  if (parsed.success) return { ok: true, kind, config: parsed.data }
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: placed(path, kind), message }))
  return { ok: false, errors }
}

/**
 * What the row keeps for its kind; or what is wrong with it: a field that the kind does not read is refused
 * loudly.
 */
function ownConfigOf({ config: text, kind: name }: Row, kind: TriggerKind<unknown>): object | FieldError[] {
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch (error) {
    return [{ path: 'config', message: `is not JSON: ${(error as Error).message}` }]
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    return [{ path: 'config', message: 'expects a JSON object' }]
  const unread = Object.keys(config).filter(
    (field) => (isClockField(field) && !isOwn(kind)) || !(field in kind.config.shape),
  )
  if (unread.length === 0) return config
  return unread.map((field) => ({
    path: `${placeOf(kind)}.${field}`,
    message: `does not go with the kind "${name}"`,
  }))
}

const clockFieldsOf = (row: Row): ClockFields => ({
  cronExpression: row.cronExpression,
  timezone: row.timezone,
  everySeconds: row.everySeconds,
  at: row.at === null ? null : new Date(row.at),
  startsAt: row.startsAt === null ? null : new Date(row.startsAt),
  createdAt: new Date(row.createdAt),
})

const CLOCK_FIELDS: ReadonlySet<string> = new Set<keyof ClockFields>([
  'cronExpression',
  'timezone',
  'everySeconds',
  'at',
  'startsAt',
  'createdAt',
])
const isClockField = (name: string) => CLOCK_FIELDS.has(name)

/** Where a person finds the field: the clock's stand by themselves, a kind's own in its object, or below `config`. */
const placed = (path: PropertyKey[], kind: TriggerKind<unknown>) =>
  (isClockField(String(path[0])) && !isOwn(kind) ? path : [placeOf(kind), ...path]).map(String).join('.')
const placeOf = (kind: TriggerKind<unknown>) => (isOwn(kind) ? kind.kind : 'config')
/** What it wants to know is an object of its name. */
export const isOwn = (kind: TriggerKind<unknown>): boolean => 'own' in kind && kind.own
