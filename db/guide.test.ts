/**
 * The original guide's SQL works word for word on the default
 * database, from another process than the server's.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from '../lib/engine/testing/world.ts'
import { list } from './queries/audit.ts'
import { openSqlite } from './sqlite/index.ts'
import type { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'carillon-guide-'))
let store: Store
let shell: Database.Database
let it: World

beforeAll(async () => {
  store = await openSqlite({ file: join(folder, 'carillon.db') })
  it = await world(store, { now: new Date() as never })
  await it.start()
  shell = new Database(join(folder, 'carillon.db'))
})
afterAll(async () => {
  await it.stop()
  shell.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

/** As the guide does it: the machine's own sqlite3 shell where there is one, however old. */
function inShell(text: string): void {
  const { error, stderr } = spawnSync('sqlite3', [join(folder, 'carillon.db'), text], { encoding: 'utf8' })
  if (error) shell.exec(text)
  else expect(stderr).toBe('')
}

test('Option B: the INSERT is picked up, planned, and runs', async () => {
  inShell(`INSERT INTO agent_schedules
  (agent_id, agent_type, workspace_id, name, cron_expression, timezone, enabled, created_at, updated_at)
  VALUES
  ('test-agent', 'system', ${it.workspaceId}, 'Test Schedule', '*/5 * * * *', 'UTC', 1, datetime('now'), datetime('now'));`)
  it.clock.advance(1500)
  await it.until(async () => Boolean((await it.trigger(1))?.nextRunAt), 'the plan of the inserted row')
  const row = await it.trigger(1)
  expect(row).toMatchObject({ name: 'Test Schedule', problem: null, misfire: 'latest' })
  await it.at(new Date(row.nextRunAt as number).toISOString())
  await it.settled(1)
})

test('a bad row is put aside with the reason', async () => {
  shell.exec(
    `INSERT INTO agent_schedules (agent_id, agent_type, workspace_id, name, cron_expression) VALUES ('test-agent', 'system', ${it.workspaceId}, 'Broken', 'every tuesday');`,
  )
  it.clock.advance(1500)
  await it.until(async () => Boolean((await it.trigger(2))?.problem), 'the problem of the inserted row')
  expect(
    (shell.prepare(`SELECT problem FROM agent_schedules WHERE name = 'Broken'`).get() as { problem: string })
      .problem,
  ).toContain('cronExpression')
})

test('a row of an agent that is not there fails with the list of those that are; nothing crashes', async () => {
  shell.exec(
    `INSERT INTO agent_schedules (agent_id, agent_type, workspace_id, name, cron_expression, created_at) VALUES ('nobody', 'system', ${it.workspaceId}, 'Nobody', '* * * * *', datetime('now'));`,
  )
  it.clock.advance(1500)
  await it.until(async () => Boolean((await it.trigger(3))?.nextRunAt), 'the plan')
  await it.at(new Date((await it.trigger(3)).nextRunAt as number).toISOString())
  await it.until(async () => (await it.history(3)).some((one) => one.status === 'failed'), 'the failure')
  expect((await it.history(3))[0]?.error).toContain('Unknown agent "nobody"')
  shell.exec('DELETE FROM agent_schedules WHERE id = 3')
})

test.each([
  ['View schedules', 'SELECT * FROM agent_schedules;'],
  ['View execution history', 'SELECT * FROM schedule_executions ORDER BY started_at DESC LIMIT 10;'],
  ['count', 'SELECT COUNT(*) as count FROM schedule_executions;'],
  ['is it enabled', 'SELECT id, name, enabled, cron_expression FROM agent_schedules WHERE id=1;'],
  [
    'execution history of one',
    '\n  SELECT status, error, started_at\n  FROM schedule_executions\n  WHERE schedule_id = 1\n  ORDER BY started_at DESC\n  LIMIT 10;\n',
  ],
  [
    'workspace',
    '\n  SELECT s.id, s.name, s.workspace_id, w.name as workspace_name\n  FROM agent_schedules s\n  JOIN workspaces w ON s.workspace_id = w.id\n  WHERE s.id = 1;\n',
  ],
  [
    'last status',
    '\n  SELECT status, output, error\n  FROM schedule_executions\n  WHERE schedule_id = 1\n  ORDER BY started_at DESC\n  LIMIT 1;\n',
  ],
  [
    'chats',
    `\n  SELECT id, prompt, response, createdAt\n  FROM workspace_chats\n  WHERE workspaceId = WORKSPACE\n  AND prompt LIKE '[SCHEDULED]%'\n  ORDER BY createdAt DESC\n  LIMIT 5;\n`,
  ],
])('SELECT: %s', (_, text) => {
  const rows = shell.prepare(text.replace('WORKSPACE', String(it.workspaceId))).all()
  expect(rows.length).toBeGreaterThan(0)
  expect(Object.values(rows[0] as object).some((value) => value !== null)).toBe(true)
})

test('the daily execution summary', () => {
  const [day] = shell
    .prepare(`SELECT
  DATE(started_at) as date,
  COUNT(*) as total,
  SUM(CASE WHEN status='success' THEN 1 ELSE 0 END) as successful,
  SUM(CASE WHEN status='failed' THEN 1 ELSE 0 END) as failed,
  AVG(CAST((julianday(completed_at) - julianday(started_at)) * 86400 AS REAL)) as avg_duration_seconds
FROM schedule_executions
WHERE started_at >= date('now', '-7 days')
GROUP BY DATE(started_at)
ORDER BY date DESC;`)
    .all() as {
    date: string
    total: number
    successful: number
    failed: number
    avg_duration_seconds: number
  }[]
  expect(day).toMatchObject({ date: it.clock.now().toISOString().slice(0, 10), failed: 1 })
  expect(day?.successful).toBeGreaterThan(0)
  expect(day?.avg_duration_seconds).toBeGreaterThanOrEqual(0)
})

test('an UPDATE and a DELETE of schedules are heeded', async () => {
  inShell(`UPDATE agent_schedules SET enabled = 0 WHERE id = 1`)
  expect((await it.trigger(1)).enabled).toBe(false)
  shell.exec(`UPDATE agent_schedules SET enabled = 1, cron_expression = '0 0 1 1 *' WHERE id = 1`)
  it.clock.advance(1500)
  await it.until(
    async () => new Date((await it.trigger(1)).nextRunAt ?? 0).getUTCMonth() === 0,
    'the new plan',
  )
  inShell(`DELETE FROM agent_schedules WHERE id = 1`)
  expect(await it.trigger(1)).toBeNull()
  expect((await it.history(1)).length).toBeGreaterThan(0)
  const record = await list(store, { workspaceId: it.workspaceId, before: 1e15, limit: 50 })
  expect(record.map((one) => [one.action, one.actorKind, one.via, one.objectId, one.objectName])).toEqual([
    ['trigger.delete', 'sql', 'sql', '1', 'Test Schedule'],
    ['trigger.update', 'sql', 'sql', '1', 'Test Schedule'],
    ['trigger.update', 'sql', 'sql', '1', 'Test Schedule'],
    ['trigger.delete', 'sql', 'sql', '3', 'Nobody'],
    ['trigger.create', 'sql', 'sql', '3', 'Nobody'],
    ['trigger.create', 'sql', 'sql', '2', 'Broken'],
    ['trigger.create', 'sql', 'sql', '1', 'Test Schedule'],
  ])
})

test('the DELETE of test data', async () => {
  inShell('DELETE FROM schedule_executions WHERE schedule_id = 1;')
  expect(await it.history(1)).toEqual([])
  expect(shell.pragma('foreign_key_check')).toEqual([])
})
