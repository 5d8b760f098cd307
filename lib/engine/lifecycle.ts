/**
 * What happens around the life of a server: it says that it is alive, and finds what a dead one left behind.
 *
 * Promise: an execution that nobody carries out is settled or tried again, never left running: its owner died, in this server's previous life or elsewhere,
 * or the answer to a claim was lost and its owner does not know of it.
 */
import type { Logger } from 'pino'
import { abandoned } from '#db/queries/claiming.ts'
import type { Requeue, Settlement } from '#db/queries/settling.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import { addOutage, beat, forgetServers, lastBeat } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days, seconds } from '../clock.ts'
import type { Ledger } from './ledger.ts'
import { mayRepeat } from './policies.ts'
import { telling } from './telling.ts'

const PAGE = 250
/** Of the lease. What is left is more than an agent gets that does not heed its signal. */
const GIVE_UP_AFTER = 2 / 3
/** Others may be about to take over. */
const TRY_AGAIN_MS = seconds(1)
/** A clock that follows another may be set back a little. */
const CLOCK_SLACK_MS = seconds(1)

export interface LifecycleDeps {
  store: Store
  clock: Clock
  log: Logger
  ledger: Ledger
  server: { id: string; role: string; version: string }
  /** How often this server says that it is alive, and how long its word holds. */
  beatMs: number
  leaseMs: number
  safeToRepeat(agentId: string): boolean
  /** The executions that this process carries out. */
  carriedOut(): number[]
  /** Of those that it does not: it began here, and was left without an outcome. */
  wasLeftBehind(executionId: number, fence: number): boolean
  /** When the claim began whose answer is still to come; null when none is under way. */
  claimingSince(): Date | null
  /** This server could not say that it is alive for almost a lease: its runs may be taken by others. */
  lost(): void
  recovered(): void
}

export function createLifecycle({
  store,
  clock,
  log,
  ledger,
  server,
  beatMs,
  leaseMs,
  safeToRepeat,
  carriedOut,
  wasLeftBehind,
  claimingSince,
  lost,
  recovered,
}: LifecycleDeps) {
  let open = false
  let callOff: (() => void) | null = null
  let callOffWatch: (() => void) | null = null
  let beating: Promise<unknown> = Promise.resolve()
  let recovering = false

  /** A server that cannot say in time that it is alive gives up what it runs, so long before the end of its lease that even an agent that heeds no signal has been left by then. */
  function watch(sinceMs: number): void {
    callOffWatch?.()
    if (store.shared)
      callOffWatch = clock.after(Math.max(0, sinceMs + leaseMs * GIVE_UP_AFTER - clock.monotonicMs()), lost)
  }

  /** Settles, or queues again, what nobody carries out. Answers how many. */
  async function recover(): Promise<number> {
    let found = 0
    for (let page = PAGE; page === PAGE; ) {
      const now = clock.now()
      const begunBefore = new Date((claimingSince() ?? now).getTime() - CLOCK_SLACK_MS)
      // Where it cannot be shared, every other owner is dead.
      const aliveSince = store.shared ? new Date(now.getTime() - leaseMs) : now
      const left = await abandoned(store, aliveSince, PAGE, {
        owner: server.id,
        carriedOut: carriedOut(),
        begunBefore,
      })
      await Promise.all(left.map((it) => ledger.add(neverBegan(it) ? unbegun(it) : crashed(it))))
      page = left.length
      found += page
    }
    if (found > 0) recovered()
    return found
  }

  type Left = Awaited<ReturnType<typeof abandoned>>[number]
  const neverBegan = (it: Left) => it.owner === server.id && !wasLeftBehind(it.id, it.fence)
  const hold = (it: Left) =>
    ({
      executionId: it.id,
      workspaceId: it.workspaceId,
      triggerId: it.triggerId,
      from: 'running',
      owner: it.owner,
      fence: it.fence,
      attempt: it.attempt,
    }) as const
  const step = (it: Left, text: string) => ({
    n: it.attempt * 1010,
    at: clock.now(),
    kind: 'crash',
    text,
    data: null,
  })

  function unbegun(it: Left): Requeue {
    const reason = 'The database did not answer when the run was to begin.'
    log.warn({ executionId: it.id, scheduleId: it.triggerId }, reason)
    return {
      kind: 'requeue',
      ...hold(it),
      nextAttempt: it.attempt,
      availableAt: clock.now(),
      reason,
      reasonCode: 'crashed',
      error: null,
      steps: [step(it, reason)],
      message: null,
      events: ['execution:progress'],
    }
  }

  function crashed(it: Left): Requeue | Settlement {
    const config = JSON.parse(it.config ?? '{}') as Partial<TriggerConfig>
    const reason = `The server died while it ran (begun ${new Date(it.startedAt).toISOString()}).`
    const told = { executionId: it.id, triggerId: it.triggerId, triggerName: it.triggerName }
    const again =
      mayRepeat({
        attempt: it.attempt,
        retries: config.retries ?? 0,
        safeToRepeat: safeToRepeat(it.agentId),
      }) && it.cancelRequestedAt === null
    log.warn({ executionId: it.id, scheduleId: it.triggerId, again }, reason)
    const common = {
      ...hold(it),
      reason,
      reasonCode: 'crashed',
      error: reason,
      steps: [step(it, reason)],
    } satisfies Partial<Requeue>
    if (again) {
      return {
        kind: 'requeue',
        ...common,
        nextAttempt: it.attempt + 1,
        availableAt: clock.now(),
        message: telling(told, `**Interrupted:** ${reason} It runs again.`, clock.now()),
        events: ['execution:progress', 'chat'],
      }
    }
    return {
      kind: 'settle',
      ...common,
      status: 'failed',
      output: null,
      outcome: null,
      tokensUsed: 0,
      cost: 0,
      durationMs: null,
      countsAsFailure: true,
      message: telling(told, `**Failed:** ${reason}`, clock.now()),
      events: ['schedule:failed', 'chat'],
    }
  }

  /** Beside the beat: what it records waits while the database is away, and the beat must not. */
  function recoverBeside(): void {
    if (recovering) return
    recovering = true
    void recover()
      .catch((error) => log.warn({ err: error }, 'Could not look for abandoned executions.'))
      .finally(() => {
        recovering = false
      })
  }

  async function beatOnce(): Promise<boolean> {
    const askedAtMs = clock.monotonicMs()
    try {
      await beat(store, server, clock.now())
      watch(askedAtMs)
      recoverBeside()
      return true
    } catch (error) {
      log.warn({ err: error }, 'Could not say that this server is alive.')
      return false
    }
  }

  function loop(): void {
    if (!open) return
    beating = beatOnce().then((said) => {
      if (open) callOff = clock.after(said || !store.shared ? beatMs : TRY_AGAIN_MS, loop)
    })
  }

  return {
    recover,
    /** Remembers when nothing ran, says that this server is alive, and recovers what its previous life left behind. */
    async start(): Promise<void> {
      const now = clock.now()
      const last = await lastBeat(store, server.id)
      const othersAlive = store.shared && last !== null && now.getTime() - last.getTime() < leaseMs
      if (last && !othersAlive && last < now) {
        await addOutage(store, {
          kind: 'down',
          reason: 'The server was down.',
          startedAt: last,
          endedAt: now,
        })
      }
      await forgetServers(
        store,
        server.id,
        store.shared ? new Date(now.getTime() - days(1)) : new Date(now.getTime() + days(36_500)),
      )
      await beat(store, server, now)
      watch(clock.monotonicMs())
      await recover()
      open = true
      callOff = clock.after(beatMs, loop)
    },
    async stop(): Promise<void> {
      open = false
      callOff?.()
      callOffWatch?.()
      await beating
      await beat(store, server, clock.now()).catch(() => {})
    },
  }
}
/** A dead server's executions are found within a lease and a beat. */
export const BEAT = { beatMs: seconds(3), leaseMs: seconds(18) }
