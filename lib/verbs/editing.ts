/**
 * What an edit makes of a trigger's row.
 *
 * Promise: pure, so that an edit can be made again on whatever the row has become meanwhile; what a person
 * must mend is thrown, with the field and the remedy.
 */
import type { Occurrence } from '#db/queries/firing.ts'
import type { TriggerConfig, TriggerRow } from '#db/queries/triggers.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { unacceptable } from '../contract/problem.ts'
import type { NewTrigger, TriggerChange } from '../contract/trigger.ts'
import { firstInstant, plan } from '../engine/planning.ts'
import { followsClock, reads, type Row, timesOf } from '../triggers/index.ts'

export interface Editing {
  by: By
  now: Date
  /**
   * Throws what a person must mend. `when`: what decides the instants is judged; `agent`: the agent and its
   * context.
   */
  judge(config: TriggerConfig & { createdAt: number }, what: { when: boolean; agent: boolean }): void
}

/** A row's new state, and what becomes of instants that it left behind. */
export type Edited = TriggerRow & { skipped?: Occurrence[] }

const ms = (instant: string | null | undefined) => (instant == null ? null : Date.parse(instant))

/** A new trigger's configuration and its first instant. */
export function made(body: NewTrigger, { now, judge }: Editing) {
  const config: TriggerConfig = {
    ...body,
    cronExpression: body.cronExpression ?? null,
    everySeconds: body.everySeconds ?? null,
    at: ms(body.at),
    config: JSON.stringify(body.config),
    context: JSON.stringify(body.context),
    startsAt: ms(body.startsAt),
    endsAt: ms(body.endsAt),
  }
  const row = { id: 0, ...config, createdAt: now.getTime() }
  judge(row, { when: true, agent: true })
  if (!config.enabled) return { ...config, nextRunAt: null, dueAt: null }
  // The jitter depends on the id, which is not known yet: the loop sets the exact moment when it first looks.
  const first = firstOf({ ...row, jitterSeconds: 0 }, now)
  if (first.nextRunAt === null && followsClock(config.kind))
    throw unacceptable([
      { path: config.endsAt === null ? 'startsAt' : 'endsAt', message: 'leaves no instant to run at' },
    ])
  return { ...config, ...first, ...(config.jitterSeconds > 0 && { dueAt: 0 }) }
}

type Change = Omit<TriggerChange, 'revision'>

/** What is not named in `body` keeps its value. */
export function changed(row: TriggerRow, body: Change, { by, now, judge }: Editing): Edited {
  const next = merged(row, body)
  requireOwnFields(next.kind, body)
  if (next.startsAt !== null && next.endsAt !== null && next.endsAt <= next.startsAt)
    throw unacceptable([{ path: 'endsAt', message: 'must be after startsAt' }])
  const whenChanged = differs(next, row, DECIDES_WHEN)
  const switchedOn = next.enabled && (!row.enabled || row.problem !== null)
  judge(next, { when: whenChanged || switchedOn, agent: differs(next, row, DECIDES_WHAT) })
  if (switchedOn) return resumed(next, row, now)
  if (next.enabled) return whenChanged ? { ...next, problem: null, ...firstOf(next, now) } : next
  if (!row.enabled) return next
  const pause = { pausedReason: `Switched off by ${by.name}.`, pausedBy: by.id, pausedUntil: null }
  return { ...next, ...pause, dueAt: null, pausedAt: now.getTime() }
}

/** What the kind does not read would be stored without a word, and mean nothing. */
function requireOwnFields(kind: string, body: Change): void {
  const others = (['cronExpression', 'everySeconds', 'at'] as const).filter(
    (field) => body[field] !== undefined && !reads(kind, field),
  )
  if (others.length === 0) return
  throw unacceptable(others.map((path) => ({ path, message: `does not go with the kind "${kind}"` })))
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
  const { config, context, at, startsAt, endsAt, ...plain } = body
  const named = {
    ...plain,
    config: config && JSON.stringify(config),
    context: context && JSON.stringify(context),
    at: at === undefined ? undefined : ms(at),
    startsAt: startsAt === undefined ? undefined : ms(startsAt),
    endsAt: endsAt === undefined ? undefined : ms(endsAt),
  }
  const next: TriggerRow = { ...row, ...defined(named) }
  return {
    ...next,
    config: next.kind === row.kind || config ? next.config : '{}',
    cronExpression: reads(next.kind, 'cronExpression') ? next.cronExpression : null,
    everySeconds: reads(next.kind, 'everySeconds') ? next.everySeconds : null,
    at: reads(next.kind, 'at') ? next.at : null,
  }
}

const defined = <T extends object>(body: T) =>
  Object.fromEntries(Object.entries(body).filter(([, it]) => it !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** Paused or resumed; null when it is so already. */
export function toggled(
  row: TriggerRow,
  body: BodyOf<Api['toggleSchedule']>,
  { by, now, judge }: Editing,
): Edited | null {
  if (body.enabled ?? !row.enabled) {
    if (row.enabled && row.problem === null) return null
    judge(row, { when: true, agent: false })
    return resumed(row, row, now)
  }
  const until = ms(body.until)
  if (until !== null && until <= now.getTime())
    throw unacceptable([{ path: 'until', message: 'must be an instant to come' }])
  if (!row.enabled && until === null && body.reason === undefined) return null
  return {
    ...row,
    enabled: false,
    dueAt: until,
    pausedAt: row.pausedAt ?? now.getTime(),
    pausedUntil: until,
    pausedReason: body.reason ?? `Paused by ${by.name}.`,
    pausedBy: by.id,
    disabledReason: null,
  }
}

/**
 * Switched on: from now on, with a clean slate; the instants that passed while it was off, as `seen`, leave
 * their trace.
 */
function resumed(row: TriggerRow, seen: TriggerRow, now: Date): Edited {
  if (row.maxExecutions !== null && row.plannedRuns >= row.maxExecutions) {
    const message = `has been reached (${row.plannedRuns} planned runs): raise it, or leave it out`
    throw unacceptable([{ path: 'maxExecutions', message }])
  }
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
    skipped: passedWhileOff(seen, now),
    ...firstOf(row, now),
  }
}

function passedWhileOff(row: TriggerRow, now: Date): Occurrence[] {
  if (row.enabled || row.nextRunAt === null || row.nextRunAt > now.getTime()) return []
  return plan({
    trigger: { ...row, dueAt: 0, enabled: false, liveSince: null, ownerLeft: false },
    times: timesOf(row),
    now,
    outages: [],
  }).occurrences
}

function firstOf(row: Parameters<typeof firstInstant>[0] & Row, now: Date) {
  const { nextRunAt, dueAt } = firstInstant(row, timesOf(row), now)
  return { nextRunAt: nextRunAt?.getTime() ?? null, dueAt: dueAt?.getTime() ?? null }
}
