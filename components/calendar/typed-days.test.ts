import { expect, test } from 'vitest'
import { daysTyped } from './typed-days.ts'

test.each([
  ['2026-12-25', ['2026-12-25'], null],
  ['2026-12-25 Christmas\n\n 2027-01-01, 2027-01-06\n', ['2026-12-25', '2027-01-01', '2027-01-06'], null],
  ['Christmas;2026-12-25', ['2026-12-25'], null],
  ['25.12.2026', [], '“25.12.2026” is not a date such as 2026-12-25.'],
  ['2026-12-25\n2026-02-30', ['2026-12-25'], '“2026-02-30” is not a date such as 2026-12-25.'],
  ['12026-12-25', [], '“12026-12-25” is not a date such as 2026-12-25.'],
  [' \n', [], 'Write at least one day, such as 2026-12-25.'],
])('%j', (text, dates, problem) => {
  expect(daysTyped(text)).toEqual({ dates, problem })
})
