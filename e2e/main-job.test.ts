/** The main job, end to end, as a person with curl, a Socket.IO client, a browser and a database shell does it. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Browser } from 'playwright'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKey, call, openBrowser, type Served, serve, signIn, until, visit } from './fixtures/serve.ts'

interface Schedule { id: number; nextRunAt: string; humanReadable: string; health: string }
interface Execution { id: number; status: string; scheduledFor: string; startedAt: string; output: string }

let server: Served
let browser: Browser
let key: string
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

test('npm run api-key prints a key, alone', async () => {
  const printed = await apiKey(server, '--workspace', 'my-workspace')
  expect(printed).toMatch(/^car_[\w-]{43}\n$/)
  key = printed.trim()
})

test('the guide\'s Option A answers 201, with the next run and what the pattern means', async () => {
  const { status, body } = await call<{ schedule: Schedule }>(server, key, 'POST', '/workspace/my-workspace/agent-schedules', {
    agentId: 'daily-summary', agentType: 'system', name: 'Daily Morning Summary', description: 'Summarizes overnight activity', cronExpression: '0 9 * * *', timezone: 'America/New_York', context: {}, enabled: true,
  })
  expect(status).toBe(201)
  expect(body.schedule).toMatchObject({ humanReadable: 'At 09:00 (America/New_York)', health: 'new' })
  expect(new Date(body.schedule.nextRunAt).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' })).toBe('09:00:00')
})

test('a schedule of every minute fires at the right second; browser, socket and SQL tell of it', async () => {
  const ada = await visit(browser, server)
  await signIn(ada)
  await ada.page.goto('/w/my-workspace')
  await ada.page.getByRole('feed').or(ada.page.getByText(/plan your first agent/i)).first().waitFor()

  const told: { type: string; seq: number; executionId?: number }[] = []
  const socket = io(server.url, { auth: { token: key }, transports: ['websocket'] })
  socket.onAny((type: string, event: { seq: number; executionId?: number }) => told.push({ type, ...event }))
  const joined = (await new Promise((resolve) => socket.emit('workspace:join', 'my-workspace', resolve))) as { ok: boolean; lastSeq: number }
  expect(joined.ok).toBe(true)

  const made = await call<{ schedule: Schedule }>(server, key, 'POST', '/workspace/my-workspace/agent-schedules', { agentId: 'test-agent', name: 'Every minute', cronExpression: '* * * * *', context: { text: 'The bell has rung.' } })
  const { id, nextRunAt } = made.body.schedule
  // One real minute of the real clock, once in all these tests.
  await ada.page.getByRole('article', { name: /every minute/i }).getByText('The bell has rung.').first().waitFor({ timeout: 75_000 })

  const [run] = (await call<{ executions: Execution[] }>(server, key, 'GET', `/workspace/my-workspace/executions?triggerId=${id}`)).body.executions
  expect(run).toMatchObject({ status: 'success', scheduledFor: nextRunAt, output: 'The bell has rung.' })
  expect(run?.startedAt.slice(0, 19)).toBe(nextRunAt.slice(0, 19))

  await until(() => told.filter((it) => it.executionId === run?.id).length >= 3, 'the events of the run')
  expect(told.filter((it) => it.executionId === run?.id).map((it) => it.type)).toEqual(['schedule:started', 'schedule:completed', 'chat:message'])
  expect(told.map((it) => it.seq)).toEqual(told.map((_, i) => joined.lastSeq + 1 + i))
  socket.close()

  const shell = new Database(join(server.dataDir, 'carillon.db'), { readonly: true })
  expect(shell.prepare(`SELECT status, output, error FROM schedule_executions WHERE schedule_id = ${id} ORDER BY started_at DESC LIMIT 1`).get()).toEqual({ status: 'success', output: 'The bell has rung.', error: null })
  expect(shell.prepare(`SELECT prompt FROM workspace_chats WHERE prompt LIKE '[SCHEDULED]%' ORDER BY createdAt DESC LIMIT 1`).pluck().get()).toBe('[SCHEDULED] Every minute')
  shell.close()
  expect(ada.problems).toEqual([])
})

test('a request that is sent again runs once', async () => {
  const [schedule] = (await call<{ schedules: Schedule[] }>(server, key, 'GET', '/workspace/my-workspace/agent-schedules')).body.schedules
  const run = () => call<{ execution: Execution }>(server, key, 'POST', `/workspace/my-workspace/agent-schedules/${schedule?.id}/run`, {}, { 'idempotency-key': 'once' })
  const [first, again] = [await run(), await run()]
  expect([first.status, again.status]).toEqual([202, 202])
  expect(again.body.execution.id).toBe(first.body.execution.id)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
})

test('health, metrics and the description of the API', async () => {
  expect((await call<{ status: string }>(server, key, 'GET', '/health')).body.status).toBe('ok')
  const metrics = await (await fetch(`${server.url}/api/metrics`)).text()
  expect(metrics).toMatch(/^carillon_active_schedules 2$/m)
  expect(metrics).toMatch(/^carillon_executions_total\{status="success"\} [1-9]/m)
  const { body } = await call<{ openapi: string; paths: Record<string, unknown> }>(server, key, 'GET', '/openapi.json')
  expect(body.openapi).toMatch(/^3\.1/)
  expect(Object.keys(body.paths).length).toBeGreaterThan(25)
})
