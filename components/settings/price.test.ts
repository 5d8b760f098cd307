import { expect, test } from 'vitest'
import { dayIn, priceOf, rate, rates, sought, written } from './price.ts'

const price = (model: string) => ({ model, input: 0.125, cachedInput: null, output: 10 })
const all = ['gpt-5*', 'gpt-5-mini*', 'llama3.2'].map(price)

test.each([
  ['', ['gpt-5*', 'gpt-5-mini*', 'llama3.2']],
  [' MINI', ['gpt-5-mini*']],
  ['gpt-5-mini-2025-08-07', ['gpt-5*', 'gpt-5-mini*']],
  ['llama3.2:70b', []],
])('“%s” finds %j', (words, models) => {
  expect(sought(all, words).map((it) => it.model)).toEqual(models)
})

test.each([
  [0, '$0.00'],
  [10, '$10.00'],
  [0.125, '$0.125'],
  [0.0000004, '$0.0000004'],
  [99_999, '$99,999.00'],
])('%f reads %s', (amount, words) => {
  expect(rate(amount)).toBe(words)
})

test('a price is told in one line, and its day is the same in every zone', () => {
  expect(rates(price('x'))).toBe('$0.125 input, $10.00 output')
  expect(rates({ ...price('x'), cachedInput: 0 })).toBe('$0.125 input, $0.00 cached input, $10.00 output')
  expect(dayIn('2026-01-15')).toBe('15 January 2026')
})

test('what was written is the price again; what is no number says so, with a remedy', () => {
  for (const it of [price('x'), { ...price('y'), cachedInput: 0 }])
    expect(priceOf(written(it))).toEqual({ price: it, errors: {} })
  expect(priceOf({ model: 'x', input: '1,25', cachedInput: 'free', output: ' ' }).errors).toEqual({
    input: '“1,25” is not a number. Write it like 1.25.',
    cachedInput: '“free” is not a number. Write it like 1.25.',
    output: 'Write a number: 0 where it is free.',
  })
})
