/**
 * Servers of different kinds on one PostgreSQL: one answers people,
 * one works, and one has a clock that is five minutes fast.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { openWay, type Way } from './fixtures/network.ts'
import { apiKey, call, type Served, serve, until } from './fixtures/serve.ts'

interface Execution {
  id: number
  status: string
  owner: string
  scheduledFor: string
  startedAt: string
  latenessMs: number
}

const SECRETS = {
  JWT_SECRET: 'the same for all of these servers',
  SIG_KEY: 'the same key for all of them',
  SIG_SALT: 'the same salt for all of them',
}
let database: Awaited<ReturnType<typeof freshDatabase>>
let cable: Way
let web: Served
let worker: Served | undefined
let key: string

beforeAll(async () => {
  database = await freshDatabase()
  const target = new URL(database.url)
  cable = await openWay(() => Number(target.port))
  const way = new URL(target)
  way.port = String(cable.port)
  web = await serve({ ...SECRETS, DATABASE_URL: way.href, ROLE: 'web', MINIMUM_INTERVAL_SECONDS: '1' })
  key = (await apiKey(web, '--role', 'admin')).trim()
})
afterAll(async () => {
  for (const it of [web, worker]) {
    await it?.end('SIGKILL')
    it?.remove()
  }
  cable.close()
  await database.drop()
})

const work = (env: Record<string, string> = {}) =>
  serve({ ...SECRETS, DATABASE_URL: database.url, ROLE: 'worker', MINIMUM_INTERVAL_SECONDS: '1', ...env })
const plan = async (body: Record<string, unknown>) =>
  (
    await call<{ schedule: { id: number } }>(web, key, 'POST', '/workspace/my-workspace/agent-schedules', {
      agentId: 'test-agent',
      name: 'Bell',
      ...body,
    })
  ).body.schedule.id
const history = async (id: number) =>
  (
    await call<{ executions: Execution[] }>(
      web,
      key,
      'GET',
      `/workspace/my-workspace/executions?triggerId=${id}`,
    )
  ).body.executions
const detail = async (id: number) =>
  (await call<{ execution: Execution }>(web, key, 'GET', `/workspace/my-workspace/executions/${id}`)).body
    .execution
const ready = (server: Served) =>
  call<{ ready: boolean; reason: string | null }>(server, key, 'GET', '/ready')

test('a web server plans and queues, and runs nothing; a worker runs it', async () => {
  expect((await call(web, key, 'GET', '/health')).body).toMatchObject({
    role: 'web',
    scheduler: 'off',
    status: 'ok',
  })
  const id = await plan({ cronExpression: '0 0 1 1 *' })
  const {
    body: { execution },
  } = await call<{ execution: Execution }>(
    web,
    key,
    'POST',
    `/workspace/my-workspace/agent-schedules/${id}/run`,
    {},
  )
  expect((await detail(execution.id)).status).toBe('queued')
  worker = await work()
  expect((await call(worker, key, 'GET', '/health')).body).toMatchObject({
    role: 'worker',
    scheduler: 'running',
    status: 'ok',
  })
  await until(async () => (await detail(execution.id)).status === 'success', 'the worker to run it')
  expect(worker.log()).toContain((await detail(execution.id)).owner)
  expect(await worker.end('SIGTERM')).toBe(0)
  worker.remove()
})

test('a server whose clock is five minutes fast says so, and does no harm', async () => {
  worker = await work({
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'fixtures', 'wrong-clock.mjs')}`,
    CLOCK_OFF_MS: '300000',
  })
  const { body } = await call<{ status: string; clockSkewMs: number; problems: string[] }>(
    worker,
    key,
    'GET',
    '/health',
  )
  expect(body.status).toBe('degraded')
  expect(Math.round(body.clockSkewMs / 1000)).toBe(-300)
  expect(body.problems).toEqual([
    expect.stringMatching(
      /^This machine's clock differs from the database's by -300(\.\d)? s\. Due times follow the database\.$/,
    ),
  ])
  const id = await plan({ kind: 'interval', everySeconds: 1 })
  await until(
    async () => (await history(id)).filter((it) => it.status === 'success').length >= 4,
    'four runs',
  )
  const runs = await history(id)
  for (const it of runs) {
    const lateMs = Date.parse(it.startedAt) - Date.parse(it.scheduledFor)
    expect(lateMs).toBeGreaterThanOrEqual(0)
    expect(Math.abs(Date.parse(it.startedAt) - Date.now())).toBeLessThan(60_000)
  }
  expect(new Set(runs.map((it) => it.scheduledFor)).size).toBe(runs.length)
})

test('a server whose database is away is not ready, says why, and is ready again by itself', async () => {
  expect(await ready(web)).toMatchObject({ status: 200, body: { ready: true, reason: null } })
  cable.stall()
  const red = await ready(web)
  expect(red).toMatchObject({ status: 503, body: { ready: false } })
  expect(red.body.reason).toBe('The database has not answered for 2 seconds.')
  cable.heal()
  await until(async () => (await ready(web)).status === 200, 'the database to be back')
})
