/**
 * Whether triggers could run: looked at when they are saved, a quarter of an hour before an instant, and when a run is
 * about to begin.
 *
 * Promise: a lasting fault skips the run before anything is spent, and is told once; what may pass lets it try.
 */
import type { Logger } from 'pino'
import { standingOf } from '#db/queries/due.ts'
import * as rows from '#db/queries/readiness.ts'
import type { Store } from '#db/store.ts'
import type { AgentPort } from '../agents/port.ts'
import type { AgentRef } from '../agents/catalogue.ts'
import { type Clock, minutes } from '../clock.ts'
import type { ReadinessCheck } from '../contract/readiness.ts'
import { calendarChecks } from './calendars/checks.ts'
import { sourceChecks } from './sources/checks.ts'

const AHEAD_MS = minutes(15)
const PAGE = 20
/** Of a run that was cancelled meanwhile nobody asks again. */
const FORGOTTEN_MS = minutes(5)

export interface ReadinessDeps {
  store: Store
  clock: Clock
  log: Logger
  checks: AgentPort['checks']
  hint(workspaceIds: number[]): void
}

export interface OfTrigger extends AgentRef {
  triggerId: number
  workspaceId: number
  triggerName: string
  /** JSON: of the run that is about to begin, or of the trigger. */
  context: string
}

export interface ReadinessLook {
  /** `probe`: what is elsewhere is asked whether it is there. */
  of(trigger: OfTrigger, probe: boolean): Promise<ReadinessCheck[]>
  /** The sentence for a lasting fault, told once; null where there is none, which is told as well. */
  lasting(trigger: OfTrigger, probe: boolean): Promise<string | null>
  /**
   * `lasting` for one run whose trigger was not ready, asked beside the queue: nobody waits for whoever may take his
   * time. Undefined until that is known; then `known` is called, and whoever asks again is told, once.
   */
  askedFor(executionId: number, trigger: OfTrigger, known: () => void): string | null | undefined
  /** Those whose instant comes soon, at most once in a quarter of an hour. */
  ahead(): void
}

export function createReadiness(deps: ReadinessDeps): ReadinessLook {
  const { store, clock, log, hint } = deps
  let looking = false

  async function of(trigger: OfTrigger, probe: boolean): Promise<ReadinessCheck[]> {
    const standing = await standingOf(store, trigger.triggerId)
    const own = await deps.checks(trigger.workspaceId, trigger, probe)
    return [roleOf(Boolean(standing?.ownerLeft)), ...own, ...(await besideRuns(trigger))]
  }
  /** Of what runs do without: it hears of nothing new, or goes by the days that are known. */
  const besideRuns = async (trigger: OfTrigger): Promise<ReadinessCheck[]> => [
    ...(await sourceChecks(store, trigger)),
    ...(await calendarChecks(store, trigger)),
  ]

  async function lasting(trigger: OfTrigger, probe: boolean): Promise<string | null> {
    // Whether its owner may is asked when it fires by itself; somebody else may run it all the same.
    const checks = await deps.checks(trigger.workspaceId, trigger, probe)
    const failing = checks.find(({ state }) => state === 'failing')
    const lesser = failing ? null : (await besideRuns(trigger)).find(({ state }) => state === 'failing')
    const fault = failing ? wordsOf(failing) : null
    const { triggerId, workspaceId, triggerName } = trigger
    // Of its source or calendar the chat has heard already.
    const text =
      fault === null ? null : `**${triggerName}** is not ready: ${fault} Its runs are skipped until then.`
    const news = { workspaceId, triggerId, text, ...standingBy(failing ?? lesser ?? null) }
    if (await rows.mark(store, news, clock.now())) {
      if (fault !== null) log.warn({ scheduleId: triggerId, reasonCode: 'not_ready' }, fault)
      hint([workspaceId])
    }
    return fault
  }

  /** By execution: null while it is asked. */
  const asked = new Map<number, { fault: string | null } | null>()
  async function ask(executionId: number, trigger: OfTrigger, known: () => void): Promise<void> {
    const fault = await lasting(trigger, true).catch((error) => {
      log.warn({ err: error, executionId }, 'Could not look whether a schedule is ready: its run may try.')
      return null
    })
    asked.set(executionId, { fault })
    clock.after(FORGOTTEN_MS, () => asked.delete(executionId))
    known()
  }
  function askedFor(executionId: number, trigger: OfTrigger, known: () => void): string | null | undefined {
    const answer = asked.get(executionId)
    if (answer) {
      asked.delete(executionId)
      return answer.fault
    }
    if (answer === undefined) {
      asked.set(executionId, null)
      void ask(executionId, trigger, known)
    }
    return undefined
  }

  async function look(): Promise<void> {
    const now = clock.now()
    const soon = await rows.soon(store, { now, until: new Date(now.getTime() + AHEAD_MS), limit: PAGE })
    for (const it of soon) await rows.lookedAt(store, it.triggerId, now)
    await Promise.all(soon.map((it) => lasting(it, true)))
  }

  return {
    of,
    lasting,
    askedFor,
    // Beside the beat: somebody elsewhere may take his time to answer.
    ahead() {
      if (looking) return
      looking = true
      look()
        .catch((error) => log.warn({ err: error }, 'Could not look whether schedules are ready.'))
        .finally(() => {
          looking = false
        })
    },
  }
}

/** How it stands with what it lacks; null: nothing. */
const standingBy = (lacks: ReadinessCheck | null) =>
  lacks === null
    ? ({ type: 'trigger:ready', unready: null, check: null } as const)
    : ({
        type: 'trigger:unready',
        unready: wordsOf(lacks),
        check: `${lacks.kind}:${lacks.name}:${lacks.code ?? ''}`,
      } as const)

const wordsOf = ({ detail, remedy }: ReadinessCheck) => [detail, remedy].filter(Boolean).join(' ')

const roleOf = (left: boolean): ReadinessCheck => ({
  kind: 'role',
  name: 'Owner',
  expiresAt: null,
  ...(left
    ? {
        state: 'failing',
        code: 'permission_denied',
        detail: 'Whoever made this schedule may no longer run agents here.',
        remedy: 'Switch it off and on again: then you answer for it.',
      }
    : { state: 'ok', code: null, detail: 'Whoever made it may run agents here.', remedy: null }),
})
