/** What it takes to try a trigger on what has happened: ten thousand recorded events. */
import { NewTrigger } from '../lib/contract/trigger.ts'
import { systemClock } from '../lib/clock.ts'
import { run } from '../lib/verbs/simulating.ts'
import type { Figure } from './figures.ts'
import { openFresh } from './world.ts'

const EVENTS = 10_000
const DAY_MS = 86_400_000

export async function backtest({ quick }: { quick: boolean }): Promise<Figure[]> {
  const { store, db } = await openFresh('backtest')
  const now = Date.now()
  const insert = db.prepare(
    `insert into events (workspace_id, seq, at, type, fact_type, fact) values (1, ?, ?, 'event:recorded', 'custom.order', ?)`,
  )
  db.transaction(() => {
    for (let seq = 1; seq <= EVENTS; seq++) {
      const at = now - DAY_MS + Math.floor((DAY_MS * seq) / EVENTS)
      const actor = { kind: 'system', id: null, name: 'Shop' }
      const data = { n: seq % 10, customer: seq % 50, text: 'Two of them, please. '.repeat(10) }
      insert.run(
        seq,
        at,
        JSON.stringify({ occurredAt: new Date(at).toISOString(), actor, sourceId: null, data }),
      )
    }
    db.exec(`update workspaces set last_seq = ${EVENTS}`)
  })()
  const trigger = NewTrigger.parse({
    ...{ name: 'Orders', agentId: 'test-agent', kind: 'event', overlapKey: 'data.customer' },
    event: { types: ['custom.*'], filter: { path: 'data.n', op: 'lt', value: 9 } },
    throttle: { count: 1000, perSeconds: 3600 },
  })
  const span = { from: new Date(now - DAY_MS).toISOString(), to: new Date(now).toISOString() }
  const taken: number[] = []
  for (let n = 0; n < (quick ? 3 : 9); n++) {
    const begun = performance.now()
    const deps = { store, clock: systemClock, minimumIntervalSeconds: 60 }
    const { occurrences } = await run(deps, 1, { trigger, ...span, assumeSeconds: 20 })
    taken.push(performance.now() - begun)
    if (occurrences.length !== (EVENTS / 10) * 9) throw new Error(`${occurrences.length} of them fired.`)
  }
  db.close()
  await store.close()
  return [{ name: '10,000 recorded events backtested', unit: 'ms', ours: taken, goalAbsolute: 2000 }]
}
