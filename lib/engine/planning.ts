/**
 * What becomes of a trigger's instants up to now, and when it is next.
 *
 * Promise: pure; every planned instant is in exactly one occurrence of the answer (alone, or inside a gap);
 * the next instant is computed from the planned one, never from "now". Years of missed instants cost no more
 * than a few.
 */
import type { DueTrigger } from '#db/queries/due.ts'
import type { Occurrence, Plan } from '#db/queries/firing.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import { seconds } from '../clock.ts'
import { followsClock, type Times } from '../triggers/index.ts'
import { type DaysOff, NO_DAYS_OFF, withoutDaysOff } from './calendars/days-off.ts'
import { before, boundedBy } from './instants.ts'
import { jitterMs, LATE_MS } from './policies.ts'
import { type Obstacle, obstacleOf } from './standing.ts'
import { isLeftOut, keptFrom, latestOpen, type Moment, run, unran } from './traces.ts'
import { wording } from './wording.ts'

export interface PlanInput {
  trigger: DueTrigger
  times: Times
  now: Date
  /** Days on which its instants are skipped. */
  daysOff?: DaysOff
  /** When nothing could fire, newest first. */
  outages: Outage[]
  /** The trigger is about to change: what has passed belongs to what it still is, also before its shifted moment. */
  settling?: boolean
}

/** Instants that can be late at once, and are not missed: no schedule runs more often than each second. */
const MOST_LATE = LATE_MS / seconds(1) + 1

/** The first instant after `after` and when the loop must look: what a new or changed trigger is set to. */
export function firstInstant(
  trigger: Pick<DueTrigger, 'id' | 'startsAt' | 'endsAt' | 'jitterSeconds'>,
  times: Times,
  after: Date,
): { nextRunAt: Date | null; dueAt: Date | null } {
  const nextRunAt = boundedBy(trigger, times).next(after)
  return {
    nextRunAt,
    dueAt: nextRunAt && new Date(nextRunAt.getTime() + jitterMs(trigger.id, trigger.jitterSeconds)),
  }
}

export function plan({
  trigger,
  times,
  now,
  outages,
  daysOff = NO_DAYS_OFF,
  settling = false,
}: PlanInput): Plan {
  const offsetMs = jitterMs(trigger.id, trigger.jitterSeconds)
  const upTo = settling ? now : new Date(now.getTime() - offsetMs)
  const instants = boundedBy(trigger, times)
  const open = withoutDaysOff(instants, daysOff)
  const words = wording(trigger, now)
  const it: Moment = { trigger, now, upTo, offsetMs, instants, open, daysOff, outages, words }
  const planned = plannedOf(it)
  if (planned === null) return first(it)
  const obstacle = obstacleOf(trigger)
  if (obstacle) return passedBy(it, planned, obstacle)
  return planned > upTo ? next(it, planned) : dueSince(it, planned)
}

/** The next instant as the row has it; where it is to be planned anew, the row says from when on. */
function plannedOf({ trigger: { nextRunAt, dueAt }, instants }: Moment): Date | null {
  if (nextRunAt === null) return null
  return dueAt === 0 ? instants.next(before(new Date(nextRunAt))) : new Date(nextRunAt)
}

/** The trigger goes on to `nextRunAt`. */
const next = ({ trigger, offsetMs }: Moment, nextRunAt: Date | null, rest: Partial<Plan> = {}): Plan => ({
  triggerId: trigger.id,
  workspaceId: trigger.workspaceId,
  seenDueAt: trigger.dueAt,
  revision: trigger.revision,
  overlap: trigger.overlap,
  occurrences: [],
  plannedRuns: 0,
  enabled: true,
  resumed: false,
  disabledReason: null,
  problem: null,
  nextRunAt,
  dueAt: nextRunAt && new Date(nextRunAt.getTime() + offsetMs),
  news: trigger.dueAt === 0 ? 'schedule:updated' : null,
  ...rest,
})

/** It is switched off for good. */
const off = (it: Moment, reason: string, rest: Partial<Plan>): Plan =>
  next(it, null, { enabled: false, disabledReason: reason, news: 'schedule:disabled', ...rest })

/** It was off, and stays so until its pause is over or somebody switches it on. */
const stillOff = (it: Moment, nextRunAt: Date | null, occurrences: Occurrence[] = []): Plan =>
  next(it, nextRunAt, {
    occurrences,
    enabled: Boolean(it.trigger.enabled),
    disabledReason: it.trigger.disabledReason,
    problem: it.trigger.problem,
    dueAt: it.trigger.pausedUntil === null ? null : new Date(it.trigger.pausedUntil),
  })

/** Nothing was planned yet, or no longer. */
function first(it: Moment): Plan {
  const { trigger, now, instants } = it
  if (trigger.enabled && trigger.ownerLeft && !followsClock(trigger.kind)) return ownerLeft(it, [])
  if (trigger.enabled && isSpent(trigger)) return spent(it)
  if (trigger.enabled) return next(it, instants.next(now))
  return isOver(trigger, now)
    ? next(it, instants.next(now), { resumed: true, news: 'schedule:updated' })
    : stillOff(it, null)
}

/** What fires without a clock counts its runs where they are recorded, and has them judged here. */
const isSpent = ({ kind, maxExecutions, plannedRuns }: DueTrigger): boolean =>
  !followsClock(kind) && maxExecutions !== null && plannedRuns >= maxExecutions
/** Its last run takes in what belongs to it: it is off when that gathers no more. */
function spent(it: Moment): Plan {
  const { gathersUntil } = it.trigger
  if (gathersUntil === null || gathersUntil <= it.now.getTime()) return off(it, spentOf(it.trigger), {})
  return next(it, null, { dueAt: new Date(gathersUntil) })
}
const spentOf = ({ maxExecutions }: DueTrigger) => `It has reached its maximum of ${maxExecutions} runs.`

/** Its pause has ended by itself. */
const isOver = ({ pausedUntil }: DueTrigger, now: Date): boolean =>
  pausedUntil !== null && pausedUntil <= now.getTime()

/** It was off while its instants passed: they leave their trace. */
function passedBy(it: Moment, planned: Date, obstacle: Obstacle): Plan {
  const { trigger, now, upTo, instants } = it
  if (obstacle.code === 'owner_left') return ownerLeft(it, keptFrom(it, planned, upTo, obstacle))
  if (isOver(trigger, now)) return resumed(it, planned, new Date(trigger.pausedUntil as number), obstacle)
  const from = upTo > planned ? upTo : before(planned)
  return stillOff(it, instants.next(from), keptFrom(it, planned, upTo, obstacle))
}

const ownerLeft = (it: Moment, occurrences: Occurrence[]): Plan =>
  off(it, 'Whoever made this schedule may no longer run agents here. Somebody who may can switch it on.', {
    occurrences: occurrences.map((one) => ({ ...one, notice: one.reason })),
  })

/** The pause is over: what lay in it was meant to be left out, what came after it is due. */
function resumed(it: Moment, planned: Date, until: Date, obstacle: Obstacle): Plan {
  const skipped = planned < until ? keptFrom(it, planned, before(until), obstacle) : []
  const since = planned < until ? it.instants.next(before(until)) : planned
  const rest = since && since <= it.upTo ? dueSince(it, since) : next(it, since)
  return {
    ...rest,
    occurrences: [...skipped, ...rest.occurrences],
    resumed: true,
    news: rest.news ?? 'schedule:updated',
  }
}

/**
 * What is due since `planned` runs, is caught up, or leaves its trace, up to the trigger's maximum of runs.
 */
function dueSince(it: Moment, planned: Date): Plan {
  const { maxExecutions } = it.trigger
  const left = maxExecutions === null ? Number.POSITIVE_INFINITY : maxExecutions - it.trigger.plannedRuns
  const over = spentOf(it.trigger)
  if (left <= 0) {
    const why = `the schedule has reached its maximum of ${maxExecutions} runs`
    return off(it, over, { occurrences: keptFrom(it, planned, it.upTo, { code: 'disabled', why }) })
  }
  const { punctual, caughtUp } = runsSince(it, planned)
  const runs = [...caughtUp, ...punctual].slice(0, left)
  const plannedRuns = runs.length
  const last = plannedRuns === left ? (runs.at(-1) as Date) : it.upTo
  const occurrences = traced(it, planned, last, { runs, caughtUp })
  return plannedRuns === left
    ? off(it, over, { occurrences, plannedRuns })
    : next(it, it.instants.next(it.upTo), { occurrences, plannedRuns })
}

/** Instants of right now run late; what is older was missed, and only the newest of it matters one by one. */
function runsSince(it: Moment, planned: Date): Record<'punctual' | 'caughtUp', Date[]> {
  const { trigger, instants, now, upTo, offsetMs } = it
  const lateFrom = new Date(Math.max(planned.getTime(), now.getTime() - offsetMs - LATE_MS))
  // The ordinary case, of which the following instant is known ahead: nothing is walked back.
  const following = instants.next(planned)
  if (planned >= lateFrom && (following === null || following > upTo) && !isLeftOut(it, planned))
    return { punctual: [planned], caughtUp: [] }
  const punctual = latestOpen(it, before(lateFrom), upTo, MOST_LATE + trigger.jitterSeconds)
  const missed =
    planned < lateFrom ? latestOpen(it, before(planned), before(lateFrom), trigger.maxCatchup) : []
  const fresh = missed.filter((at) => now.getTime() - at.getTime() <= trigger.catchupWindow * 1000)
  const covered = punctual.length > 0
  return { punctual, caughtUp: catchUp(trigger.misfire, fresh, { most: trigger.maxCatchup, covered }) }
}

/** The runs from `planned` to `last`, and between them the rows of what did not run. */
function traced(
  it: Moment,
  planned: Date,
  last: Date,
  { runs, caughtUp }: Record<'runs' | 'caughtUp', Date[]>,
): Occurrence[] {
  const [covering] = runs
  const begins = [planned, ...runs.map((at) => new Date(at.getTime() + 1))]
  const ends = [...runs.map(before), last]
  const gaps = begins.flatMap((begin, i) => unran(it, begin, ends[i] as Date, covering))
  return [...gaps, ...runs.map((at) => run(it, at, caughtUp.includes(at)))]
}

/**
 * Which missed instants still become runs. `covered`: an instant of right now runs anyway; with `latest` it
 * stands for the missed ones, for two runs at once would tell the same thing twice.
 */
export function catchUp(
  misfire: string,
  fresh: Date[],
  { most, covered }: { most: number; covered: boolean },
): Date[] {
  switch (misfire) {
    case 'skip':
      return []
    case 'all':
      return fresh.slice(-most)
    default:
      return covered ? [] : fresh.slice(-1)
  }
}
