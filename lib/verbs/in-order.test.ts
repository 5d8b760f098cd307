import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

const LISTS: Record<string, number[]> = { bad: [1, 2, 3], odd: [], good: [4, 5] }
const look = async (state: string, { cursor, limit }: { cursor: string | undefined; limit: number }) => {
  const from = Number(cursor ?? 0)
  const all = LISTS[state] ?? []
  const items = all.slice(from, from + limit)
  return { items, nextCursor: from + limit < all.length ? String(from + limit) : null }
}
const STATES = ['bad', 'odd', 'good']

test('pages of any length go through every state, each item once', async () => {
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    const found: number[] = []
    let cursor: string | undefined
    for (let pages = 0; pages < 10; pages++) {
      const page = await inOrder(STATES, { cursor, limit }, look)
      expect(page.items.length).toBeLessThanOrEqual(limit)
      found.push(...page.items)
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect([limit, found]).toEqual([limit, [1, 2, 3, 4, 5]])
  }
})

test('a cursor that is none is refused', async () => {
  for (const cursor of ['x', '7~', '-1~', ''])
    await expect(inOrder(STATES, { cursor, limit: 2 }, look)).rejects.toThrow(
      'is not one that this server gave',
    )
})
