/** A workspace at a glance: what one opens in the morning. */
import * as activity from '#db/queries/activity.ts'
import * as executions from '#db/queries/executions.ts'
import * as overview from '#db/queries/overview.ts'
import * as proposals from '#db/queries/proposals.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import { countPending } from '#db/queries/approvals.ts'
import { days, hours } from '../clock.ts'
import type { AnswerOf, Api, BodyOf, QueryOf } from '../contract/api.ts'
import { type Figures, type Now, PERIODS, type PeriodFigures, type Trouble } from '../contract/overview.ts'
import { MOST_BARS } from '../contract/bars.ts'
import type { Heartbeat } from '../contract/trigger.ts'
import { hoursOfTheWeek } from '../recurrence/hours-of-week.ts'
import * as approvals from './approvals.ts'
import { type Coming, coming } from '../engine/calendars/coming.ts'
import type { Deps } from './deps.ts'
import { missed as missedOnes } from './triggers.ts'

/** So many of each are shown; the pages that they link to have the rest. */
const MOST = 20
const MOST_QUEUED = 100
/** Beyond so many nobody counts on. */
const MOST_COUNTED = 10_000
const MOST_RESULTS = 6
const MOST_LETTERS = 600
/** What was missed longer ago is history. */
const MISSED_FOR_MS = days(7)

export async function now(deps: Deps, workspaceId: number): Promise<Now> {
  const { store, clock } = deps
  const at = clock.now()
  const since = new Date(at.getTime() - MISSED_FOR_MS)
  const before = new Date(at.getTime() + hours(24))
  const [
    running,
    queued,
    pending,
    proposed,
    inTrouble,
    { overdue },
    missed,
    planned,
    results,
    pause,
    totals,
  ] = await Promise.all([
    executions.list(store, workspaceId, { status: ['running'] }, null, MOST),
    executions.count(store, workspaceId, { status: ['queued'] }, MOST_QUEUED),
    approvals.list(deps, workspaceId, { status: ['pending'], limit: MOST }),
    proposals.ofAgents(store, { workspaceId, now: at, limit: MOST }),
    activity.inTrouble(store, { workspaceId, limit: MOST }),
    missedOnes(deps, workspaceId),
    executions.missedSince(store, { workspaceId, since, limit: MOST }),
    coming(store, { workspaceId, now: at, before, except: 0, limit: MOST + 1 }),
    overview.resultsSince(store, { workspaceId, since, limit: MOST_RESULTS * MOST }),
    globalPause(store),
    totalsOf(store, workspaceId, since),
  ])
  const { runningText } = await import('../agents/running-text.ts')
  const usual = await overview.usualOf(
    store,
    running.map((it) => it.triggerId),
  )
  return {
    at: at.toISOString(),
    paused: pause !== null,
    totals: { ...totals, proposals: proposed[0]?.total ?? 0 },
    running: running.map((it) => ({ execution: it, usualMs: usual.get(it.triggerId) ?? null })),
    queued,
    approvals: pending.approvals,
    proposals: proposed.map(({ id, trigger, createdByName, expiresAt }) => ({
      ...{ id, name: (JSON.parse(trigger) as { name: string }).name, proposedBy: createdByName },
      expiresAt: new Date(expiresAt).toISOString(),
    })),
    troubles: inTrouble.flatMap((it) => toTrouble(it) ?? []),
    overdue,
    missed,
    upcoming: firstOfEach(planned)
      .slice(0, MOST)
      .map(({ triggerId, name, at: next, timezone }) => ({
        ...{ triggerId, name, timezone },
        at: new Date(next).toISOString(),
      })),
    coming: { runs: planned.slice(0, MOST).map(toComing), more: planned.length > MOST },
    results: firstOfEach(results)
      .slice(0, MOST_RESULTS)
      .map(({ text, at: posted, ...it }) => ({
        ...{ ...it, text: beginningOf(runningText(text)) },
        at: new Date(posted).toISOString(),
      })),
  }
}

async function totalsOf(store: Deps['store'], workspaceId: number, since: Date) {
  const [running, pending, troubles, missed] = await Promise.all([
    executions.count(store, workspaceId, { status: ['running'] }, MOST_COUNTED),
    countPending(store, workspaceId),
    activity.countInTrouble(store, workspaceId),
    executions.countMissedSince(store, { workspaceId, since, most: MOST_COUNTED }),
  ])
  return { running, approvals: pending, troubles, missed }
}

/** One that says or does something every minute does not hide the others. */
function firstOfEach<It extends { triggerId: number }>(inOrder: readonly It[]): It[] {
  const seen = new Set<number>()
  return inOrder.filter(({ triggerId }) => !seen.has(triggerId) && seen.add(triggerId))
}

const toComing = ({ timezone: _, at, until, ...it }: Coming): Now['coming']['runs'][number] => ({
  ...it,
  at: new Date(at).toISOString(),
  until: until === null ? null : new Date(until).toISOString(),
})

const beginningOf = (text: string) =>
  text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS).toWellFormed()}…` : text

/** What a person has paused is their decision, and needs nobody. */
function toTrouble({ id, name, state, reason, failures, lastExecutionId }: activity.Trouble): Trouble | null {
  return state === 'paused' ? null : { triggerId: id, name, state, reason, failures, lastExecutionId }
}

/** They need nobody any more: somebody has run them, or let them be. */
export async function seeTo(
  { store, clock }: Deps,
  workspaceId: number,
  { executionIds = [], until }: BodyOf<Api['seeToMissed']>,
): Promise<AnswerOf<Api['seeToMissed']>> {
  const now = clock.now()
  if (until === undefined) return { seenTo: await overview.seeTo(store, { workspaceId, executionIds, now }) }
  const since = new Date(now.getTime() - MISSED_FOR_MS)
  return { seenTo: await overview.seeToAll(store, { workspaceId, since, until: new Date(until), now }) }
}

/** How the last runs of each went; of what is not in this workspace, nothing. */
export async function heartbeats(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  triggerIds: number[],
): Promise<Heartbeat[]> {
  const found = await overview.lastStatuses(store, { workspaceId, triggerIds, most: MOST_BARS })
  return [...found].map(([triggerId, statuses]) => ({ triggerId, statuses }))
}

/** How it has fared in a period up to now, and in the one before. */
export async function figures(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  { period, timezone }: QueryOf<Api['figures']>,
): Promise<Figures> {
  const to = clock.now()
  const back = (periods: number) => new Date(to.getTime() - periods * days(PERIODS[period]))
  // One after another: each reads some ten thousand rows, and others are let in between.
  const current = await figuresOf(store, { workspaceId, from: back(1), to })
  const previous = await figuresOf(store, { workspaceId, from: back(2), to: back(1) })
  const quarters = await overview.byQuarterOfAnHour(store, { workspaceId, from: back(1), to })
  return { period, now: current, before: previous, hours: hoursOfTheWeek(quarters, timezone) }
}

async function figuresOf(store: Deps['store'], span: overview.Span): Promise<PeriodFigures> {
  const { rows: _, isPartial, ...counts } = await overview.fared(store, span)
  const [latenessP50, latenessP95] = await overview.percentiles(store, 'lateness', span, [50, 95])
  const [durationP50, durationP95] = await overview.percentiles(store, 'duration', span, [50, 95])
  const runs = counts.success + counts.failed
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    ...counts,
    runs,
    successRate: runs === 0 ? null : Math.round((1000 * counts.success) / runs) / 10,
    latenessMs: { p50: latenessP50, p95: latenessP95 },
    durationMs: { p50: durationP50, p95: durationP95 },
    partial: isPartial,
  }
}
