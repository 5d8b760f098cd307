import { expect, test } from 'vitest'
import { together } from './together.ts'

test('what comes meanwhile goes together, so many at a time, and each hears of its own', async () => {
  const rounds: number[][] = []
  const double = together<number, number>(3, async (all) => {
    rounds.push([...all])
    await new Promise<void>((resolve) => setImmediate(resolve))
    return all.map((it) => it * 2)
  })
  expect(await Promise.all([1, 2, 3, 4, 5].map(double))).toEqual([2, 4, 6, 8, 10])
  expect(rounds).toEqual([[1], [2, 3, 4], [5]])
})

test('one that fails takes no other with it', async () => {
  const each = together<number, number>(10, async (all) => {
    if (all.includes(3)) throw new Error('three')
    return [...all]
  })
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(each))
  expect(outcomes.map((it) => (it.status === 'fulfilled' ? it.value : String(it.reason)))).toEqual([
    1,
    2,
    'Error: three',
    4,
  ])
})
