/**
 * Waiting for executions to end.
 *
 * Promise: nobody who waits holds up another, or the server: however many wait, one question at a time goes to the
 * rows, when something is new or a while has passed.
 */
import * as executions from '#db/queries/executions.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import type { Execution } from '../contract/execution.ts'
import type { News } from '../engine/news.ts'

export interface Endings {
  /** The execution when it has ended; null where it has not within that time, or the server stops. */
  of(it: { workspaceId: number; executionId: number; withinMs: number }): Promise<Execution | null>
  close(): void
}

interface Waiting {
  workspaceId: number
  tell(ended: Execution | null): void
}

/** A notice of another server may be lost. */
const LOOKS_EVERY_MS = seconds(2)

export function createEndings({
  store,
  clock,
  onHint,
}: {
  store: Store
  clock: Clock
  onHint: News['onHint']
}): Endings {
  const waiting = new Map<number, Set<Waiting>>()
  let looking = false
  let again = false
  let callOff: (() => void) | null = null

  async function look(): Promise<void> {
    again = true
    if (looking) return
    looking = true
    try {
      while (again && waiting.size > 0) {
        again = false
        for (const id of await executions.endedAmong(store, [...waiting.keys()])) await tell(id)
      }
    } catch {
      // The rows cannot be read just now: the next look, or the end of the wait.
    } finally {
      looking = false
    }
  }

  async function tell(id: number): Promise<void> {
    const all = [...(waiting.get(id) ?? [])]
    const [first] = all
    const row = first && (await executions.find(store, first.workspaceId, id))
    for (const it of all) it.tell(row ? executions.toExecution(row) : null)
  }

  function keepLooking(): void {
    callOff ??= clock.after(LOOKS_EVERY_MS, () => {
      callOff = null
      if (waiting.size === 0) return
      void look()
      keepLooking()
    })
  }

  const stopListening = onHint(() => {
    if (waiting.size > 0) void look()
  })

  return {
    of: ({ workspaceId, executionId, withinMs }) =>
      new Promise((resolve) => {
        const all = waiting.get(executionId) ?? new Set()
        waiting.set(executionId, all)
        const giveUp = clock.after(withinMs, () => it.tell(null))
        const it: Waiting = {
          workspaceId,
          tell(ended) {
            giveUp()
            all.delete(it)
            if (all.size === 0 && waiting.get(executionId) === all) waiting.delete(executionId)
            resolve(ended)
          },
        }
        all.add(it)
        // It may have ended already.
        void look()
        keepLooking()
      }),
    close() {
      stopListening()
      callOff?.()
      for (const all of waiting.values()) for (const it of [...all]) it.tell(null)
    },
  }
}
