/**
 * Back after two hours away with many schedules: each one's missed instants are planned and recorded, told
 * in the chat, and one run stands for them.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { herdOf, listener, requireAll } from './herd.ts'
import type { Figure, Setting } from './figures.ts'
import { benchEngine, minuteWithRoom, openFresh, seedSchedules, until } from './world.ts'

const AWAY_MS = 2 * 3_600_000

async function backAfter(count: number): Promise<{ totalMs: number; rows: number; loopP99Ms: number }> {
  const { store, db } = await openFresh('back')
  const planned = new Date((await minuteWithRoom()).getTime() - AWAY_MS)
  seedSchedules(db, count, planned, planned)
  let settled = 0
  const { told, look } = listener(store)
  const engine = benchEngine(store, {
    settled: (n) => {
      settled += n
    },
    hint: look,
  })
  const newest = db.prepare('select last_seq from workspaces where id = 1').pluck()
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  const begun = performance.now()
  await engine.start({ fires: true })
  await until(() => settled >= count)
  await until(() => {
    look()
    return told() >= (newest.get() as number)
  })
  const totalMs = performance.now() - begun
  loop.disable()
  requireAll(db, count)
  const rows = db.prepare('select count(*) from executions').pluck().get() as number
  await engine.stop()
  db.close()
  await store.close()
  return { totalMs, rows, loopP99Ms: loop.percentile(99) / 1e6 }
}

export async function back({ rounds, quick }: Setting): Promise<Figure[]> {
  const count = quick ? 1000 : 10_000
  const ours: Awaited<ReturnType<typeof backAfter>>[] = []
  const herds: number[] = []
  for (let i = 0; i < rounds; i++) {
    const once = await backAfter(count)
    ours.push(once)
    herds.push((await herdOf(once.rows)).totalMs)
  }
  const name = `back after two hours, ${count.toLocaleString('en')} schedules`
  return [
    {
      name: `${name}: until all is recorded, run and told`,
      unit: 'ms',
      ours: ours.map((it) => it.totalMs),
      peer: 'a herd of as many rows',
      theirs: herds,
      goal: 1.5,
    },
    {
      name: `${name}: event-loop delay p99`,
      unit: 'ms',
      ours: ours.map((it) => it.loopP99Ms),
      goalAbsolute: 50,
    },
  ]
}
