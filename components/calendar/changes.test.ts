import { expect, test } from 'vitest'
import type { Calendar } from '#lib/contract/calendar.ts'
import { changesOf } from './changes.ts'

test('of a calendar that somebody else has changed, what is another is told', () => {
  const before = { name: 'Holidays', dates: ['2026-12-25'], host: null, revision: 1 } as Partial<Calendar>
  const now = { ...before, dates: ['2026-12-25', '2027-01-01'], revision: 2 }
  expect(changesOf(before as Calendar, now as Calendar)).toEqual([
    { path: 'dates', from: ['2026-12-25'], to: ['2026-12-25', '2027-01-01'] },
  ])
})
