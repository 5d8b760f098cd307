/**
 * Three servers on one PostgreSQL, while everything that can go wrong does: servers killed, one stopped beyond its lease, one cut off from the
 * database, connections ended under them. Afterwards only what was stored is read.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openPostgres } from '#db/postgres.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { Store, Text } from '#db/store.ts'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { problems } from './fixtures/accounts.ts'

const ROOT = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'carillon-cluster-'))
let database: Awaited<ReturnType<typeof freshDatabase>>
let store: Store
const processes = new Set<ChildProcess>()

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  for (const it of processes) it.kill('SIGKILL')
  await store?.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

async function server(name: string, url = database.url): Promise<ChildProcess> {
  // Nothing of the test runner's own environment: it sets names that mean something here too.
  const env = { PATH: process.env.PATH, NODE_ENV: 'production' as const, DATABASE_URL: url, DATA_DIR: join(folder, name), MINIMUM_INTERVAL_SECONDS: '1', LOG_LEVEL: 'warn', JWT_SECRET: 'the same for all three servers' }
  const child = spawn(process.execPath, [join(ROOT, 'e2e', 'fixtures', 'headless.ts')], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  processes.add(child)
  child.once('exit', () => processes.delete(child))
  let said = ''
  child.stderr.on('data', (it) => { said += it })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (it: Buffer) => { if (String(it).includes('ready')) resolve() })
    child.once('exit', (code) => reject(new Error(`The server "${name}" ended with ${code}: ${said}`)))
  })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** A way to the database that can be stalled in both directions without a word, as a broken network does. */
async function proxy(target: URL) {
  const pairs = new Set<[Socket, Socket]>()
  let stalled = false
  const listener = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    for (const it of pair) {
      it.on('error', () => {})
      it.on('close', () => {
        for (const one of pair) one.destroy()
        pairs.delete(pair)
      })
    }
    client.pipe(upstream)
    upstream.pipe(client)
    if (stalled) for (const it of pair) it.pause()
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const url = new URL(target)
  url.port = String(typeof address === 'object' && address ? address.port : 0)
  const set = (to: boolean) => {
    stalled = to
    for (const pair of pairs) for (const it of pair) to ? it.pause() : it.resume()
  }
  return { url: url.href, stall: () => set(true), heal: () => set(false), close: () => { listener.close(); for (const pair of pairs) for (const it of pair) it.destroy() } }
}

const count: Text = () => sql`select count(*) as n from executions`
const executions = async () => (await store.all<{ n: number }>(count))[0]?.n ?? 0
const live: Text = () => sql`select count(*) as n from executions where status in ('queued', 'running')`
const stopAll: Text = () => sql`update triggers set enabled = false, due_at = null, revision = revision + 1`

async function until(condition: () => Promise<boolean>, what: string, withinMs: number): Promise<void> {
  const client = new pg.Client(inject('postgres'))
  await client.connect()
  try {
    for (const giveUpAt = performance.now() + withinMs; !(await condition().catch(() => false)); ) {
      if (performance.now() > giveUpAt) throw new Error(`Waited too long for ${what}.`)
      // The database waits for us, so that this process does not spin.
      await client.query('select pg_sleep(0.1)')
    }
  } finally {
    await client.end()
  }
}

test('every planned instant once, one message each, whatever befalls the servers', async () => {
  // All at once on an empty database: one migrates, all serve.
  const way = await proxy(new URL(database.url))
  const [first, frozen, cutOff] = await Promise.all([server('a'), server('b'), server('c', way.url)])
  store = await openPostgres({ url: database.url, connections: 3 })
  const [workspace] = await store.q.select().from(store.t.workspaces)
  expect(await store.q.select().from(store.t.workspaces)).toHaveLength(1)
  const agents = [['test-agent', '{}'], ['test-agent', '{"durationMs":700}'], ['test-agent', '{"does":"fail","transient":true}']] as const
  const now = new Date()
  for (let i = 0; i < 24; i++) {
    const [agentId, context] = agents[i % 3] as (typeof agents)[number]
    const everySeconds = 1 + (i % 3)
    await triggers.create(store, workspace?.id as number, {
      name: `t${i}`, description: '', agentId, agentType: 'system', context, kind: 'interval', everySeconds, cronExpression: null, timezone: 'UTC', at: null, enabled: true, retries: i % 2,
      misfire: i % 4 === 0 ? 'all' : 'latest', maxCatchup: 10, catchupWindow: 3600, overlap: i % 5 === 0 ? 'buffer_all' : 'skip', bufferLimit: 3, timeoutSeconds: 30, jitterSeconds: 0,
      startsAt: null, endsAt: null, maxExecutions: null, priority: 0, post: 'always', disableAfterFailures: 1000, disableBelowSuccessRate: 0, nextRunAt: null, dueAt: 0,
    }, 'test', now)
  }
  await until(async () => (await executions()) > 60, 'the first executions', 30_000)

  frozen.kill('SIGSTOP')
  way.stall()
  let victim = first
  const admin = new pg.Client(database.url)
  await admin.connect()
  const begun = performance.now()
  for (let round = 0; round < 8 || performance.now() - begun < 22_000; round++) {
    const before = await executions().catch(() => 0)
    await kill(victim)
    victim = await server(`a${round}`)
    if (round % 3 === 2) await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'carillon%'`)
    await until(async () => (await executions()) > before, 'work to go on after a kill', 60_000)
  }
  frozen.kill('SIGCONT')
  way.heal()
  await admin.end()

  await until(async () => (await executions()) > 0, 'the database to answer', 10_000)
  const afterFaults = await executions()
  await until(async () => (await executions()) > afterFaults + 60, 'work to go on after the faults', 60_000)
  await store.atomically([[stopAll]])
  await until(async () => (await store.all<{ n: number }>(live))[0]?.n === 0, 'everything to end', 60_000)
  expect(await problems(store)).toEqual([])
  expect(cutOff.exitCode).toBeNull()
  expect(frozen.exitCode).toBeNull()
  for (const it of processes) it.kill('SIGTERM')
  await until(async () => processes.size === 0, 'the servers to stop', 40_000)
  way.close()
}, 240_000)
