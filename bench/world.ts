/** What the measures share: a fresh database, schedules that are due at one instant, and the engine over them. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pino from 'pino'
import { openSqlite } from '../db/sqlite/index.ts'
import type { Store } from '../db/store.ts'
import { systemClock } from '../lib/clock.ts'
import type { LookAt } from '../lib/conditions/looking.ts'
import { createEngine, type Engine } from '../lib/engine/engine.ts'
import { embeddedQueue } from '../lib/queue/embedded.ts'

/** Runs at a time, at the most. */
export const SLOTS = 500
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Africa/Lagos', 'Australia/Brisbane']
export const CONFIG = JSON.stringify({
  timeoutSeconds: 300,
  retries: 0,
  post: 'always',
  context: '{}',
  overlap: 'skip',
})

export function freshFolder(name: string): string {
  const folder = join(import.meta.dirname, '.data', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

export async function openFresh(name: string): Promise<{ store: Store; db: Database.Database }> {
  const file = join(freshFolder(name), 'carillon.db')
  const store = await openSqlite({ file, exclusive: true })
  await store.q.insert(store.t.workspaces).values({ name: 'bench', slug: 'bench', createdAt: Date.now() })
  return { store, db: new Database(file) }
}

/**
 * `count` schedules whose pattern has the instant `planned`, in each one's zone, and which are looked at
 * when `dueAt` comes.
 */
export function seedSchedules(db: Database.Database, count: number, planned: Date, dueAt: Date): void {
  const insert = db.prepare(
    `insert into triggers (workspace_id, name, agent_id, cron_expression, timezone, next_run_at, due_at, created_at, updated_at) values (1, ?, 'test-agent', ?, ?, ?, ?, 0, 0)`,
  )
  db.transaction(() => {
    for (let i = 0; i < count; i++)
      insert.run(
        `schedule ${i}`,
        `${planned.getUTCMinutes()},${(planned.getUTCMinutes() + 10 + (i % 40)) % 60} * * * *`,
        ZONES[i % ZONES.length],
        planned.getTime(),
        dueAt.getTime(),
      )
    db.exec(
      `insert into trigger_revisions (trigger_id, revision, config, created_at) select id, 1, '${CONFIG}', 0 from triggers`,
    )
  })()
}

export function benchEngine(
  store: Store,
  {
    settled,
    hint = () => {},
    lookAt = async () => ({ kind: 'failed', error: 'Nothing is watched here.' }),
  }: { settled(count: number): void; hint?: (workspaceIds: number[]) => void; lookAt?: LookAt },
): Engine {
  const log = pino({ level: 'silent' })
  const limits = { total: SLOTS, perWorkspace: SLOTS }
  return createEngine({
    store,
    clock: systemClock,
    log,
    limits,
    minimumIntervalSeconds: 60,
    server: { id: 'bench', role: 'all', version: '0' },
    beatMs: 5000,
    leaseMs: 20_000,
    graceMs: 25_000,
    witness: { lastSeen: () => null, saw: () => {} },
    chance: Math.random,
    hint,
    lookAt,
    agents: {
      perform: async () => ({ kind: 'done', result: { text: 'done' } }),
      safeToRepeat: async () => false,
    },
    observeStart: () => {},
    observe: (entries) => settled(entries.filter((it) => it.kind === 'settle').length),
    queue: (taker) => embeddedQueue({ store, clock: systemClock, log, owner: 'bench', limits, taker }),
  })
}

export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))

/**
 * A herd that is longer under way than the rest of its minute would be made up for, not fired: it begins
 * early in a minute.
 */
const MINUTE_MS = 60_000
const ROOM_MS = 15_000

/** The minute that began last, with room for a herd in it: a real instant of every pattern, and no minute to wait. */
export async function minuteWithRoom(): Promise<Date> {
  const spent = Date.now() % MINUTE_MS
  if (spent > MINUTE_MS - ROOM_MS) await sleep(MINUTE_MS - spent + 1)
  return new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS)
}
