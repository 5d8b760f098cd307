import { expect, test } from 'vitest'
import { snippetOf, termsOf } from './search-words.ts'

test.each([
  ['red  Bell', ['red', 'bell']],
  ['"Red bell" tower', ['red bell', 'tower']],
  ['100%_ or \\', ['100%_', 'or', '\\']],
  ['bell bell', ['bell']],
  ['"open end', ['"open', 'end']],
  ['a b c d e f g h i j k', [...'abcdefghijk']],
  ['""', []],
])('%s looks for %j', (q, terms) => {
  expect(termsOf(q)).toEqual(terms)
})

test('a snippet is one line around what was found', () => {
  expect(snippetOf('A\n bell', ['bell'])).toBe('A bell')
  const found = snippetOf(`${'x '.repeat(200)}the Bell rings${' y'.repeat(300)}`, ['bell'])
  expect(found).toMatch(/^….*the Bell rings.*…$/)
  expect(found.length).toBeLessThan(250)
  expect(snippetOf('Nothing of it here', ['bell'])).toBe('Nothing of it here')
})
