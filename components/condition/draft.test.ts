import { expect, test } from 'vitest'
import { ConditionTrigger } from '#lib/contract/condition-trigger.ts'
import { emptyCondition } from './draft.ts'
import { conditionDraftOf } from './opening.ts'
import { conditionOf } from './reading.ts'

const http = { kind: 'http', url: 'https://example.com/x', path: 'n', as: 'number' }
test.each([
  {
    source: {
      ...http,
      method: 'POST',
      body: '{}',
      headers: { accept: 'x: y', authorization: { secret: 'T' } },
    },
    when: { op: 'above', value: 90, clear: 80 },
    forSeconds: 90,
  },
  { source: { ...http, as: 'boolean' }, when: { op: 'equals', value: true }, onFirst: 'fire' },
  { source: { ...http, as: 'text' }, when: { op: 'matches', value: '^a 1' }, cooldownSeconds: 3600 },
  { source: { kind: 'page', url: 'https://example.com', selector: '#a' }, when: { op: 'changes' } },
  { source: { kind: 'page', url: 'https://example.com' }, when: { op: 'stale', value: 7200 } },
  { source: { kind: 'feed', url: 'https://example.com/f' }, when: { op: 'new_items' } },
  {
    source: { kind: 'workspace', measure: 'cost', windowSeconds: 3600, triggerIds: [1, 2] },
    when: { op: 'changes_by', value: 1.5 },
  },
  {
    source: { kind: 'mcp', serverId: 3, tool: 'count', arguments: { q: 'x' }, path: 'n' },
    when: { op: 'below', value: 5 },
  },
])('what is shown for editing means what it was: %o', (given) => {
  const condition = ConditionTrigger.parse({ everySeconds: 60, ...given })
  const { condition: meant, errors } = conditionOf(conditionDraftOf(condition))
  expect([ConditionTrigger.parse(meant), errors]).toEqual([condition, {}])
})

test('what is no number, no header and no JSON is said at its field', () => {
  const faults = (change: Partial<typeof emptyCondition>) =>
    Object.keys(conditionOf({ ...emptyCondition, line: '1', ...change }).errors)
  expect(faults({})).toEqual([])
  expect(faults({ line: 'many', clear: 'x', every: '' })).toEqual([
    'everySeconds',
    'when.value',
    'when.clear',
  ])
  expect(faults({ headers: 'accept' })).toEqual(['source.headers'])
  expect(faults({ kind: 'mcp', arguments: '[1]' })).toEqual(['source.arguments'])
})
