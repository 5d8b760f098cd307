/**
 * What a server does beside firing, for as long as it lives.
 *
 * Events are for catching up and answers for repeated requests: both are kept for a while only. The rules
 * of a zone may change with the program: what is to come is then computed again.
 */
import type { Logger } from 'pino'
import { pruneSamples } from '#db/queries/conditions.ts'
import { pruneEvaluations } from '#db/queries/evaluations.ts'
import { index } from '#db/queries/messages.ts'
import { forget as forgetProposals } from '#db/queries/proposals.ts'
import { activeTriggers } from '#db/queries/statistics.ts'
import * as rows from '#db/queries/upkeep.ts'
import { prune as pruneWebhooks } from '#db/queries/webhooks.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days, hours, minutes, seconds } from '../clock.ts'

/** How far the text index may be behind while nobody searches: a search brings it up to date itself. */
const SEARCHABLE_AFTER_MS = seconds(1)
const EVENTS_KEPT_MS = days(14)
const EVALUATIONS_KEPT_MS = days(30)
const MOST_EVALUATIONS = 500
const SAMPLES_KEPT_MS = days(30)
const MOST_SAMPLES = 10_000
const ANSWERS_KEPT_MS = days(1)
const CALLS_KEPT_MS = days(7)
const IDS_OF_CALLS_KEPT_MS = days(90)
const DELIVERIES_KEPT_MS = days(90)
const PROPOSALS_KEPT_MS = days(30)

interface Parts {
  store: Store
  clock: Clock
  log: Logger
}

/** The rules of a zone are heeded before the first instant fires. */
export async function beforeFiring({ store, clock, log }: Parts): Promise<void> {
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

type OnHint = (listener: () => void) => () => void

/** Says that the server is up, and begins what goes on until it ends. Answers how to end each of it. */
export async function keepInOrder(
  parts: Parts,
  { onHint, serverId, fires }: { onHint: OnHint; serverId: string; fires: boolean },
): Promise<(() => void)[]> {
  await sayWhatFires(parts, { serverId, fires })
  return [clearOldRows(parts), keepSearchable(parts, onHint)]
}

/**
 * Soon after a start, for a server that is restarted every hour must clear too; then each hour. Answers how
 * to end it.
 */
function clearOldRows({ store, clock, log }: Parts): () => void {
  let callOff = later(minutes(5))
  function later(delayMs: number): () => void {
    return clock.after(delayMs, () => {
      const now = clock.now().getTime()
      const before = (ms: number) => new Date(now - ms)
      rows
        .prune(store, {
          eventsBefore: before(EVENTS_KEPT_MS),
          answersBefore: before(ANSWERS_KEPT_MS),
          evaluationsBefore: before(EVALUATIONS_KEPT_MS),
          deliveriesBefore: before(DELIVERIES_KEPT_MS),
        })
        .then(() => forgetProposals(store, before(PROPOSALS_KEPT_MS)))
        .then(() =>
          pruneWebhooks(store, {
            bodiesBefore: before(CALLS_KEPT_MS),
            idsBefore: before(IDS_OF_CALLS_KEPT_MS),
          }),
        )
        .then(() =>
          pruneEvaluations(store, { most: MOST_EVALUATIONS, gatheredBefore: before(EVENTS_KEPT_MS) }),
        )
        .then(() => pruneSamples(store, { before: before(SAMPLES_KEPT_MS), most: MOST_SAMPLES }))
        .catch((error) => log.warn({ err: error }, 'Could not clear old events.'))
        .finally(() => {
          callOff = later(hours(1))
        })
    })
  }
  return () => callOff()
}

/** The text index follows what was said, in steps between which others have their turn. Answers how to end it. */
function keepSearchable({ store, clock, log }: Parts, onHint: OnHint): () => void {
  let callOff: (() => void) | null = null
  function step(): void {
    index(store).then(
      (more) => {
        if (callOff === null) return
        callOff = more ? clock.after(0, step) : null
      },
      (error) => {
        callOff = null
        log.warn({ err: error }, 'The text index could not follow; a search makes good for it.')
      },
    )
  }
  const stopListening = onHint(() => {
    callOff ??= clock.after(SEARCHABLE_AFTER_MS, step)
  })
  return () => {
    stopListening()
    callOff?.()
    callOff = null
  }
}

/** The first line that an operator looks for. */
async function sayWhatFires(
  { store, log }: Pick<Parts, 'store' | 'log'>,
  { serverId, fires }: { serverId: string; fires: boolean },
): Promise<void> {
  const active = await activeTriggers(store)
  const words = fires
    ? `Agent Scheduler started with ${active} active schedules`
    : `This server fires nothing (ROLE, SCHEDULER_ENABLED); there are ${active} active schedules`
  log.info({ serverId, active, database: store.dialect, fires }, `[AgentScheduler] ${words}`)
}
