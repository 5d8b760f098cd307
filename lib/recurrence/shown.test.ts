import { expect, test } from 'vitest'
import { shown } from './index.ts'

const AT = new Date('2026-11-25T23:30:00Z')

test.each([
  ['day', 'UTC', '25 Nov 2026'],
  ['day', 'Asia/Tokyo', '26 Nov 2026'],
  ['time', 'America/New_York', '18:30'],
  ['moment', 'Asia/Kathmandu', '26 Nov 2026, 05:15'],
] as const)('%s in %s, first and again', (style, zone, words) => {
  expect(shown(AT, zone, style)).toBe(words)
  expect(shown(AT, zone, style)).toBe(words)
})

test('a zone that is none is an error each time', () => {
  for (let i = 0; i < 2; i++) expect(() => shown(AT, 'Mars/Phobos', 'day')).toThrow(RangeError)
})
