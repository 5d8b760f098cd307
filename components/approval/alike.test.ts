import { expect, test } from 'vitest'
import { Filter } from '#lib/contract/filter.ts'
import { alike, choosable } from './alike.ts'

const call = { url: 'https://example.com/', headers: { a: 'b' }, 'x.y': 1, '': 2 }

test('each argument that is chosen must be the same; what a path cannot name is not offered', () => {
  expect(choosable(call).map(([name]) => name)).toEqual(['url', 'headers'])
  const filter = alike(call, new Set())
  expect(filter).toEqual({
    all: [
      { path: 'arguments.url', op: 'equals', value: 'https://example.com/' },
      { path: 'arguments.headers', op: 'equals', value: { a: 'b' } },
    ],
  })
  expect(Filter.safeParse(filter).success).toBe(true)
  expect(alike(call, new Set(['url']))).toEqual({
    all: [{ path: 'arguments.headers', op: 'equals', value: { a: 'b' } }],
  })
})

test('where nothing is chosen there is no filter', () => {
  expect(alike(call, new Set(['url', 'headers']))).toBeNull()
  expect([alike(null, new Set()), alike('x', new Set()), alike({}, new Set())]).toEqual([null, null, null])
})
