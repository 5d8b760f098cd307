/**
 * The cluster's queue: pg-boss hands executions to whichever server has room.
 *
 * A job is a permission to take as many executions as it speaks of; which ones is decided by the rows,
 * fairly, under the claims' lock. So a job that is lost, late or delivered twice harms nothing: the claim is
 * guarded, and a sweep finds what nobody was told of. Promise: a job is sent in the transaction that queues
 * its executions, and completed once a claim is written.
 */
import type { Logger } from 'pino'
import { type JobInsert, PgBoss } from 'pg-boss'
import { patiently } from '#db/postgres.ts'
import { backlog, claim } from '#db/queries/claiming.ts'
import type { Store, Takeable } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { createPump } from './pump.ts'
import type { Limits, Queue, Taker } from './queue.ts'
import { shares } from './shares.ts'

const QUEUE = 'executions'
const PAGE = 250
/**
 * Executions of one job at the most: few rows for the queue
 * to keep, and enough jobs for every server to have some.
 */
const PER_JOB = 25
const POLL_MS = 500
/**
 * How often executions are taken that no job spoke of: their
 * job was lost, or used up while every slot was full.
 */
const SWEEP_MS = seconds(5)
/** A server that fetched a job and died before the claim: another gets the job after so long. */
const EXPIRE_SECONDS = 30

const RULES = { retryLimit: 5, retryDelay: 1, expireInSeconds: EXPIRE_SECONDS, deleteAfterSeconds: 3_600 }

/** For its pool, which by itself waits for ever on a connection that is dead without a word. */
const PATIENCE = {
  statement_timeout: 9_000,
  query_timeout: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
}

interface Job {
  executionIds: number[]
}

interface Deps {
  store: Store
  url: string
  clock: Clock
  log: Logger
  owner: string
  limits: Limits
  taker: Taker
}

export function pgBossQueue(deps: Deps): Queue {
  const { store, clock, log, owner, limits, taker } = deps
  const boss = connection(deps)
  let callOff: (() => void) | null = null

  function lookLater(): void {
    callOff?.()
    callOff = clock.after(POLL_MS, pump.look)
  }

  const pump = createPump({ takePage: createTaking(deps, boss), rest: lookLater, clock, log })
  return {
    name: 'pg-boss',
    async join() {
      await boss.start()
      // Several servers do this at once; what a running one loses of its own races, its next look makes good.
      await patiently(() => boss.createQueue(QUEUE, RULES))
      store.joinQueue?.(async (transaction, executions) => {
        await boss.insert(QUEUE, jobsFor(executions), { db: transaction as never })
      })
    },
    start: pump.start,
    look: pump.look,
    get taking() {
      return pump.isOpen && taker.running < limits.total ? { owner, limits, now: clock.now } : null
    },
    get claimingSince() {
      return pump.takingSince
    },
    async stop() {
      await pump.stop()
      callOff?.()
    },
    async leave() {
      await boss
        .stop({ graceful: false })
        .catch((error) => log.warn({ err: error }, 'The queue did not stop in order.'))
    },
  }
}

function connection({ url, log }: Deps): PgBoss {
  const boss = new PgBoss({
    connectionString: url,
    max: 3,
    application_name: 'carillon-queue',
    schedule: false,
    ...PATIENCE,
  })
  // It reports a lost connection here and goes on by itself; our loop sees the failed call too.
  boss.on('error', (error) => log.warn({ err: error }, 'The queue could not reach its database.'))
  return boss
}

/**
 * Takes a page: as many as the fetched jobs speak of, or, at a sweep, as there is room for. Answers how many.
 */
function createTaking({ store, clock, owner, limits, taker }: Deps, boss: PgBoss): () => Promise<number> {
  let sweptAtMs = Number.NEGATIVE_INFINITY
  /** Jobs that were used up while their executions had to wait for a slot. */
  let owed = 0

  async function take(permitted: number): Promise<number> {
    const waiting = await backlog(store, clock.now())
    const dealt = shares(waiting, { ...limits, page: permitted })
    if (dealt.length > 0) await taker.admit(dealt)
    const claimed =
      dealt.length === 0 ? [] : await claim(store, { owner, shares: dealt, limits, now: clock.now })
    const queued = waiting.reduce((sum, it) => sum + it.queued, 0)
    // What the limits hold back stays owed: a slot that another server
    // frees is looked for at the next poll, not at the next sweep.
    owed = Math.max(0, Math.min(owed, queued) - claimed.length)
    if (claimed.length > 0) taker.begin(claimed)
    return claimed.length
  }

  return async function takePage() {
    const room = Math.min(PAGE, limits.total - taker.running)
    if (room <= 0) return 0
    const sweeps = clock.monotonicMs() - sweptAtMs > SWEEP_MS
    const jobs = await boss.fetch<Job>(QUEUE, { batchSize: Math.ceil(room / PER_JOB) })
    owed += jobs.reduce((sum, it) => sum + it.data.executionIds.length, 0)
    const permitted = sweeps ? room : Math.min(room, owed)
    if (permitted === 0) return 0
    if (sweeps) sweptAtMs = clock.monotonicMs()
    const taken = await take(permitted)
    const used = jobs.map((it) => it.id)
    if (used.length > 0) await boss.complete(QUEUE, used)
    return taken
  }
}

/** What becomes takeable at one instant is spoken of together. */
const jobsFor = (executions: Takeable[]): JobInsert<Job>[] =>
  [...Map.groupBy(executions, (it) => it.availableAt)].flatMap(([availableAt, together]) =>
    inParts(
      together.map((it) => it.takeable),
      PER_JOB,
    ).map((executionIds) => ({ data: { executionIds }, startAfter: new Date(availableAt) })),
  )

const inParts = <Item>(items: Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
