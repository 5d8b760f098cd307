import { expect, test } from 'vitest'
import { dollars } from './money.ts'

test.each([
  [0, '$0'],
  [1234.5, '$1,234.50'],
  [1.4, '$1.40'],
  [0.096, '$0.096'],
  [0.1 + 0.2, '$0.30'],
  [0.0142, '$0.014'],
  [0.02, '$0.02'],
  [0.00123, '$0.0012'],
])('%f is %s', (amount, words) => {
  expect(dollars(amount)).toBe(words)
})
