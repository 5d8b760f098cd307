import { expect, test } from 'vitest'
import { doneTo, pageOf } from './words.ts'

const object = { kind: 'trigger', id: '7', name: 'Digest' }
test.each([
  ['trigger.update', object, 'changed the schedule Digest'],
  ['trigger.revisions.restore', object, 'restored an earlier revision of the schedule Digest'],
  ['rule.create', { kind: 'rule', id: '1', name: 'Phone' }, 'created the rule for Phone'],
  ['rule.delete', { kind: 'rule', id: '1', name: null }, 'deleted the rule #1'],
  ['me.password', { kind: 'me', id: null, name: null }, 'changed the password of their own account'],
  ['execution.cancel', { kind: 'execution', id: '3', name: null }, 'cancelled the run #3'],
  ['budget.update', { kind: 'budget', id: null, name: null }, 'changed the budget'],
  ['me.update', { kind: 'me', id: null, name: null }, 'changed their own account'],
  ['me.calendar-feeds', { kind: 'me', id: null, name: null }, 'made a calendar address of their own account'],
  ['import.create', { kind: 'import', id: '3', name: null }, 'planned an import'],
  ['missed.seen-to', { kind: 'missed', id: null, name: null }, 'saw to what was missed'],
  ['thing.odd.word', { kind: 'oddThing', id: null, name: 'X' }, 'odd word the odd thing X'],
])('%s', (action, of, words) => expect(doneTo({ action, object: of })).toBe(words))

test('what has a page leads there', () => {
  expect(pageOf('demo', object)).toBe('/w/demo/schedules/7')
  expect(pageOf('demo', { kind: 'secret', id: 'TOKEN', name: null })).toBeNull()
})
