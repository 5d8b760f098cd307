import { expect, test } from 'vitest'
import { bytesOf, fitted, legible } from './fitting.ts'

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['ab🔔cd', 4, 'ab…'],
  ['ab👩‍👩‍👧cd', 6, 'ab…'],
  ['ab\ud83d', 3, 'ab\ufffd'],
  ['abc', 0, ''],
])('%j within %i is %j', (text, most, expected) => {
  expect(fitted(text, { most })).toBe(expected)
})

test('it is cut as it was, and written as the service has it: nothing that was written is cut', () => {
  const write = (it: string) => it.replace('&', '&amp;')
  expect(fitted('&&&', { most: 10, write })).toBe('&amp;…')
  expect(fitted('&&', { most: 10, write })).toBe('&amp;&amp;')
})

test('bytes are counted as they are sent', () => {
  expect(fitted('äöü', { most: 6, sizeOf: bytesOf })).toBe('äöü')
  expect(fitted('äöüß', { most: 7, sizeOf: bytesOf })).toBe('äö…')
})

test('what a screen would obey is not shown', () => {
  expect(legible('a\u001b[31mb\u0000c\r\nd\te\u202ef\ud800')).toBe('a[31mbc\nd\te' + 'f\ufffd')
})
