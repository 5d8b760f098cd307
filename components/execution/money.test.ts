import { expect, test } from 'vitest'
import { dollars } from './money.ts'

test.each([
  [0, '$0'],
  [1.4, '$1.40'],
  [0.012, '$0.01'],
  [0.00123, '$0.0012'],
])('%f is %s', (amount, words) => {
  expect(dollars(amount)).toBe(words)
})
