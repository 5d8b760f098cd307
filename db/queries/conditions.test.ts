/** Of several servers one looks at a condition, and what it found is kept once, on both databases. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { raw } from '../testing/raw.ts'
import { stores } from '../testing/stores.ts'
import * as conditions from './conditions.ts'

const NOW = new Date('2026-03-01T09:00:00Z')
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
const clean = raw(sql`delete from triggers`)

describe.each(stores)('on $name', ({ open }) => {
  let [store, second, close]: [Store, Store, () => Promise<void>] = [] as never
  let workspaceId: number
  beforeAll(async () => {
    ;({ store, second, close } = await open())
    const home = { name: 'home', slug: 'home', createdAt: 0 }
    const [row] = await store.q.insert(store.t.workspaces).values(home).returning()
    workspaceId = row?.id ?? 0
  })
  afterAll(() => close())
  beforeEach(() => store.atomically([clean]))

  async function trigger(change: object = {}): Promise<number> {
    const at = NOW.getTime()
    const it = {
      workspaceId,
      name: 'x',
      agentId: 'test-agent',
      kind: 'condition',
      createdAt: at,
      updatedAt: at,
    }
    const [row] = await store.q
      .insert(store.t.triggers)
      .values({ ...it, ...change })
      .returning()
    return row?.id ?? 0
  }
  async function lease(on: Store, now = NOW, each = 10) {
    const triggerIds = (await conditions.due(on, { now, each })).map((it) => it.triggerId)
    return conditions.leased(on, { now, until: new Date(now.getTime() + 60_000), triggerIds })
  }
  async function leasedOne(now = NOW): Promise<conditions.ConditionRow> {
    const [row] = await lease(store, now)
    if (!row) throw new Error('None is due.')
    return row
  }
  const keep = (row: conditions.ConditionRow, at: Date, change: Partial<conditions.Found> = {}) => {
    const { leaseUntil: _, ...it } = row
    const next = { lastValue: '5', lastCheckedAt: at.getTime(), nextCheckAt: at.getTime() + 60_000 }
    return store.atomically(
      conditions.found({ ...it, ...next, ...change }, at, { source: 's', print: null, fresh: null }),
    )
  }
  const samples = (id: number) => conditions.samplesOf(store, id, { from: null, to: null, limit: 10 })

  test('those that are on are looked at, whoever has written them', async () => {
    const [on] = [await trigger(), await trigger({ enabled: false }), await trigger({ kind: 'schedule' })]
    await conditions.followTriggers(store, NOW)
    await conditions.followTriggers(store, later(1))
    expect((await lease(store)).map((it) => it.triggerId)).toEqual([on])
  })

  test('one that was off is looked at again, and one that a wrong clock has put off', async () => {
    const id = await trigger()
    await conditions.followTriggers(store, NOW)
    await conditions.putToSleep(store, await leasedOne())
    expect([await conditions.nextCheck(store, NOW), await lease(store, later(900))]).toEqual([null, []])
    await conditions.followTriggers(store, later(60))
    expect(await conditions.nextCheck(store, later(60))).toEqual(later(60))
    await keep(await leasedOne(later(60)), later(1_000_000))
    await conditions.followTriggers(store, later(120))
    expect((await lease(store, later(120))).map((it) => it.triggerId)).toEqual([id])
  })

  test('two servers share what is due, and whoever died is followed by another', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => trigger()))
    await conditions.followTriggers(store, NOW)
    const both = await Promise.all([lease(store, NOW, 6), lease(second, NOW, 6)])
    expect(
      both
        .flat()
        .map((it) => it.triggerId)
        .sort(),
    ).toEqual(ids.sort())
    expect(await lease(second, later(59))).toEqual([])
    expect(await lease(second, later(60))).toHaveLength(6)
  })

  test('of each workspace only so many are asked for, the oldest first', async () => {
    const ids = [await trigger(), await trigger(), await trigger()]
    await conditions.followTriggers(store, NOW)
    expect(await conditions.due(store, { now: NOW, each: 2 })).toEqual(
      ids.slice(0, 2).map((triggerId) => ({ triggerId, workspaceId })),
    )
  })

  test('what a look found is kept with its sample, and is due again', async () => {
    const id = await trigger()
    await conditions.followTriggers(store, NOW)
    await keep(await leasedOne(), later(1), { state: 'true', crossings: 1 })
    expect(await samples(id)).toEqual([{ at: later(1).getTime(), value: '5', state: 'true', error: null }])
    expect((await conditions.statesOf(store, [id, 999])).get(id)).toMatchObject({
      ...{ state: 'true', crossings: 1, leaseUntil: null },
    })
    expect(await conditions.nextCheck(store, later(2))).toEqual(later(61))
    const failed = { lastError: 'away', errorsInARow: 1 }
    await keep(await leasedOne(later(61)), later(61), failed)
    expect((await samples(id))[0]).toMatchObject({ value: null, error: 'away' })
  })

  test('a look that came too late, or is of what was, changes nothing at all', async () => {
    const id = await trigger()
    await conditions.followTriggers(store, NOW)
    const late = await leasedOne()
    const taken = await leasedOne(later(60))
    expect([await conditions.isOwn(store, late), await conditions.isOwn(store, taken)]).toEqual([false, true])
    await expect(keep(late, later(61))).rejects.toThrow()
    await conditions.wake(store, id, later(62))
    await expect(keep(taken, later(63))).rejects.toThrow()
    expect([await samples(id), (await conditions.statesOf(store, [id])).get(id)?.lastValue]).toEqual([
      [],
      null,
    ])
    expect(await lease(store, later(63))).toHaveLength(1)
  })

  test('samples are kept for a while, and the newest of each', async () => {
    const [one, two] = [await trigger(), await trigger()]
    await conditions.followTriggers(store, NOW)
    for (const triggerId of [one, two])
      await store.q.insert(store.t.conditionSamples).values(
        Array.from({ length: 8 }, (_, n) => ({
          ...{ triggerId, at: later(n).getTime(), value: `${n}`, state: 'false' as const },
        })),
      )
    await conditions.pruneSamples(store, { before: later(2), most: 4 })
    expect((await samples(one)).map((it) => it.value)).toEqual(['7', '6', '5', '4'])
    const some = { from: later(5), to: later(6), limit: 10 }
    expect((await conditions.samplesOf(store, two, some)).map((it) => it.value)).toEqual(['6', '5'])
  })
})
