/**
 * Schedules of mixed patterns and zones due at one instant: each fires, runs, is recorded, posted, advanced
 * and told.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type Database from 'better-sqlite3'
import { since } from '../db/queries/events.ts'
import type { Store } from '../db/store.ts'
import { bullmq, hasRedis } from './bullmq.ts'
import { sameContent } from './content.ts'
import { type Figure, percentiles, type Setting } from './figures.ts'
import { graphile } from './graphile.ts'
import {
  benchEngine,
  freshFolder,
  minuteWithRoom,
  openFresh,
  seedSchedules,
  SLOTS,
  sleep,
  until,
} from './world.ts'

interface Herd {
  totalMs: number
  /** Of the whole process, its threads included. */
  cpuMs: number
  lateness: number[]
  loopP99Ms: number
}

/** Reads every event as a server does for the listeners of a workspace. */
export function listener(store: Store): { told(): number; look(): void } {
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
  return { told: () => told, look: () => void tell() }
}

export function requireAll(db: Database.Database, count: number): void {
  const [executions, messages, doubled] = [
    `select count(*) from executions where status = 'success'`,
    'select count(*) from messages',
    `select count(*) from (select 1 from executions where status = 'success' group by trigger_id having count(*) > 1)`,
  ].map((it) => db.prepare(it).pluck().get() as number)
  if (executions !== count || (messages ?? 0) < count || doubled !== 0)
    throw new Error(
      `Lost or doubled: ${executions} executions, ${messages} messages, ${doubled} doubled of ${count}.`,
    )
}

/** From the instant until all is settled and told, with the latenesses of the starts. */
export async function herdOf(count: number): Promise<Herd> {
  const { store, db } = await openFresh('herd')
  const planned = await minuteWithRoom()
  const dueAt = new Date(Date.now() + 1500)
  seedSchedules(db, count, planned, dueAt)

  let settled = 0
  const { told, look } = listener(store)
  const engine = benchEngine(store, {
    settled: (n) => {
      settled += n
    },
    hint: look,
  })
  await engine.start({ fires: true })
  await sleep(dueAt.getTime() - Date.now())
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await until(() => settled >= count)
  await until(() => {
    look()
    return told() >= count * 3
  })
  const totalMs = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  loop.disable()
  const lateness = db
    .prepare(`select started_at - ? as late from executions where status = 'success'`)
    .pluck()
    .all(dueAt.getTime()) as number[]
  requireAll(db, count)
  await engine.stop()
  db.close()
  await store.close()
  return { totalMs, cpuMs: (user + system) / 1000, lateness, loopP99Ms: loop.percentile(99) / 1e6 }
}

/** The same while another program wants each of the machine's processors for itself. */
async function besideOtherWork<Result>(work: () => Promise<Result>): Promise<Result> {
  const busy: ChildProcess[] = cpus().map(() =>
    spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' }),
  )
  try {
    return await work()
  } finally {
    for (const it of busy) it.kill('SIGKILL')
  }
}

async function measureHerd(count: number, { url, rounds }: Setting): Promise<Figure[]> {
  const ours: Herd[] = []
  const theirs: { totalMs: number; lateness: number[] }[] = []
  const contents: number[] = []
  const redis: number[] = []
  const disturbed: Herd[] = []
  for (let i = 0; i < rounds; i++) {
    ours.push(await herdOf(count))
    theirs.push(await graphile(count, url))
    contents.push(await sameContent(count))
    if (hasRedis()) redis.push((await bullmq(count, freshFolder('redis'), SLOTS)).totalMs)
    disturbed.push(await besideOtherWork(() => herdOf(count)))
  }
  const name = `herd of ${count.toLocaleString('en')}`
  const late = percentiles(ours.flatMap((it) => it.lateness))
  const lateTheirs = percentiles(theirs.flatMap((it) => it.lateness))
  const against = (peer: string, ms: number[], goal: number): Figure => ({
    name: `${name}: until all are settled and told`,
    unit: 'ms',
    ours: ours.map((it) => it.totalMs),
    peer,
    theirs: ms,
    goal,
  })
  return [
    against(
      'graphile-worker',
      theirs.map((it) => it.totalMs),
      2.5,
    ),
    against('the same content in pages of 1,000', contents, 1.25),
    ...(redis.length > 0 ? [against('BullMQ job schedulers', redis, 0.4)] : []),
    {
      name: `${name}: processor time`,
      unit: 'ms',
      ours: ours.map((it) => it.cpuMs),
      peer: 'the same content in pages of 1,000 (time)',
      theirs: contents,
    },
    {
      name: `${name}: event-loop delay p99`,
      unit: 'ms',
      ours: ours.map((it) => it.loopP99Ms),
      goalAbsolute: 50,
    },
    {
      name: `${name}: event-loop delay p99 beside other work`,
      unit: 'ms',
      ours: disturbed.map((it) => it.loopP99Ms),
      goalAbsolute: 50,
    },
    {
      name: `${name}: lateness p50 / p99 / max`,
      unit: 'ms',
      note: `${late.p50} / ${late.p99} / ${late.max}; graphile-worker ${lateTheirs.p50} / ${lateTheirs.p99} / ${lateTheirs.max}`,
    },
  ]
}

export async function herd(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const count of setting.quick ? [1000] : [1000, 10_000])
    figures.push(...(await measureHerd(count, setting)))
  return figures
}
