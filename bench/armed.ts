/** From start to armed with many schedules, the memory they add, and what they cost while none is due. */
import cron from 'node-cron'
import { benchEngine, openFresh, seedSchedules } from './world.ts'
import type { Figure } from './figures.ts'

const MIB = 1024 * 1024
/** What the program holds, not what the system has set aside for it. */
const held = () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const hour = (n: number) => new Date(Date.now() + n * 3_600_000)

async function carillon(
  count: number,
  idleMs: number,
): Promise<{ armedMs: number; mib: number; idlePercent: number }> {
  const { store, db } = await openFresh(`armed-${count}`)
  seedSchedules(db, count, hour(1), hour(1))
  const before = held()
  const engine = benchEngine(store, { settled: () => {} })
  const begun = performance.now()
  await engine.start({ fires: true })
  while (!engine.loop.asleep || !engine.loop.lastTickAt) await new Promise((resolve) => setImmediate(resolve))
  const armedMs = performance.now() - begun
  const mib = Math.max(0, held() - before) / MIB
  const cpu = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, idleMs))
  const used = process.cpuUsage(cpu)
  await engine.stop()
  db.close()
  await store.close()
  return { armedMs, mib, idlePercent: idleMs === 0 ? 0 : ((used.user + used.system) / 1000 / idleMs) * 100 }
}

function nodeCron(count: number): { armedMs: number; mib: number } {
  const before = held()
  const begun = performance.now()
  const tasks = Array.from({ length: count }, (_, i) =>
    cron.schedule(`${i % 60} ${i % 24} * * *`, () => {}, {
      timezone: i % 2 ? 'Europe/Berlin' : 'America/New_York',
    }),
  )
  const armedMs = performance.now() - begun
  const mib = (held() - before) / MIB
  for (const it of tasks) void it.destroy()
  return { armedMs, mib }
}

export async function armed({ rounds, quick }: { rounds: number; quick: boolean }): Promise<Figure[]> {
  const small = []
  const large = []
  const peer = []
  for (let i = 0; i < rounds; i++) {
    small.push(await carillon(10_000, 0))
    large.push(await carillon(100_000, i === 0 ? (quick ? 10_000 : 60_000) : 0))
    peer.push(nodeCron(10_000))
  }
  const first = large[0]
  return [
    {
      name: 'start to armed, 10,000 schedules',
      unit: 'ms',
      ours: small.map((it) => it.armedMs),
      peer: 'node-cron',
      theirs: peer.map((it) => it.armedMs),
      goal: 0.01,
    },
    {
      name: 'memory added by 10,000 schedules',
      unit: 'MiB',
      ours: small.map((it) => it.mib),
      peer: 'node-cron',
      theirs: peer.map((it) => it.mib),
      goal: 0.2,
    },
    {
      name: 'start to armed, 100,000 schedules',
      unit: 'ms',
      ours: large.map((it) => it.armedMs),
      peer: '10,000',
      theirs: small.map((it) => it.armedMs),
      goal: 2,
    },
    {
      name: `idle, 100,000 schedules, CPU over ${quick ? 10 : 60} s`,
      unit: '% of a core',
      ours: [first?.idlePercent ?? 0],
      goalAbsolute: 0.2,
    },
  ]
}
