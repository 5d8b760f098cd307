import { expect, test } from 'vitest'
import { AROUND, isEnough, rowsIn as rowsWithin, type Sight, startsOf, wayTo } from './sight.ts'

const rowsIn = (starts: readonly number[], sight: Sight) => rowsWithin(starts, sight, AROUND)
const even = startsOf(1_000, () => 40)

test('each row begins where the one before it ends', () => {
  expect(startsOf(3, (n) => [10, 30, 5][n] as number)).toEqual([0, 10, 40, 45])
  expect(startsOf(0, () => 40)).toEqual([0])
})

test('what is in sight is drawn, with a few rows around it', () => {
  expect(rowsIn(even, { topPx: 0, heightPx: 400 })).toEqual({ first: 0, last: 18 })
  expect(rowsIn(even, { topPx: 20_000, heightPx: 400 })).toEqual({ first: 492, last: 518 })
  expect(rowsIn(even, { topPx: 39_600, heightPx: 400 })).toEqual({ first: 982, last: 999 })
})

test('what is drawn is enough as long as a few rows more than those in sight are there', () => {
  const drawn = rowsIn(even, { topPx: 20_000, heightPx: 400 })
  expect(isEnough(even, { topPx: 20_000, heightPx: 400 }, drawn)).toBe(true)
  expect(isEnough(even, { topPx: 20_160, heightPx: 400 }, drawn)).toBe(true)
  expect(isEnough(even, { topPx: 20_200, heightPx: 400 }, drawn)).toBe(false)
  expect(isEnough(even, { topPx: 19_799, heightPx: 400 }, drawn)).toBe(false)
  const whole = startsOf(5, () => 40)
  expect(
    isEnough(whole, { topPx: -300, heightPx: 900 }, rowsWithin(whole, { topPx: 0, heightPx: 900 }, 0)),
  ).toBe(true)
})

test('rows of any height are found where they are', () => {
  const starts = startsOf(1_000, (n) => (n < 100 ? 400 : 10))
  expect(rowsIn(starts, { topPx: 40_000, heightPx: 100 })).toEqual({ first: 92, last: 118 })
})

test('above the list its first rows are drawn, below it its last ones', () => {
  expect(rowsIn(even, { topPx: -900, heightPx: 400 })).toEqual({ first: 0, last: 8 })
  expect(rowsIn(even, { topPx: 99_000, heightPx: 400 })).toEqual({ first: 991, last: 999 })
})

test('of a list without rows none is drawn', () => {
  const { first, last } = rowsIn(
    startsOf(0, () => 40),
    { topPx: 0, heightPx: 400 },
  )
  expect(last).toBeLessThan(first)
})

test('the way to a row is as short as it can be', () => {
  const sight = { topPx: 4_000, heightPx: 400 }
  expect(wayTo(even, 100, sight)).toBe(0)
  expect(wayTo(even, 109, sight)).toBe(0)
  expect(wayTo(even, 99, sight)).toBe(-40)
  expect(wayTo(even, 110, sight)).toBe(40)
})
