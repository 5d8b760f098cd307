/**
 * What a trigger that waits for facts would have done with those that were recorded. Pure; nothing is written.
 *
 * Promise: facts are decided on by `decide`, as live; windows, throttle and overlap follow the same rules as the
 * statements that write executions (`db/queries/occurring.ts`, `firing.ts`), with runs that take a given time.
 */
import type { AwaitingTrigger } from '#db/queries/due.ts'
import type { Occurring } from '#db/queries/occurring.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import { EventTrigger, type Throttle } from '../contract/event-trigger.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import type { SimulatedOccurrence } from '../contract/trigger.ts'
import { listens } from '../triggers/event.ts'
import { accepting } from '../triggers/index.ts'
import { decide, type Fact, factOfEvent } from './deciding.ts'

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

interface Run extends SimulatedOccurrence {
  /** When it may begin: it moves while it gathers. */
  availableMs: number
  /** When it would begin if it had started seldom enough, at the latest. */
  byMs: number
  /** Null: it stands in line. */
  since: number | null
  isOver: boolean
}
interface Window {
  run: Run
  count: number
  untilMs: number
}

export function backtest(it: Backtested): Backtest {
  const runs: Run[] = []
  /** Those that were not skipped, whatever became of them. */
  const started: Run[] = []
  const lanes = new Map<number | null, Run[]>()
  const windows = new Map<string, Window>()

  const standing = (lane: number | null, nowMs: number) => {
    const all = lanes.get(lane) ?? []
    lanes.set(lane, all)
    goOn(all, nowMs, it.lastsMs)
    return all
  }

  function fire({ occurrence }: Occurring, nowMs: number): Run {
    const { key, status, reason, availableAt } = occurrence
    const at = new Date(nowMs).toISOString()
    const run: Run = {
      ...{ at, key, verdict: 'ran', reason: null },
      ...{ availableMs: availableAt.getTime(), byMs: nowMs, since: null, isOver: false },
    }
    if (status === 'skipped') skip(run, reason ?? '')
    else if (isThrottled(it.trigger, started, run, nowMs))
      skip(run, 'It would have started as often as it may.')
    else enter(it, standing(occurrence.lane ?? null, nowMs), run)
    runs.push(run)
    if (run.verdict !== 'skipped') started.push(run)
    return run
  }

  return {
    add(fact, at) {
      const nowMs = at.getTime()
      const { occurring, evaluation } = decide(it.trigger, fact, { now: at, maxDepth: it.maxDepth })
      const { verdict } = evaluation
      if (!occurring) return verdict
      const { window, occurrence } = occurring
      const open = window && openAt(windows, window.key, nowMs)
      if (window && open) {
        gather(windows, window, open, nowMs, it.trigger.throttle !== null)
        return verdict
      }
      const run = fire(occurring, nowMs)
      const untilMs = occurrence.collecting?.until.getTime()
      if (untilMs === undefined) return verdict
      run.byMs = untilMs
      if (window && run.verdict !== 'skipped') windows.set(window.key, { run, count: 1, untilMs })
      return verdict
    },
    get isFull() {
      return runs.length >= it.most
    },
    get occurrences() {
      return runs.map(shownOf)
    },
  }
}

/** Where it starts later than it gathers, or than it happened, that is said. */
function shownOf({ at, key, verdict, reason, availableMs, byMs }: Run): SimulatedOccurrence {
  if (verdict !== 'ran' || availableMs <= byMs) return { at, key, verdict, reason }
  const until = new Date(availableMs).toISOString()
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
  isLimited: boolean,
): void {
  open.count++
  const isFull = open.count >= maxEvents
  const closesMs = Math.min(open.untilMs, nowMs + (quietMs ?? Number.POSITIVE_INFINITY))
  // What may not start yet is not called to start sooner.
  if (isLimited) open.run.availableMs = Math.max(open.run.availableMs, closesMs)
  else open.run.availableMs = isFull ? nowMs : closesMs
  if (isFull) windows.delete(key)
}

/** What has ended by now is gone, and those behind it have begun. */
function goOn(lane: Run[], nowMs: number, lastsMs: number): void {
  for (let [first] = lane; first; [first] = lane) {
    const endsMs = Math.max(first.since ?? first.availableMs, first.availableMs) + lastsMs
    if (!first.isOver && (endsMs > nowMs || first.availableMs > nowMs)) return
    lane.shift()
    first.isOver = true
    const [next] = lane
    if (next) next.since = endsMs
  }
}

/** Moves its start to when it may; true where it is skipped instead. */
function isThrottled(
  { throttle, collect }: AwaitingTrigger,
  runs: readonly Run[],
  run: Run,
  nowMs: number,
): boolean {
  if (throttle === null) return false
  const { count, perSeconds, excess } = JSON.parse(throttle) as Throttle
  const sinceMs = nowMs - perSeconds * 1000
  const first = collect === null ? runs.at(-count) : newestSince(runs, sinceMs, count)
  const mayStartMs = first && first.availableMs > sinceMs ? first.availableMs + perSeconds * 1000 : 0
  if (mayStartMs <= run.availableMs) return false
  if (excess === 'skip') return true
  run.availableMs = mayStartMs
  return false
}

/** The last but so many. What gathers starts in another order than it came in. */
const newestSince = (runs: readonly Run[], sinceMs: number, count: number) =>
  runs.filter((it) => it.availableMs > sinceMs).at(-count)

/** As `insertOccurrences` decides it: whoever gets in takes the slot, the others wait or are skipped. */
function enter({ trigger: { overlap }, bufferLimit }: Backtested, lane: Run[], run: Run): void {
  if (overlap === 'allow_all') return
  if (overlap === 'cancel_other')
    for (const one of lane.splice(0))
      Object.assign(one, { verdict: 'cancelled', reason: 'A newer run would take its place.', isOver: true })
  if (lane.length === 0) {
    run.since = run.availableMs
    lane.push(run)
    return
  }
  const room = overlap === 'buffer_one' ? 1 : overlap === 'buffer_all' ? bufferLimit : 0
  if (lane.length - 1 >= room)
    return void skip(
      run,
      room === 0 ? 'The run before it would still be going.' : 'Its place in the queue would be taken.',
    )
  Object.assign(run, { verdict: 'late', reason: 'It would wait for the run before it.' })
  lane.push(run)
}
