/** A list of budgets takes the place of another in one go, on both databases. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NewBudget, NewSharedBudget } from '#lib/contract/budget.ts'
import type { Store } from '../store.ts'
import { raw } from '../testing/raw.ts'
import { stores } from '../testing/stores.ts'
import * as budgets from './budgets.ts'

const NOW = new Date('2026-03-01T09:00:00Z')
const clean = raw(sql`delete from budgets`)

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let workspaceId: number
  beforeAll(async () => {
    ;({ store, close } = await open())
    const home = { name: 'home', slug: 'home', createdAt: 0 }
    const [row] = await store.q.insert(store.t.workspaces).values(home).returning()
    workspaceId = row?.id ?? 0
  })
  afterAll(() => close())
  beforeEach(() => store.atomically([clean]))

  const replace = (...wanted: object[]) =>
    budgets.replace(
      store,
      workspaceId,
      wanted.map((it) => NewBudget.parse(it)),
      NOW,
    )
  const list = async () =>
    (await budgets.list(store, workspaceId)).map(({ id, period, tokens }) => ({ id, period, tokens }))

  test('what there is of the same thing and period keeps its id; what is left out goes, of others nothing does', async () => {
    await replace({ tokens: 1 }, { tokens: 2 }, { period: 'month', tokens: 3 })
    const [first, second, month] = await list()
    await budgets.replace(store, null, [NewSharedBudget.parse({ tokens: 7 })], NOW)
    await replace({ period: 'run', tokens: 4 }, { period: 'month', tokens: 5 }, { tokens: 6 })
    expect(await list()).toEqual([
      { ...first, tokens: 6 },
      { ...month, tokens: 5 },
      { id: expect.any(Number), period: 'run', tokens: 4 },
    ])
    expect([second?.id, month?.id]).not.toContain((await list())[2]?.id)
    expect(await budgets.list(store, null)).toMatchObject([{ tokens: 7 }])
    await replace()
    expect(await list()).toEqual([])
    expect(await budgets.list(store, null)).toHaveLength(1)
  })

  test('of two lists at once one is left, whole', async () => {
    const whole = (from: number) => [1, 2, 3].map((n) => ({ tokens: from + n }))
    for (let n = 0; n < 10; n++) {
      await Promise.all([replace(...whole(100)), replace(...whole(200))])
      const left = (await list()).map((it) => it.tokens)
      expect([
        [101, 102, 103],
        [201, 202, 203],
      ]).toContainEqual(left)
      await replace()
    }
  })

  test('where the last of it cannot be written, all is as it was', async () => {
    await replace({ tokens: 1 }, { period: 'month', tokens: 2 })
    const was = await list()
    const wanted = [{ tokens: 5 }, { period: 'run', tokens: 6 }].map((it) => NewBudget.parse(it))
    const broken = { ...NewBudget.parse({ tokens: 7 }), over: null as never }
    await expect(budgets.replace(store, workspaceId, [...wanted, broken], NOW)).rejects.toThrow()
    expect(await list()).toEqual(was)
  })
})
