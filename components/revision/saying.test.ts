import { expect, test } from 'vitest'
import { labelOf, listChange, sentenceOf, saidOf, whoIs } from './saying.ts'

test.each([
  ['cronExpression', 'Pattern'],
  ['context.prompt', 'Context, prompt'],
  ['approvals.expireAfterSeconds', 'Approvals, expire after seconds'],
  ['somethingNew', 'Something new'],
])('%s is called %s', (path, label) => expect(labelOf(path)).toBe(label))

test.each([
  ['overlap', 'buffer_all', 'Queue all'],
  ['timeoutSeconds', 300, '5 min'],
  ['endsAt', '2026-03-01T09:00:00.000Z', '2026-03-01 09:00 UTC'],
  ['maxExecutions', null, 'nothing'],
  ['context.deep', true, 'yes'],
  ['context.list', [1], '[1]'],
])('%s of %j is %s', (path, value, words) => expect(saidOf(path, value)).toBe(words))

test('a list says what joined it and what left it', () => {
  const from = [{ name: 'read_page' }, { name: 'notes', approval: 'ask' }]
  const to = [{ name: 'notes', approval: 'allow' }, { name: 'calculate' }]
  expect(listChange({ path: 'tools', from, to })).toEqual({
    added: ['notes (approval: allow)', 'calculate'],
    removed: ['read_page', 'notes (approval: ask)'],
  })
  expect(listChange({ path: 'name', from: 'a', to: 'b' })).toBeNull()
})

test('who did it is said as people know them', () => {
  expect(whoIs({ kind: 'key', id: 'key:1', name: 'script' })).toBe('script (API key)')
  expect(whoIs({ kind: 'sql', id: null, name: 'plain SQL' })).toBe('Plain SQL')
  expect(sentenceOf({ path: 'enabled', from: true, to: false })).toBe('Switched off')
})
