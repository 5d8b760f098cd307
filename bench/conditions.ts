/**
 * What a hundred conditions a minute cost: each asks an address on loopback, compares, and keeps what it found. The
 * addresses are another process's; what is counted is all of this one.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type Database from 'better-sqlite3'
import pino from 'pino'
import { systemClock } from '../lib/clock.ts'
import { createLookAt } from '../lib/conditions/looking.ts'
import { createGuardedFetch } from '../lib/net/guarded-fetch.ts'
import type { Figure } from './figures.ts'
import { benchEngine, openFresh, sleep } from './world.ts'

const CONDITIONS = 100
const PEER = `require('node:http').createServer((q, r) => {
  r.setHeader('content-type', 'application/json')
  r.end(JSON.stringify({ data: { load: Math.random() * 80, host: 'one' } }))
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

function seed(db: Database.Database, origin: string): void {
  const insert = db.prepare(
    `insert into triggers (workspace_id, name, kind, config, agent_id, created_at, updated_at)
     values (1, ?, 'condition', ?, 'test-agent', 0, 0)`,
  )
  db.transaction(() => {
    for (let n = 0; n < CONDITIONS; n++)
      insert.run(
        `condition ${n}`,
        JSON.stringify({
          source: {
            kind: 'http',
            url: `${origin}/${n}`,
            method: 'GET',
            headers: {},
            path: 'data.load',
            as: 'number',
          },
          everySeconds: 60,
          when: { op: 'above', value: 90 },
        }),
      )
  })()
}

export async function conditions({ quick }: { quick: boolean }): Promise<Figure[]> {
  const peer = spawn(process.execPath, ['-e', PEER], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(peer.stdout, 'data')
  const { store, db } = await openFresh('conditions')
  seed(db, `http://127.0.0.1:${String(line).trim()}`)
  const fetch = createGuardedFetch({ allowedPrivateNetworks: ['127.0.0.1/32'] })
  const none = {} as never
  const log = pino({ level: 'silent' })
  const lookAt = createLookAt({
    store,
    clock: systemClock,
    log,
    fetch,
    box: none,
    secrets: { open: async () => new Map() } as never,
    mcp: none,
  })
  const engine = benchEngine(store, { settled: () => {}, lookAt })
  await engine.start({ fires: true })
  // Each is looked at once as it is taken up, and then at its own instant within a minute and a half: the usual pace.
  await sleep(90_000)
  const samples = () => db.prepare('select count(*) as n from condition_samples').get() as { n: number }
  const before = samples().n
  const cpu = process.cpuUsage()
  const spanMs = quick ? 60_000 : 180_000
  await sleep(spanMs)
  const used = process.cpuUsage(cpu)
  const looks = samples().n - before
  await engine.stop()
  peer.kill()
  db.close()
  await Promise.all([store.close(), fetch.close()])
  const percent = ((used.user + used.system) / 1000 / spanMs) * 100
  return [
    {
      name: `${CONDITIONS} conditions a minute`,
      unit: '% of a core',
      ours: [percent],
      goalAbsolute: 2,
      note: `${looks} looks in ${spanMs / 1000} s, the server's own beat included`,
    },
  ]
}
