/**
 * What an edit makes of a trigger's row.
 *
 * Promise: pure, so that an edit can be made again on whatever the row has become meanwhile; what a person
 * must mend is thrown, with the field and the remedy.
 */
import type { TriggerConfig, TriggerRow } from '#db/queries/triggers.ts'
import { CONFIGURATION } from '#db/schema.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { unacceptable } from '../contract/problem.ts'
import {
  FIELDS_OF_KINDS,
  isOwnKind,
  type NewTrigger,
  OWN_KINDS,
  type TriggerChange,
} from '../contract/trigger.ts'
import { firstInstant } from '../engine/planning.ts'
import { acceptedZone } from '../recurrence/index.ts'
import { followsClock, reads, type Row, timesOf } from '../triggers/index.ts'

export interface Editing {
  by: By
  now: Date
  /** Whoever made the trigger may no longer run agents here. */
  ownerLeft: boolean
  /**
   * Throws what a person must mend. `when`: what decides the instants is judged; `agent`: the agent and its
   * context.
   */
  judge(config: TriggerConfig & { createdAt: number }, what: { when: boolean; agent: boolean }): void
}

type Change = Omit<TriggerChange, 'revision'>

const ms = (instant: string | null | undefined) => (instant == null ? null : Date.parse(instant))

/** What a row keeps as JSON, null where nothing is said; and what as milliseconds. */
const AS_JSON = [
  'context',
  'approvals',
  'breaker',
  'collect',
  'throttle',
  'cancelOn',
  'onlyIf',
  'expect',
] as const
const AS_INSTANT = ['at', 'startsAt', 'endsAt'] as const
type Encoded = Record<(typeof AS_JSON)[number], string> & Record<(typeof AS_INSTANT)[number], number | null>

/** The fields that somebody names, as a row keeps them; nobody's kind keeps the object of another. */
function kept(body: Change, kind: string): Partial<TriggerConfig> {
  const { calendars, tags } = body
  const json = AS_JSON.filter((it) => body[it] !== undefined).map((it) => [it, jsonOf(body[it])])
  const instants = AS_INSTANT.filter((it) => body[it] !== undefined).map((it) => [it, ms(body[it])])
  const config = isOwnKind(kind) ? body[kind] : body.config
  return {
    ...omit(body, ...OWN_KINDS, ...AS_JSON, ...AS_INSTANT, 'config', 'calendars', 'tags', 'key'),
    ...(body.timezone !== undefined && { timezone: acceptedZone(body.timezone) }),
    ...(config !== undefined && { config: JSON.stringify(config) }),
    ...(calendars && { calendars: listOf([...new Set(calendars)]) }),
    ...(tags && { tags: listOf(tags) }),
    ...(Object.fromEntries([...json, ...instants]) as Partial<Encoded>),
  }
}
const listOf = (all: readonly unknown[]) => (all.length > 0 ? JSON.stringify(all) : null)
const jsonOf = (it: unknown) => (it === null ? null : JSON.stringify(it))

const UNSET = {
  cronExpression: null,
  everySeconds: null,
  at: null,
  calendars: null,
  tags: null,
}
/** What somebody asks for as a row keeps it. */
export const configFrom = (body: NewTrigger): TriggerConfig =>
  ({ ...UNSET, ...kept(body, body.kind) }) as TriggerConfig

/** A new trigger's configuration and its first instant. */
export function made(body: NewTrigger, { now, judge }: Editing) {
  const config = configFrom(body)
  const row = { id: 0, ...config, createdAt: now.getTime() }
  judge(row, { when: true, agent: true })
  if (!config.enabled) return { ...config, nextRunAt: null, dueAt: null }
  // The jitter depends on the id, which is not known yet: the loop sets the exact moment when it first looks.
  const first = firstOf({ ...row, jitterSeconds: 0 }, now)
  requireInstant(config, first)
  return { ...config, ...first, ...(config.jitterSeconds > 0 && { dueAt: 0 }) }
}

/** What is not named in `body` keeps its value. */
export function changed(row: TriggerRow, body: Change, editing: Editing): TriggerRow {
  const next = merged(row, body)
  requireOwnFields(next.kind, body)
  if (next.startsAt !== null && next.endsAt !== null && next.endsAt <= next.startsAt)
    throw unacceptable([{ path: 'endsAt', message: 'must be after startsAt' }])
  return settled(row, next, editing)
}

/** Settings that rows had none of, once: a revision of then says nothing of them. */
const LATER = {
  collect: null,
  throttle: null,
  cancelOn: null,
  overlapKey: null,
  onlyIf: null,
  expect: null,
  calendars: null,
  tags: null,
}

/** As a revision has it; whether it is on is not the revision's to say. Null where nothing is another then. */
export function restored(row: TriggerRow, kept: Partial<TriggerConfig>, editing: Editing): TriggerRow | null {
  const settings = omit(defined(kept) as Partial<TriggerRow>, 'pausedReason', 'pausedUntil')
  const next = { ...row, ...LATER, ...settings, enabled: row.enabled }
  if (!differs(next, row, CONFIGURATION)) return null
  return settled(row, next, editing)
}

/** Judged as far as it is another, and planned anew where that moves its instants. */
function settled(row: TriggerRow, next: TriggerRow, editing: Editing): TriggerRow {
  const { by, now, judge } = editing
  const whenChanged = differs(next, row, DECIDES_WHEN)
  const switchedOn = next.enabled && (!row.enabled || row.problem !== null)
  judge(next, { when: whenChanged || switchedOn, agent: differs(next, row, DECIDES_WHAT) })
  if (switchedOn) return resumed(next, editing)
  // Where its maximum was lowered to what it has run, the instant that is planned says so and ends it.
  if (next.enabled) return whenChanged ? { ...next, problem: null, ...firstOf(next, now) } : next
  // What it is off over goes on being counted, by the times that are in force from now on.
  const ahead = whenChanged && row.nextRunAt !== null && { nextRunAt: firstOf(next, now).nextRunAt }
  if (!row.enabled) return { ...next, ...ahead }
  const pause = { pausedReason: `Switched off by ${by.name}.`, pausedBy: by.id, pausedUntil: null }
  return { ...next, ...ahead, ...pause, dueAt: null, pausedAt: now.getTime() }
}

/** The state that one which was deleted comes back in: on where it was on, from now on. */
export function broughtBack(row: TriggerRow, wasOn: boolean, now: Date) {
  const mayRun = row.maxExecutions === null || row.plannedRuns < row.maxExecutions
  const enabled =
    wasOn && mayRun && row.problem === null && row.disabledReason === null && row.pausedAt === null
  return { enabled, ...(enabled ? firstOf(row, now) : { nextRunAt: null, dueAt: row.pausedUntil }) }
}

/** What the kind does not read would be stored without a word, and mean nothing. */
function requireOwnFields(kind: string, body: Change): void {
  const others = FIELDS_OF_KINDS.filter(
    (field) => body[field] !== undefined && !(isOwnKind(field) ? field === kind : reads(kind, field)),
  )
  const daysOff = body.calendars?.length && !followsClock(kind) ? ['calendars'] : []
  const unfit = [...others, ...daysOff]
  if (unfit.length === 0) return
  throw unacceptable(unfit.map((path) => ({ path, message: `does not go with the kind "${kind}"` })))
}

const DECIDES_WHEN = [
  'kind',
  'config',
  'cronExpression',
  'timezone',
  'everySeconds',
  'at',
  'startsAt',
  'endsAt',
  'jitterSeconds',
] as const
const DECIDES_WHAT = ['agentId', 'agentType', 'context'] as const
const differs = (a: TriggerRow, b: TriggerRow, fields: readonly (keyof TriggerRow)[]) =>
  fields.some((field) => a[field] !== b[field])

/** Fields of a kind that the trigger no longer has go with it. */
function merged(row: TriggerRow, body: Change): TriggerRow {
  const named = kept(body, body.kind ?? row.kind)
  const next: TriggerRow = { ...row, ...defined(named) }
  return {
    ...next,
    config: next.kind === row.kind || named.config !== undefined ? next.config : '{}',
    cronExpression: reads(next.kind, 'cronExpression') ? next.cronExpression : null,
    everySeconds: reads(next.kind, 'everySeconds') ? next.everySeconds : null,
    at: reads(next.kind, 'at') ? next.at : null,
    calendars: followsClock(next.kind) ? next.calendars : null,
  }
}

const omit = <T extends object, K extends keyof T>(it: T, ...fields: K[]): Omit<T, K> =>
  Object.fromEntries(Object.entries(it).filter(([field]) => !fields.includes(field as K))) as Omit<T, K>
const defined = <T extends object>(body: T) =>
  Object.fromEntries(Object.entries(body).filter(([, it]) => it !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** Paused or resumed; null when it is so already. An end without more is that of a pause. */
export function toggled(
  row: TriggerRow,
  body: BodyOf<Api['toggleSchedule']>,
  editing: Editing,
): TriggerRow | null {
  const until = ms(body.until)
  if (body.enabled ?? (until === null && !row.enabled)) {
    if (until !== null)
      throw unacceptable([{ path: 'until', message: 'is the end of a pause: leave it out to switch on' }])
    if (row.enabled && row.problem === null) return null
    editing.judge(row, { when: true, agent: false })
    return resumed(row, editing)
  }
  return paused(row, until, body.reason, editing)
}

/** Off until an instant, or for good; null when it is so already. */
function paused(
  row: TriggerRow,
  until: number | null,
  reason: string | undefined,
  { by, now }: Editing,
): TriggerRow | null {
  if (until !== null && until <= now.getTime())
    throw unacceptable([{ path: 'until', message: 'must be an instant to come' }])
  if (!row.enabled && row.pausedUntil === until && reason === undefined) return null
  const known = row.enabled ? null : row.pausedReason
  return {
    ...row,
    enabled: false,
    dueAt: until,
    pausedAt: row.pausedAt ?? now.getTime(),
    pausedUntil: until,
    pausedReason: reason ?? known ?? `Paused by ${by.name}.`,
    pausedBy: by.id,
    disabledReason: null,
  }
}

/** Switched on: from now on, with a clean slate. Where its maker has left, whoever does it answers for it. */
function resumed(row: TriggerRow, { by, now, ownerLeft }: Editing): TriggerRow {
  if (row.maxExecutions !== null && row.plannedRuns >= row.maxExecutions) {
    const message = `has been reached (${row.plannedRuns} planned runs): raise it, or leave it out`
    throw unacceptable([{ path: 'maxExecutions', message }])
  }
  const first = firstOf(row, now)
  requireInstant(row, first)
  return {
    ...row,
    enabled: true,
    pausedAt: null,
    pausedUntil: null,
    pausedReason: null,
    pausedBy: null,
    disabledReason: null,
    problem: null,
    consecutiveFailures: 0,
    createdBy: ownerLeft ? by.id : row.createdBy,
    ...first,
  }
}

function requireInstant(
  { kind, endsAt }: Pick<TriggerConfig, 'kind' | 'endsAt'>,
  { nextRunAt }: { nextRunAt: number | null },
): void {
  if (nextRunAt === null && followsClock(kind))
    throw unacceptable([
      { path: endsAt === null ? 'startsAt' : 'endsAt', message: 'leaves no instant to run at' },
    ])
}

function firstOf(row: Parameters<typeof firstInstant>[0] & Row, now: Date) {
  const { nextRunAt, dueAt } = firstInstant(row, timesOf(row), now)
  return { nextRunAt: nextRunAt?.getTime() ?? null, dueAt: dueAt?.getTime() ?? null }
}
