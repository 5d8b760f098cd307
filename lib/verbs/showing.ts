/** Triggers as the API answers them: rows with their words and previews. Pure. */
import { configOf, type TriggerRow } from '#db/queries/triggers.ts'
import type { RanWith } from '../contract/execution.ts'
import { isOwnKind, type OwnKind, type Preview, type Trigger } from '../contract/trigger.ts'
import { masked } from '../agents/sealed.ts'
import { actorOf } from './actors.ts'
import { approvalRuleOf } from '../engine/asking.ts'
import { breakerOf } from '../engine/breaker.ts'
import { type DaysOff, NO_DAYS_OFF } from '../engine/calendars/days-off.ts'
import { calendarsNamedIn } from '../engine/calendars/using.ts'
import { before, boundedBy } from '../engine/instants.ts'
import { percentile } from '../engine/percentile.ts'
import { describe, timesOf } from '../triggers/index.ts'
import { previewPattern, shown } from '../recurrence/index.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

/** But for its key, which stands elsewhere. */
export type BareTrigger = Omit<Trigger, 'key'>

export function toTrigger(row: TriggerRow): BareTrigger {
  const { onlyIf: _, ...settings } = configOf(row)
  return {
    ...settings,
    at: iso(row.at),
    startsAt: iso(row.startsAt),
    endsAt: iso(row.endsAt),
    ...ownOf(row),
    ...factsOf(row),
    calendars: calendarsNamedIn(row),
    tags: tagsOf(row),
    context: masked(objectOf(row.context)),
    approvals: approvalRuleOf(row.approvals),
    breaker: breakerOf(row.breaker),
    id: row.id,
    workspaceId: row.workspaceId,
    humanReadable: describe(row),
    health: row.health,
    // While it is off, the row keeps where it stopped; nothing will run then.
    nextRunAt: row.enabled ? iso(row.nextRunAt) : null,
    lastRunAt: iso(row.lastRunAt),
    lastStatus: row.lastStatus,
    lastExecutionId: row.lastExecutionId,
    consecutiveFailures: row.consecutiveFailures,
    pausedReason: row.pausedReason,
    pausedUntil: iso(row.pausedUntil),
    pausedAt: iso(row.pausedAt),
    pausedBy:
      row.pausedBy === null ? null : actorOf({ changedBy: row.pausedBy, name: row.pausedByName }).name,
    disabledReason: row.disabledReason,
    problem: row.problem,
    unready: row.unready,
    origin: shownOrigin(row),
    revision: row.revision,
    createdBy: row.createdBy,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    deletedAt: iso(row.deletedAt),
  }
}

/** What its kind wants to know, under its name where it waits for facts. */
const ownOf = ({ kind, config }: Pick<TriggerRow, 'kind' | 'config'>) =>
  isOwnKind(kind)
    ? { config: {}, ...({ [kind]: masked(objectOf(config)) } as Pick<Trigger, OwnKind>) }
    : { config: objectOf(config) }

/** What the row keeps as JSON where it keeps anything. */
const factsOf = (row: TriggerRow) => ({
  collect: readJson<Trigger['collect']>(row.collect),
  throttle: readJson<Trigger['throttle']>(row.throttle),
  cancelOn: readJson<Trigger['cancelOn']>(row.cancelOn),
  onlyIf: masked(readJson<Trigger['onlyIf']>(row.onlyIf)),
  overlapKey: row.overlapKey,
  expect: readJson<Trigger['expect']>(row.expect),
})

/** Plain SQL may have written anything. */
function tagsOf({ tags }: Pick<TriggerRow, 'tags'>): string[] {
  const kept = readJson<unknown>(tags)
  return Array.isArray(kept) ? kept.filter((it) => typeof it === 'string') : []
}

/** The template, and which of its versions; plain SQL may have written anything. */
function shownOrigin({ origin }: TriggerRow): Trigger['origin'] {
  const { template, version } = objectOf(origin ?? '{}')
  return typeof template === 'string' && typeof version === 'number' ? { template, version } : null
}

/** What a run ran with, as its trigger would show it: rows of then may lack a setting of today. */
export function toRanWith(kept: Record<string, unknown>): RanWith {
  // That it was off at the time, and why, is no setting that it ran with.
  const { context, config, approvals, breaker, pausedReason: _, pausedUntil: __, ...it } = masked(kept)
  const instants = (['at', 'startsAt', 'endsAt'] as const).filter((key) => typeof it[key] === 'number')
  return {
    ...it,
    ...Object.fromEntries(instants.map((key) => [key, iso(it[key] as number)])),
    context,
    ...(typeof config === 'string' && { config: masked(objectOf(config)) }),
    ...(typeof approvals === 'string' && { approvals: approvalRuleOf(approvals) }),
    ...(typeof breaker === 'string' && { breaker: breakerOf(breaker) }),
  }
}

/** Null where nothing is kept, or what plain SQL wrote cannot be read. */
export function readJson<T>(json: string | null): T | null {
  if (json === null) return null
  try {
    return JSON.parse(json) as T
  } catch {
    return null
  }
}

/** A row that plain SQL wrote may hold any text. */
export function objectOf(json: string): Record<string, unknown> {
  try {
    const context: unknown = JSON.parse(json)
    return typeof context === 'object' && context !== null && !Array.isArray(context)
      ? (context as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

interface PreviewInput {
  cronExpression: string
  timezone: string
  from: Date
  count: number
  until?: Date | null
  viewerTimezone?: string | undefined
}

export function previewOfPattern({ viewerTimezone, ...input }: PreviewInput): Preview {
  const { description, next, warnings, truncated } = previewPattern({
    ...input,
    ...(viewerTimezone && { viewerTimezone }),
  })
  const instants = next.map((it) => ({ ...it, at: it.at.toISOString() }))
  return { valid: true, description, next: instants.map((it) => it.at), warnings, instants, truncated }
}

interface PreviewOfTrigger {
  from: Date
  count: number
  viewerTimezone?: string | undefined
  daysOff?: DaysOff
}

/**
 * The next instants of a trigger of any kind: within its start and its end, and as many as its maximum leaves; those on
 * days off say so, and do not count against it.
 */
export function previewOfTrigger(
  row: TriggerRow,
  { daysOff = NO_DAYS_OFF, ...asked }: PreviewOfTrigger,
): Preview {
  const left = row.maxExecutions === null ? asked.count : Math.max(0, row.maxExecutions - row.plannedRuns)
  const count = daysOff === NO_DAYS_OFF ? Math.min(asked.count, left) : asked.count
  const preview = plannedOf(row, { ...asked, count: left === 0 ? 0 : count })
  let open = 0
  const instants = preview.instants
    .map((it) => {
      const off = daysOff.at(new Date(it.at))
      return off ? { ...it, skipped: off.why } : it
    })
    .filter((it) => open < left && ('skipped' in it || ++open <= left))
  return { ...preview, instants, next: instants.map((it) => it.at) }
}

function plannedOf(
  row: TriggerRow,
  { from, count, viewerTimezone }: Omit<PreviewOfTrigger, 'daysOff'>,
): Preview {
  if (row.kind === 'schedule' && row.cronExpression)
    return previewOfPattern({
      cronExpression: row.cronExpression,
      timezone: row.timezone,
      from: row.startsAt !== null && row.startsAt > from.getTime() ? before(new Date(row.startsAt)) : from,
      until: row.endsAt === null ? null : new Date(row.endsAt),
      count,
      viewerTimezone,
    })
  const times = boundedBy(row, timesOf(row))
  const instants: Preview['instants'] = []
  for (let at = times.next(from); at && instants.length < count; at = times.next(at)) {
    instants.push({
      at: at.toISOString(),
      local: shown(at, row.timezone, 'moment'),
      ...(viewerTimezone && { viewerLocal: shown(at, viewerTimezone, 'moment') }),
    })
  }
  return {
    valid: true,
    description: describe(row),
    next: instants.map((it) => it.at),
    warnings: [],
    instants,
    truncated: false,
  }
}

export const percentiles = (values: number[]) => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  p99: percentile(values, 0.99),
})
