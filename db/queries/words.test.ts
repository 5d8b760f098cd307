/** What a person typed, as the indexes of words take it: nothing in it is an operator. */
import { expect, test } from 'vitest'
import { forFts5, forTsquery } from './words.ts'

test.each([
  [['needle'], '"needle" *', "'needle':*"],
  [['red bell', '100%'], '"red bell" * AND "100%"', "'red' & 'bell':* & '100'"],
  [['red b'], '"red "', "'red'"],
  [['b'], null, null],
  [['%', '日本'], null, null],
  [['a" or *'], '"a"" or *"', "'a' & 'or'"],
  [["o'brien:*"], '"o\'brien:*"', "'o' & 'brien'"],
])('%j', (terms, fts5, tsquery) => {
  expect([forFts5(terms), forTsquery(terms)]).toEqual([fts5, tsquery])
})
