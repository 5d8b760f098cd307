/** What somebody who plans a schedule should know: said before it is saved, and again when it is. */
import { recentOfAgent } from '#db/queries/statistics.ts'
import { listening } from '#db/queries/due.ts'
import * as triggers from '#db/queries/triggers.ts'
import { days } from '../clock.ts'
import type { Advice, DraftPreview } from '../contract/advice.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import { EventTrigger } from '../contract/event-trigger.ts'
import { unacceptable } from '../contract/problem.ts'
import { type DaysOff, NO_DAYS_OFF } from '../engine/calendars/days-off.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import { cycleOf, saidOfCycle } from '../engine/cycles.ts'
import { boundedBy } from '../engine/instants.ts'
import { percentile } from '../engine/percentile.ts'
import { previewPattern, shiftsBetween, shown, zoneFaults } from '../recurrence/index.ts'
import { daysOfPattern } from '../recurrence/year.ts'
import { describe, faultsOf, followsClock, judge, timesOf } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'
import { requireCalendars } from './named-calendars.ts'
import { objectOf, previewOfTrigger } from './showing.ts'

/** A trigger as its row would have it; `id` 0: there is none yet. */
type Planned = triggers.TriggerConfig & { id: number; createdAt: number }
type Reading = Pick<Deps, 'store' | 'clock'>

/** So many others at the same moment are a crowd, which is spread over so many seconds each. */
const CROWD = 4
const SPREAD_SECONDS = 60
const MOST_SPREAD_SECONDS = 3600
const LOOKED_AT = 10

const advice = (kind: Advice['kind'], text: string, fix: Advice['fix'] = null): Advice => ({
  kind,
  text,
  fix,
})

export async function adviceOn(deps: Reading, workspaceId: number, row: Planned): Promise<Advice[]> {
  if (!followsClock(row.kind)) return cycleAdvice(deps, workspaceId, row)
  const now = deps.clock.now()
  const times = boundedBy(row, timesOf(row))
  const next: Date[] = []
  for (let at = times.next(now); at && next.length < LOOKED_AT; at = times.next(at)) next.push(at)
  if (next.length === 0)
    return [advice('never', 'It never runs: none of its times lies between its start and its end.')]
  const ofPattern = row.kind === 'schedule' && row.cronExpression ? patternAdvice(row, now) : []
  const [crowd, busy] = await Promise.all([
    crowdAdvice(deps, workspaceId, row, next),
    busyAdvice(deps, workspaceId, row, next),
  ])
  return [...ofPattern, ...busy, ...crowd]
}

function patternAdvice({ cronExpression, timezone, endsAt }: Planned, from: Date): Advice[] {
  const until = endsAt === null ? null : new Date(endsAt)
  const { warnings } = previewPattern({
    cronExpression: cronExpression as string,
    timezone,
    from,
    count: 1,
    until,
  })
  return warnings.map((it) => advice(it.startsWith('Day of month') ? 'either_day' : 'clock', it))
}

async function crowdAdvice(
  { store }: Reading,
  workspaceId: number,
  row: Planned,
  next: Date[],
): Promise<Advice[]> {
  if (row.jitterSeconds > 0) return []
  const crowd = await triggers.crowdAt(store, workspaceId, { instants: next, except: row.id })
  if (!crowd || crowd.count < CROWD) return []
  const spread = Math.min(MOST_SPREAD_SECONDS, Math.ceil((crowd.count * SPREAD_SECONDS) / 300) * 300)
  const minutes = spread / 60
  const at = shown(new Date(crowd.at), row.timezone, 'moment')
  return [
    advice(
      'crowd',
      `${crowd.count} others run at the same moment, on ${at}. Spread over ${minutes} minutes, they do not wait for each other.`,
      { field: 'jitterSeconds', value: spread, label: `Spread over ${minutes} minutes` },
    ),
  ]
}

async function busyAdvice(
  { store }: Reading,
  workspaceId: number,
  row: Planned,
  next: Date[],
): Promise<Advice[]> {
  const gaps = next.slice(1).map((it, n) => it.getTime() - (next[n] as Date).getTime())
  if (gaps.length === 0) return []
  const gapMs = Math.min(...gaps)
  const own = row.id > 0 ? await triggers.recentRuns(store, row.id) : []
  const runs = own.length > 0 ? own : await recentOfAgent(store, workspaceId, row.agentId)
  const p95 = percentile(
    runs.flatMap((it) => it.durationMs ?? []),
    0.95,
  )
  if (p95 === null || p95 <= gapMs) return []
  const of = own.length > 0 ? 'A run of it' : 'A run of this agent'
  return [
    advice(
      'busy',
      `${of} takes up to ${lasting(p95)} (95 of 100), and it is due every ${lasting(gapMs)}. ${WHAT_THEN[row.overlap]}`,
    ),
  ]
}
const WHAT_THEN: Readonly<Record<triggers.TriggerConfig['overlap'], string>> = {
  skip: 'What is due meanwhile is skipped.',
  buffer_one: 'One waits, the others are skipped.',
  buffer_all: 'They will wait in a growing line.',
  cancel_other: 'Each ends the one before it.',
  allow_all: 'They will run side by side.',
}

function lasting(ms: number): string {
  const [size, unit] = ms >= 3_600_000 ? [3_600_000, 'h'] : ms >= 60_000 ? [60_000, 'min'] : [1000, 's']
  return `${Number((ms / size).toFixed(1))} ${unit}`
}

async function cycleAdvice({ store }: Reading, workspaceId: number, { id }: Planned): Promise<Advice[]> {
  if (id === 0) return []
  const waiting = (await listening(store, workspaceId)).flatMap((it) => {
    const event = it.kind === 'event' ? EventTrigger.safeParse(objectOf(it.config)) : null
    return event?.success ? [{ id: it.id, name: it.name, event: event.data }] : []
  })
  const circle = cycleOf(waiting, id)
  return circle ? [advice('cycle', saidOfCycle(circle))] : []
}

/** What somebody who has just saved it should know; what the clock does is said where it is planned. */
export async function warnings(
  deps: Reading,
  { id, workspaceId }: { id: number; workspaceId: number },
): Promise<string[]> {
  const row = await triggers.get(deps.store, workspaceId, id)
  // What plain SQL has made badly says so itself, and has no times to speak of.
  if (!row || faultsOf(row).length > 0) return []
  const told = await adviceOn(deps, workspaceId, row)
  return told.filter((it) => it.kind !== 'clock').map((it) => it.text)
}

const YEAR_DAYS = 366

/** What a draft comes to; nothing is written. */
export async function previewDraft(
  { store, clock, minimumIntervalSeconds }: Reading & Pick<Deps, 'minimumIntervalSeconds'>,
  workspaceId: number,
  { trigger, id = 0, viewerTimezone, count }: BodyOf<Api['previewDraft']>,
): Promise<DraftPreview> {
  const now = clock.now()
  const row: Planned = { ...configFrom(trigger), id, createdAt: now.getTime() }
  const faults = judge(row, { minimumIntervalSeconds, now: new Date(0) }).map(({ path, message }) => ({
    path: `trigger.${path}`,
    message,
  }))
  faults.push(...zoneFaults('viewerTimezone', viewerTimezone))
  if (faults.length > 0) throw unacceptable(faults)
  await requireCalendars({ store }, workspaceId, trigger.calendars, 'trigger.calendars')
  const told = await adviceOn({ store, clock }, workspaceId, row)
  if (!followsClock(row.kind))
    return { humanReadable: describe(row), instants: [], advice: told, days: [], clockChanges: [] }
  const daysOff = (await daysOffOf(store, [{ ...row, workspaceId }]))({ ...row, workspaceId })
  const whole = { ...row, plannedRuns: 0 } as unknown as triggers.TriggerRow
  const { instants } = previewOfTrigger(whole, { from: now, count, viewerTimezone, daysOff })
  const until = new Date(now.getTime() + days(YEAR_DAYS))
  return {
    humanReadable: describe(row),
    instants,
    advice: told,
    days: yearOf(row, now, until, daysOff),
    clockChanges: shiftsBetween(row.timezone, now, until).map(({ at, minutes }) => ({
      ...{ at: at.toISOString(), date: dayIn(row.timezone, at).toString(), forward: minutes > 0 },
    })),
  }
}

const DAY_SECONDS = 86_400

const dayIn = (zone: string, at: Date) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate()

/** By days: one that runs every minute has no more of them than one that runs every day. */
function yearOf(row: Planned, now: Date, until: Date, daysOff: DaysOff): DraftPreview['days'] {
  const from = row.startsAt !== null && row.startsAt > now.getTime() ? new Date(row.startsAt - 1) : now
  const end = row.endsAt === null ? until : new Date(Math.min(row.endsAt, until.getTime()))
  const local = (at: Date) => dayIn(row.timezone, at)
  const last = local(end).toString()
  const found =
    row.kind === 'schedule' && row.cronExpression
      ? daysOfPattern(row.cronExpression, row.timezone, from, YEAR_DAYS)
      : daysOfTimes(row, from, end, local)
  return found
    .filter((it) => it.date <= last)
    .map((it) => {
      const off = daysOff === NO_DAYS_OFF ? null : daysOff.at(noonOf(it.date, row.timezone))
      return { ...it, ...(off && { skipped: off.why }) }
    })
}

const noonOf = (date: string, zone: string) =>
  new Date(Temporal.PlainDateTime.from(`${date}T12:00`).toZonedDateTime(zone).epochMilliseconds)

function daysOfTimes(row: Planned, from: Date, end: Date, local: (at: Date) => Temporal.PlainDate) {
  const every = row.kind === 'interval' ? (row.everySeconds ?? DAY_SECONDS) : DAY_SECONDS
  const times = boundedBy(row, timesOf(row))
  const found = new Map<string, number>()
  // Within a day its instants are as many as fit: only the first of each is looked for.
  const step = Math.max(0, DAY_SECONDS - every) * 1000
  for (let at = times.next(from); at && at <= end; at = times.next(new Date(at.getTime() + step))) {
    const date = local(at).toString()
    found.set(date, Math.max(1, Math.floor(DAY_SECONDS / every)))
  }
  return [...found].map(([date, runs]) => ({ date, runs }))
}
