/**
 * What becomes of a trigger's instants up to now, and when it is next.
 *
 * Promise: pure; every planned instant is in exactly one occurrence of the answer (alone, or inside a gap); the next instant is computed from the
 * planned one, never from "now". Years of missed instants cost no more than a few.
 */
import type { DueTrigger, Occurrence, Plan } from '#db/queries/firing.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import type { ReasonCode } from '../contract/execution.ts'
import { seconds } from '../clock.ts'
import type { ClockKindDefinition, When } from '../triggers/kind.ts'
import { jitterMs, LATE_MS } from './policies.ts'

export interface PlanInput {
  trigger: DueTrigger
  when: When
  kind: ClockKindDefinition
  now: Date
  /** When nothing could fire, newest first. */
  outages: Outage[]
}

/** A kind's instants within the trigger's start and end. */
function bounded({ trigger, when, kind }: Pick<PlanInput, 'trigger' | 'when' | 'kind'>) {
  const startsAt = trigger.startsAt === null ? null : new Date(trigger.startsAt - 1)
  const endsAt = trigger.endsAt === null ? null : new Date(trigger.endsAt)
  const from = (after: Date) => (startsAt && startsAt > after ? startsAt : after)
  const to = (upTo: Date) => (endsAt && endsAt < upTo ? endsAt : upTo)
  return {
    next(after: Date): Date | null {
      const at = kind.next(when, from(after))
      return at && endsAt && at > endsAt ? null : at
    },
    latest: (after: Date, upTo: Date, count: number) => kind.latest(when, from(after), to(upTo), count),
    count: (after: Date, upTo: Date) => kind.count(when, from(after), to(upTo)),
  }
}

/** Instants that can be late at once, and are not missed: no schedule runs more often than each second. */
const MOST_LATE = LATE_MS / seconds(1) + 1

const before = (instant: Date) => new Date(instant.getTime() - 1)

/** The first instant after `after` and when the loop must look: what a new or changed trigger is set to. */
export function firstInstant(
  trigger: Pick<DueTrigger, 'id' | 'startsAt' | 'endsAt' | 'jitterSeconds'>,
  when: When,
  kind: ClockKindDefinition,
  after: Date,
): { nextRunAt: Date | null; dueAt: Date | null } {
  const nextRunAt = bounded({ trigger: trigger as DueTrigger, when, kind }).next(after)
  return {
    nextRunAt,
    dueAt: nextRunAt && new Date(nextRunAt.getTime() + jitterMs(trigger.id, trigger.jitterSeconds)),
  }
}

export function plan(input: PlanInput): Plan {
  const { trigger, now } = input
  const instants = bounded(input)
  const offsetMs = jitterMs(trigger.id, trigger.jitterSeconds)
  const ahead = (nextRunAt: Date | null, rest: Partial<Plan> = {}): Plan => ({
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
  const off = (reason: string, rest: Partial<Plan> = {}) =>
    ahead(null, { enabled: false, disabledReason: reason, ...rest })

  if (trigger.nextRunAt === null) return ahead(instants.next(now))
  const planned = new Date(trigger.nextRunAt)
  const upTo = new Date(now.getTime() - offsetMs)
  const words = wording(trigger, now)

  if (!trigger.enabled || trigger.ownerLeft) {
    const [code, why] = whyOff(trigger)
    const gap = gapBetween(planned, upTo, 'skipped', code, (range) => `Skipped${range}: ${why}.`)
    if (trigger.ownerLeft) {
      return off(
        'Whoever made this schedule may no longer run agents here. Somebody who may can switch it on.',
        { occurrences: gap.map((it) => ({ ...it, notice: it.reason })) },
      )
    }
    return ahead(instants.next(upTo > planned ? upTo : before(planned)), { occurrences: gap, resumed: true })
  }
  if (planned > upTo) return ahead(planned)

  const lateFrom = new Date(Math.max(planned.getTime(), upTo.getTime() - LATE_MS))
  const punctual = instants.latest(before(lateFrom), upTo, MOST_LATE)
  const missed =
    planned < lateFrom ? instants.latest(before(planned), before(lateFrom), trigger.maxCatchup + 1) : []
  const last = punctual.at(-1) ?? missed.at(-1) ?? planned
  const pauses = input.outages.filter((it) => it.kind === 'paused')
  const duringPause = (at: Date) =>
    pauses.some((it) => at >= it.startedAt && (it.endedAt === null || at <= it.endedAt))
  const fresh = missed.filter(
    (at) => now.getTime() - at.getTime() <= trigger.catchupWindow * 1000 && !duringPause(at),
  )
  const caughtUp = catchUp(trigger.misfire, fresh, { most: trigger.maxCatchup, covered: punctual.length > 0 })

  const left =
    trigger.maxExecutions === null ? Number.POSITIVE_INFINITY : trigger.maxExecutions - trigger.plannedRuns
  const runs = [...caughtUp, ...punctual].slice(0, Math.max(0, left))
  const covering = runs[0] ?? punctual[0]
  const restEndsAt = caughtUp[0] ?? punctual[0]
  const passedOver = missed.filter((at) => restEndsAt && at > restEndsAt && !caughtUp.includes(at))
  const rest =
    missed.length === 0
      ? []
      : [
          ...unran(planned, restEndsAt ? before(restEndsAt) : last),
          ...passedOver.flatMap((at) => unran(at, at)),
        ]
  const occurrences = [...rest, ...runs.map((at) => run(at, !punctual.includes(at)))]
  const plannedRuns = runs.length
  if (plannedRuns >= left)
    return off(`It has reached its maximum of ${trigger.maxExecutions} runs.`, { occurrences, plannedRuns })
  return ahead(instants.next(last), { occurrences, plannedRuns })

  function run(at: Date, isCatchup: boolean): Occurrence {
    return occurrence({
      key: at.toISOString(),
      scheduledFor: at,
      status: 'queued',
      isCatchup,
      availableAt: new Date(Math.min(now.getTime(), at.getTime() + offsetMs)),
      reason: isCatchup ? `Catches up the run of ${words.at(at)}.` : null,
      overlapReason: words.overlap,
    })
  }

  /** The instants from `begin` to `end` that do not run: cut where a global pause begins and ends, one row for each part. */
  function unran(begin: Date, end: Date): Occurrence[] {
    if (end < begin) return []
    const cuts = pauses
      .flatMap((it) => [before(it.startedAt), it.endedAt ?? now])
      .filter((at) => at >= begin && at < end)
      .sort((a, b) => a.getTime() - b.getTime())
    const parts = [...cuts, end].map((to, i) => ({
      from: i === 0 ? begin : new Date((cuts[i - 1] as Date).getTime() + 1),
      to,
    }))
    return parts.flatMap(({ from, to }) => {
      const pause = pauses.find((it) => from >= it.startedAt && (it.endedAt === null || from <= it.endedAt))
      if (pause)
        return gapBetween(
          from,
          to,
          'skipped',
          'paused',
          (range) => `Skipped${range}: everything was paused (${pause.reason}).`,
        )
      const outage = input.outages.find(
        (it) => it.kind !== 'paused' && it.startedAt <= to && (it.endedAt ?? now) >= from,
      )
      const code = !outage ? 'clock_jump' : 'server_down'
      return gapBetween(
        from,
        to,
        'missed',
        code,
        (range) => `Missed${range}: ${words.outage(outage)}. ${words.policy(to, covering)}`,
        true,
      )
    })
  }

  /** One row for the instants from `from` to `to`, if there are any. */
  function gapBetween(
    from: Date,
    to: Date,
    status: 'skipped' | 'missed',
    reasonCode: ReasonCode,
    say: (range: string) => string,
    told = false,
  ): Occurrence[] {
    const { count, exact } = instants.count(before(from), to)
    const first = instants.next(before(from))
    const final = instants.latest(before(from), to, 1)[0]
    if (count === 0 || !first || !final) return []
    const several = first.getTime() !== final.getTime()
    const range = several
      ? ` (${exact ? count : `more than ${count}`} instants from ${words.at(first)} to ${words.at(final)})`
      : ''
    const reason = say(range).trim()
    return [
      occurrence({
        key: several ? `${first.toISOString()}/${final.toISOString()}` : first.toISOString(),
        scheduledFor: first,
        status,
        reason,
        reasonCode,
        availableAt: now,
        notice: told ? reason : null,
        ...(several && { missedFrom: first, missedTo: final, missedCount: count }),
      }),
    ]
  }

  function occurrence(
    it: Pick<Occurrence, 'key' | 'scheduledFor' | 'status' | 'availableAt'> & Partial<Occurrence>,
  ): Occurrence {
    return {
      kind: trigger.kind,
      isCatchup: false,
      reason: null,
      reasonCode: null,
      overlapReason: '',
      notice: null,
      missedFrom: null,
      missedTo: null,
      missedCount: null,
      ...it,
    }
  }
}

function whyOff(trigger: DueTrigger): [ReasonCode, string] {
  if (trigger.ownerLeft) return ['owner_left', 'whoever made this schedule may no longer run agents here']
  if (trigger.pausedAt === null) return ['disabled', 'the schedule was switched off']
  return [
    'paused',
    `the schedule was paused${trigger.pausedReason ? ` (${trigger.pausedReason.replace(/\.$/, '')})` : ''}`,
  ]
}

/**
 * Which missed instants still become runs. `covered`: an instant of right now runs anyway; with `latest` it stands for the missed ones, for two
 * runs at once would tell the same thing twice.
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

/** The sentences of a trace, with wall-clock times in the trigger's zone. */
function wording(trigger: DueTrigger, now: Date) {
  const day = (at: Date) => format(at, { dateStyle: 'medium' })
  const at = (instant: Date) =>
    day(instant) === day(now)
      ? format(instant, { timeStyle: 'short' })
      : format(instant, { dateStyle: 'medium', timeStyle: 'short' })
  function format(instant: Date, style: Intl.DateTimeFormatOptions): string {
    try {
      return instant.toLocaleString('en-GB', { ...style, timeZone: trigger.timezone })
    } catch {
      return instant.toISOString()
    }
  }
  return {
    at,
    overlap:
      trigger.liveSince === null
        ? 'Skipped: the run before it was still going.'
        : `Skipped: the run of ${at(new Date(trigger.liveSince))} was still going.`,
    outage(outage: Outage | undefined): string {
      if (!outage) return 'the clock jumped past it'
      const range = `from ${at(outage.startedAt)} to ${at(outage.endedAt ?? now)}`
      return outage.kind === 'down'
        ? `the server was down ${range}`
        : `the server could not act ${range} (the computer slept, the process was frozen, or the clock was moved)`
    },
    policy(instant: Date, covering: Date | undefined): string {
      if (trigger.misfire === 'skip') return 'Missed runs of this schedule are not caught up.'
      if (covering) return `The run of ${at(covering)} stands for it.`
      return now.getTime() - instant.getTime() > trigger.catchupWindow * 1000
        ? 'It is too long ago to catch up.'
        : ''
    },
  }
}
