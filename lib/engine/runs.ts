/**
 * The set of runs that this server carries out.
 *
 * Promise: a run is in the set from its claim until its outcome is stored, and its place is free again
 * however it ended.
 */
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { Stop } from './outcomes.ts'
import { beginRun, type Run, type RunDeps } from './run.ts'

export interface Runs {
  /** Starts what was claimed; returns at once. */
  begin(claimed: ClaimedRow[]): void
  stop(executionId: number, stop: Stop): void
  stopAll(stop: Stop): void
  readonly running: number
  /** Ids of the executions that are carried out here, up to the moment their outcome is stored. */
  carriedOut(): number[]
  /**
   * It began here and was left without an outcome: this server was out of touch, or the outcome could not be
   * stored.
   */
  wasLeftBehind(executionId: number, fence: number): boolean
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

export function createRuns({ freed, ...deps }: RunDeps & { freed(): void }): Runs {
  const running = new Map<number, Run>()
  const leftBehind = new Map<number, number>()
  let idleWaiters: (() => void)[] = []

  function begin(claimed: ClaimedRow): void {
    const { id, fence } = claimed
    leftBehind.delete(id)
    const run = beginRun(claimed, deps)
    running.set(id, run)
    void run.ended.then((how) => {
      if (how === 'left') leftBehind.set(id, fence)
      running.delete(id)
      freed()
      if (running.size > 0) return
      for (const resolve of idleWaiters) resolve()
      idleWaiters = []
    })
  }

  return {
    begin(claimed) {
      claimed.forEach(begin)
      // What has not ended by now takes its time: the chat hears that it began.
      setImmediate(() => {
        for (const { id } of claimed) running.get(id)?.announce()
      })
    },
    stop: (executionId, stop) => running.get(executionId)?.stop(stop),
    stopAll(stop) {
      for (const run of running.values()) run.stop(stop)
    },
    get running() {
      return running.size
    },
    carriedOut: () => [...running.keys()],
    wasLeftBehind: (executionId, fence) => leftBehind.get(executionId) === fence,
    idle: () =>
      running.size === 0 ? Promise.resolve() : new Promise((resolve) => void idleWaiters.push(resolve)),
  }
}
