/**
 * Who starts when, of runs that wait in line for their slot and for their trigger's throttle. Pure.
 *
 * Promise: as the claim does it (`db/queries/throttling.ts`): of those that could start the first one does, and never
 * more than the throttle lets start.
 */
import type { AwaitingTrigger } from '#db/queries/due.ts'
import type { Throttle } from '../contract/event-trigger.ts'

export interface Waiting {
  /** When it may begin: it moves while it gathers. */
  availableMs: number
  /** Since when it has its slot; null: it stands in line. */
  sinceMs: number | null
  startedMs: number | null
  /** An event has called it off. */
  calledOffMs: number | null
  hasEnded: boolean
}
export const STANDS = { sinceMs: null, startedMs: null, calledOffMs: null, hasEnded: false }
/** Whoever has the slot, and those that wait for it. */
export type Line<Run extends Waiting> = Run[]

export interface Lines<Run extends Waiting> {
  /** Where it stands that wants the slot of a lane; where runs may overlap, each by itself. */
  of(lane: number | null, nowMs: number): Line<Run>
  /** True where it is skipped, for it would start too soon; else it is available when it may expect its turn. */
  holdsBack(run: Run, at: { nowMs: number; gathers: boolean }): boolean
  /** It stands in this line, or has its slot. */
  wait(run: Run, line: Line<Run>): void
  /** Another takes the place of all of them. */
  clear(line: Line<Run>): Run[]
  /** It waits or runs. Asked once all that may have started by then has done so. */
  isOn(run: Run, nowMs: number): boolean
  /** It ends: what has the slot leaves it just after, for ending takes a moment. */
  callOff(run: Run, nowMs: number): void
  /** What may have started by then has done so. */
  goOn(nowMs: number): void
}

export function linesOf<Run extends Waiting>({
  trigger: { overlap, throttle },
  lastsMs,
}: {
  trigger: Pick<AwaitingTrigger, 'overlap' | 'throttle'>
  lastsMs: number
}): Lines<Run> {
  const lanes = new Map<number | null, Line<Run>>()
  const limit = throttle === null ? null : limited<Run>(JSON.parse(throttle) as Throttle)
  /** Those in which somebody waits for the slot. */
  const crowded = new Set<Line<Run>>()
  const lineOf = new WeakMap<Run, Line<Run>>()

  /** When it left its slot; null: not by then. */
  function leftAt(run: Run, nowMs: number): number | null {
    if (run.calledOffMs !== null) return run.calledOffMs < nowMs ? run.calledOffMs : null
    if (!limit && readyMs(run) <= nowMs) run.startedMs ??= readyMs(run)
    return run.startedMs === null || run.startedMs + lastsMs > nowMs ? null : run.startedMs + lastsMs
  }
  /** What has ended makes room for the next. */
  function shorten(line: Line<Run>, nowMs: number): void {
    for (let [first] = line; first; [first] = line) {
      const leftMs = leftAt(first, nowMs)
      if (leftMs === null) break
      line.shift()
      first.hasEnded = true
      const [next] = line
      if (next) next.sinceMs = leftMs
    }
    if (line.length < 2) crowded.delete(line)
  }

  return {
    of(lane, nowMs) {
      if (overlap === 'allow_all') return []
      const line = lanes.getOrInsertComputed(lane, () => [])
      shorten(line, nowMs)
      return line
    },
    holdsBack: (run, at) => limit?.holdsBack(run, at) ?? false,
    wait(run, line) {
      limit?.wait(run)
      lineOf.set(run, line)
      if (line.length > 1) crowded.add(line)
    },
    clear(line) {
      limit?.forget(line)
      return line.splice(0)
    },
    isOn(run, nowMs) {
      shorten(lineOf.get(run) ?? [], nowMs)
      return !run.hasEnded && run.calledOffMs === null
    },
    callOff(run, nowMs) {
      limit?.takeBack(run, nowMs)
      run.calledOffMs = nowMs
      const line = lineOf.get(run) ?? []
      const place = line.indexOf(run)
      if (place > 0) line.splice(place, 1)
    },
    goOn(nowMs) {
      // Where nothing is put off a line is looked at when somebody comes to it, and at the end.
      for (let goes = limit !== null || nowMs === Infinity; goes; goes = limit?.startNext(nowMs) ?? false)
        for (const line of crowded) shorten(line, nowMs)
    },
  }
}

const readyMs = ({ sinceMs, availableMs }: Waiting) => Math.max(sinceMs ?? 0, availableMs)

function limited<Run extends Waiting>({ count, perSeconds, excess }: Throttle) {
  const perMs = perSeconds * 1000
  /** When they have started, in order. */
  const starts: number[] = []
  /** Those that have not, in the order in which they came. */
  let waiting: Run[] = []

  /** Several lanes share it: of those that have their slot the first starts that could by then. */
  function next(byMs: number): { run: Run; atMs: number } | null {
    const fromMs = (starts.at(-count) ?? Number.NEGATIVE_INFINITY) + perMs
    if (fromMs > byMs) return null
    let soonestMs = Number.POSITIVE_INFINITY
    for (const run of waiting) {
      if (run.sinceMs === null) continue
      if (readyMs(run) <= fromMs) return { run, atMs: fromMs }
      soonestMs = Math.min(soonestMs, readyMs(run))
    }
    const run = waiting.find((it) => it.sinceMs !== null && readyMs(it) <= soonestMs)
    return run && soonestMs <= byMs ? { run, atMs: soonestMs } : null
  }

  /** Of the starts that were and those that are planned, the last but so many. */
  function lastButSoMany(run: Run, nowMs: number, gathers: boolean): number | undefined {
    const planned = waiting.slice(gathers ? 0 : -count).map((it) => Math.max(it.availableMs, nowMs))
    const before = gathers ? planned.filter((ms) => ms <= run.availableMs).sort((a, b) => a - b) : planned
    return before.length >= count ? before.at(-count) : starts.at(before.length - count)
  }

  return {
    holdsBack(run: Run, { nowMs, gathers }: { nowMs: number; gathers: boolean }): boolean {
      // What gathers is put off when its window closes, and not before.
      if (gathers && excess !== 'skip') return false
      const lastMs = lastButSoMany(run, nowMs, gathers)
      if (lastMs === undefined || lastMs <= nowMs - perMs || lastMs + perMs <= run.availableMs) return false
      if (excess === 'skip') return true
      run.availableMs = lastMs + perMs
      return false
    },
    wait: (run: Run) => void waiting.push(run),
    forget(gone: readonly Run[]) {
      waiting = waiting.filter((it) => !gone.includes(it))
    },
    /** What was called off before it began, or as it did, is no start. */
    takeBack(run: Run, nowMs: number) {
      waiting = waiting.filter((it) => it !== run)
      if (run.startedMs === nowMs) starts.splice(starts.lastIndexOf(nowMs), 1)
    },
    /** False where none may start by then. */
    startNext(byMs: number): boolean {
      const it = next(byMs)
      if (!it) return false
      it.run.startedMs = it.atMs
      starts.push(it.atMs)
      waiting.splice(waiting.indexOf(it.run), 1)
      return true
    },
  }
}
