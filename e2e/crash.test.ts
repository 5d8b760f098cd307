/**
 * A server is killed fifty times at random moments while schedules fire. Then only the database is read:
 * every planned instant accounted for exactly once, no message twice, none lost.
 */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import { problems } from './fixtures/accounts.ts'
import { type Served, start, until } from './fixtures/serve.ts'

/** More of them with KILLS=300. */
const KILLS = Number(process.env.KILLS ?? 50)
let server: Served
afterAll(async () => {
  await server.end('SIGKILL')
  server.remove()
})

const run = (dataDir?: string) =>
  start('e2e/fixtures/headless.ts', {
    env: { MINIMUM_INTERVAL_SECONDS: '1', LOG_LEVEL: 'warn' },
    ready: 'ready',
    ...(dataDir && { dataDir }),
  })

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test(`${KILLS} times SIGKILL`, async () => {
  server = await run()
  const file = join(server.dataDir, 'carillon.db')
  const shell = new Database(file)
  shell.pragma('busy_timeout = 5000')
  const insert = shell.prepare(`
    insert into triggers (workspace_id, name, agent_id, context, kind, every_seconds, retries, misfire, overlap,
      buffer_limit, disable_after_failures, created_at, updated_at, due_at)
    values (1, ?, 'test-agent', ?, 'interval', ?, ?, ?, ?, 3, 1000, ?, ?, 0)`)
  const contexts = [
    '{}',
    '{"durationMs":400,"steps":["one","two"]}',
    '{"does":"fail","transient":true}',
    '{"does":"hang"}',
  ]
  for (let i = 0; i < 40; i++) {
    insert.run(
      `t${i}`,
      contexts[i % 4],
      1 + (i % 3),
      i % 2,
      i % 3 === 0 ? 'all' : 'latest',
      ['skip', 'buffer_one', 'cancel_other', 'allow_all'][i % 4 === 3 ? 2 : i % 3],
      Date.now(),
      Date.now(),
    )
  }
  const count = shell.prepare(`select count(*) from executions where status <> 'queued'`).pluck()
  for (let i = 0; i < KILLS; i++) {
    // Some way into its work, at a moment that nobody chose:
    // so many more rows, then a random turn of the loop.
    const enough = (count.get() as number) + randomInt(1, 12)
    while ((count.get() as number) < enough) await turn()
    for (let turns = randomInt(0, 400); turns > 0; turns--) await turn()
    await server.end('SIGKILL')
    server = await run(server.dataDir)
  }
  shell.exec(`update triggers set enabled = 0, due_at = null, revision = revision + 1`)
  shell.exec(
    `update executions set cancel_requested_at = 1, cancel_reason = 'The test is over.' where status in ('queued', 'running')`,
  )
  await until(
    () =>
      shell.prepare(`select count(*) from executions where status in ('queued', 'running')`).pluck().get() ===
      0,
    'everything to end',
  )
  expect(await server.end('SIGTERM')).toBe(0)

  expect(shell.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(shell.prepare('select count(distinct trigger_id) from executions').pluck().get()).toBe(40)
  expect(
    shell
      .prepare(`select count(*) from executions where reason_code = 'crashed' or attempt > 1`)
      .pluck()
      .get(),
  ).toBeGreaterThan(0)
  shell.close()
  const store = await openSqlite({ file })
  expect(await problems(store)).toEqual([])
  await store.close()
})
