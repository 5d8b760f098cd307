/** How triggers are, on both databases: one answer for what is shown and what is asked for. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Health } from '#lib/contract/trigger.ts'
import type { Store } from '../store.ts'
import { raw } from '../testing/raw.ts'
import { stores } from '../testing/stores.ts'
import * as triggers from './triggers.ts'

const T0 = Date.parse('2026-03-01T09:00:00Z')
const clean = raw(sql`delete from workspaces`)

type Given = Partial<Store['t']['triggers']['$inferInsert']>
/** Will run, and has run well. */
const WELL: Given = { nextRunAt: T0, dueAt: T0, lastStatus: 'success' }
const DONE: Given = { maxExecutions: 3, plannedRuns: 3 }
const CASES: [what: string, given: Given, expected: Health][] = [
  ['has run well', {}, 'healthy'],
  ['has not run', { lastStatus: null }, 'new'],
  ['has failed', { lastStatus: 'failed', consecutiveFailures: 1 }, 'failing'],
  ['was stopped, and nothing failed', { lastStatus: 'cancelled' }, 'healthy'],
  ['is paused', { enabled: false, pausedAt: T0 }, 'paused'],
  ['is paused and failed before', { enabled: false, pausedAt: T0, consecutiveFailures: 2 }, 'paused'],
  [
    'was paused while it was switched off',
    { enabled: false, pausedAt: T0, disabledReason: 'It failed.' },
    'paused',
  ],
  ['is off by plain SQL', { enabled: false }, 'paused'],
  ['runs again after a pause that left its mark', { pausedAt: T0 }, 'healthy'],
  ['was switched off', { enabled: false, disabledReason: 'It failed.' }, 'disabled'],
  [
    'was switched off before its last run',
    { enabled: false, disabledReason: 'It failed.', maxExecutions: 3 },
    'disabled',
  ],
  ['has had its runs', { enabled: false, disabledReason: 'It has reached its maximum.', ...DONE }, 'ended'],
  ['has no reason but an empty one', { enabled: false, disabledReason: '' }, 'paused'],
  ['has no instant left', { nextRunAt: null, dueAt: null }, 'ended'],
  ['lacks what it needs', { unready: 'No model is set up.' }, 'unready'],
  ['lacks what it needs and is paused', { unready: 'x', enabled: false, pausedAt: T0 }, 'paused'],
  ['is to be planned', { nextRunAt: null, dueAt: 0, lastStatus: null }, 'new'],
  ['cannot be planned', { problem: 'timezone: Unknown.', nextRunAt: null, dueAt: null }, 'broken'],
  [
    'cannot be planned and is paused',
    { problem: 'timezone: Unknown.', enabled: false, pausedAt: T0 },
    'broken',
  ],
]

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let workspaceId: number
  beforeAll(async () => {
    ;({ store, close } = await open())
  }, 120_000)
  afterAll(() => close())
  beforeEach(async () => {
    await store.atomically([clean])
    const workspace = { name: 'home', slug: 'home', createdAt: T0 }
    const [row] = await store.q.insert(store.t.workspaces).values(workspace).returning()
    workspaceId = row?.id as number
  })

  async function insert(name: string, given: Given): Promise<number> {
    const base = { workspaceId, name, agentId: 'test-agent', createdAt: T0, updatedAt: T0 }
    const [row] = await store.q
      .insert(store.t.triggers)
      .values({ ...base, ...WELL, ...given })
      .returning()
    return row?.id as number
  }
  const list = (health?: Health) => triggers.list(store, workspaceId, { after: 0, health, limit: 1000 })

  test.each(CASES)('one that %s', async (what, given, expected) => {
    const id = await insert(what, given)
    expect((await triggers.get(store, workspaceId, id))?.health).toBe(expected)
    expect((await list(expected)).map((it) => it.id)).toEqual([id])
  })

  test('each is found by the health that it shows, and by no other', async () => {
    for (const enabled of [true, false])
      for (const pausedAt of [null, T0])
        for (const disabledReason of [null, 'It failed.'])
          for (const plannedRuns of [1, 3])
            for (const problem of [null, 'Unknown.'])
              for (const dueAt of [null, T0])
                for (const consecutiveFailures of [0, 1])
                  for (const unready of [null, 'No model.'])
                    for (const lastStatus of [null, 'success'] as const)
                      await insert('any', {
                        unready,
                        enabled,
                        pausedAt,
                        disabledReason,
                        plannedRuns,
                        maxExecutions: 3,
                        problem,
                        dueAt,
                        nextRunAt: dueAt,
                        consecutiveFailures,
                        lastStatus,
                      })
    const all = await list()
    expect(all).toHaveLength(512)
    for (const health of Health.options) {
      const shown = all.filter((it) => it.health === health).map((it) => it.id)
      expect(shown.length).toBeGreaterThan(0)
      expect((await list(health)).map((it) => it.id)).toEqual(shown)
    }
  })
})
