/**
 * Triggers that fail again and again are switched off, and the chat is told.
 *
 * Promise: nothing is lost when the look fails: the facts stay in the rows, and the next failure decides
 * again.
 */
import type { Logger } from 'pino'
import { disable, type Failing, failing } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import { mustDisable } from './policies.ts'

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  hint(workspaceIds: number[]): void
}

/** `triggerIds`: those that a failure was counted for just now. */
export async function switchOffFailing(deps: Deps, triggerIds: number[]): Promise<void> {
  try {
    for (const it of await failing(deps.store, triggerIds)) if (mustDisable(it)) await switchOff(deps, it)
  } catch (error) {
    deps.log.warn({ err: error }, 'Could not look whether a failing schedule must be switched off.')
  }
}

async function switchOff({ store, clock, log, hint }: Deps, it: Failing): Promise<void> {
  const rate = `${it.recentSuccesses} of the last ${it.recent} runs succeeded.`
  const reason = `Switched off after ${it.consecutiveFailures} failures in a row; ${rate}`
  const notice = `**${it.name}** was switched off: ${it.consecutiveFailures} failures in a row, and ${rate} Mend the cause, then switch it on again.`
  const { id, workspaceId, disableAfterFailures: failures } = it
  if (!(await disable(store, { id, workspaceId, failures, reason, notice }, clock.now()))) return
  log.warn({ scheduleId: id }, reason)
  hint([workspaceId])
}
