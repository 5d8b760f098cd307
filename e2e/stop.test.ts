/** Starting, stopping, and refusing to start, as an operator sees it. */
import { rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { apiKey, call, type Served, serve, until } from './fixtures/serve.ts'

let server: Served
afterAll(async () => {
  await server.end('SIGKILL')
  server.remove()
})

interface Executions {
  executions: { status: string; reasonCode: string | null }[]
}

test('SIGTERM: what still runs after the grace gets its signal, the row says so, exit 0; the next start finds everything in order', async () => {
  server = await serve({ STOP_GRACE_SECONDS: '1' })
  const key = (await apiKey(server)).trim()
  const made = await call<{ schedule: { id: number } }>(
    server,
    key,
    'POST',
    '/workspace/my-workspace/agent-schedules',
    { agentId: 'test-agent', name: 'Hangs', cronExpression: '0 0 1 1 *', context: { does: 'hang' } },
  )
  expect(made.status).toBe(201)
  await call(server, key, 'POST', `/workspace/my-workspace/agent-schedules/${made.body.schedule.id}/run`, {})
  const history = async () =>
    (await call<Executions>(server, key, 'GET', '/workspace/my-workspace/executions')).body.executions
  await until(async () => (await history())[0]?.status === 'running', 'the run to begin')
  expect(await server.end('SIGTERM')).toBe(0)
  server = await serve({}, server.dataDir)
  expect(await history()).toMatchObject([{ status: 'failed', reasonCode: 'shutdown' }])
})

test('a second server on the same data is refused and told of PostgreSQL', async () => {
  await expect(serve({}, server.dataDir)).rejects.toThrow(
    /ended with 1: .*Another Carillon server already uses .* DATABASE_URL/s,
  )
})

test('a bad setting stops the start with its name and the remedy', async () => {
  await expect(serve({ LOG_LEVEL: 'loud' })).rejects.toThrow(
    /ended with 1: .*LOG_LEVEL expects trace, debug, .* \(it is "loud"\)/s,
  )
})

test('a port in use is said in words', async () => {
  const port = new URL(server.url).port
  await expect(serve({ PORT: port })).rejects.toThrow(`Port ${port} is in use by another program.`)
})

test('a frozen process wakes up and answers what was asked meanwhile', async () => {
  const key = (await apiKey(server)).trim()
  server.process.kill('SIGSTOP')
  const stopped = call(server, key, 'GET', '/health')
  server.process.kill('SIGCONT')
  expect((await stopped).status).toBe(200)
})

test('an emptied database is no new installation', async () => {
  expect(await server.end('SIGTERM')).toBe(0)
  for (const it of ['-wal', '-shm']) rmSync(join(server.dataDir, `carillon.db${it}`), { force: true })
  truncateSync(join(server.dataDir, 'carillon.db'), 0)
  await expect(serve({}, server.dataDir)).rejects.toThrow(
    'Carillon was installed here before. Put your newest backup in its place',
  )
})
