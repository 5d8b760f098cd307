import { expect, test } from 'vitest'
import { lacking, ONE_SCHEDULE, ownerOf, WHOLE } from './owner.ts'

test.each([
  [
    { of: WHOLE, schedule: null },
    { scope: 'workspace', scopeId: null },
  ],
  [
    { of: 'scout', schedule: null },
    { scope: 'agent', scopeId: 'scout' },
  ],
  [
    { of: ONE_SCHEDULE, schedule: 7 },
    { scope: 'trigger', scopeId: 7 },
  ],
  // Chosen before somebody thought better of it.
  [
    { of: WHOLE, schedule: 7 },
    { scope: 'workspace', scopeId: null },
  ],
])('%j', (owner, asked) => {
  expect(ownerOf(owner)).toEqual(asked)
  expect(lacking(owner)).toBeNull()
})

test('one schedule has to be chosen', () => {
  expect(lacking({ of: ONE_SCHEDULE, schedule: null })).toBe('Choose a schedule.')
})
