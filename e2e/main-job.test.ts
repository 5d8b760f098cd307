/**
 * The main job, end to end, as a person with curl, a Socket.IO client, a browser and a database shell does
 * it: on one machine with its file, and at either of two servers that share a PostgreSQL.
 */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import type { Browser } from 'playwright'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { apiKey, call, openBrowser, type Served, serve, signIn, until, visit } from './fixtures/serve.ts'

interface Schedule {
  id: number
  nextRunAt: string
  humanReadable: string
  health: string
}
interface Execution {
  id: number
  status: string
  scheduledFor: string
  startedAt: string
  output: string
}
interface Door {
  name: string
  server: Served
  key: string
  scheduleId: number /** What people planned behind this door and those beside it. */
  schedules: number
  sql(text: string): Promise<Record<string, unknown>>
}

const doors = ['one server on a file', 'the first of two servers on PostgreSQL', 'the second of them'].map(
  (name) => ({ name }) as Door,
)
let browser: Browser
let database: Awaited<ReturnType<typeof freshDatabase>>

beforeAll(async () => {
  database = await freshDatabase()
  const shared = {
    DATABASE_URL: database.url,
    JWT_SECRET: 'the same for both of the servers',
    SIG_KEY: 'the same key for both servers',
    SIG_SALT: 'the same salt for both servers',
  }
  const [file, first, second] = await Promise.all([serve(), serve(shared), serve(shared)])
  const ask = async (text: string) => {
    const client = new pg.Client(database.url)
    await client.connect()
    return client
      .query(text)
      .then(({ rows }) => rows[0])
      .finally(() => client.end())
  }
  const read = async (text: string) => {
    const shell = new Database(join(file.dataDir, 'carillon.db'), { readonly: true })
    const row = shell.prepare(text).get() as Record<string, unknown>
    shell.close()
    return row
  }
  for (const [i, server] of [file, first, second].entries())
    Object.assign(doors[i] as Door, { server, schedules: i === 0 ? 2 : 4, sql: i === 0 ? read : ask })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  for (const { server } of doors) {
    await server.end('SIGTERM')
    server.remove()
  }
  await database.drop()
})

/** One step of the job, at every door at once. */
const step = (name: string, act: (door: Door, expect: Chai) => Promise<void>) =>
  describe(name, () => {
    test.concurrent.for(doors)('$name', (door, { expect }) => act(door, expect))
  })
type Chai = typeof import('vitest').expect

step('npm run api-key prints a key, alone', async (door, expect) => {
  const printed = await apiKey(door.server, '--workspace', 'my-workspace')
  expect(printed).toMatch(/^car_[\w-]{43}\n$/)
  door.key = printed.trim()
})

step(
  "the guide's Option A answers 201, with the next run and what the pattern means",
  async ({ server, key }, expect) => {
    const { status, body } = await call<{ schedule: Schedule }>(
      server,
      key,
      'POST',
      '/workspace/my-workspace/agent-schedules',
      {
        agentId: 'daily-summary',
        agentType: 'system',
        name: 'Daily Morning Summary',
        description: 'Summarizes overnight activity',
        cronExpression: '0 9 * * *',
        timezone: 'America/New_York',
        context: {},
        enabled: true,
      },
    )
    expect(status).toBe(201)
    expect(body.schedule).toMatchObject({ humanReadable: 'At 09:00 (America/New_York)', health: 'new' })
    expect(
      new Date(body.schedule.nextRunAt).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' }),
    ).toBe('09:00:00')
  },
)

step(
  'a schedule of every minute fires at the right second; browser, socket and SQL tell of it',
  async (door, expect) => {
    const { server, key, sql } = door
    const name = `Every minute at ${door.name}`
    const ada = await visit(browser, server)
    await signIn(ada)
    await ada.page.goto('/w/my-workspace')
    await ada.page
      .getByRole('feed')
      .or(ada.page.getByText(/plan your first agent/i))
      .first()
      .waitFor()

    const told: { type: string; seq: number; executionId?: number }[] = []
    const socket = io(server.url, { auth: { token: key }, transports: ['websocket'] })
    socket.onAny((type: string, event: { seq: number; executionId?: number }) =>
      told.push({ type, ...event }),
    )
    const joined = (await new Promise((resolve) =>
      socket.emit('workspace:join', 'my-workspace', resolve),
    )) as { ok: boolean; lastSeq: number }
    expect(joined.ok).toBe(true)

    const made = await call<{ schedule: Schedule }>(
      server,
      key,
      'POST',
      '/workspace/my-workspace/agent-schedules',
      { agentId: 'test-agent', name, cronExpression: '* * * * *', context: { text: 'The bell has rung.' } },
    )
    const { id, nextRunAt } = made.body.schedule
    door.scheduleId = id
    // One real minute of the real clock, once in all these tests.
    await ada.page
      .getByRole('article', { name })
      .getByText('The bell has rung.')
      .first()
      .waitFor({ timeout: 75_000 })

    const [run] = (
      await call<{ executions: Execution[] }>(
        server,
        key,
        'GET',
        `/workspace/my-workspace/executions?triggerId=${id}`,
      )
    ).body.executions
    expect(run).toMatchObject({ status: 'success', scheduledFor: nextRunAt, output: 'The bell has rung.' })
    expect(run?.startedAt.slice(0, 19)).toBe(nextRunAt.slice(0, 19))

    await until(() => told.filter((it) => it.executionId === run?.id).length >= 3, 'the events of the run')
    expect(told.filter((it) => it.executionId === run?.id).map((it) => it.type)).toEqual([
      'schedule:started',
      'schedule:completed',
      'chat:message',
    ])
    expect(told.map((it) => it.seq)).toEqual(told.map((_, i) => joined.lastSeq + 1 + i))
    socket.close()

    expect(
      await sql(
        `SELECT status, output, error FROM schedule_executions WHERE schedule_id = ${id} ORDER BY started_at DESC LIMIT 1`,
      ),
    ).toEqual({ status: 'success', output: 'The bell has rung.', error: null })
    expect(
      await sql(
        `SELECT prompt FROM workspace_chats WHERE prompt LIKE '[SCHEDULED] %${door.name}' ORDER BY createdAt DESC LIMIT 1`,
      ),
    ).toEqual({ prompt: `[SCHEDULED] ${name}` })
    expect(ada.problems).toEqual([])
  },
)

step('a request that is sent again runs once', async ({ server, key, scheduleId }, expect) => {
  const run = () =>
    call<{ execution: Execution }>(
      server,
      key,
      'POST',
      `/workspace/my-workspace/agent-schedules/${scheduleId}/run`,
      {},
      { 'idempotency-key': 'once' },
    )
  const [first, again] = [await run(), await run()]
  expect([first.status, again.status]).toEqual([202, 202])
  expect(again.body.execution.id).toBe(first.body.execution.id)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
})

step('health, metrics and the description of the API', async ({ server, key, schedules }, expect) => {
  expect((await call<{ status: string }>(server, key, 'GET', '/health')).body.status).toBe('ok')
  const metrics = await (await fetch(`${server.url}/api/metrics`)).text()
  expect(metrics).toMatch(new RegExp(`^carillon_active_schedules ${schedules}$`, 'm'))
  // Of all servers; what a process counts for itself depends on which of them took the run.
  expect(metrics).toMatch(/^carillon_executions_today\{status="success"\} [1-9]/m)
  expect(metrics).toMatch(/^carillon_executions_total\{status="success"\} \d/m)
  const { body } = await call<{ openapi: string; paths: Record<string, unknown> }>(
    server,
    key,
    'GET',
    '/openapi.json',
  )
  expect(body.openapi).toMatch(/^3\.1/)
  expect(Object.keys(body.paths).length).toBeGreaterThan(25)
})
