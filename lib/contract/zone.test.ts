import { expect, test } from 'vitest'
import { z } from 'zod'
import { ZoneName } from './fields.ts'
import { canonicalZone } from './zone.ts'

test.each([
  ['america/new_york', 'America/New_York'],
  ['EUROPE/BERLIN', 'Europe/Berlin'],
  ['Europe/Kyiv', 'Europe/Kyiv'],
  // Another name for the same place stays the name that was chosen.
  ['asia/kolkata', 'Asia/Kolkata'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
  ['etc/utc', 'Etc/UTC'],
  ['UTC', 'UTC'],
])('%s is kept as %s', (given, kept) => {
  expect(ZoneName.parse(given)).toBe(kept)
  expect(canonicalZone(given)).toBe(kept)
})

test.each(['EST', 'Nowhere/City', '+05:00', ''])('%j is no zone that is kept', (given) => {
  expect(ZoneName.safeParse(given).success).toBe(false)
})

test('its form is drawn like that of any text', () => {
  expect(z.toJSONSchema(ZoneName)).toMatchObject({ type: 'string', maxLength: 64 })
})
