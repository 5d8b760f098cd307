/**
 * A process that was frozen, or slept with its machine: remembered, so that missed instants can say why.
 *
 * Promise: what one of several servers sleeps through is no outage, for another one fires; what all of them sleep
 * through is one, whoever wakes first: each looks who else was alive before it says that it is itself.
 */
import type { Logger } from 'pino'
import { addOutage, lastBeat } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { LATE_MS } from './policies.ts'

/** The longest that the loop sleeps by itself. */
export const LONGEST_SLEEP_MS = seconds(30)

export interface SleepingThroughDeps {
  store: Store
  clock: Clock
  log: Logger
  server: { id: string }
  /** How long a server's word holds that it is alive. */
  leaseMs: number
}

/** To be called whenever this server wakes, before it fires and before it says that it is alive. */
export function createSleepingThrough({ store, clock, log, server, leaseMs }: SleepingThroughDeps) {
  let lastAt: Date | null = null
  let noticing = Promise.resolve()

  async function remember(startedAt: Date, endedAt: Date): Promise<void> {
    log.warn(
      { from: startedAt, to: endedAt },
      'Nothing could fire for a while: the computer slept, the process was frozen, or the clock was moved.',
    )
    const seen = store.shared ? await lastBeat(store, server.id) : null
    if (seen !== null && endedAt.getTime() - seen.getTime() < leaseMs) return
    await addOutage(store, { kind: 'asleep', reason: 'The server could not act.', startedAt, endedAt })
  }

  async function notice(): Promise<void> {
    const now = clock.now()
    if (lastAt && now.getTime() - lastAt.getTime() > LONGEST_SLEEP_MS + LATE_MS / 2)
      await remember(lastAt, now)
    lastAt = now
  }

  return (): Promise<void> => {
    // One after another: whoever comes second waits until it is remembered.
    noticing = noticing.catch(() => {}).then(notice)
    return noticing
  }
}
