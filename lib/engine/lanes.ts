/**
 * What stands in a lane of the timeline: marks of what became of each instant, of what comes, and when it was off.
 * Pure.
 *
 * Promise: what rows say is shown as they say it; a lane has no more marks than there are places for, and says where
 * it leaves something out.
 */
import type { LaneRow, RunRow, SumRow } from '#db/queries/timeline.ts'
import type { Asked, Lane, Mark, MarkState } from '../contract/timeline.ts'
import type { Status } from '../contract/states.ts'
import { describe, followsClock, type Times, timesOf } from '../triggers/index.ts'
import type { DaysOff } from './calendars/days-off.ts'
import { boundedBy } from './instants.ts'
import { switchedOff } from './wording.ts'

export interface Span {
  from: Date
  to: Date
  now: Date
  stepMs: number
}

const iso = (ms: number) => new Date(ms).toISOString()
const cut = (text: string | null) =>
  text && text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text

/** What a person started is not late, whatever instant it stands for. */
const BY_HAND = new Set(['manual', 'retry', 'backfill'])

function lateOf({ kind, scheduledFor, startedAt, latenessMs }: RunRow): number | null {
  if (BY_HAND.has(kind)) return null
  return scheduledFor !== null && startedAt !== null ? Math.max(0, startedAt - scheduledFor) : latenessMs
}

export function markOf(it: RunRow): Mark {
  const isGap = it.missedTo !== null && it.missedTo > it.place
  return {
    at: iso(it.place),
    until: isGap ? iso(it.missedTo as number) : null,
    count: it.missedCount ?? 1,
    state: it.status,
    states: null,
    executionId: it.id,
    lateMs: lateOf(it),
    durationMs: it.durationMs,
    reason: cut(it.reason),
    kind: it.kind,
    ask: askOf(it),
  }
}

/** By what the run's key says that it stands for. */
export function askOf({
  kind,
  occurrence,
  place,
}: Pick<RunRow, 'kind' | 'occurrence' | 'place'>): Asked | null {
  if (kind === 'manual' || kind === 'retry') return null
  const [, of, id = ''] = /^(event|webhook|window|message):(.+)$/s.exec(occurrence) ?? []
  if (of === undefined) return { at: iso(place) }
  if (of === 'webhook') return { deliveryId: id }
  return of === 'message' ? null : { eventId: Number(id) }
}

/** Each by itself, as one row of the stretch in which it lies. */
export const sumsOf = (rows: readonly RunRow[], { from, stepMs }: Pick<Span, 'from' | 'stepMs'>): SumRow[] =>
  rows.map((it) => ({
    ...{ triggerId: it.triggerId, stretch: Math.floor((it.place - from.getTime()) / stepMs) },
    ...{ status: it.status, count: it.missedCount ?? 1, executionId: it.id },
    ...{ first: it.place, last: it.missedTo ?? it.place, lateMs: lateOf(it), durationMs: it.durationMs },
  }))

/** What somebody should look at first. */
const WORST_FIRST: readonly Status[] = [
  ...(['failed', 'missed', 'waiting', 'running', 'queued', 'skipped', 'cancelled', 'success'] as const),
]

/** The rows of one lane; `planned`: by the clock, which is asked about by instants. */
export const marksOfSums = (rows: readonly SumRow[], planned: boolean): Mark[] =>
  [...Map.groupBy(rows, (it) => it.stretch).values()].map((its) => markOfSums(its, planned))

function markOfSums(rows: readonly SumRow[], planned: boolean): Mark {
  const most = (of: 'lateMs' | 'durationMs') => {
    const known = rows.flatMap((it) => it[of] ?? [])
    return known.length === 0 ? null : Math.max(0, ...known)
  }
  const byStatus = Map.groupBy(rows, (it) => it.status)
  const state = WORST_FIRST.find((of) => byStatus.has(of)) ?? 'success'
  const countOf = (its: readonly SumRow[]) => its.reduce((sum, it) => sum + it.count, 0)
  const count = countOf(rows)
  const [first, last] = [Math.min(...rows.map((it) => it.first)), Math.max(...rows.map((it) => it.last))]
  return {
    ...{ at: iso(first), until: last > first ? iso(last) : null, count, state },
    states: count > 1 ? Object.fromEntries([...byStatus].map(([of, its]) => [of, countOf(its)])) : null,
    executionId: byStatus.get(state)?.at(-1)?.executionId ?? null,
    ...{ lateMs: most('lateMs'), durationMs: most('durationMs') },
    ...{ reason: null, kind: null, ask: planned ? { at: iso(first) } : null },
  }
}

/** What is to come, as far as there is room for. */
export interface Ahead {
  instants: Instant[]
  /** There are more. */
  isCut: boolean
}
const NOTHING_AHEAD: Ahead = { instants: [], isCut: false }

export function aheadOf(
  row: LaneRow,
  { from, to, now }: Omit<Span, 'stepMs'>,
  daysOff: DaysOff,
  most: number,
): Ahead {
  const after = Math.max(now.getTime(), from.getTime() - 1, wakesAt(row))
  if (!Number.isFinite(after) || after >= to.getTime() - 1 || !followsClock(row.kind)) return NOTHING_AHEAD
  const times = timesIn(row)
  if (!times) return NOTHING_AHEAD
  const left = row.maxExecutions === null ? Number.POSITIVE_INFINITY : row.maxExecutions - row.plannedRuns
  return walk(times, daysOff, { after, before: to.getTime(), left, most })
}

/** More of them are summed up by stretches of time. */
export const MOST_SINGLE = 96

export function marksAhead(
  { instants, isCut }: Ahead,
  { from, stepMs }: Pick<Span, 'from' | 'stepMs'>,
): Pick<Lane, 'marks' | 'shownUntil'> {
  const last = instants.at(-1)
  return {
    marks: instants.length > MOST_SINGLE ? stretched(instants, from.getTime(), stepMs) : instants.map(single),
    shownUntil: isCut && last ? iso(last.at) : null,
  }
}

/** From when on it plans: what a person paused until an instant goes on by itself. */
function wakesAt({ enabled, pausedUntil, problem, deletedAt }: LaneRow): number {
  if (problem || deletedAt !== null) return Number.POSITIVE_INFINITY
  if (enabled) return 0
  return pausedUntil === null ? Number.POSITIVE_INFINITY : pausedUntil - 1
}

function timesIn(row: LaneRow): Times | null {
  try {
    return boundedBy(row, timesOf(row))
  } catch {
    return null
  }
}

export interface Instant {
  at: number
  /** Why it will be skipped. */
  off: string | null
}

function walk(
  times: Times,
  daysOff: DaysOff,
  { after, before, left, most }: { after: number; before: number; left: number; most: number },
): Ahead {
  const instants: Instant[] = []
  let runs = 0
  for (
    let at = times.next(new Date(after));
    at && at.getTime() < before && runs < left;
    at = times.next(at)
  ) {
    if (instants.length >= most) return { instants, isCut: true }
    const off = daysOff.at(at)?.why ?? null
    if (!off) runs++
    instants.push({ at: at.getTime(), off })
  }
  return { instants, isCut: false }
}

const state = ({ off }: Instant): MarkState => (off === null ? 'planned' : 'will_skip')
const NOT_YET = { executionId: null, lateMs: null, durationMs: null, kind: null } as const
const single = (it: Instant): Mark => ({
  ...{ at: iso(it.at), until: null, count: 1, state: state(it), states: null, ...NOT_YET },
  reason: it.off && cut(`Will be skipped: ${it.off}.`),
  ask: { at: iso(it.at) },
})

function stretched(found: readonly Instant[], fromMs: number, stepMs: number): Mark[] {
  const stretches = Map.groupBy(found, (it) => `${Math.floor((it.at - fromMs) / stepMs)} ${state(it)}`)
  return [...stretches.values()].map((its) => {
    const [first, last] = [its[0] as Instant, its.at(-1) as Instant]
    const until = last.at > first.at ? iso(last.at) : null
    return { ...single(first), until, count: its.length, states: { [state(first)]: its.length } }
  })
}

/** From when to when it was off, by what people set and how it is now. */
export function offOf(
  row: LaneRow,
  switches: readonly { at: number; enabled: boolean }[],
  marks: readonly Mark[],
  { from, now }: Pick<Span, 'from' | 'now'>,
): Lane['off'] {
  const bands: { from: number; to: number | null }[] = []
  for (const { at, enabled } of switches) {
    const open = bands.at(-1)
    if (enabled && open?.to === null) open.to = at
    else if (!enabled && open?.to !== null) bands.push({ from: at, to: null })
  }
  const open = bands.at(-1)
  if (row.enabled && open?.to === null) open.to = wentOnAt(open.from, marks)
  // The product itself switched it off: no revision says so.
  if (!row.enabled && row.deletedAt === null && open?.to !== null)
    bands.push({ from: row.pausedAt ?? row.updatedAt, to: null })
  const said = bands.flatMap((it): Lane['off'] => {
    const isNow = it.to === null
    const to = it.to ?? (isNow ? row.pausedUntil : null)
    if (to !== null && to <= from.getTime()) return []
    return [
      {
        kind: 'off',
        from: iso(it.from),
        to: to === null ? null : iso(to),
        text: isNow ? whyOff(row) : 'It was switched off or paused.',
      },
    ]
  })
  if (row.deletedAt === null || row.deletedAt > now.getTime()) return said
  return [...said, { kind: 'deleted', from: iso(row.deletedAt), to: null, text: 'It was deleted.' }]
}

/** It has gone on by itself: with what it planned first after that. */
function wentOnAt(fromMs: number, marks: readonly Mark[]): number {
  const next = marks.find((it) => Date.parse(it.at) > fromMs && it.state !== 'skipped')
  return next ? Date.parse(next.at) : fromMs
}

function whyOff(row: LaneRow): string {
  const { problem, pausedAt, pausedReason } = row
  const because = (reason: string | null) => (reason ? `: ${reason.replace(/\.$/, '')}` : '')
  if (problem) return `It cannot be planned${because(problem)}.`
  if (pausedAt !== null) return `It is paused${because(pausedReason)}.`
  return `It is ${switchedOff(row)}.`
}

export function laneOf(row: LaneRow, it: Pick<Lane, 'marks' | 'off' | 'shownFrom' | 'shownUntil'>): Lane {
  const { id, name, kind, timezone, enabled, deletedAt } = row
  return {
    ...{ triggerId: id, name, kind, timezone, enabled, words: describe(row) },
    deletedAt: deletedAt === null ? null : iso(deletedAt),
    ...it,
    marks: it.marks.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at)),
  }
}

const NICE_MS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * 60_000)
const MOST_STRETCHES = 96
/** How long the stretches are in which a lane with many runs is summed up. */
export const stepFor = (from: Date, to: Date): number =>
  NICE_MS.find((it) => (to.getTime() - from.getTime()) / it <= MOST_STRETCHES) ?? (NICE_MS.at(-1) as number)
