/**
 * Executions that were asked to stop: the rows say so, whoever said it (a person, a newer run, another
 * server, plain SQL).
 *
 * Promise: a run is stopped within a second of the word, and at once where it was said here.
 */
import type { Logger } from 'pino'
import { askedToStop } from '#db/queries/claiming.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { askedStop } from './outcomes.ts'
import type { Runs } from './runs.ts'

const POLL_MS = seconds(1)

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  owner: string
  runs: Runs
}

export function createStops({ store, clock, log, owner, runs }: Deps) {
  let open = false
  let callOff: (() => void) | null = null

  async function look(): Promise<void> {
    if (runs.running === 0) return
    for (const { id, reason } of await askedToStop(store, owner)) runs.stop(id, askedStop(reason))
  }

  function poll(): void {
    callOff = clock.after(POLL_MS, () => {
      look()
        .catch((error) => log.warn({ err: error }, 'Could not look for cancelled executions.'))
        .finally(() => {
          if (open) poll()
        })
    })
  }

  return {
    look,
    start() {
      open = true
      poll()
    },
    stop() {
      open = false
      callOff?.()
    },
  }
}
