/** Schedules of mixed patterns and zones due at one instant: each fires, runs, is recorded, posted, advanced and told. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import Database from 'better-sqlite3'
import { Logger, makeWorkerUtils, run as runWorker } from 'graphile-worker'
import pino from 'pino'
import { since } from '../db/queries/events.ts'
import { openSqlite } from '../db/sqlite.ts'
import type { Store } from '../db/store.ts'
import { systemClock } from '../lib/clock.ts'
import { createEngine, type Engine } from '../lib/engine/engine.ts'
import { embeddedQueue } from '../lib/queue/embedded.ts'
import { bullmq, hasRedis } from './bullmq.ts'
import { type Figure, percentiles } from './figures.ts'

/** Slots of the engine and of the peer alike. */
const SLOTS = 500
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Africa/Lagos', 'Australia/Brisbane']
export const CONFIG = JSON.stringify({
  timeoutSeconds: 300,
  retries: 0,
  post: 'always',
  context: '{}',
  overlap: 'skip',
})

export function freshFolder(name: string): string {
  const folder = join(import.meta.dirname, '.data', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

export async function openFresh(name: string): Promise<{ store: Store; db: Database.Database }> {
  const file = join(freshFolder(name), 'carillon.db')
  const store = await openSqlite({ file })
  await store.q.insert(store.t.workspaces).values({ name: 'bench', slug: 'bench', createdAt: Date.now() })
  return { store, db: new Database(file) }
}

/** `count` schedules whose pattern has the instant `planned`, in each one's zone, and which are looked at when `dueAt` comes. */
export function seedSchedules(db: Database.Database, count: number, planned: Date, dueAt: Date): void {
  const insert = db.prepare(
    `insert into triggers (workspace_id, name, agent_id, cron_expression, timezone, next_run_at, due_at, created_at, updated_at) values (1, ?, 'test-agent', ?, ?, ?, ?, 0, 0)`,
  )
  db.transaction(() => {
    for (let i = 0; i < count; i++)
      insert.run(
        `schedule ${i}`,
        `${planned.getUTCMinutes()},${(planned.getUTCMinutes() + 10 + (i % 40)) % 60} * * * *`,
        ZONES[i % ZONES.length],
        planned.getTime(),
        dueAt.getTime(),
      )
    db.exec(
      `insert into trigger_revisions (trigger_id, revision, config, created_at) select id, 1, '${CONFIG}', 0 from triggers`,
    )
  })()
}

export function benchEngine(
  store: Store,
  { settled, hint = () => {} }: { settled(count: number): void; hint?: (workspaceIds: number[]) => void },
): Engine {
  const log = pino({ level: 'silent' })
  const limits = { total: SLOTS, perWorkspace: SLOTS }
  return createEngine({
    store,
    clock: systemClock,
    log,
    limits,
    minimumIntervalSeconds: 60,
    server: { id: 'bench', role: 'all', version: '0' },
    beatMs: 5000,
    leaseMs: 20_000,
    chance: Math.random,
    hint,
    agents: { perform: async () => ({ kind: 'done', result: { text: 'done' } }), safeToRepeat: () => false },
    observeStart: () => {},
    observe: (entries) => settled(entries.filter((it) => it.kind === 'settle').length),
    queue: (taker) => embeddedQueue({ store, clock: systemClock, log, owner: 'bench', limits, taker }),
  })
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Milliseconds from the instant until all is settled and told, with the latenesses of the starts. */
async function carillon(count: number): Promise<{ totalMs: number; lateness: number[]; loopP99Ms: number }> {
  const { store, db } = await openFresh('herd')
  // The minute that began last, made due in a moment: a real instant of every pattern, and no minute to wait.
  const planned = new Date(Math.floor(Date.now() / 60_000) * 60_000)
  const dueAt = new Date(Date.now() + 1500)
  seedSchedules(db, count, planned, dueAt)

  let settled = 0
  let seq = 0
  let told = 0
  let telling = false
  async function tell(): Promise<void> {
    if (telling) return
    telling = true
    for (let more = true; more; ) {
      const { events, truncated } = await since(store, 1, seq, 500)
      seq = events.at(-1)?.seq ?? seq
      told += events.length
      more = truncated
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    telling = false
  }
  const engine = benchEngine(store, {
    settled: (n) => {
      settled += n
    },
    hint: () => void tell(),
  })
  await engine.start({ fires: true })
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt.getTime() - Date.now())))
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  const begun = performance.now()
  await until(() => settled >= count)
  await until(() => {
    void tell()
    return told >= count * 3
  })
  const totalMs = performance.now() - begun
  loop.disable()
  const lateness = db
    .prepare(`select started_at - ? as late from executions where status = 'success'`)
    .pluck()
    .all(dueAt.getTime()) as number[]
  const [executions, messages, doubled] = [
    `select count(*) from executions where status = 'success'`,
    'select count(*) from messages',
    'select count(*) from (select 1 from executions group by trigger_id having count(*) > 1)',
  ].map((it) => db.prepare(it).pluck().get() as number)
  if (executions !== count || messages !== count || doubled !== 0)
    throw new Error(
      `Lost or doubled: ${executions} executions, ${messages} messages, ${doubled} doubled of ${count}.`,
    )
  await engine.stop()
  db.close()
  await store.close()
  return { totalMs, lateness, loopP99Ms: loop.percentile(99) / 1e6 }
}

/** graphile-worker, tuned: it keeps no record of a run. */
async function graphile(count: number, url: string): Promise<{ totalMs: number; lateness: number[] }> {
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  await utils.migrate()
  await utils.withPgClient((client) => client.query('truncate graphile_worker._private_jobs'))
  const at = new Date(Date.now() + 3000)
  await utils.withPgClient((client) =>
    client.query(
      `select graphile_worker.add_job('noop', json_build_object('i', i), run_at := $1) from generate_series(1, $2::int) i`,
      [at, count],
    ),
  )
  const lateness: number[] = []
  const runner = await runWorker({
    connectionString: url,
    logger,
    concurrency: SLOTS,
    maxPoolSize: 10,
    pollInterval: 100,
    preset: { worker: { localQueue: { size: 500 } } },
    taskList: {
      noop: async () => {
        lateness.push(Date.now() - at.getTime())
      },
    },
  })
  await until(() => lateness.length >= count)
  // Settled: its row is gone, as ours has its outcome.
  for (let left = count; left > 0; )
    left = await utils.withPgClient(async (client) =>
      Number((await client.query('select count(*) as n from graphile_worker._private_jobs')).rows[0].n),
    )
  const totalMs = Date.now() - at.getTime()
  await runner.stop()
  await utils.release()
  return { totalMs, lateness }
}

/** The same rows as a run leaves, in bare pages of 1,000. */
function bare(count: number): number {
  const db = new Database(join(freshFolder('bare'), 'bare.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(`create table t (id integer primary key, due integer, runs integer); create index t_due on t (due);
    create table e (id integer primary key autoincrement, t integer, status text, queued integer, started integer, completed integer, output text); create unique index e_u on e (t, queued); create index e_s on e (status, queued);
    create table m (id integer primary key autoincrement, e integer unique, text text, response text, at integer); create table v (w integer, seq integer, type text, e integer, primary key (w, seq))`)
  db.transaction(() => {
    for (let i = 1; i <= count; i++) db.prepare('insert into t values (?, 1, 0)').run(i)
  })()
  const statements = [
    "insert into e (t, status, queued, started, completed, output) values (?, 'success', 1, 1, 1, 'done')",
    'insert into m (e, text, response, at) values (?, \'done\', \'{"text":"done"}\', 1)',
    'update t set due = 2, runs = runs + 1 where id = ?',
  ].map((it) => db.prepare(it))
  const event = db.prepare('insert into v values (1, ?, ?, ?)')
  const begun = performance.now()
  for (let from = 1; from <= count; from += 1000) {
    db.transaction(() => {
      for (let i = from; i < from + 1000 && i <= count; i++) {
        for (const it of statements) it.run(i)
        for (const [k, type] of ['schedule:started', 'schedule:completed', 'chat:message'].entries())
          event.run(i * 3 + k, type, i)
      }
    })()
  }
  const totalMs = performance.now() - begun
  db.close()
  return totalMs
}

export async function herd({
  url,
  rounds,
  quick,
}: {
  url: string
  rounds: number
  quick: boolean
}): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const count of quick ? [1000] : [1000, 10_000]) {
    const ours = []
    const theirs = []
    const bares = []
    const redis = []
    for (let i = 0; i < rounds; i++) {
      ours.push(await carillon(count))
      theirs.push(await graphile(count, url))
      bares.push(bare(count))
      if (hasRedis()) redis.push(await bullmq(count, freshFolder('redis'), SLOTS))
    }
    const name = `herd of ${count.toLocaleString('en')}`
    const late = percentiles(ours.flatMap((it) => it.lateness))
    const lateTheirs = percentiles(theirs.flatMap((it) => it.lateness))
    figures.push(
      {
        name: `${name}: until all are settled`,
        unit: 'ms',
        ours: ours.map((it) => it.totalMs),
        peer: 'graphile-worker',
        theirs: theirs.map((it) => it.totalMs),
        goal: 0.5,
      },
      {
        name: `${name}: until all are settled`,
        unit: 'ms',
        ours: ours.map((it) => it.totalMs),
        peer: 'bare page commit',
        theirs: bares,
        goal: 3,
      },
      ...(redis.length > 0
        ? [
            {
              name: `${name}: until all are settled`,
              unit: 'ms',
              ours: ours.map((it) => it.totalMs),
              peer: 'BullMQ job schedulers',
              theirs: redis.map((it) => it.totalMs),
              goal: 0.25,
            },
          ]
        : []),
      {
        name: `${name}: event-loop delay p99`,
        unit: 'ms',
        ours: ours.map((it) => it.loopP99Ms),
        goalAbsolute: 50,
      },
      {
        name: `${name}: lateness p50 / p99 / max`,
        unit: 'ms',
        note: `${late.p50} / ${late.p99} / ${late.max}; graphile-worker ${lateTheirs.p50} / ${lateTheirs.p99} / ${lateTheirs.max}`,
      },
    )
  }
  return figures
}
