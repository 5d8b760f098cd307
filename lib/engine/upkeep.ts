/**
 * What a server does beside firing, for as long as it lives.
 *
 * Events are for catching up and answers for repeated requests: both are kept for a while only. The rules
 * of a zone may change with the program: what is to come is then computed again.
 */
import type { Logger } from 'pino'
import { activeTriggers } from '#db/queries/statistics.ts'
import * as rows from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days, hours, minutes } from '../clock.ts'

const EVENTS_KEPT_MS = days(14)
const ANSWERS_KEPT_MS = days(1)

interface Parts {
  store: Store
  clock: Clock
  log: Logger
}

/** To be heeded before the first instant fires. */
export async function heedNewZoneRules({ store, clock, log }: Parts): Promise<void> {
  const rules = process.versions.tz ?? 'unknown'
  const known = await rows.setting(store, 'tz')
  if (known === rules) return
  if (known) {
    const change = { from: known, to: rules }
    log.info(change, 'The time zone rules changed: the next instants are computed again.')
    await rows.planAnew(store, clock.now())
  }
  await rows.setSetting(store, 'tz', rules)
}

/**
 * Soon after a start, for a server that is restarted every hour must clear too; then each hour. Answers how
 * to end it.
 */
export function clearOldRows({ store, clock, log }: Parts): () => void {
  let callOff = later(minutes(5))
  function later(delayMs: number): () => void {
    return clock.after(delayMs, () => {
      const now = clock.now().getTime()
      rows
        .prune(store, {
          eventsBefore: new Date(now - EVENTS_KEPT_MS),
          answersBefore: new Date(now - ANSWERS_KEPT_MS),
        })
        .catch((error) => log.warn({ err: error }, 'Could not clear old events.'))
        .finally(() => {
          callOff = later(hours(1))
        })
    })
  }
  return () => callOff()
}

/** The first line that an operator looks for. */
export async function sayWhatFires(
  { store, log }: Pick<Parts, 'store' | 'log'>,
  { serverId, fires }: { serverId: string; fires: boolean },
): Promise<void> {
  const active = await activeTriggers(store)
  const words = fires
    ? `Agent Scheduler started with ${active} active schedules`
    : `This server fires nothing (ROLE, SCHEDULER_ENABLED); there are ${active} active schedules`
  log.info({ serverId, active, database: store.dialect, fires }, `[AgentScheduler] ${words}`)
}
