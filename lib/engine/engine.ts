/**
 * The engine: loop, queue, runs, ledger, recovery and lifecycle, wired together.
 *
 * `start` returns once the previous life is accounted for; `stop` returns when nothing runs any more, and calling it twice is fine.
 */
import type { Logger } from 'pino'
import { askedToStop } from '#db/queries/claiming.ts'
import type { Entry } from '#db/queries/settling.ts'
import { disable, failing } from '#db/queries/triggers.ts'
import { planAnew } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import type { AgentPort } from '../agents/port.ts'
import { type Clock, seconds } from '../clock.ts'
import type { Limits, Queue, Taker } from '../queue/queue.ts'
import { createLedger } from './ledger.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLoop, type Loop } from './loop.ts'
import { askedStop } from './outcomes.ts'
import { LONGEST_BACKWARDS_MS, mustDisable } from './policies.ts'
import { createRecovery } from './recovery.ts'
import { createRuns } from './runs.ts'

/** How long running agents may take to end when the server stops. */
const GRACE_MS = seconds(25)
/** How often rows are asked who wants to be stopped: another server, or plain SQL, may have said so. */
const STOP_POLL_MS = seconds(1)

export interface EngineDeps {
  store: Store
  clock: Clock
  log: Logger
  agents: AgentPort
  limits: Limits
  minimumIntervalSeconds: number
  server: { id: string; role: string; version: string }
  beatMs: number
  leaseMs: number
  /** In [0, 1): spreads back-off. */
  chance(): number
  queue(taker: Taker): Queue
  hint(workspaceIds: number[]): void
  /** What was recorded, for the metrics. */
  observe(entries: Entry[]): void
  observeStart(latenessMs: number): void
}

export interface Engine {
  readonly loop: Loop
  readonly running: number
  readonly queueName: string
  readonly problem: string | null
  /** Whether this server fires and runs; a web server only records what people do. */
  start(options: { fires: boolean }): Promise<void>
  stop(): Promise<void>
  /** A trigger changed: the loop looks now instead of at the end of its sleep. */
  look(): void
  /** Executions were queued by a person. */
  lookAtQueue(): void
  /** Records an entry in the next page. */
  record(entry: Entry): Promise<boolean>
  /** Executions may have been asked to stop. */
  lookForStops(): Promise<void>
  recover(): Promise<number>
}

export function createEngine(deps: EngineDeps): Engine {
  const { store, clock, log, server, hint } = deps
  let stopping: Promise<void> | null = null
  let callOffPoll: (() => void) | null = null

  const ledger = createLedger({
    store,
    clock,
    log,
    written(entries) {
      hint([...new Set(entries.map((it) => it.workspaceId))])
      deps.observe(entries)
      const failed = entries
        .filter((it) => it.kind === 'settle' && it.countsAsFailure)
        .map((it) => it.triggerId)
      if (failed.length > 0) void disableFailing(failed)
      // A slot may have been released, or a retry queued.
      queue.look()
    },
  })
  const runs = createRuns({
    clock,
    log,
    ledger,
    agents: deps.agents,
    owner: server.id,
    chance: deps.chance,
    freed: () => queue.look(),
  })
  const queue = deps.queue({
    begin(claimed) {
      for (const it of claimed) if (it.attempt === 1) deps.observeStart(it.latenessMs)
      runs.begin(claimed)
    },
    get running() {
      return runs.running
    },
  })
  const loop = createLoop({
    store,
    clock,
    log,
    minimumIntervalSeconds: deps.minimumIntervalSeconds,
    chance: deps.chance,
    hint,
    lookAtQueue: queue.look,
    async wentBack(byMs) {
      log.warn({ byMs }, 'The clock went back. What has run does not run again.')
      if (byMs > LONGEST_BACKWARDS_MS) await planAnew(store, clock.now())
    },
  })
  const recover = createRecovery({
    store,
    clock,
    log,
    ledger,
    serverId: server.id,
    leaseMs: deps.leaseMs,
    safeToRepeat: deps.agents.safeToRepeat,
    carriedOut: runs.carriedOut,
    wasLeftBehind: runs.wasLeftBehind,
    claimingSince: () => queue.claimingSince,
    recovered: () => queue.look(),
  })
  const lifecycle = createLifecycle({
    store,
    clock,
    log,
    server,
    beatMs: deps.beatMs,
    leaseMs: deps.leaseMs,
    lost: () => runs.stopAll({ code: 'lost', reason: 'This server was out of touch.' }),
    recover,
  })

  async function disableFailing(triggerIds: number[]): Promise<void> {
    try {
      for (const it of await failing(store, triggerIds)) {
        if (!mustDisable(it)) continue
        const reason = `Switched off after ${it.consecutiveFailures} failures in a row; ${it.recentSuccesses} of the last ${it.recent} runs succeeded.`
        const notice = `**${it.name}** was switched off: ${it.consecutiveFailures} failures in a row, and ${it.recentSuccesses} of the last ${it.recent} runs succeeded. Mend the cause, then switch it on again.`
        if (
          await disable(
            store,
            { id: it.id, workspaceId: it.workspaceId, failures: it.disableAfterFailures, reason, notice },
            clock.now(),
          )
        ) {
          log.warn({ scheduleId: it.id }, reason)
          hint([it.workspaceId])
        }
      }
    } catch (error) {
      // The facts stay in the rows: the next failure decides again.
      log.warn({ err: error }, 'Could not look whether a failing schedule must be switched off.')
    }
  }

  async function lookForStops(): Promise<void> {
    if (runs.running === 0) return
    for (const { id, reason } of await askedToStop(store, server.id)) runs.stop(id, askedStop(reason))
  }

  function pollStops(): void {
    callOffPoll = clock.after(STOP_POLL_MS, () => {
      lookForStops()
        .catch((error) => log.warn({ err: error }, 'Could not look for cancelled executions.'))
        .finally(() => {
          if (!stopping) pollStops()
        })
    })
  }

  return {
    loop,
    queueName: queue.name,
    get running() {
      return runs.running
    },
    get problem() {
      return ledger.problem ?? loop.problem
    },
    async start({ fires }) {
      await queue.join()
      if (!fires) return
      await lifecycle.start()
      queue.start()
      pollStops()
      loop.start()
    },
    stop() {
      stopping ??= (async () => {
        callOffPoll?.()
        await loop.stop()
        await queue.stop()
        runs.stopAll({ code: 'shutdown', reason: 'The server was stopped while it ran.' })
        let callOff = () => {}
        await Promise.race([
          runs.idle(),
          new Promise<void>((resolve) => {
            callOff = clock.after(GRACE_MS, resolve)
          }),
        ])
        callOff()
        await lifecycle.stop()
        await queue.leave()
      })()
      return stopping
    },
    look: loop.look,
    lookAtQueue: () => queue.look(),
    record: ledger.add,
    lookForStops,
    recover,
  }
}
