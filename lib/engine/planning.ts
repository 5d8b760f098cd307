/**
 * What becomes of a trigger's instants up to now, and when it is next.
 *
 * Promise: pure; every planned instant is in exactly one occurrence of the answer (alone, or inside a gap);
 * the next instant is computed from the planned one, never from "now". Years of missed instants cost no more
 * than a few.
 */
import type { DueTrigger, Occurrence, Plan } from '#db/queries/firing.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import { seconds } from '../clock.ts'
import type { Times } from '../triggers/index.ts'
import { before, boundedBy } from './instants.ts'
import { jitterMs, LATE_MS } from './policies.ts'
import { type Obstacle, obstacleOf } from './standing.ts'
import { isDuring, keptFrom, type Moment, pausesIn, run, unran } from './traces.ts'
import { wording } from './wording.ts'

export interface PlanInput {
  trigger: DueTrigger
  times: Times
  now: Date
  /** When nothing could fire, newest first. */
  outages: Outage[]
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

export function plan({ trigger, times, now, outages }: PlanInput): Plan {
  const offsetMs = jitterMs(trigger.id, trigger.jitterSeconds)
  const upTo = new Date(now.getTime() - offsetMs)
  const instants = boundedBy(trigger, times)
  const it: Moment = { trigger, now, upTo, offsetMs, instants, outages, words: wording(trigger, now) }
  if (trigger.nextRunAt === null) return next(it, instants.next(now))
  const planned = new Date(trigger.nextRunAt)
  const obstacle = obstacleOf(trigger)
  if (obstacle) return passedBy(it, planned, obstacle)
  return planned > upTo ? next(it, planned) : dueSince(it, planned)
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
  ...rest,
})

/** It is switched off for good. */
const off = (it: Moment, reason: string, rest: Partial<Plan>): Plan =>
  next(it, null, { enabled: false, disabledReason: reason, ...rest })

/** It was off while its instants passed: they leave their trace. A pause whose time is over ends here. */
function passedBy(it: Moment, planned: Date, obstacle: Obstacle): Plan {
  const occurrences = keptFrom(it, planned, it.upTo, obstacle)
  if (obstacle.code !== 'owner_left') {
    const from = it.upTo > planned ? it.upTo : before(planned)
    return next(it, it.instants.next(from), { occurrences, resumed: true })
  }
  return off(
    it,
    'Whoever made this schedule may no longer run agents here. Somebody who may can switch it on.',
    {
      occurrences: occurrences.map((one) => ({ ...one, notice: one.reason })),
    },
  )
}

/**
 * What is due since `planned` runs, is caught up, or leaves its trace, up to the trigger's maximum of runs.
 */
function dueSince(it: Moment, planned: Date): Plan {
  const { trigger } = it
  const { punctual, missed } = instantsSince(it, planned)
  const caughtUp = catchUp(trigger.misfire, freshOf(it, missed), {
    most: trigger.maxCatchup,
    covered: punctual.length > 0,
  })
  const left =
    trigger.maxExecutions === null ? Number.POSITIVE_INFINITY : trigger.maxExecutions - trigger.plannedRuns
  const runs = [...caughtUp, ...punctual].slice(0, Math.max(0, left))
  const last = punctual.at(-1) ?? missed.at(-1) ?? planned
  const rest =
    missed.length === 0 ? [] : missedTraces(it, { planned, last, missed, caughtUp, punctual, runs })
  const occurrences = [...rest, ...runs.map((at) => run(it, at, !punctual.includes(at)))]
  const plannedRuns = runs.length
  return plannedRuns >= left
    ? off(it, `It has reached its maximum of ${trigger.maxExecutions} runs.`, { occurrences, plannedRuns })
    : next(it, it.instants.next(last), { occurrences, plannedRuns })
}

/** Instants of right now run late; what is older was missed, and only the newest of it matters one by one. */
function instantsSince({ trigger, instants, upTo }: Moment, planned: Date) {
  const lateFrom = new Date(Math.max(planned.getTime(), upTo.getTime() - LATE_MS))
  // The ordinary case, of which the following instant is known ahead: nothing is walked back.
  const following = instants.next(planned)
  if (planned >= lateFrom && (following === null || following > upTo))
    return { punctual: [planned], missed: [] }
  return {
    punctual: instants.latest(before(lateFrom), upTo, MOST_LATE),
    missed:
      planned < lateFrom ? instants.latest(before(planned), before(lateFrom), trigger.maxCatchup + 1) : [],
  }
}

/**
 * The missed instants that are recent enough to be caught up, and that no pause of everything was meant to
 * leave out.
 */
function freshOf({ trigger, now, outages }: Moment, missed: Date[]): Date[] {
  const pauses = pausesIn(outages)
  return missed.filter(
    (at) =>
      now.getTime() - at.getTime() <= trigger.catchupWindow * 1000 && !pauses.some((it) => isDuring(at, it)),
  )
}

/**
 * The traces of what was missed and is not caught up: all before the first run, and what was passed over
 * after it.
 */
function missedTraces(
  it: Moment,
  {
    planned,
    last,
    missed,
    caughtUp,
    punctual,
    runs,
  }: Record<'missed' | 'caughtUp' | 'punctual' | 'runs', Date[]> & Record<'planned' | 'last', Date>,
): Occurrence[] {
  const covering = runs[0] ?? punctual[0]
  const endsAt = caughtUp[0] ?? punctual[0]
  const passedOver = missed.filter((at) => endsAt && at > endsAt && !caughtUp.includes(at))
  return [
    ...unran(it, planned, endsAt ? before(endsAt) : last, covering),
    ...passedOver.flatMap((at) => unran(it, at, at, covering)),
  ]
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
