/**
 * Why a trigger ran at an instant, or did not: one sentence that is true of what was in force then. Pure.
 *
 * Promise: an answer for every instant, past or to come; what rows say stands above what is computed.
 */
import type { KnownRevision, KnownRun, KnownTrigger } from '#db/queries/why.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import type { Status } from '../contract/states.ts'
import type { Evidence, Verdict, Why } from '../contract/why.ts'
import { describe, timesOf, type Times } from '../triggers/index.ts'
import { shown } from '../recurrence/index.ts'
import { type DaysOff, NO_DAYS_OFF, withoutDaysOff } from './calendars/days-off.ts'
import { before, boundedBy } from './instants.ts'
import { LATE_MS } from './policies.ts'
import { lengthOf, switchedOff } from './wording.ts'

export interface Facts {
  trigger: KnownTrigger
  at: Date
  now: Date
  /** The revision in force at the instant, and those after it, in order. */
  inForce: KnownRevision | null
  following: KnownRevision[]
  /** The rows of this instant by itself. */
  runs: KnownRun[]
  /** A row that stands for it and others. */
  gap: KnownRun | null
  /** What is asked about, where it is no instant: "Event 7". */
  subject?: string
  /** Pauses of everything, outages and set clocks around the instant. */
  outages: Outage[]
  /** Days on which it does not run, as they are known now; what has run has run. */
  daysOff?: DaysOff
}

export function why(facts: Facts): Why {
  const { verdict, text, run } = judged(facts)
  return { verdict, answer: text, executionId: run?.id ?? null, evidence: evidenceOf(facts, run) }
}

export interface Judged {
  verdict: Verdict
  text: string
  run?: KnownRun | undefined
}

function judged(facts: Facts): Judged {
  const { trigger, at, gap } = facts
  const run = mainOf(facts.runs)
  if (run) return ofRun(facts, run)
  if (at.getTime() <= trigger.createdAt) {
    const made = say(facts, new Date(trigger.createdAt))
    return notPlanned(facts, `the schedule was made at ${made}`)
  }
  if (trigger.deletedAt !== null && at.getTime() > trigger.deletedAt)
    return {
      verdict: 'deleted',
      text: `${it(facts)} was not planned any more: the schedule was deleted at ${say(facts, new Date(trigger.deletedAt))}.`,
    }
  const config = configOf(facts)
  if (!config || !isPlanned(config.times, at)) return offPattern(facts, config)
  if (gap) return ofRun(facts, gap)
  return at > facts.now ? toCome(facts, config) : unsettled(facts, config)
}

/** The instant's own row stands above one that was backfilled; one that was written too early above none. */
const mainOf = (runs: KnownRun[]): KnownRun | undefined =>
  runs.find((it) => !it.occurrence.endsWith('/early') && !it.occurrence.startsWith('backfill:')) ??
  runs.find((it) => it.occurrence.startsWith('backfill:')) ??
  runs.at(0)

const NEVER: Record<string, Verdict> = { paused: 'paused', disabled: 'disabled', owner_left: 'disabled' }

export function ofRun(facts: Facts, run: KnownRun): Judged {
  const when = it(facts)
  const because = run.reason ? ` ${run.reason}` : ''
  switch (run.status) {
    case 'skipped':
      return {
        verdict: NEVER[run.reasonCode ?? ''] ?? 'skipped',
        text: `${when} did not run.${because}`,
        run,
      }
    case 'missed':
      return { verdict: 'missed', text: `${when} did not run in time.${because}`, run }
    case 'cancelled':
      return { verdict: 'cancelled', text: `${when} was cancelled.${because}`, run }
    case 'waiting':
      return { verdict: 'waiting', text: `${when} waits for a person.${because}`, run }
    case 'queued':
      return { verdict: 'queued', text: `${when} is in the queue.${because}`, run }
    default:
      return ofBegun(facts, run)
  }
}

/** What a person started is not late. */
const BY_HAND: Readonly<Record<string, string>> = { manual: ' by hand', retry: ' again' }

function ofBegun(facts: Facts, run: KnownRun): Judged {
  const began = new Date(run.startedAt ?? run.queuedAt)
  const byHand = BY_HAND[run.kind] ?? ''
  // What gathers or waits for its turn to be gathered is not late.
  const lateMs = run.scheduledFor === null ? (run.latenessMs ?? 0) : began.getTime() - facts.at.getTime()
  const isLate = lateMs > LATE_MS && !byHand
  const how = isLate ? `ran ${lengthOf(lateMs)} late, at ${say(facts, began)}` : `ran${byHand}`
  const because = run.isCatchup ? (run.kind === 'backfill' ? ', for it was backfilled' : ', to catch up') : ''
  return { verdict: isLate ? 'late' : 'ran', text: `${it(facts)} ${how}${because}${endOf(run)}.`, run }
}

function endOf({ status, startedAt, completedAt, error, reason }: KnownRun): string {
  if (status === 'running') return ', and is still running'
  const after =
    startedAt !== null && completedAt !== null ? ` after ${lengthOf(completedAt - startedAt)}` : ''
  if (status === 'success') return `, and succeeded${after}`
  return `, and failed${after}: ${(error ?? reason ?? 'it did not finish').replace(/\.$/, '').slice(0, 500)}`
}

interface Config {
  words: string
  enabled: boolean
  times: Times
}

/** What the revision in force says; null where nobody can read it. */
function configOf({ trigger, inForce }: Pick<Facts, 'trigger' | 'inForce'>): Config | null {
  if (!inForce) return null
  try {
    const row = { ...JSON.parse(inForce.config), createdAt: trigger.createdAt }
    return {
      words: row.cronExpression ? `${row.cronExpression} (${row.timezone})` : uncapitalised(describe(row)),
      enabled: Boolean(row.enabled),
      times: boundedBy(row, timesOf(row)),
    }
  } catch {
    return null
  }
}

const uncapitalised = (words: string) => words.charAt(0).toLowerCase() + words.slice(1)

const isPlanned = (times: Times, at: Date) => times.next(before(at))?.getTime() === at.getTime()

/** The first instant in [from, to) that a revision plans. */
export function plannedIn(of: Pick<Facts, 'trigger' | 'inForce'>, from: Date, to: Date): Date | null {
  const at = configOf(of)?.times.next(before(from)) ?? null
  return at && at < to ? at : null
}

function notPlanned(facts: Facts, because: string): Judged {
  const { at, now } = facts
  return { verdict: 'not_planned', text: `${it(facts)} ${at > now ? 'is' : 'was'} not planned: ${because}.` }
}

/** The pattern of then, and where it became another one, until when. */
function offPattern(facts: Facts, config: Config | null): Judged {
  const { trigger } = facts
  if (trigger.problem)
    return notPlanned(facts, `the schedule cannot be planned: ${withoutDot(trigger.problem)}`)
  if (!config) return notPlanned(facts, 'what was in force then cannot be read')
  const until = untilOf(facts, PLANNING)
  return notPlanned(facts, `${until}the schedule ${until ? 'was' : 'is'} ${config.words}`)
}

const PLANNING = ['kind', 'cronExpression', 'timezone', 'everySeconds', 'at', 'startsAt', 'endsAt']

/** "until 09:10 ", where settings of these names became others then. Nothing where only others were changed. */
export function untilOf(
  facts: Pick<Facts, 'trigger' | 'at' | 'inForce' | 'following'>,
  names: string[],
): string {
  const said = (one: KnownRevision | null) => {
    try {
      const config = JSON.parse(one?.config ?? '{}') as Record<string, unknown>
      return JSON.stringify(names.map((name) => config[name] ?? null))
    } catch {
      return null
    }
  }
  const then = said(facts.inForce)
  const changed = facts.following.find((one) => said(one) !== then)
  return changed ? `until ${say(facts, new Date(changed.createdAt))} ` : ''
}

/** On the pattern, and still to come. */
function toCome(facts: Facts, config: Config): Judged {
  const { trigger, at, now } = facts
  const isOff = !trigger.enabled && (trigger.pausedUntil === null || at.getTime() < trigger.pausedUntil)
  if (isOff || trigger.problem) return ofSwitch(facts)
  const pause = pauseOfAll(facts)
  if (pause) return pause
  const { maxExecutions, plannedRuns } = trigger
  const daysOff = facts.daysOff ?? NO_DAYS_OFF
  const open = withoutDaysOff(config.times, daysOff)
  const off = daysOff.at(at)
  const needed = open.count(now, at).count + (off ? 1 : 0)
  const isOver = maxExecutions !== null && needed > maxExecutions - plannedRuns
  if (off && !isOver) return { verdict: 'skipped', text: `${it(facts)} will be skipped: ${off.why}.` }
  if (isOver)
    return notPlanned(facts, `by then the schedule has reached its maximum of ${maxExecutions} runs`)
  return { verdict: 'future', text: `${it(facts)} is still to come: the schedule is ${config.words}.` }
}

/** Where a pause of everything reaches over the instant; one that is still open reaches as far as anybody knows. */
export function pauseOfAll(
  facts: Pick<Facts, 'trigger' | 'at' | 'now' | 'outages' | 'subject'>,
): Judged | null {
  const { at, now, outages } = facts
  const pause = outages.find(
    (one) => one.kind === 'paused' && one.startedAt <= at && (one.endedAt === null || one.endedAt >= at),
  )
  if (!pause) return null
  const kept = at > now ? 'will not run while everything is paused' : 'did not run: everything was paused'
  return { verdict: 'paused', text: `${it(facts)} ${kept} (${withoutDot(pause.reason)}).` }
}

/** On the pattern, passed, and without a row so far. */
function unsettled(facts: Facts, config: Config): Judged {
  const { trigger, at } = facts
  // What was on then, and off only by a later revision, did not run for another reason.
  const isOff = !config.enabled || (!trigger.enabled && facts.following.length === 0)
  if (isOff || trigger.problem) return ofSwitch(facts)
  const pause = pauseOfAll(facts)
  if (pause) return pause
  const off = facts.daysOff?.at(at)
  if (off) return { verdict: 'skipped', text: `${it(facts)} does not run: ${off.why}.` }
  if (trigger.nextRunAt === null || at.getTime() < trigger.nextRunAt)
    return {
      verdict: 'unknown',
      text: `${it(facts)} was planned, but no record of it is kept.`,
    }
  return {
    verdict: 'queued',
    text: `${it(facts)} is due and has no run yet: a server that fires will deal with it.`,
  }
}

export function ofSwitch(facts: Facts): Judged {
  const { trigger, at, now } = facts
  const does = at > now ? 'will not run' : 'did not run'
  if (trigger.problem)
    return {
      verdict: 'disabled',
      text: `${it(facts)} ${does}: the schedule cannot be planned. ${trigger.problem}`,
    }
  if (trigger.pausedAt !== null && !trigger.enabled) {
    const until = trigger.pausedUntil === null ? '' : ` until ${say(facts, new Date(trigger.pausedUntil))}`
    const because = trigger.pausedReason ? ` (${withoutDot(trigger.pausedReason)})` : ''
    return { verdict: 'paused', text: `${it(facts)} ${does}: the schedule is paused${until}${because}.` }
  }
  return { verdict: 'disabled', text: `${it(facts)} ${does}: the schedule is ${switchedOff(trigger)}.` }
}

export function evidenceOf(
  { trigger, at, inForce, following, runs, gap, outages }: Facts,
  run?: KnownRun,
): Evidence[] {
  const rows = new Set([...(run ? [run] : []), ...runs, ...(gap ? [gap] : [])])
  const revisions = [inForce, ...following.slice(0, 1)].filter((one) => one !== null)
  return [
    ...[...rows].map(evidenceOfRun),
    ...revisions.map((one) => ({
      kind: 'revision' as const,
      at: new Date(one.createdAt).toISOString(),
      text: `Revision ${one.revision}${one.by ? `, by ${one.by}` : ''}: ${wordsOf(one, trigger.createdAt)}`,
      ref: String(one.revision),
    })),
    ...outages
      .filter((one) => one.startedAt <= at && (one.endedAt === null || one.endedAt >= at))
      .map((one) => ({ kind: one.kind, at: one.startedAt.toISOString(), text: one.reason, ref: null })),
  ]
}

const STATUS_WORDS: Record<Status, string> = {
  queued: 'In the queue',
  running: 'Running',
  waiting: 'Waits for a person',
  success: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
  missed: 'Missed',
}

export function evidenceOfRun({ id, kind, status, reason, startedAt, queuedAt }: KnownRun): Evidence {
  const state = `${STATUS_WORDS[status]}${BY_HAND[kind] ? `, run${BY_HAND[kind]}` : ''}`
  // What did not run says so in its reason.
  const text = reason?.startsWith(STATUS_WORDS[status]) ? reason : [state, reason].filter(Boolean).join('. ')
  return { kind: 'execution', at: new Date(startedAt ?? queuedAt).toISOString(), text, ref: String(id) }
}

function wordsOf({ config }: KnownRevision, createdAt: number): string {
  try {
    const row = { ...JSON.parse(config), createdAt }
    return `${describe(row)}${row.enabled ? '' : ', switched off'}`
  } catch {
    return 'cannot be read'
  }
}

export const withoutDot = (text: string) => text.replace(/\.$/, '')
const it = (facts: Pick<Facts, 'subject' | 'trigger' | 'at'>) => facts.subject ?? say(facts, facts.at)

/** As the clock of the schedule's place shows it; the day where it is not the one that is asked about. */
export function say({ trigger, at }: Pick<Facts, 'trigger' | 'at'>, instant: Date): string {
  const format = (style: 'time' | 'moment' | 'second', one: Date) => shown(one, trigger.timezone, style)
  try {
    if (instant === at && instant.getUTCSeconds() > 0) return format('second', instant)
    return instant === at || shown(instant, trigger.timezone, 'day') !== shown(at, trigger.timezone, 'day')
      ? format('moment', instant)
      : format('time', instant)
  } catch {
    return instant.toISOString()
  }
}
