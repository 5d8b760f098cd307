/** What people read, when there is much of it: a million executions, a hundred thousand messages. */
import * as executions from '../db/queries/executions.ts'
import * as messages from '../db/queries/messages.ts'
import * as statistics from '../db/queries/statistics.ts'
import * as triggers from '../db/queries/triggers.ts'
import { systemClock } from '../lib/clock.ts'
import * as why from '../lib/verbs/why.ts'
import { type Figure, percentile } from './figures.ts'
import { CONFIG, openFresh } from './world.ts'

const GUIDE_SUMMARY = `SELECT DATE(started_at) as date, COUNT(*) as total,
  SUM(CASE WHEN status='success' THEN 1 ELSE 0 END) as successful,
  SUM(CASE WHEN status='failed' THEN 1 ELSE 0 END) as failed,
  AVG(CAST((julianday(completed_at) - julianday(started_at)) * 86400 AS REAL)) as avg_duration_seconds
  FROM schedule_executions WHERE started_at >= date('now', '-7 days') GROUP BY DATE(started_at) ORDER BY date DESC`

const QUESTIONS = 300

async function times(n: number, work: () => unknown): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < n; i++) {
    const begun = performance.now()
    await work()
    taken.push(performance.now() - begun)
  }
  return taken
}

export async function reading({ quick }: { quick: boolean }): Promise<Figure[]> {
  const rows = quick ? 100_000 : 1_000_000
  const texts = quick ? 20_000 : 100_000
  const { store, db } = await openFresh('reading')
  const now = Date.now()
  db.pragma('synchronous = OFF')
  db.transaction(() => {
    for (let i = 1; i <= 20; i++)
      db.prepare(
        `insert into triggers (workspace_id, name, agent_id, cron_expression, created_at, updated_at, total_runs, successful_runs) values (1, ?, 'test-agent', '*/5 * * * *', 0, 0, ${rows / 20}, ${rows / 20})`,
      ).run(`schedule ${i}`)
    db.exec(
      `insert into trigger_revisions (trigger_id, revision, config, created_at) select id, 1, '${CONFIG}', 0 from triggers`,
    )
    const insert = db.prepare(
      `insert into executions (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence, scheduled_for, queued_at, available_at, started_at, completed_at, duration_ms, lateness_ms, status, output) values (1, ?, 'schedule', 1, 'test-agent', 'schedule', ?, ?, ?, ?, ?, ?, 40, 3, ?, 'done')`,
    )
    for (let i = 0; i < rows; i++) {
      // Ten days of them.
      const at = now - 864_000_000 + Math.floor((864_000_000 * i) / rows)
      insert.run((i % 20) + 1, String(i), at, at, at, at, at + 40, i % 10 === 0 ? 'failed' : 'success')
    }
    db.exec(
      `insert into execution_days (workspace_id, day, trigger_id, total, success, failed, duration_ms) select 1, date(started_at / 1000, 'unixepoch'), trigger_id, count(*), sum(status = 'success'), sum(status = 'failed'), sum(duration_ms) from executions group by 2, 3`,
    )
    const say = db.prepare(
      `insert into messages (workspace_id, kind, prompt, text, author_name, created_at, updated_at) values (1, 'person', 'p', ?, 'Ada', ?, ?)`,
    )
    for (let i = 0; i < texts; i++)
      say.run(`report number ${i}: the shop answered, everything is fine today`, i, i)
  })()
  db.exec('analyze')
  const n = 15
  const placeAt = (share: number) => {
    const id = Math.floor(rows * share)
    return {
      id,
      queuedAt: db.prepare('select queued_at from executions where id = ?').pluck().get(id) as number,
    }
  }
  const page = (place: executions.Place | null) => executions.list(store, 1, {}, place, 50)
  await page(null)
  const firstPage = await times(n, () => page(null))
  const deepPage = await times(n, () => page(placeAt(0.02)))
  const stats = await times(n, () => triggers.recentRuns(store, 1))
  const plainStats = await times(3, () =>
    db
      .prepare(
        `select count(*), avg(duration_ms), sum(status = 'success') from executions where trigger_id = 1`,
      )
      .get(),
  )
  const summary = await times(n, () =>
    statistics.days(store, 1, new Date(now - 7 * 86_400_000).toISOString().slice(0, 10)),
  )
  const plainSummary = await times(3, () => db.prepare(GUIDE_SUMMARY).all())
  const search = await times(n, () => messages.list(store, 1, { q: 'shop', limit: 50 }))
  const byRank = await times(3, () =>
    db
      .prepare(`select rowid from messages_search where messages_search match 'shop' order by rank limit 50`)
      .all(),
  )
  const whys: number[] = []
  for (let k = 1; k <= QUESTIONS; k++) {
    // Half of them about a run of the history, half about an instant at which nothing ran.
    const of = db
      .prepare('select trigger_id, scheduled_for from executions where id = ?')
      .get(Math.floor((rows * k) / QUESTIONS)) as { trigger_id: number; scheduled_for: number }
    const at = new Date(of.scheduled_for + (k % 2))
    whys.push(...(await times(1, () => why.at({ store, clock: systemClock }, 1, of.trigger_id, at))))
  }
  db.close()
  await store.close()
  const many = rows.toLocaleString('en')
  return [
    {
      name: `history page at 98 % depth of ${many} rows`,
      unit: 'ms',
      ours: deepPage,
      peer: 'the first page',
      theirs: firstPage,
      goal: 2,
    },
    {
      name: 'schedule stats (totals and percentiles)',
      unit: 'ms',
      ours: stats,
      peer: 'plain indexed query',
      theirs: plainStats,
      goal: 0.02,
    },
    {
      name: `why at an instant, p95 of ${QUESTIONS} questions, ${many} rows`,
      unit: 'ms',
      ours: [percentile(whys, 0.95)],
      goalAbsolute: 50,
    },
    {
      name: 'daily summary through the API',
      unit: 'ms',
      ours: summary,
      peer: "the guide's SQL",
      theirs: plainSummary,
      goal: 0.02,
    },
    {
      name: `newest-first search of a common word in ${texts.toLocaleString('en')} messages`,
      unit: 'ms',
      ours: search,
      peer: 'order by rank',
      theirs: byRank,
      goal: 0.05,
    },
  ]
}
