import { expect, test } from 'vitest'
import { Filter } from './filter.ts'
import { filterInWords, valueInWords } from './filter-words.ts'

const is = { path: 'data.name', op: 'equals', value: 'Menu' } as const
function deep(levels: number): unknown {
  let value: unknown = 1
  for (let n = 0; n < levels; n++) value = [value]
  return value
}
const nested = (depth: number): unknown => (depth === 0 ? is : { not: nested(depth - 1) })

test.each<[string, unknown]>([
  ['a comparison', is],
  ['a value that is an object', { ...is, value: { a: [1, null] } }],
  ['nothing as a value', { ...is, value: null }],
  ['each of the groups', { all: [{ any: [is, is] }, { not: is }] }],
  ['five groups in each other', nested(5)],
  ['fifty parts', { all: Array(49).fill(is) }],
  ['a pattern of 200 characters', { ...is, op: 'matches', value: 'x'.repeat(200) }],
])('%s is a filter', (_, filter) => {
  expect(Filter.safeParse(filter)).toMatchObject({ success: true, data: filter })
})

test.each<[string, unknown, string, RegExp]>([
  ['no object', 'x', '', /expected record/],
  ['an unknown comparison', { ...is, op: 'like' }, 'op', /expects equals, not_equals, in, /],
  ['a comparison with nothing', { path: 'a', op: 'equals' }, 'value', /is needed/],
  ['an empty path', { ...is, path: '' }, 'path', /dots between them/],
  ['a path with an empty name', { ...is, path: 'a..b' }, 'path', /dots between them/],
  ['what is no field', { ...is, values: [] }, '', /values/],
  ['two groups at once', { all: [is], any: [is] }, '', /any/],
  ['an empty group', { all: [] }, 'all', /must not be empty/],
  [
    'a fault in a group',
    { all: [is, { any: [{ ...is, op: 'in' }] }] },
    'all.1.any.0.value',
    /expects a list, not a text/,
  ],
  ['nothing in a group', { any: [null] }, 'any.0', /expects equals, not_equals, in, /],
  ['an order of lists', { ...is, op: 'gt', value: [1] }, 'value', /expects a number or a text/],
  ['exists with a text', { ...is, op: 'exists', value: 'no' }, 'value', /expects true or false/],
  ['six groups in each other', nested(6), 'not.not.not.not.not', /deeper than 5 groups/],
  ['a thousand groups in each other', nested(1000), 'not.not.not.not.not', /deeper than 5 groups/],
  ['fifty-one parts', { all: Array(50).fill(is) }, '', /more than 50 parts/],
  ['a pattern of 201 characters', { ...is, op: 'matches', value: 'x'.repeat(201) }, 'value', /at most 200/],
  ['a value thirty-three levels deep', { ...is, value: deep(33) }, 'value', /deeper than 32 levels/],
  ['one twenty thousand deep', { ...is, value: deep(20_000) }, 'value', /deeper than 32 levels/],
  ['more than 64 KiB', { ...is, value: 'x'.repeat(65_536) }, '', /at most 64 KiB/],
])('%s is refused where it stands', (_, filter, path, message) => {
  const { error } = Filter.safeParse(filter)
  expect(error?.issues).toHaveLength(1)
  expect(error?.issues[0]).toMatchObject({ message: expect.stringMatching(message) })
  expect(error?.issues[0]?.path.join('.')).toBe(path)
})

test('it is said in words, long values by both ends', () => {
  const filter = {
    all: [
      { path: 'arguments.url', op: 'starts_with', value: 'https://example.com/' },
      {
        any: [
          { path: 'arguments.n', op: 'gte', value: 3 },
          { path: 'arguments.n', op: 'exists', value: false },
        ],
      },
      { path: 'arguments.m', op: 'in', value: ['GET', 2] },
      { path: 'arguments.i', op: 'in', value: [1, 2, 3, 4, 5, 6, 7] },
      { not: { path: 'arguments.body', op: 'equals', value: `a${'x'.repeat(500)}z` } },
    ],
  } satisfies Filter
  expect(filterInWords(filter, (path) => path.replace('arguments.', ''))).toBe(
    `url begins with "https://example.com/" and (n is at least 3 or n is not there) and m is one of "GET", 2 and i is one of 1, 2, 3, 4, 5 and 2 more and not (body is "a${'x'.repeat(58)} … ${'x'.repeat(58)}z")`,
  )
  expect(valueInWords(undefined)).toBe('nothing')
})
