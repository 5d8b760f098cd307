import { expect, test } from 'vitest'
import type { ImportPlan } from '#lib/contract/exchange.ts'
import { doneOf, heldUpBy, placeOf, saidOf } from './words.ts'

test.each([
  [{ created: 0, changed: 0, deleted: 0 }, 'Nothing changes', 'Nothing was changed'],
  [{ created: 1, changed: 0, deleted: 2 }, '1 to make, 2 to delete', '1 made, 2 deleted'],
  [
    { created: 3, changed: 1, deleted: 1 },
    '3 to make, 1 to change, 1 to delete',
    '3 made, 1 changed, 1 deleted',
  ],
])('%j is said as %s, and afterwards as %s', (sum, before, after) => {
  expect([saidOf(sum), doneOf(sum)]).toEqual([before, after])
})

test.each([
  ['triggers.3.event.types.0', 'Schedules, number 4: event.types.0'],
  ['rules.tell-ops', 'Notification rules, tell-ops'],
  ['channels.0', 'Channels, number 1'],
  ['document', 'document'],
])('%s is %s', (path, words) => {
  expect(placeOf(path)).toBe(words)
})

const empty: ImportPlan = {
  ...{ planId: '', create: [], change: [], delete: [], unchanged: [], missing: [], problems: [] },
  expiresAt: '',
}
const made = { kind: 'trigger', key: 'a', name: 'A' } as const
test('it is held up by what is wrong, then by what is missing, then by nothing to do', () => {
  const problems = [{ path: 'triggers.0', message: 'x' }]
  const missing = [{ kind: 'secret', name: 'X', path: 'channels.0', remedy: 'x' } as const]
  expect(heldUpBy({ ...empty, create: [made], problems, missing })).toMatch(/Mend/)
  expect(heldUpBy({ ...empty, create: [made], missing })).toMatch(/missing/)
  expect(heldUpBy(empty)).toMatch(/already/)
  expect(heldUpBy({ ...empty, create: [made] })).toBeNull()
})
