import { expect, test } from 'vitest'
import { usageIn } from './usage.ts'

test.each([
  [{ schedules: 0, successful: 0, failed: 0, cost: 0 }, 'Not in use'],
  [{ schedules: 1, successful: 0, failed: 0, cost: 0 }, '1 schedule · no run in 30 days'],
  [{ schedules: 1, successful: 1, failed: 0, cost: 0 }, '1 schedule · 100% of 1 run in 30 days succeeded'],
  [
    { schedules: 3, successful: 97, failed: 3, cost: 1.2 },
    '3 schedules · 97% of 100 runs in 30 days succeeded · $1.20',
  ],
])('%j', (use, words) => {
  expect(usageIn(use)).toBe(words)
})
