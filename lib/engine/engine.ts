/**
 * The engine: loop, queue, runs, ledger, recovery and lifecycle, wired together.
 *
 * `start` returns once the previous life is accounted for; `stop` returns when nothing runs any more, and
 * calling it twice is fine.
 */
import type { Logger } from 'pino'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { Entry } from '#db/queries/entries.ts'
import { isListening } from '#db/queries/due.ts'
import type { Store } from '#db/store.ts'
import type { AgentPort } from '../agents/port.ts'
import { type Clock, seconds } from '../clock.ts'
import type { LookAt } from '../conditions/looking.ts'
import type { Limits, Queue, Taker } from '../queue/queue.ts'
import { createAdmission } from './admission.ts'
import { createApproving } from './approving.ts'
import { pauseRepeating } from './breaker.ts'
import { createAfford } from './budgets.ts'
import { createExpecting } from './expecting.ts'
import { createFire, type Fire } from './fire.ts'
import { createGate } from './gate.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLoop, type Loop } from './loop.ts'
import { createMatcher, type Matcher } from './matcher.ts'
import { leaveTraces } from './page.ts'
import { createOccur, type Occur } from './occurring.ts'
import { createOrphans } from './orphans.ts'
import { createPast } from './past.ts'
import { tellPauses } from './pauses.ts'
import { createReadiness, type ReadinessLook } from './readiness.ts'
import { createRecovery } from './recovery.ts'
import { createRuns, type Runs } from './runs.ts'
import { createSleepingThrough } from './sleeping-through.ts'
import { createStops } from './stops.ts'
import { switchOffFailing } from './switching-off.ts'
import { createWentBack } from './went-back.ts'
import { createWatching, type Watching } from './watching.ts'
import type { Witness } from './witness.ts'

/** How long they may take after the signal. */
const LAST_WORDS_MS = seconds(5)

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
  witness: Witness
  /** One look at what is watched. */
  lookAt: LookAt
  /** How long running agents may take to end when the server stops. */
  graceMs: number
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
  /** Holds what happens against the triggers that wait for it. */
  readonly matcher: Pick<Matcher, 'look' | 'catchUp'>
  readonly fire: Fire
  /** A fact on one trigger: it fires, is gathered, or leaves a trace of why not. */
  readonly occur: Occur
  /** Conditions, as they are watched. */
  readonly watching: Pick<Watching, 'tick'>
  /** Before a trigger changes: each of its instants up to `now` leaves its trace. */
  leaveTraces(triggerId: number, now: Date): Promise<void>
  /** Of a trigger that was switched on, or is about to be deleted: what came while it was off. */
  tellPauses(triggerId: number): Promise<void>
  /** Records an entry in the next page. */
  record(entry: Entry): Promise<boolean>
  /** Executions may have been asked to stop. */
  lookForStops(): Promise<void>
  recover(): Promise<number>
  /** A trigger was deleted: what of it still waits is called off. */
  callOffOrphans(): Promise<void>
  /** Something may wait that nobody decided in time, or that a newer run asks for. */
  lookAtApprovals(): Promise<void>
  /** Results may be due. */
  lookAtExpectations(): Promise<void>
  /** Whether a trigger could run. */
  readonly readiness: ReadinessLook
  /** Something may be taken that waited. */
  lookAtQueue(): void
}

export function createEngine(deps: EngineDeps): Engine {
  const { store } = deps
  const work = createWork(deps)
  const { ledger, runs, queue } = work
  const watch = createWatch(deps, work)
  const { loop, matcher, stops, recover, lifecycle, callOffOrphans, lookAtApprovals, lookAtExpectations } =
    watch
  const { occur, watching } = createDoors(deps, work, watch)
  let stopping: Promise<void> | null = null

  async function stopAll(): Promise<void> {
    await Promise.all([loop.stop(), matcher.stop(), watching.stop()])
    await queue.stop()
    // What runs may finish; only what is still there then gets the signal, and a moment to heed it.
    await within(deps.clock, deps.graceMs, runs.idle())
    runs.stopAll({ code: 'shutdown', reason: 'The server was stopped while it ran.' })
    await within(deps.clock, LAST_WORDS_MS, runs.idle())
    stops.stop()
    await lifecycle.stop()
    await queue.leave()
  }

  return {
    loop,
    queueName: queue.name,
    get running() {
      return runs.running
    },
    get problem() {
      return ledger.problem ?? loop.problem ?? matcher.problem
    },
    async start({ fires }) {
      await queue.join()
      if (!fires) return
      await lifecycle.start()
      queue.start()
      stops.start()
      loop.start()
      matcher.start()
      watching.start()
    },
    stop() {
      stopping ??= stopAll()
      return stopping
    },
    look() {
      loop.look()
      watching.look()
    },
    matcher,
    watching,
    fire: createFire({ ...deps, lookAtQueue: () => queue.look(), lookForStops: stops.look }),
    occur,
    async leaveTraces(triggerId, now) {
      if (await isListening(store, triggerId)) await matcher.catchUp()
      const workspaceIds = await leaveTraces(deps, triggerId, now)
      if (workspaceIds.length === 0) return
      deps.hint(workspaceIds)
      queue.look()
    },
    async tellPauses(triggerId) {
      if (await isListening(store, triggerId)) await matcher.catchUp()
      await tellPauses(deps, triggerId)
    },
    record: ledger.add,
    lookForStops: stops.look,
    recover,
    callOffOrphans,
    lookAtApprovals,
    lookAtExpectations,
    lookAtQueue: () => queue.look(),
    readiness: work.readiness,
  }
}

/** Where facts on one trigger come in: handed in by others, or seen by a look at what is watched. */
function createDoors(deps: EngineDeps, { queue }: Work, { loop, stops }: Pick<Watch, 'loop' | 'stops'>) {
  const occur = createOccur({
    ...deps,
    lookAtQueue: () => queue.look(),
    lookForStops: stops.look,
    look: loop.look,
  })
  return { occur, watching: createWatching({ ...deps, occur }) }
}

type Watch = ReturnType<typeof createWatch>
interface Work {
  ledger: Ledger
  runs: Runs
  queue: Queue
  /** Carries out what was claimed, by the queue or with the firing. */
  begin(claimed: ClaimedRow[]): void
  readiness: ReadinessLook
}

/** What takes queued executions, carries them out and records how they ended. */
function createWork(deps: EngineDeps): Work {
  const { store, clock, log, server, hint } = deps
  const ledger = createLedger({
    store,
    clock,
    log,
    written(entries) {
      hint([...new Set(entries.map((it) => it.workspaceId))])
      deps.observe(entries)
      const failed = entries.filter((it) => it.kind === 'settle' && it.countsAsFailure)
      if (failed.length > 0)
        void switchOffFailing(
          deps,
          failed.map((it) => it.triggerId),
        )
      const asked = entries.filter(
        (it) => it.kind === 'settle' && it.status === 'success' && it.model !== null,
      )
      if (asked.length > 0)
        void pauseRepeating(
          deps,
          asked.map((it) => it.triggerId),
        )
      // A slot may have been released, or a retry queued.
      queue.look()
    },
  })
  const readiness = createReadiness({ store, clock, log, checks: deps.agents.checks, hint })
  const runs = createRuns({
    clock,
    log,
    ledger,
    agents: deps.agents,
    owner: server.id,
    chance: deps.chance,
    freed: () => queue.look(),
    afford: createAfford({ store, clock, hint }),
  })
  function begin(claimed: ClaimedRow[]): void {
    for (const it of claimed) if (it.attempt === 1 && it.spentMs === null) deps.observeStart(it.latenessMs)
    runs.begin(claimed)
  }
  const queue = deps.queue({
    begin,
    admit: createAdmission({
      ...{ store, clock, log, ledger, worst: deps.agents.worst, readiness, hint },
      gate: createGate(deps),
      look: () => queue.look(),
    }),
    get running() {
      return runs.running
    },
  })
  return { ledger, runs, queue, begin, readiness }
}

/** What watches the clock, the rows and the other servers. */
function createWatch(deps: EngineDeps, { ledger, runs, queue, begin, readiness }: Work) {
  const { store, clock, log, server, beatMs, leaseMs, witness } = deps
  const wentBack = createWentBack({ store, clock, log })
  const noticeSleep = createSleepingThrough({ store, clock, log, server, leaseMs })
  const loop = createLoop({
    ...deps,
    taking: () => queue.taking,
    matchFirst: () => matcher.catchUp(),
    begin,
    lookAtQueue: queue.look,
    wentBack,
    noticeSleep,
  })
  const recover = createRecovery({
    store,
    clock,
    log,
    ledger,
    serverId: server.id,
    leaseMs,
    safeToRepeat: deps.agents.safeToRepeat,
    carriedOut: runs.carriedOut,
    wasLeftBehind: runs.wasLeftBehind,
    claimingSince: () => earliest(earliest(queue.claimingSince, loop.claimingSince), matcher.claimingSince),
    recovered: () => queue.look(),
  })
  const callOffOrphans = createOrphans({ store, clock, ledger })
  const lookAtApprovals = createApproving({
    store,
    clock,
    log,
    ledger,
    hint: deps.hint,
    lookAtQueue: queue.look,
  })
  const lookAtExpectations = createExpecting({ store, clock, log, hint: deps.hint })
  const lifecycle = createLifecycle({
    store,
    clock,
    log,
    server,
    beatMs,
    leaseMs,
    lost: () => runs.stopAll({ code: 'lost', reason: 'This server was out of touch.' }),
    async recover() {
      await recover()
      await callOffOrphans()
      await tellPauses(deps)
      await lookAtApprovals()
      await lookAtExpectations()
      readiness.ahead()
    },
    accountForPast: createPast({ store, clock, log, serverId: server.id, leaseMs, wentBack, witness }),
    witness,
    noticeSleep,
  })
  const stops = createStops({ store, clock, log, owner: server.id, runs })
  const matcher = createMatcher({
    ...deps,
    taking: () => queue.taking,
    begin,
    lookAtQueue: queue.look,
    lookForStops: stops.look,
    look: loop.look,
  })
  return { loop, matcher, recover, lifecycle, stops, callOffOrphans, lookAtApprovals, lookAtExpectations }
}

const earliest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b))

/** Resolves when the work does, or when its time is over. */
async function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>()
  const callOff = clock.after(ms, over.resolve)
  await Promise.race([work, over.promise])
  callOff()
}
