import { expect, test } from 'vitest'
import { titled } from './badge.ts'

test('the number stands in front of the title once, and leaves it when all is read', () => {
  expect(titled('Chat · Demo', 3)).toBe('(3) Chat · Demo')
  expect(titled('(3) Chat · Demo', 4)).toBe('(4) Chat · Demo')
  expect(titled('(4) Chat · Demo', 250)).toBe('(99+) Chat · Demo')
  expect(titled('(99+) Chat · Demo', 0)).toBe('Chat · Demo')
})
