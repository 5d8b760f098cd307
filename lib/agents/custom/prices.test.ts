/** What is kept of prices: of those who change one state at once, one is heard and the others are told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { setSetting } from '#db/queries/upkeep.ts'
import { keepPrices, prices, SHIPPED } from './prices.ts'

const free = (model: string) => ({
  asOf: '2026-11-28',
  prices: [{ model, input: 0, cachedInput: null, output: 0 }],
})
const by = (name: string) => ({ by: name, at: 7 })

describe.each(stores)('on $name', ({ open }) => {
  let one: Store
  let other: Store
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ store: one, second: other, close } = await open())
  })
  afterAll(() => close())

  test('of two who change the same state at once one is heard, also when nothing was kept before', async () => {
    for (const seen of [1, 2]) {
      expect(await prices(one)).toMatchObject({ revision: seen })
      const outcomes = await Promise.all(
        [one, other].map((store, n) =>
          keepPrices(store, { ...free(`of-${n}`), revision: seen }, by(`Nr ${n}`)),
        ),
      )
      const [heard] = outcomes.flatMap((it) => ('kept' in it ? [it.kept] : []))
      expect(await prices(other)).toEqual({ ...heard, revision: seen + 1 })
      const changed = { revision: seen + 1, made: { by: `Nr ${heard?.prices[0]?.model.at(-1)}`, at: 7 } }
      expect(outcomes).toContainEqual({ changed: expect.objectContaining(changed) })
    }
  })

  test('whoever names no state is heard after whoever was first', async () => {
    await Promise.all([one, other].map((store) => keepPrices(store, free('any'), by('Ada'))))
    expect(await prices(one)).toMatchObject({ ...free('any'), revision: 5 })
  })

  test('a list that was kept without a revision is read, and can be changed', async () => {
    await setSetting(one, 'model_prices', JSON.stringify(SHIPPED))
    expect(await prices(one)).toEqual({ ...SHIPPED, revision: 1 })
    expect(await keepPrices(one, { ...free('x'), revision: 1 }, by('Ada'))).toMatchObject({
      kept: { revision: 2 },
    })
  })
})
