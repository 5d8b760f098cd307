/**
 * Triggers whose agent asks a model and repeats itself, runs too often or costs too much are paused.
 *
 * Promise: it is told once; a person resumes it. Nothing is lost when the look fails: the next success decides again.
 */
import type { Logger } from 'pino'
import { allSaidTheSame, type Lately, ranSince } from '#db/queries/repeating.ts'
import { pauseAndTell } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import { type Clock, hours } from '../clock.ts'
import { Breaker } from '../contract/breaker.ts'
import { dollars } from '../contract/money.ts'

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  hint(workspaceIds: number[]): void
}

const USUAL = Breaker.parse({})

/** As its trigger keeps it; plain SQL may have written any text. */
export function breakerOf(json: string | undefined): Breaker {
  try {
    return Breaker.parse(JSON.parse(json ?? '{}'))
  } catch {
    return USUAL
  }
}

/** `triggerIds`: those of which a run that asked a model has just succeeded. */
export async function pauseRepeating(deps: Deps, triggerIds: number[]): Promise<void> {
  const { store, clock, log } = deps
  try {
    for (const it of await ranSince(store, triggerIds, new Date(clock.now().getTime() - hours(1)))) {
      const why = await beyond(store, it)
      if (why !== null) await pause(deps, it, why)
    }
  } catch (error) {
    log.warn({ err: error }, 'Could not look whether a schedule repeats itself.')
  }
}

async function beyond(store: Store, { id, breaker, runs, cost }: Lately): Promise<string | null> {
  const { sameOutput, runsPerHour, costPerHour } = breakerOf(breaker)
  if (runsPerHour !== null && runs > runsPerHour) return `it ran ${runs} times within an hour`
  if (costPerHour !== null && cost > costPerHour) return `it cost ${dollars(cost)} within an hour`
  if (sameOutput !== null && (await allSaidTheSame(store, id, sameOutput)))
    return `its last ${sameOutput} runs all said the same`
  return null
}

async function pause({ store, clock, log, hint }: Deps, it: Lately, why: string): Promise<void> {
  const { id, workspaceId, name } = it
  const reason = `Paused (repeating): ${why}.`
  const notice = `**${name}** was paused: ${why}. Look whether it should ask a model so often; then resume it.`
  if (!(await pauseAndTell(store, { id, workspaceId, reason, notice }, clock.now()))) return
  log.warn({ scheduleId: id, reasonCode: 'repeating' }, reason)
  hint([workspaceId])
}
