/** What happens, on the real server: how long until a run has begun, and how fast events are held against triggers. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { apiKey, call, type Served, serve, until } from '../e2e/fixtures/serve.ts'
import { type Figure, percentiles, type Setting } from './figures.ts'
import { freshFolder } from './world.ts'

const WORKSPACE = '/workspace/my-workspace'
const TRIGGERS = 1000
const TYPES = 50
const TOLD = 20_000
const STARTS = 200

type Call = (path: string, body: unknown) => Promise<{ status: number }>

async function listener(post: Call, type: string, n: number): Promise<void> {
  const event = { types: [type], filter: { path: 'data.n', op: 'equals', value: n } }
  const body = { name: `${type} ${n}`, agentId: 'test-agent', kind: 'event', event }
  const { status } = await post(`${WORKSPACE}/triggers`, body)
  if (status !== 201) throw new Error(`A trigger was answered ${status}.`)
}

/** From the commit of a fact to the beginning of its run, in milliseconds, one at a time. */
async function startsAfter(post: Call, db: Database.Database, count: number): Promise<number[]> {
  const ended = db.prepare(
    `select e.started_at - v.at as ms from executions e
     join events v on v.workspace_id = e.workspace_id and e.occurrence = 'event:' || v.seq
     where e.trigger_name = 'custom.go 1' and e.started_at is not null`,
  )
  for (let n = 1; n <= count; n++) {
    await post(`${WORKSPACE}/trigger-events`, { type: 'custom.go', data: { n: 1 } })
    await until(() => ended.all().length >= n, 'a run to begin')
  }
  return (ended.all() as { ms: number }[]).map((it) => it.ms)
}

/**
 * Events a second, from when they are all there until the last one was held against the triggers. They are written past
 * the server, which would take as long to tell them: the last one is told, so that it looks at once and not at its next
 * sweep.
 */
async function matchedASecond(post: Call, db: Database.Database): Promise<number> {
  const place = db.prepare('select last_seq, matched_seq from workspaces where id = 1')
  const at = () => place.get() as { last_seq: number; matched_seq: number }
  const insert = db.prepare(
    `insert into events (workspace_id, seq, at, type, fact_type, fact) values (1, ?, ?, 'event:recorded', ?, ?)`,
  )
  const actor = { kind: 'system', id: null, name: 'Shop' }
  const fact = JSON.stringify({
    occurredAt: new Date().toISOString(),
    actor,
    sourceId: null,
    data: { n: -1 },
  })
  db.transaction(() => {
    const { last_seq: last } = at()
    for (let n = 1; n <= TOLD; n++) insert.run(last + n, Date.now(), `custom.t${n % TYPES}`, fact)
    db.prepare('update workspaces set last_seq = ? where id = 1').run(last + TOLD)
  }).immediate()
  const begun = performance.now()
  await post(`${WORKSPACE}/trigger-events`, { type: 'custom.t0', data: { n: -1 } })
  await until(() => at().matched_seq >= at().last_seq, 'all to be matched')
  return (1000 * TOLD) / (performance.now() - begun)
}

async function measured(server: Served, { rounds, quick }: Setting): Promise<Figure[]> {
  const key = (await apiKey(server)).trim()
  const post: Call = (path, body) => call(server, key, 'POST', path, body)
  for (let n = 0; n < TRIGGERS; n++) await listener(post, `custom.t${n % TYPES}`, n)
  await listener(post, 'custom.go', 1)
  const db = new Database(join(server.dataDir, 'carillon.db'))
  try {
    await startsAfter(post, db, 5)
    const { p50, p99 } = percentiles(await startsAfter(post, db, quick ? 40 : STARTS))
    const rates: number[] = []
    for (let n = 0; n < (quick ? 1 : rounds); n++) rates.push(await matchedASecond(post, db))
    const of = `${TRIGGERS.toLocaleString('en')} triggers`
    return [
      { name: 'fact committed → run begun, p50', unit: 'ms', ours: [p50], goalAbsolute: 100 },
      { name: 'fact committed → run begun, p99', unit: 'ms', ours: [p99], goalAbsolute: 300 },
      {
        ...{ name: `events matched a second, ${of}`, unit: '/s', ours: rates },
        ...{ higherIsBetter: true, note: 'goal 5,000' },
      },
    ]
  } finally {
    db.close()
  }
}

export async function facts(setting: Setting): Promise<Figure[]> {
  const server = await serve({}, freshFolder('facts'))
  try {
    return await measured(server, setting)
  } finally {
    await server.end('SIGTERM')
  }
}
