/** Which servers an agent names, by the tools that are chosen. */
import { expect, test } from 'vitest'
import { serversOf } from './draft.ts'

const known = [
  { name: 'calculate', server: null },
  { name: 'a.look', server: { id: 1, name: 'A' } },
  { name: 'b.send', server: { id: 2, name: 'B' } },
]
const chosen = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { name }]))

test.each([
  ['those of the chosen tools', chosen('calculate', 'a.look'), [], [1]],
  ['none without one', chosen('calculate'), [1, 2], []],
  [
    'one that offers nothing now, while a tool is chosen that nobody knows',
    chosen('c.old', 'b.send'),
    [2, 3],
    [2, 3],
  ],
  ['not any more when that is taken out', chosen('b.send'), [2, 3], [2]],
])('%s', (_, tools, before, expected) => {
  expect(serversOf(tools, known, before)).toEqual(expected)
})
