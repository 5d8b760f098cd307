/**
 * Lists through the API and pages for a browser, from the real server, beside a bare HTTP server that reads
 * the same rows.
 */
import { spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { ADA, apiKey, call, serve } from '../e2e/fixtures/serve.ts'
import type { Figure, Setting } from './figures.ts'
import { CONFIG, openFresh } from './world.ts'

const SCHEDULES = 50
const RUNS = 5000
const AT_ONCE = 4

const ROUTES = [
  { name: 'executions', ours: '/api/workspace/bench/executions?limit=50', bare: '/executions' },
  { name: 'schedules', ours: '/api/workspace/bench/agent-schedules?limit=50', bare: '/triggers' },
  { name: 'messages', ours: '/api/workspace/bench/messages?limit=50', bare: '/messages' },
]
const PAGES = [
  { name: 'chat', ours: '/w/bench', bare: '/messages' },
  { name: 'schedules', ours: '/w/bench/schedules', bare: '/triggers' },
  { name: 'history', ours: '/w/bench/executions', bare: '/executions' },
]
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo']

/**
 * Fifty schedules of as many patterns, paused so that nothing else runs meanwhile, with their history and
 * their chat.
 */
function seed(db: Database.Database): void {
  const now = Date.now()
  const trigger = db.prepare(
    `insert into triggers (workspace_id, name, agent_id, cron_expression, timezone, next_run_at, due_at, created_at, updated_at, total_runs, successful_runs, paused_at) values (1, ?, 'test-agent', ?, ?, ?, null, ?, ?, 100, 99, ?)`,
  )
  const execution = db.prepare(
    `insert into executions (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence, scheduled_for, queued_at, available_at, started_at, completed_at, duration_ms, lateness_ms, status, output) values (1, ?, ?, 1, 'test-agent', 'schedule', ?, ?, ?, ?, ?, ?, 40, 3, ?, ?)`,
  )
  const message = db.prepare(
    `insert into messages (workspace_id, kind, prompt, response, text, author_name, trigger_id, execution_id, created_at, updated_at) values (1, 'result', ?, ?, ?, 'Carillon', ?, ?, ?, ?)`,
  )
  db.transaction(() => {
    for (let i = 1; i <= SCHEDULES; i++)
      trigger.run(
        `schedule ${i}`,
        `${i} ${i % 24} * * ${i % 7}`,
        ZONES[i % ZONES.length],
        now + 3_600_000,
        now,
        now,
        now,
      )
    db.exec(
      `insert into trigger_revisions (trigger_id, revision, config, created_at) select id, 1, '${CONFIG}', 0 from triggers`,
    )
    for (let i = 1; i <= RUNS; i++) {
      const id = (i % SCHEDULES) + 1
      const at = now - (RUNS - i) * 60_000
      const text = `**Report ${i}**: the shop answered in ${i % 900} ms, and everything is fine today.`
      execution.run(
        id,
        `schedule ${id}`,
        String(i),
        at,
        at,
        at,
        at,
        at + 40,
        i % 10 ? 'success' : 'failed',
        text,
      )
      message.run(`[SCHEDULED] schedule ${id}`, JSON.stringify({ text }), text, id, i, at, at)
    }
  })()
}

async function bareServer(file: string): Promise<{ url: string; end(): void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-server.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<string>((resolve) =>
    child.stdout.on('data', (it: Buffer) => resolve(String(it).split(' ')[1]?.trim() ?? '')),
  )
  return { url: `http://127.0.0.1:${port}`, end: () => void child.kill('SIGKILL') }
}

/** Milliseconds a request, of `count` that are asked a few at a time. */
async function timePerRequest(url: string, headers: Record<string, string>, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const once = () =>
    new Promise<void>((resolve, reject) => {
      request(url, { agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`))
        response.resume().on('end', resolve)
      })
        .on('error', reject)
        .end()
    })
  const one = async (n: number) => {
    for (let i = 0; i < n; i++) await once()
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: AT_ONCE }, () => one(Math.ceil(count / AT_ONCE))))
  agent.destroy()
  return (performance.now() - begun) / count
}

async function cookieOf(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(ADA),
  })
  if (!response.ok) throw new Error(`Could not sign in: ${response.status} ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((it) => it.split(';')[0])
    .join('; ')
}

export async function requests({ rounds, quick }: Setting): Promise<Figure[]> {
  const { store, db } = await openFresh('requests')
  seed(db)
  const file = db.name
  db.close()
  await store.close()
  const server = await serve({}, join(import.meta.dirname, '.data', 'requests'))
  const bare = await bareServer(file)
  try {
    const api = { authorization: `Bearer ${(await apiKey(server)).trim()}` }
    if ((await call(server, api.authorization.slice(7), 'GET', '/workspaces')).status !== 200)
      throw new Error('The key is not good.')
    const browser = { cookie: await cookieOf(server.url), accept: 'text/html' }
    const lists = ROUTES.map((it) => ({ ...it, what: 'list', headers: api, count: quick ? 200 : 1500 }))
    const pages = PAGES.map((it) => ({ ...it, what: 'page', headers: browser, count: quick ? 40 : 200 }))
    const figures: Figure[] = []
    for (const { name, what, ours, bare: path, headers, count } of [...lists, ...pages]) {
      const taken: number[] = []
      const theirs: number[] = []
      await timePerRequest(server.url + ours, headers, count / 2)
      await timePerRequest(bare.url + path, {}, 500)
      for (let i = 0; i < rounds; i++) {
        taken.push(await timePerRequest(server.url + ours, headers, count))
        theirs.push(await timePerRequest(bare.url + path, {}, 1500))
      }
      figures.push({
        name: what === 'list' ? `GET 50 ${name}` : `page: ${name}`,
        unit: 'ms',
        ours: taken,
        peer: 'bare HTTP server, the same rows',
        theirs,
        ...(what === 'list' && { goal: 8 }),
      })
    }
    return figures
  } finally {
    bare.end()
    await server.end('SIGTERM')
  }
}
