/**
 * Executions a second from a full queue, each with its whole record on disk; beside pg-boss, fetched and
 * completed in batches.
 */
import { PgBoss } from 'pg-boss'
import { benchEngine, CONFIG, openFresh } from './world.ts'
import type { Figure } from './figures.ts'

const BATCH = 500

async function carillon(count: number): Promise<number> {
  const { store, db } = await openFresh('sustained')
  db.transaction(() => {
    for (let i = 1; i <= count; i++) {
      db.prepare(
        `insert into triggers (workspace_id, name, agent_id, created_at, updated_at) values (1, ?, 'test-agent', 0, 0)`,
      ).run(`schedule ${i}`)
      db.prepare(
        `insert into executions (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence, scheduled_for, queued_at, available_at, status, slot) values (1, ?, 'schedule', 1, 'test-agent', 'schedule', '1', 1, 1, 1, 'queued', ?)`,
      ).run(i, i)
    }
    db.exec(
      `insert into trigger_revisions (trigger_id, revision, config, created_at) select id, 1, '${CONFIG}', 0 from triggers`,
    )
  })()
  let settled = 0
  const engine = benchEngine(store, {
    settled: (n) => {
      settled += n
    },
  })
  const begun = performance.now()
  await engine.start({ fires: true })
  while (settled < count) await new Promise((resolve) => setTimeout(resolve, 2))
  const perSecond = count / ((performance.now() - begun) / 1000)
  await engine.stop()
  db.close()
  await store.close()
  return perSecond
}

/** Jobs a second of pg-boss alone: fetched and completed in batches, nothing recorded. */
export async function boss(count: number, url: string): Promise<number> {
  const queue = new PgBoss({ connectionString: url, schedule: false, supervise: false })
  queue.on('error', () => {})
  await queue.start()
  await queue.createQueue('bench')
  await queue.deleteAllJobs('bench')
  for (let i = 0; i < count; i += 5000)
    await queue.insert(
      'bench',
      Array.from({ length: Math.min(5000, count - i) }, () => ({ data: {} })),
    )
  const begun = performance.now()
  for (let done = 0; done < count; ) {
    const jobs = await queue.fetch('bench', { batchSize: BATCH })
    await queue.complete(
      'bench',
      jobs.map((it) => it.id),
    )
    done += jobs.length
  }
  const perSecond = count / ((performance.now() - begun) / 1000)
  await queue.stop({ graceful: false })
  return perSecond
}

export async function sustained({
  url,
  rounds,
  quick,
}: {
  url: string
  rounds: number
  quick: boolean
}): Promise<Figure[]> {
  const count = quick ? 4000 : 20_000
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < rounds; i++) {
    ours.push(await carillon(count))
    theirs.push(await boss(count, url))
  }
  return [
    {
      name: 'sustained, full record, FULL sync',
      unit: 'executions/s',
      ours,
      peer: 'pg-boss (fetch and complete 500)',
      theirs,
      goal: 0.75,
      higherIsBetter: true,
    },
  ]
}
