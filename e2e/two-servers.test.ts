/**
 * Two whole servers on one PostgreSQL are one Carillon: what
 * one does the other tells, and losing one loses nothing.
 */
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { apiKey, call, type Served, serve, until } from './fixtures/serve.ts'

interface Execution {
  id: number
  status: string
  attempt: number
  reason: string | null
  reasonCode: string | null
  retryOf: number | null
}
interface Told {
  type: string
  seq: number
  executionId?: number
}

let database: Awaited<ReturnType<typeof freshDatabase>>
let a: Served
let b: Served
let key: string
let socket: Socket
const told: Told[] = []

const shared = () => ({
  DATABASE_URL: database.url,
  JWT_SECRET: 'the same for both of the servers',
  SIG_KEY: 'the same key for both servers',
  SIG_SALT: 'the same salt for both servers',
})

beforeAll(async () => {
  database = await freshDatabase()
  ;[a, b] = await Promise.all([serve(shared()), serve(shared())])
  key = (await apiKey(a, '--role', 'admin')).trim()
})
afterAll(async () => {
  socket?.close()
  for (const it of [a, b]) {
    await it?.end('SIGKILL')
    it?.remove()
  }
  await database.drop()
})

async function follow(server: Served): Promise<number> {
  socket?.close()
  socket = io(server.url, { auth: { token: key }, transports: ['websocket'] })
  socket.onAny((type: string, event: Omit<Told, 'type'>) => told.push({ ...event, type }))
  const joined = (await new Promise((resolve) => socket.emit('workspace:join', 'my-workspace', resolve))) as {
    ok: boolean
    lastSeq: number
  }
  expect(joined.ok).toBe(true)
  return joined.lastSeq
}

async function runOn(
  server: Served,
  context: Record<string, unknown>,
  policies: Record<string, unknown> = {},
): Promise<Execution> {
  const {
    body: { schedule },
  } = await call<{ schedule: { id: number } }>(
    server,
    key,
    'POST',
    '/workspace/my-workspace/agent-schedules',
    { agentId: 'test-agent', name: 'By hand', cronExpression: '0 0 1 1 *', retries: 1, ...policies, context },
  )
  return (
    await call<{ execution: Execution }>(
      server,
      key,
      'POST',
      `/workspace/my-workspace/agent-schedules/${schedule.id}/run`,
      {},
    )
  ).body.execution
}
const execution = async (server: Served, id: number) =>
  (await call<{ execution: Execution }>(server, key, 'GET', `/workspace/my-workspace/executions/${id}`)).body
    .execution

test('both say that they are well, on the same queue', async () => {
  for (const it of [a, b])
    expect((await call(it, key, 'GET', '/health')).body).toMatchObject({
      status: 'ok',
      database: 'postgres',
      queue: 'pg-boss',
    })
})

test('whoever follows one server hears what the other was asked for, in order', async () => {
  const since = await follow(a)
  const { id } = await runOn(b, { text: 'from the other side' })
  await until(
    () => told.some((it) => it.type === 'schedule:completed' && it.executionId === id),
    'the news of the other server',
  )
  expect(told.map((it) => it.seq)).toEqual(told.map((_, i) => since + 1 + i))
})

test('a run is stopped whichever server holds it', async () => {
  const { id } = await runOn(b, { does: 'hang' })
  await until(async () => (await execution(a, id)).status === 'running', 'the run to begin')
  expect((await call(a, key, 'POST', `/workspace/my-workspace/executions/${id}/cancel`)).status).toBe(202)
  await until(async () => (await execution(b, id)).status === 'cancelled', 'the run to stop')
})

test('what used up its retries ends in the history with its reason, and can be run again from the other server', async () => {
  const { id } = await runOn(a, { does: 'fail', transient: true })
  await until(async () => (await execution(b, id)).status === 'failed', 'the last attempt to fail')
  expect(await execution(b, id)).toMatchObject({
    attempt: 2,
    reasonCode: 'agent_error',
    reason: expect.stringContaining('as it was told'),
  })
  const {
    body: { executions },
  } = await call<{ executions: Execution[] }>(
    b,
    key,
    'GET',
    '/workspace/my-workspace/executions?status=failed',
  )
  expect(executions.map((it) => it.id)).toContain(id)
  const again = await call<{ execution: Execution }>(
    b,
    key,
    'POST',
    `/workspace/my-workspace/executions/${id}/retry`,
    {},
  )
  expect(again).toMatchObject({ status: 202, body: { execution: { retryOf: id, attempt: 1 } } })
  await until(
    async () => (await execution(a, again.body.execution.id)).status === 'failed',
    'the second life to end',
  )
})

test('a run that takes too long is stopped whichever server holds it', async () => {
  const { id } = await runOn(b, { does: 'hang' }, { timeoutSeconds: 1, retries: 0 })
  await until(async () => (await execution(a, id)).status === 'failed', 'the time to be over')
  expect(await execution(a, id)).toMatchObject({
    attempt: 1,
    reasonCode: 'timeout',
    reason: 'It took longer than 1 second.',
  })
})

test('a server dies: its run goes on elsewhere, and its listeners catch up by number with no gap and no double', async () => {
  const heard = told.at(-1)?.seq ?? 0
  const { id } = await runOn(a, { durationMs: 3_000 })
  await until(async () => (await execution(b, id)).status === 'running', 'the run to begin')
  const owner = (
    await call<{ execution: { owner: string } }>(b, key, 'GET', `/workspace/my-workspace/executions/${id}`)
  ).body.execution.owner
  const victim = a.log().includes(owner) ? a : b
  const survivor = victim === a ? b : a
  await victim.end('SIGKILL')
  await until(async () => (await execution(survivor, id)).status === 'success', 'the run to end', 60_000)
  const { body } = await call<{ events: Told[]; lastSeq: number }>(
    survivor,
    key,
    'GET',
    `/workspace/my-workspace/events?since=${heard}`,
  )
  expect(body.events.map((it) => it.seq)).toEqual(body.events.map((_, i) => heard + 1 + i))
  expect(body.events.filter((it) => it.type === 'schedule:completed' && it.executionId === id)).toHaveLength(
    1,
  )
  const lastSeq = await follow(survivor)
  expect(lastSeq).toBe(body.lastSeq)
})
