/**
 * What a trigger that waits for facts would have done with those that were recorded. Pure; nothing is written.
 *
 * Promise: facts are decided on by `decide`, as live; windows, throttle and overlap follow the same rules as the
 * statements that write executions (`db/queries/occurring.ts`, `firing.ts`, `throttling.ts`), with runs that take a
 * given time, and start as soon as they may.
 */
import type { AwaitingTrigger } from '#db/queries/due.ts'
import type { Occurring } from '#db/queries/occurring.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import { EventTrigger } from '../contract/event-trigger.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import type { SimulatedOccurrence } from '../contract/trigger.ts'
import { listens } from '../triggers/event.ts'
import { accepting } from '../triggers/index.ts'
import { calledOff, cancelOnOf, comparedBy, type LiveRun, rulesFor, valuesIn } from './calling-off.ts'
import { decide, type Fact, factOfEvent } from './deciding.ts'
import { type Lines, linesOf, STANDS, type Waiting } from './lines.ts'

export interface Backtested {
  trigger: AwaitingTrigger
  bufferLimit: number
  maxDepth: number
  /** How long each run takes. */
  lastsMs: number
  most: number
}
export interface Backtest {
  /** A fact that the trigger accepts, in the order in which they came; answers what is decided on it. */
  add(fact: Fact, at: Date): EvaluationVerdict
  /** Something has happened that may call runs off: before it is added, where the trigger accepts it, too. */
  callOff(event: TriggerEvent, at: Date): void
  /** It has had all its runs, and none of them gathers any more. */
  isOff(at: Date): boolean
  readonly isFull: boolean
  /** Once all were added. */
  readonly occurrences: SimulatedOccurrence[]
}

export interface Trial extends Pick<Backtest, 'isFull' | 'occurrences'> {
  /** How those that it listens to would have been judged, by the verdicts of evaluations. */
  readonly evaluations: Record<string, number>
  hear(event: TriggerEvent, at: Date): void
}

/** One that is not there yet, as if it had been, and had been on. */
export const STANDING = {
  revision: 0,
  pausedUntil: null,
  ...{ id: 0, enabled: true, pausedAt: null, pausedReason: null, ownerLeft: false, hearsFrom: 0 },
}

export function tryOnEvents(
  row: TriggerConfig & { createdAt: number; workspaceId: number },
  of: Pick<Backtested, 'bufferLimit' | 'lastsMs' | 'most'>,
): Trial {
  const config = EventTrigger.parse(JSON.parse(row.config))
  const trigger = { ...row, ...STANDING }
  const accepts = accepting(trigger)
  const trial = backtest({ ...of, trigger, maxDepth: config.maxDepth })
  const evaluations: Record<string, number> = {}
  return {
    hear(event, at) {
      if (trial.isFull) return
      trial.callOff(event, at)
      if (!listens(config, event, trigger.id)) return
      const { pass, trace } = accepts(event)
      const verdict = pass ? trial.add(factOfEvent(event, trace), at) : 'filtered'
      evaluations[verdict] = (evaluations[verdict] ?? 0) + 1
    },
    evaluations,
    get isFull() {
      return trial.isFull
    },
    get occurrences() {
      return trial.occurrences
    },
  }
}

interface Run extends SimulatedOccurrence, Waiting {
  /** It was skipped, or gave way to another: it gathers no more. */
  isOver: boolean
  /** When it would begin if nothing were in its way, at the latest. */
  byMs: number
  /** What `cancelOn` asks of the newest event that it stands for. */
  fired: LiveRun['fired']
  newest: string
}
interface Window {
  run: Run
  count: number
}

export function backtest(it: Backtested): Backtest {
  const runs: Run[] = []
  const lines = linesOf<Run>(it)
  const windows = new Map<string, Window>()
  const limit = limitOf(it.trigger)
  const calling = callingOffIn(it.trigger, lines)
  const isOff = (nowMs: number) =>
    nowMs > limit.lastMs && ![...windows.keys()].some((key) => openAt(windows, key, nowMs))

  /** Answers what kept it from being one of the trigger's runs, where that is told of the fact. */
  function fire(run: Run, { occurrence }: Occurring, nowMs: number): EvaluationVerdict | null {
    const { status, reason, lane = null } = occurrence
    runs.push(run)
    const refusal = status === 'skipped' ? null : refusalOf(run, occurrence, { lines, limit, nowMs })
    if (status === 'skipped') skip(run, reason ?? '')
    else if (refusal) skip(run, refusal.why)
    else if (enter(it, lines, run, { lane, nowMs })) calling.add(run)
    return refusal?.verdict ?? null
  }

  return {
    add(fact, at) {
      const nowMs = at.getTime()
      const trigger = isOff(nowMs) ? { ...it.trigger, enabled: false } : it.trigger
      const { occurring, evaluation } = decide(trigger, fact, { now: at, maxDepth: it.maxDepth })
      const { verdict } = evaluation
      if (!occurring) return verdict
      lines.goOn(nowMs)
      const { window } = occurring
      const newest = calling.newestOf(fact)
      const open = window && openAt(windows, window.key, nowMs)
      if (window && open) {
        if (gather(windows, window, { open, newest, nowMs })) limit.holdsUntil(nowMs)
        return verdict
      }
      const run: Run = { ...runOf(occurring, nowMs), ...newest }
      const instead = fire(run, occurring, nowMs)
      if (window && !run.isOver) windows.set(window.key, { run, count: 1 })
      return instead ?? verdict
    },
    callOff(event, at) {
      const nowMs = at.getTime()
      const isOn = !isOff(nowMs)
      if (calling.hear(event, nowMs) > 0 && isOn) limit.holdsUntil(nowMs)
    },
    isOff: (at) => isOff(at.getTime()),
    get isFull() {
      return runs.length >= it.most
    },
    get occurrences() {
      lines.goOn(Number.POSITIVE_INFINITY)
      return runs.map(shownOf)
    },
  }
}

/** Before overlap is asked. */
function refusalOf(
  run: Run,
  { counts = false, collecting = null }: Occurring['occurrence'],
  { lines, limit, nowMs }: { lines: Lines<Run>; limit: ReturnType<typeof limitOf>; nowMs: number },
): { verdict: EvaluationVerdict; why: string } | null {
  if (counts && !limit.takes(nowMs)) return { verdict: 'paused', why: 'It would have had all its runs.' }
  return lines.holdsBack(run, { nowMs, gathers: collecting !== null })
    ? { verdict: 'rate_limited', why: 'It would have started as often as it may.' }
    : null
}

const runOf = ({ occurrence: { key, availableAt, collecting } }: Occurring, nowMs: number) => ({
  ...{ at: new Date(nowMs).toISOString(), key, verdict: 'ran' as const, reason: null, isOver: false },
  ...{ ...STANDS, availableMs: availableAt.getTime(), byMs: collecting?.until.getTime() ?? nowMs },
})

/** As `countRuns` does it: what is skipped for other reasons counts. */
function limitOf({ maxExecutions }: AwaitingTrigger) {
  let left = maxExecutions ?? Number.POSITIVE_INFINITY
  let lastMs = Number.POSITIVE_INFINITY
  return {
    /** False where it has had all. */
    takes(nowMs: number): boolean {
      if (left === 0) return false
      if (--left === 0) lastMs = nowMs
      return true
    },
    /** A window is full, or called off. */
    holdsUntil(nowMs: number): void {
      if (left === 0) lastMs = nowMs
    },
    /** What comes at the moment that ends it is skipped, and what comes later finds the trigger off. */
    get lastMs() {
      return lastMs
    },
  }
}

/** Which runs events call off. */
function callingOffIn(trigger: AwaitingTrigger, lines: Lines<Run>) {
  const rules = cancelOnOf(trigger)
  const paths = comparedBy(rules)
  const live = new Set<Run>()
  return {
    newestOf: ({ event }: Fact) => ({ fired: valuesIn(event, paths), newest: event.occurredAt }),
    add: (run: Run) => void (rules.length > 0 && live.add(run)),
    /** Answers how many. */
    hear(event: TriggerEvent, nowMs: number): number {
      if (rulesFor(rules, event).length === 0) return 0
      lines.goOn(nowMs)
      for (const run of live) if (run.isOver || !lines.isOn(run, nowMs)) live.delete(run)
      const all = [...live]
      const asked = all.map(({ fired }, id) => ({ id, fired }))
      const gone = calledOff(rules, event, asked)
      for (const { executionId } of gone) {
        const run = all[executionId] as Run
        lines.callOff(run, nowMs)
        const reason = `It would be called off: ${event.type} (event ${event.id}).`
        Object.assign(run, { verdict: 'cancelled', reason, isOver: true } satisfies Partial<Run>)
      }
      return gone.length
    },
  }
}

/** Where it starts later than it gathers, or than it happened, that is said. */
function shownOf({ at, key, verdict, reason, startedMs, byMs }: Run): SimulatedOccurrence {
  if (verdict !== 'ran' || startedMs === null || startedMs <= byMs)
    return { at, key, verdict, reason: verdict === 'ran' ? null : reason }
  const until = new Date(startedMs).toISOString()
  return {
    ...{ at, key, verdict: 'late' },
    reason: reason ?? `It would wait until ${until}: it has started as often as it may.`,
  }
}

const skip = (run: Run, reason: string) =>
  Object.assign(run, { verdict: 'skipped', reason, isOver: true } satisfies Partial<Run>)

/** One whose time is over gathers no more; one that was cancelled neither. */
function openAt(windows: Map<string, Window>, key: string, nowMs: number): Window | null {
  const open = windows.get(key)
  if (!open) return null
  if (!open.run.isOver && open.run.availableMs > nowMs) return open
  windows.delete(key)
  return null
}

/** Answers whether it is full. */
function gather(
  windows: Map<string, Window>,
  { key, quietMs, maxEvents, keep }: NonNullable<Occurring['window']>,
  { open, newest, nowMs }: { open: Window; newest: Pick<Run, 'fired' | 'newest'>; nowMs: number },
): boolean {
  open.count++
  const isFull = open.count >= maxEvents
  const closesMs = Math.min(open.run.byMs, nowMs + (quietMs ?? Number.POSITIVE_INFINITY))
  open.run.availableMs = isFull ? nowMs : closesMs
  if (keep === 'all' || newest.newest >= open.run.newest) Object.assign(open.run, newest)
  if (isFull) windows.delete(key)
  return isFull
}

/**
 * As `insertOccurrences` decides it: whoever gets in takes the slot, the others wait or are skipped. False where it is.
 */
function enter(
  { trigger: { overlap }, bufferLimit }: Backtested,
  lines: Lines<Run>,
  run: Run,
  { lane, nowMs }: { lane: number | null; nowMs: number },
): boolean {
  const line = lines.of(lane, nowMs)
  if (overlap === 'cancel_other')
    for (const one of lines.clear(line))
      if (!one.isOver)
        Object.assign(one, {
          verdict: 'cancelled',
          reason: 'A newer run would take its place.',
          isOver: true,
        })
  const room = overlap === 'buffer_one' ? 1 : overlap === 'buffer_all' ? bufferLimit : 0
  if (line.length > room) {
    const why = 'The run before it would still be going.'
    skip(run, room === 0 ? why : 'Its place in the queue would be taken.')
    return false
  }
  if (line.length === 0) run.sinceMs = nowMs
  // If it still starts in time, that is forgotten.
  else run.reason = 'It would wait for the run before it.'
  line.push(run)
  lines.wait(run, line)
  return true
}
