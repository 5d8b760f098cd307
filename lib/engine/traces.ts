/**
 * The rows that a trigger's instants leave behind: one for each run, one for each gap of instants that do not
 * run. Pure.
 *
 * Promise: instants that share a reason share a row, which says how many they are; years of missed instants
 * cost no more than a few.
 */
import type { DueTrigger } from '#db/queries/due.ts'
import type { Occurrence } from '#db/queries/firing.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import type { Times } from '../triggers/index.ts'
import type { DayOff, DaysOff } from './calendars/days-off.ts'
import { before } from './instants.ts'
import type { Obstacle } from './standing.ts'
import type { Words } from './wording.ts'

/** A trigger at the moment it is planned. */
export interface Moment {
  trigger: DueTrigger
  now: Date
  /** The last instant that is accounted for: its moment has come, or the trigger is about to change. */
  upTo: Date
  offsetMs: number
  instants: Times
  /** Those of them that no day off leaves out. */
  open: Times
  daysOff: DaysOff
  /** When nothing could fire, newest first. */
  outages: Outage[]
  words: Words
}

/** Pauses of everything, newest first. */
const pausesIn = (outages: Outage[]) => outages.filter((it) => it.kind === 'paused')
const isDuring = (at: Date, { startedAt, endedAt }: Outage) =>
  at >= startedAt && (endedAt === null || at <= endedAt)
/** A pause of everything was meant to leave it out. */
const isPaused = ({ outages }: Moment, at: Date) => pausesIn(outages).some((it) => isDuring(at, it))

/** A pause of everything, or a day off, was meant to leave it out. */
export const isLeftOut = (it: Moment, at: Date) => isPaused(it, at) || it.daysOff.at(at) !== null

/** The newest `count` instants in (after, upTo] that nothing was meant to leave out, oldest first. */
export function latestOpen(it: Moment, after: Date, upTo: Date, count: number): Date[] {
  const found: Date[] = []
  let end = upTo
  const take = (from: Date) => {
    if (end <= from || found.length >= count) return
    const latest = it.open.latest(from, end, count - found.length)
    found.unshift(...latest.filter((at) => !isPaused(it, at)))
  }
  for (const { startedAt, endedAt } of pausesIn(it.outages)) {
    if (startedAt > end) continue
    if (endedAt) take(endedAt > after ? endedAt : after)
    end = before(startedAt)
  }
  take(after)
  return found
}

export function run(it: Moment, at: Date, isCatchup: boolean): Occurrence {
  return occurrence(it.trigger, {
    key: at.toISOString(),
    scheduledFor: at,
    status: 'queued',
    isCatchup,
    availableAt: new Date(at.getTime() + it.offsetMs),
    reason: isCatchup ? `Catches up the run of ${it.words.at(at)}.` : null,
    overlapReason: it.words.overlap(at),
  })
}

/** The instants from `from` to `to` that an obstacle of the trigger itself kept from running. */
export const keptFrom = (it: Moment, from: Date, to: Date, { code, why }: Obstacle): Occurrence[] =>
  gap(it, from, to, () => ({
    status: 'skipped',
    reasonCode: code,
    say: (range) => `Skipped${range}: ${why}.`,
  }))

/** Of more days off in one gap only the newest have rows of their own: what lies before them was missed. */
const MOST_DAYS_APART = 100

/**
 * The instants from `begin` to `end` that do not run: cut where a pause of everything or a day off begins and ends,
 * one row for each part. `covering`: the run that stands for them.
 */
export function unran(it: Moment, begin: Date, end: Date, covering: Date | undefined): Occurrence[] {
  if (end < begin) return []
  const days = it.daysOff.within(begin, end).slice(-MOST_DAYS_APART)
  const ofPauses = pausesIn(it.outages).flatMap((pause) => [before(pause.startedAt), pause.endedAt ?? it.now])
  const cuts = [...ofPauses, ...days.flatMap((day) => [before(day.from), day.to])]
    .filter((at) => at >= begin && at < end)
    .sort((a, b) => a.getTime() - b.getTime())
  const begins = [begin, ...cuts.map((cut) => new Date(cut.getTime() + 1))]
  return [...cuts, end].flatMap((to, i) => unranPart(it, begins[i] as Date, to, { days, covering }))
}

/** A part that lies in one pause of everything or one day off, or in none. */
function unranPart(
  it: Moment,
  from: Date,
  to: Date,
  { days, covering }: { days: DayOff[]; covering: Date | undefined },
): Occurrence[] {
  const pause = pausesIn(it.outages).find((one) => isDuring(from, one))
  if (pause) {
    const say = (range: string) => `Skipped${range}: everything was paused (${pause.reason}).`
    return gap(it, from, to, () => ({ status: 'skipped', reasonCode: 'paused', say }))
  }
  const day = days.find((one) => from >= one.from && from <= one.to)
  if (day) {
    const say = (range: string) => `Skipped${range}: ${day.why}.`
    return gap(it, from, to, () => ({ status: 'skipped', reasonCode: 'calendar', say }))
  }
  return gap(it, from, to, (first, final) => {
    const outage = it.outages.find(
      (one) =>
        (one.kind === 'down' || one.kind === 'asleep') &&
        one.startedAt <= final &&
        (one.endedAt ?? it.now) >= first,
    )
    return {
      status: 'missed',
      reasonCode: outage ? 'server_down' : 'clock_jump',
      say: (range) =>
        `Missed${range}: ${it.words.outage(outage, { first, final })}. ${it.words.policy(final, covering)}`,
      told: true,
    }
  })
}

interface Why extends Pick<Occurrence, 'status' | 'reasonCode'> {
  /** `range`: " (3 runs from … to …)", or nothing where it is one instant. */
  say(range: string): string
  /** The chat hears of it, too. */
  told?: boolean
}

/** One row for the instants from `from` to `to`, if there are any; `whyOf` is told the first and the last of them. */
function gap(it: Moment, from: Date, to: Date, whyOf: (first: Date, final: Date) => Why): Occurrence[] {
  const first = it.instants.next(before(from))
  if (!first || first > to) return []
  const { count, exact } = it.instants.count(before(from), to)
  const [final = first] = it.instants.latest(before(from), to, 1)
  const { status, reasonCode, say, told } = whyOf(first, final)
  const several = first.getTime() !== final.getTime()
  const many = exact ? count : `more than ${count}`
  const range = several ? ` (${many} runs ${it.words.range(first, final)})` : ''
  const reason = say(range).trim()
  return [
    occurrence(it.trigger, {
      key: several ? `${first.toISOString()}/${final.toISOString()}` : first.toISOString(),
      scheduledFor: first,
      status,
      reason,
      reasonCode,
      availableAt: it.now,
      notice: told ? reason : null,
      ...(several && { missedFrom: first, missedTo: final, missedCount: count }),
    }),
  ]
}

const occurrence = (
  trigger: DueTrigger,
  it: Pick<Occurrence, 'key' | 'scheduledFor' | 'status' | 'availableAt'> & Partial<Occurrence>,
): Occurrence => ({
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
})
