/** What is done with all runs is asked with their number, and the same number goes to the server. */
import { expect, test } from 'vitest'
import { countedIn, questionOf } from './counting.ts'

const of = (count: number, runs = count, more = false) => ({ count, runs, more })

test.each([
  [of(1), '1 run'],
  [of(1200), '1,200 runs'],
  [of(26, 286), '26 entries, 286 runs'],
  [of(1, 12), '1 entry, 12 runs'],
  [of(10_000, 10_000, true), 'more than 10,000 runs'],
])('%j', (counted, words) => {
  expect(countedIn(counted)).toBe(words)
})

test.each([
  ['retry', undefined, { words: 'Counting …', count: null }],
  ['cancel', of(0), { words: '0 runs will be cancelled.', count: null }],
  ['cancel', of(1), { words: '1 run will be cancelled.', count: 1 }],
  ['retry', of(7, 30), { words: '7 runs will be started again.', count: 7 }],
  ['retry', of(1000), { words: '1,000 runs will be started again.', count: 1000 }],
  [
    'retry',
    of(1001),
    { words: '1,001 runs fit, and at most 1,000 are taken at once. Narrow the filters first.', count: null },
  ],
  [
    'cancel',
    of(10_000, 10_000, true),
    {
      words: 'More than 10,000 runs fit, and at most 1,000 are taken at once. Narrow the filters first.',
      count: null,
    },
  ],
] as const)('%s of %j', (which, counted, question) => {
  expect(questionOf(which, counted)).toEqual(question)
})
