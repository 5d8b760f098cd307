/**
 * The cluster's queue on a real PostgreSQL: what was queued reaches a server, once and within the limits,
 * whatever becomes of its job.
 */
import { sql } from 'drizzle-orm'
import pg from 'pg'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { fireNow } from '#db/queries/firing.ts'
import { NOTHING_USED } from '#db/queries/entries.ts'
import { write } from '#db/queries/settling.ts'
import { openPostgres } from '#db/postgres.ts'
import { as, statement } from '#db/statement.ts'
import type { Store } from '#db/store.ts'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { handClock, type HandClock, seconds } from '../clock.ts'
import { pgBossQueue } from './pg-boss.ts'
import type { Queue } from './queue.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let shell: pg.Client
let clock: HandClock
const servers: { store: Store; queue: Queue }[] = []

beforeEach(async () => {
  database = await freshDatabase()
  shell = new pg.Client(database.url)
  await shell.connect()
  clock = handClock(new Date())
})
afterEach(async () => {
  for (const { store, queue } of servers.splice(0)) {
    await queue.stop()
    await queue.leave()
    await store.close()
  }
  await shell.end()
  await database.drop()
})

async function server(owner: string, { total = 10, takes = true } = {}) {
  const store = await openPostgres({ url: database.url, connections: 3 })
  const held = new Map<number, ClaimedRow>()
  const taker = {
    admit: async () => {},
    begin: (claimed: ClaimedRow[]) => {
      for (const it of claimed) held.set(it.id, it)
    },
    get running() {
      return held.size
    },
  }
  const queue = pgBossQueue({
    store,
    url: database.url,
    clock,
    log: pino({ level: 'silent' }),
    owner,
    limits: { total, perWorkspace: 100 },
    taker,
  })
  servers.push({ store, queue })
  await queue.join()
  if (takes) queue.start()
  return {
    store,
    queue,
    held,
    /** As after a run that ended: the row is settled, the slot is free. */
    async settle() {
      const ended = [...held.values()]
      held.clear()
      await write(
        store,
        ended.map((it) => ({
          kind: 'settle',
          executionId: it.id,
          workspaceId: it.workspaceId,
          triggerId: it.triggerId,
          from: 'running',
          owner,
          fence: it.fence,
          attempt: it.attempt,
          status: 'success',
          reason: null,
          reasonCode: null,
          output: '',
          outcome: null,
          error: null,
          notes: null,
          memory: null,
          ...NOTHING_USED,
          durationMs: 1,
          countsAsFailure: false,
          message: null,
          events: [],
          steps: [],
        })),
        clock.now(),
      )
    },
  }
}

const plant = statement({
  values: { workspaceId: 'int' },
  answer: { id: as('int', sql`id`) },
  text: ({ returning, values: { workspaceId } }) => sql`
    insert into triggers (workspace_id, name, agent_id, overlap, created_at, updated_at)
    values (${workspaceId}, 'bell', 'test-agent', 'allow_all', 0, 0) ${returning}`,
})

/** As many executions of a trigger of a workspace of their own, which wait to be taken. */
async function queueUp(store: Store, count: number): Promise<void> {
  const { id: workspaceId } = (
    await store.q
      .insert(store.t.workspaces)
      .values({ name: 'Home', slug: `home-${count}`, createdAt: clock.now().getTime() })
      .returning({ id: store.t.workspaces.id })
  )[0] as { id: number }
  const [trigger] = await store.all(plant({ workspaceId }))
  await fireNow(
    store,
    { workspaceId, triggerId: trigger?.id as number, overlap: 'allow_all' },
    Array.from({ length: count }, (_, i) => ({
      key: `by hand ${i}`,
      kind: 'manual',
      scheduledFor: clock.now(),
      status: 'queued',
      availableAt: clock.now(),
      isCatchup: false,
      reason: null,
      reasonCode: null,
      overlapReason: '',
      notice: null,
      missedFrom: null,
      missedTo: null,
      missedCount: null,
    })),
    clock.now(),
  )
}

const jobs = async () =>
  (await shell.query(`select state, data from pgboss.job where name = 'executions' order by created_on`))
    .rows as { state: string; data: { executionIds: number[] } }[]

/**
 * Each question goes to the database and back; the servers' clock moves on a little while they rest, so that
 * they poll: how long a look takes on this machine costs none of their time. Answers how much of it has passed.
 */
async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<number> {
  const begunMs = clock.monotonicMs()
  for (const giveUpAt = performance.now() + 120_000; !(await condition()); await shell.query('select 1')) {
    if (performance.now() > giveUpAt) throw new Error(`Waited too long for ${what}.`)
    if (servers.every(({ queue }) => queue.claimingSince === null)) clock.advance(5)
  }
  return clock.monotonicMs() - begunMs
}

test('jobs are sent in the transaction that queues their executions, and completed when these are taken', async () => {
  const a = await server('a', { total: 100, takes: false })
  await queueUp(a.store, 30)
  expect((await jobs()).map((it) => [it.state, it.data.executionIds.length])).toEqual([
    ['created', 25],
    ['created', 5],
  ])
  a.queue.start()
  await until(() => a.held.size === 30, 'all to be taken')
  await until(async () => (await jobs()).every((it) => it.state === 'completed'), 'the jobs to be completed')
})

test('two servers never take more than the limit, and each execution once', async () => {
  const [a, b] = [await server('a', { total: 20 }), await server('b', { total: 20 })]
  await queueUp(a.store, 60)
  const taken = new Set<number>()
  while (taken.size < 60) {
    await until(() => a.held.size + b.held.size === 20, 'twenty to run')
    for (const it of [a, b]) {
      for (const id of it.held.keys()) {
        expect(taken.has(id)).toBe(false)
        taken.add(id)
      }
      await it.settle()
    }
  }
})

test('what the limit held back is taken at the next poll after another server freed the slots', async () => {
  const [a, b] = [await server('a', { total: 10, takes: false }), await server('b', { total: 10 })]
  await queueUp(b.store, 10)
  await until(() => b.held.size === 10, 'the limit to be reached')
  a.queue.start()
  await queueUp(b.store, 5)
  await until(
    async () => (await jobs()).every((it) => it.state === 'completed'),
    'the other server to have used up the jobs',
  )
  await b.settle()
  await b.queue.stop()
  expect(await until(() => a.held.size === 5, 'what was held back')).toBeLessThan(seconds(2))
})

test('a job that was lost costs no more than the time until the next sweep', async () => {
  const a = await server('a', { takes: false })
  await queueUp(a.store, 3)
  await shell.query('delete from pgboss.job')
  a.queue.start()
  await until(() => a.held.size === 3, 'the first sweep')
  await a.settle()
  await queueUp(a.store, 4)
  await shell.query('delete from pgboss.job')
  expect(await until(() => a.held.size === 4, 'the next sweep')).toBeLessThan(seconds(7))
})
