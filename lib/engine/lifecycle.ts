/**
 * What happens around the life of a server: it says that it is alive, and finds what a dead one left behind.
 *
 * Promise: an execution whose owner died is settled or tried again, never left running; the same rules for this server's own previous life
 * and for another server.
 */
import type { Logger } from 'pino'
import { abandoned } from '#db/queries/claiming.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import { addOutage, beat, forgetServers, lastBeat } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days, seconds } from '../clock.ts'
import type { Ledger } from './ledger.ts'
import { mayRepeat } from './policies.ts'
import { telling } from './telling.ts'

const PAGE = 250

export interface LifecycleDeps {
  store: Store
  clock: Clock
  log: Logger
  ledger: Ledger
  server: { id: string; role: string; version: string }
  /** How often this server says that it is alive, and how long its word holds. */
  beatMs: number
  leaseMs: number
  /** Only one server can be alive on this store: every other owner is dead. */
  alone: boolean
  safeToRepeat(agentId: string): boolean
  /** This server could not say that it is alive for almost a lease: its runs may be taken by others. */
  lost(): void
  recovered(): void
}

export function createLifecycle({ store, clock, log, ledger, server, beatMs, leaseMs, alone, safeToRepeat, lost, recovered }: LifecycleDeps) {
  let open = false
  let callOff: (() => void) | null = null
  let beatAtMs = clock.monotonicMs()
  let beating: Promise<void> = Promise.resolve()
  /** When this server last gave up what it ran: those rows still name it, though nobody runs them. */
  let lostAt: Date | null = null

  function giveUpIfLost(): void {
    if (alone || clock.monotonicMs() - beatAtMs <= leaseMs * 0.75) return
    lostAt = clock.now()
    lost()
  }

  /** Settles, or queues again, what dead servers had claimed. Answers how many. */
  async function recover(): Promise<number> {
    let found = 0
    for (let page = PAGE; page === PAGE; ) {
      const left = await abandoned(store, new Date(clock.now().getTime() - leaseMs), PAGE, { owner: server.id, lostAt })
      const writes = left.map((it) => {
        const config = JSON.parse(it.config ?? '{}') as Partial<TriggerConfig>
        const began = new Date(it.startedAt).toISOString()
        const reason = `The server died while it ran (begun ${began}).`
        const hold = { executionId: it.id, workspaceId: it.workspaceId, triggerId: it.triggerId, from: 'running', owner: it.owner, fence: it.fence, attempt: it.attempt } as const
        const told = { executionId: it.id, triggerId: it.triggerId, triggerName: it.triggerName }
        const step = { n: it.attempt * 1010, at: clock.now(), kind: 'crash', text: reason, data: null }
        const again = mayRepeat({ attempt: it.attempt, retries: config.retries ?? 0, safeToRepeat: safeToRepeat(it.agentId) }) && it.cancelRequestedAt === null
        log.warn({ executionId: it.id, scheduleId: it.triggerId, again }, reason)
        return ledger.add(again
          ? { kind: 'requeue', ...hold, availableAt: clock.now(), reason, reasonCode: 'crashed', error: reason, steps: [step], message: telling(told, `**Interrupted:** ${reason} It runs again.`, clock.now()), events: ['execution:progress', 'chat'] }
          : {
              kind: 'settle', ...hold, status: 'failed', reason, reasonCode: 'crashed', error: reason, output: null, outcome: null, tokensUsed: 0, cost: 0, durationMs: null, countsAsFailure: true,
              steps: [step], message: telling(told, `**Failed:** ${reason}`, clock.now()), events: ['schedule:failed', 'chat'],
            })
      })
      await Promise.all(writes)
      page = left.length
      found += page
    }
    if (found > 0) recovered()
    return found
  }

  async function beatOnce(): Promise<void> {
    const askedAtMs = clock.monotonicMs()
    try {
      await beat(store, server, clock.now())
      beatAtMs = askedAtMs
    } catch (error) {
      log.warn({ err: error }, 'Could not say that this server is alive.')
    }
    giveUpIfLost()
    if (!alone) await recover().catch((error) => log.warn({ err: error }, 'Could not look for abandoned executions.'))
  }

  function loop(): void {
    if (!open) return
    // A frozen process wakes up here: its word may have expired, and another server may have taken what it ran.
    giveUpIfLost()
    beating = beatOnce().then(() => { if (open) callOff = clock.after(beatMs, loop) })
  }

  return {
    recover,
    /** Remembers when nothing ran, says that this server is alive, and recovers what its previous life left behind. */
    async start(): Promise<void> {
      const now = clock.now()
      const last = await lastBeat(store, server.id)
      const othersAlive = !alone && last !== null && now.getTime() - last.getTime() < leaseMs
      if (last && !othersAlive && last < now) {
        await addOutage(store, { kind: 'down', reason: 'The server was down.', startedAt: last, endedAt: now })
      }
      await forgetServers(store, server.id, alone ? new Date(now.getTime() + days(36_500)) : new Date(now.getTime() - days(1)))
      await beat(store, server, now)
      await recover()
      open = true
      callOff = clock.after(beatMs, loop)
    },
    async stop(): Promise<void> {
      open = false
      callOff?.()
      await beating
      await beat(store, server, clock.now()).catch(() => {})
    },
  }
}
/** A dead server's executions are found within a lease and a beat. */
export const BEAT = { beatMs: seconds(5), leaseMs: seconds(15) }
