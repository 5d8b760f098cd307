/** throttle, on both databases: no two starts are closer than it permits, whatever a run has waited for before. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes, seconds } from '../clock.ts'
import { type NewTriggerInput, TriggerChange } from '../contract/trigger.ts'
import { happens, numbered, verdicts, waitsFor } from './testing/telling-facts.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

/** As if there were all but one of them. */
const nearlyFull = raw(sql`
  insert into executions (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence,
    queued_at, available_at, status, collecting)
  select workspace_id, trigger_id, 'Other', 1, 'test-agent', 'event', 'window:x' || n, queued_at, available_at, status, 'x' || n
  from executions, (
    with recursive s(n) as (select 1 union all select n + 1 from s where n < 9998) select n from s) numbers
  where collecting is not null`)

const ORDERS = { types: ['custom.order'] }
const ONE_A_MINUTE = { count: 1, perSeconds: 60 }

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  const starts = async (it: World, id: number) =>
    (await it.history(id)).flatMap((one) => (one.startedAt ? [Date.parse(one.startedAt)] : []))
  const apart = (all: number[]) => all.slice(1).map((ms, n) => ms - (all[n] ?? 0))

  test('what waited for capacity starts no closer for that', async () => {
    const it = await on.begin({ limits: { total: 1, perWorkspace: 1 } })
    const other = await it.schedule({ context: { does: 'hang' } })
    const execution = await it.triggers.runNow(it.workspaceId, other.id, {}, ADA)
    await it.running(1)
    const trigger = await waitsFor(it, ORDERS, { overlap: 'allow_all', throttle: ONE_A_MINUTE })
    await happens(it, numbered(3))
    await it.passes(minutes(4))
    expect(await starts(it, trigger.id)).toEqual([])
    await it.executions.cancel(it.workspaceId, execution.id, ADA)
    for (const count of [1, 2, 3]) {
      await it.settled(count, trigger.id)
      await it.passes(minutes(1))
    }
    expect(apart(await starts(it, trigger.id))).toEqual([minutes(1), minutes(1)])
  })

  test('what waited for the run before it starts no closer for that', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, ORDERS, {
      ...{ overlapKey: 'data.of', context: { does: 'hang' }, throttle: { count: 2, perSeconds: 60 } },
    })
    await happens(it, [{ of: 'a' }, { of: 'b' }])
    await it.running(2)
    await it.passes(seconds(50))
    await happens(it, [{ of: 'a' }, { of: 'b' }, { of: 'c' }])
    await it.passes(seconds(70))
    await it.running(3)
    // What is called off at the instant of its start has not begun.
    await it.passes(seconds(1))
    const running = (await it.history(trigger.id)).filter((run) => run.status === 'running')
    for (const { id } of running) await it.executions.cancel(it.workspaceId, id, ADA)
    await it.settled(3, trigger.id)
    await it.passes(minutes(1))
    await it.running(2)
    const sorted = (await starts(it, trigger.id)).sort((a, b) => a - b)
    const closest = sorted.slice(2).map((ms, n) => ms - (sorted[n] ?? 0))
    expect(sorted).toHaveLength(5)
    expect(Math.min(...closest)).toBeGreaterThanOrEqual(minutes(1))
  })

  test('what was put off goes by the throttle that there is now, not by the one of then', async () => {
    const it = await on.begin()
    const throttle = { count: 1, perSeconds: 7 * 86_400 }
    const trigger = await waitsFor(it, ORDERS, { overlap: 'allow_all', throttle })
    const change = (to: NewTriggerInput['throttle']) =>
      it.triggers.change(it.workspaceId, trigger.id, TriggerChange.parse({ throttle: to }), ADA)
    await happens(it, numbered(5))
    await it.settled(1, trigger.id)
    await change(ONE_A_MINUTE)
    for (const count of [2, 3]) {
      await it.passes(minutes(1))
      await it.settled(count, trigger.id)
    }
    expect(apart(await starts(it, trigger.id))).toEqual([minutes(1), minutes(1)])
    await change(null)
    await it.settled(5, trigger.id)
  })

  test('what is called off before its turn ends at once, and was no start', async () => {
    const it = await on.begin()
    const cancelOn = [{ types: ['custom.gone'] }]
    const trigger = await waitsFor(it, ORDERS, { cancelOn, overlap: 'allow_all', throttle: ONE_A_MINUTE })
    await happens(it, numbered(2))
    await it.settled(1, trigger.id)
    await happens(it, [{}], 'custom.gone')
    await it.settled(2, trigger.id)
    await happens(it, numbered(1))
    await it.passes(minutes(1))
    await it.settled(3, trigger.id)
    expect((await it.history(trigger.id)).map((one) => one.status)).toEqual([
      'success',
      'cancelled',
      'success',
    ])
  })

  test('a window that is full closes, and starts when it may; it gathers no more while it waits for that', async () => {
    const it = await on.begin()
    const collect = { maxSeconds: 3600, maxEvents: 2, keep: 'all' as const }
    const trigger = await waitsFor(it, ORDERS, { collect, overlap: 'allow_all', throttle: ONE_A_MINUTE })
    await happens(it, numbered(2))
    await it.settled(1, trigger.id)
    await happens(it, numbered(5))
    await it.passes(minutes(1))
    await it.settled(2, trigger.id)
    await it.passes(minutes(1))
    await it.settled(3, trigger.id)
    expect((await it.history(trigger.id)).map((one) => [one.status, one.eventCount])).toEqual([
      ['success', 2],
      ['success', 2],
      ['success', 2],
      ['queued', 1],
    ])
  })

  test('"skip": a window that closes before those that were planned is not counted against them', async () => {
    const it = await on.begin()
    const throttle = { ...ONE_A_MINUTE, excess: 'skip' as const }
    const collect = { maxSeconds: 300, quietSeconds: 100, keep: 'all' as const, key: 'data.of' }
    const trigger = await waitsFor(it, ORDERS, { collect, throttle })
    await happens(it, [{ of: 'a' }])
    await it.passes(seconds(20))
    // It closes 20 seconds after the other one, and would start too soon.
    await happens(it, [{ of: 'b' }])
    expect(await verdicts(it, trigger.id)).toEqual([
      ['collected', 1],
      ['rate_limited', 1],
    ])
    await it.passes(seconds(80))
    await it.settled(2, trigger.id)
  })

  test('so many windows gather in a workspace at once; what would open another is skipped, and says so', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, ORDERS, { collect: { maxSeconds: 600, keep: 'all', key: 'data.of' } })
    await happens(it, [{ of: 'a' }])
    await it.store.atomically([nearlyFull])
    await happens(it, [{ of: 'b' }, { of: 'a' }, { of: 'c' }])
    expect((await verdicts(it, trigger.id)).map(([verdict]) => verdict)).toEqual([
      ...['collected', 'collected', 'collected', 'rate_limited'],
    ])
    expect((await it.history(trigger.id)).at(-1)).toMatchObject({
      ...{ status: 'skipped', reasonCode: 'rate_limited' },
      reason: 'Skipped: this workspace gathers in 10,000 windows already, as many as it may.',
    })
  })
})
