/**
 * One page of due triggers: read, planned, fired, or put aside.
 *
 * Promise: an occurrence becomes at most one execution, however many servers take the same page (it rests on
 * the unique key and the guarded advance, not on timing); a row that cannot be planned or recorded is put
 * aside with the reason and does not take its page down with it.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { type DueTrigger, due, toPlan, unlocked } from '#db/queries/due.ts'
import { fire, type Plan, type Taking } from '#db/queries/firing.ts'
import { byIds, keepRevisions } from '#db/queries/triggers.ts'
import { outages } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { judge, sentence, timesOf } from '../triggers/index.ts'
import { daysOffOf } from './calendars/known.ts'
import { plan, type PlanInput } from './planning.ts'
import { inSlices } from './slices.ts'

export const PAGE = 250

export interface PageDeps {
  store: Store
  log: Logger
  minimumIntervalSeconds: number
  /** What may be claimed in the transaction that fires; null: nothing, it goes through the queue. */
  taking(): Taking | null
  /** What has happened so far is held against the triggers that wait for it. */
  matchFirst(): Promise<unknown>
}

/** What a page held, the longest due first; `offset` leaves out so many of them. */
export interface FiredPage {
  found: number
  /** Where something may have been told. */
  workspaceIds: number[]
  /** What was claimed with it, for this server to carry out. */
  begun: ClaimedRow[]
  /** Left for another time: somebody has their rows locked. */
  passedOver: number
}

export async function firePage(deps: PageDeps, now: Date, offset: number): Promise<FiredPage> {
  const found = await due(deps.store, now, PAGE, offset)
  const page = await unlocked(deps.store, found)
  const passedOver = found.length - page.length
  if (passedOver > 0) deps.log.debug({ passedOver }, 'Schedules are locked in the database: they wait.')
  if (page.length === 0) return { found: found.length, workspaceIds: [], begun: [], passedOver }
  await keepUnknownRevisions(deps.store, page, now)
  const gaps = await gapsBefore(deps.store, page, now)
  const daysOff = await daysOffOf(deps.store, page)
  const plans: Plan[] = []
  await inSlices(page, (it) => plans.push(planOf(deps, it, now, { outages: gaps, daysOff: daysOff(it) })))
  // What came in a pause belongs to it: it is looked at before the row says that the pause is over.
  if (plans.some((it) => it.resumed)) await deps.matchFirst()
  const begun = await record(deps, plans, now)
  logged(deps.log, plans)
  const workspaceIds = [...new Set(plans.map((it) => it.workspaceId))]
  return { found: found.length, workspaceIds, begun, passedOver }
}

/** What plain SQL wrote has made revisions that nobody kept yet. */
async function keepUnknownRevisions(store: Store, page: DueTrigger[], now: Date): Promise<void> {
  const unplanned = page.filter((it) => it.dueAt === 0).map((it) => it.id)
  if (unplanned.length > 0) await keepRevisions(store, await byIds(store, unplanned), now)
}

/** When nothing could fire, if the page reaches back so far that somebody will ask. */
async function gapsBefore(store: Store, page: DueTrigger[], now: Date): ReturnType<typeof outages> {
  const oldest = page.reduce((least, it) => Math.min(least, it.nextRunAt ?? now.getTime()), now.getTime())
  return oldest < now.getTime() ? outages(store, new Date(oldest)) : []
}

/**
 * Before a trigger changes: what passed under the state that still stands leaves its traces, also where its
 * moment has not come for another reason (its shift, a pause of everything or of its own). The state may be
 * another by then: whoever changes it reads it again. Answers the workspaces where something was told.
 */
export async function leaveTraces(
  { store, log, minimumIntervalSeconds }: Omit<PageDeps, 'taking' | 'matchFirst'>,
  triggerId: number,
  now: Date,
): Promise<number[]> {
  const trigger = await toPlan(store, triggerId)
  if (!trigger || trigger.nextRunAt === null || trigger.nextRunAt > now.getTime()) return []
  await keepUnknownRevisions(store, [trigger], now)
  const matchFirst = async () => {}
  const deps = { store, log, minimumIntervalSeconds, taking: () => null, matchFirst }
  const gaps = await gapsBefore(store, [trigger], now)
  const daysOff = (await daysOffOf(store, [trigger]))(trigger)
  const plans = [planOf(deps, trigger, now, { outages: gaps, daysOff, settling: true })]
  await record(deps, plans, now)
  logged(log, plans)
  return [trigger.workspaceId]
}

function planOf(
  { log, minimumIntervalSeconds }: PageDeps,
  trigger: DueTrigger,
  now: Date,
  known: Pick<PlanInput, 'outages' | 'daysOff' | 'settling'>,
): Plan {
  const seen = { ...trigger, triggerId: trigger.id, seenDueAt: trigger.dueAt }
  try {
    const problem = judged(trigger, minimumIntervalSeconds, now)
    if (problem) return aside(seen, problem)
    return plan({ trigger, times: timesOf(trigger), now, ...known })
  } catch (error) {
    log.error({ err: error, scheduleId: trigger.id }, 'A trigger could not be planned.')
    return aside(seen, `It could not be planned: ${(error as Error).message}`)
  }
}

/**
 * A row that plain SQL wrote may be anything: judge it before it is planned, and put it aside with the
 * reason.
 */
function judged(trigger: DueTrigger, minimumIntervalSeconds: number, now: Date): string | null {
  if (trigger.dueAt !== 0) return null
  const errors = judge(trigger, { minimumIntervalSeconds, now: new Date(trigger.createdAt - 1) })
  if (errors.length === 0) return null
  return `${sentence(errors)} (looked at ${now.toISOString()})`
}

type Seen = Pick<
  Plan,
  'triggerId' | 'workspaceId' | 'seenDueAt' | 'revision' | 'overlap' | 'enabled' | 'disabledReason'
>

/** Put aside with the reason, which the UI shows; whoever edits the trigger brings it back. */
const aside = (
  { triggerId, workspaceId, seenDueAt, revision, overlap, enabled, disabledReason }: Seen,
  problem: string,
): Plan => ({
  triggerId,
  workspaceId,
  seenDueAt,
  revision,
  overlap,
  occurrences: [],
  nextRunAt: null,
  dueAt: null,
  plannedRuns: 0,
  enabled,
  resumed: false,
  disabledReason,
  problem,
  news: 'schedule:updated',
})

/** A row that the database refuses does not take its page down with it. */
async function record(deps: PageDeps, plans: Plan[], now: Date): Promise<ClaimedRow[]> {
  try {
    return await fire(deps.store, plans, now, deps.taking())
  } catch (error) {
    const [only, ...others] = plans
    if (!only || (error instanceof Error && error.name === 'StoreUnavailable')) throw error
    if (others.length > 0) {
      const begun: ClaimedRow[] = []
      for (const it of plans) begun.push(...(await record(deps, [it], now)))
      return begun
    }
    deps.log.error({ err: error, scheduleId: only.triggerId }, 'The database refused what a trigger fires.')
    const problem = `What it fires could not be recorded: ${(error as Error).message}`
    return fire(deps.store, [aside(only, problem)], now)
  }
}

/** A page is one line: a herd's ten thousand would cost more than what they tell of. */
function logged(log: Logger, plans: Plan[]): void {
  const occurrences = plans.reduce((sum, it) => sum + it.occurrences.length, 0)
  if (occurrences > 0) log.info({ schedules: plans.length, occurrences }, '[AgentScheduler] fired')
  for (const { triggerId: scheduleId, occurrences, nextRunAt, problem } of plans) {
    if (occurrences.length > 0) {
      const made = occurrences.map((one) => ({ at: one.key, status: one.status }))
      log.debug({ scheduleId, occurrences: made, nextRunAt }, '[AgentScheduler] fired')
    }
    if (problem) log.warn({ scheduleId, problem }, 'A schedule was put aside.')
  }
}
