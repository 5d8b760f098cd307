import { expect, test } from 'vitest'
import { parseJsonPath, valueAt } from './json-path.ts'

const json = { a: { b: [{ 'c d': 1 }, null] }, 'x"y': 2, it_s: 0 }
const read = (path: string) => valueAt(json, parseJsonPath(path) ?? ['not a path'])

test.each([
  ['$', json],
  ['$.a.b[0]["c d"]', 1],
  ["$.a.b[0]['c d']", 1],
  ['$["x\\"y"]', 2],
  ['$.a.b[1]', null],
  ['$.it_s', 0],
  ['$.a.b[2]', undefined],
  ['$.a.b[1].c', undefined],
  ['$.a.b.length', undefined],
  ['$.nope', undefined],
  ['$.constructor', undefined],
  ['$.__proto__', undefined],
  ['$.a.b.map', undefined],
])('%s reads %j', (path, expected) => {
  expect(read(path)).toEqual(expected)
})

test.each(['', 'a', '$a', '$.', '$[', '$[x]', '$["a]', '$["\\x"]', '$..a', '$.a b', '$[-1]'])(
  '%j is no path',
  (path) => {
    expect(parseJsonPath(path)).toBeNull()
  },
)
