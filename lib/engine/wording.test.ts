import { expect, test } from 'vitest'
import { lengthOf, switchedOff } from './wording.ts'

test.each([
  [0, '0 s'],
  [0.4, '1 ms'],
  [500, '500 ms'],
  [1_000, '1 s'],
  [61_500, '1 min 1 s'],
  [10_500_000, '2 h 55 min'],
])('%d ms are %s', (lengthMs, words) => {
  expect(lengthOf(lengthMs)).toBe(words)
})

test('why it is switched off is said once', () => {
  expect(switchedOff({ disabledReason: 'Switched off after 5 failures in a row; 0 of 5.' })).toBe(
    'switched off after 5 failures in a row; 0 of 5',
  )
  expect(switchedOff({ disabledReason: 'Its owner left.' })).toBe('switched off: Its owner left')
  expect(switchedOff({ disabledReason: null })).toBe('switched off')
})
