import { expect, test } from 'vitest'
import { toMiddle } from './scrolling.ts'

const box = (top: number, height: number) => ({
  scrollTop: 100,
  getBoundingClientRect: () => ({ top, height }),
})
const moved = (frame: ReturnType<typeof box>, line: ReturnType<typeof box>) => {
  toMiddle(frame as unknown as Element, line as unknown as Element)
  return [frame.scrollTop, line.scrollTop]
}

test('a line comes to the middle of its frame, and nothing else moves', () => {
  expect(moved(box(50, 400), box(850, 100))).toEqual([100 + 800 - 150, 100])
  expect(moved(box(50, 400), box(-250, 100))).toEqual([100 - 300 - 150, 100])
})

test('one that is higher than its frame begins at the top', () => {
  expect(moved(box(50, 400), box(850, 900))).toEqual([100 + 800, 100])
})
