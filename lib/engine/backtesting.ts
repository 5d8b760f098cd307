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
import { decide, type Fact, factOfEvent } from './deciding.ts'
import { type Lines, linesOf, type Waiting } from './lines.ts'

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
      if (trial.isFull || !listens(config, event, trigger.id)) return
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
  /** When it would begin if it had started seldom enough, at the latest. */
  byMs: number
}
interface Window {
  run: Run
  count: number
  untilMs: number
}

export function backtest(it: Backtested): Backtest {
  const runs: Run[] = []
  const lines = linesOf<Run>(it)
  const windows = new Map<string, Window>()

  function fire({ occurrence }: Occurring, nowMs: number): Run {
    const { key, status, reason, availableAt, collecting = null } = occurrence
    const run: Run = {
      ...{ at: new Date(nowMs).toISOString(), key, verdict: 'ran', reason: null },
      ...{ availableMs: availableAt.getTime(), byMs: nowMs, sinceMs: null, startedMs: null, isOver: false },
    }
    runs.push(run)
    if (status === 'skipped') skip(run, reason ?? '')
    else if (lines.holdsBack(run, { nowMs, gathers: collecting !== null }))
      skip(run, 'It would have started as often as it may.')
    else enter(it, lines, run, { lane: occurrence.lane ?? null, nowMs })
    return run
  }

  return {
    add(fact, at) {
      const nowMs = at.getTime()
      const { occurring, evaluation } = decide(it.trigger, fact, { now: at, maxDepth: it.maxDepth })
      const { verdict } = evaluation
      if (!occurring) return verdict
      lines.goOn(nowMs)
      const { window, occurrence } = occurring
      const open = window && openAt(windows, window.key, nowMs)
      if (window && open) {
        gather(windows, window, open, nowMs)
        return verdict
      }
      const run = fire(occurring, nowMs)
      const untilMs = occurrence.collecting?.until.getTime()
      if (untilMs === undefined) return verdict
      run.byMs = untilMs
      if (window && !run.isOver) windows.set(window.key, { run, count: 1, untilMs })
      return verdict
    },
    get isFull() {
      return runs.length >= it.most
    },
    get occurrences() {
      lines.goOn(Number.POSITIVE_INFINITY)
      return runs.map(shownOf)
    },
  }
}

/** Where it starts later than it gathers, or than it happened, that is said. */
function shownOf({ at, key, verdict, reason, startedMs, byMs }: Run): SimulatedOccurrence {
  if (verdict !== 'ran' || startedMs === null || startedMs <= byMs) return { at, key, verdict, reason }
  const until = new Date(startedMs).toISOString()
  return {
    at,
    key,
    verdict: 'late',
    reason: `It would wait until ${until}: it has started as often as it may.`,
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

function gather(
  windows: Map<string, Window>,
  { key, quietMs, maxEvents }: NonNullable<Occurring['window']>,
  open: Window,
  nowMs: number,
): void {
  open.count++
  const isFull = open.count >= maxEvents
  const closesMs = Math.min(open.untilMs, nowMs + (quietMs ?? Number.POSITIVE_INFINITY))
  open.run.availableMs = isFull ? nowMs : closesMs
  if (isFull) windows.delete(key)
}

/** As `insertOccurrences` decides it: whoever gets in takes the slot, the others wait or are skipped. */
function enter(
  { trigger: { overlap }, bufferLimit }: Backtested,
  lines: Lines<Run>,
  run: Run,
  { lane, nowMs }: { lane: number | null; nowMs: number },
): void {
  const line = lines.of(lane, nowMs)
  if (overlap === 'cancel_other')
    for (const one of lines.clear(line))
      Object.assign(one, { verdict: 'cancelled', reason: 'A newer run would take its place.', isOver: true })
  const room = overlap === 'buffer_one' ? 1 : overlap === 'buffer_all' ? bufferLimit : 0
  if (line.length > room)
    return void skip(
      run,
      room === 0 ? 'The run before it would still be going.' : 'Its place in the queue would be taken.',
    )
  if (line.length === 0) run.sinceMs = nowMs
  else Object.assign(run, { verdict: 'late', reason: 'It would wait for the run before it.' })
  line.push(run)
  lines.wait(run, line)
}
