/** Whoever starts the runs of a gap has seen how many they are. */
import { expect, test } from 'vitest'
import { starting } from './starting.ts'

const would = (n: number) => ({ instants: Array<string>(n).fill(''), daysOff: 0, truncated: false })

test.each([
  [undefined, { words: 'Counting …', label: 'Run them', count: 0 }],
  [would(0), { words: 'None of them can run any more.', label: 'Run them', count: 0 }],
  [would(1), { words: '1 run will be queued now.', label: 'Run it', count: 1 }],
  [would(261), { words: '261 runs will be queued now.', label: 'Run all 261', count: 261 }],
  [
    { ...would(3), daysOff: 2 },
    { words: '3 runs will be queued now. 2 on days off are left out.', label: 'Run all 3', count: 3 },
  ],
  [
    { ...would(1000), truncated: true },
    {
      words: '1,000 runs will be queued now. That is the most at once: the rest is dismissed.',
      label: 'Run all 1,000',
      count: 1000,
    },
  ],
])('what would run is said before it does: %#', (it, expected) => {
  expect(starting(it)).toEqual(expected)
})
