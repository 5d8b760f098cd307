import { expect, test } from 'vitest'
import { differenceOf } from './difference.ts'
import { newsOf } from './look.ts'

test.each([
  ['brackets', '['.repeat(2_000_000)],
  ['links that never end', '[a]('.repeat(500_000)],
])('a text of %s has its excerpt at once', (_case, text) => {
  expect(newsOf(text).excerpt.length).toBeLessThan(202)
})

test('a line of spaces is compared at once', () => {
  expect(differenceOf('a', `a${' '.repeat(1_000_000)}b`).added).toEqual(['a b'])
})
