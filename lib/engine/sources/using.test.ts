import { expect, test } from 'vitest'
import { sourcesNamedIn } from './using.ts'

const of = (kind: string, config: unknown, agentId = 'test-agent', context: unknown = {}) =>
  sourcesNamedIn({ kind, agentId, config: JSON.stringify(config), context: JSON.stringify(context) })

test.each([
  ['those that it listens to', of('event', { types: [], sourceIds: [1, 2, 2] }), [1, 2]],
  ['none, where it listens to any', of('event', { types: [] }), []],
  ['none of another kind', of('schedule', { sourceIds: [1] }), []],
  ['the one that the monitor of a mailbox reads', of('schedule', {}, 'email-monitor', { sourceId: 3 }), [3]],
  ['none that another agent has under that name', of('schedule', {}, 'scout', { sourceId: 3 }), []],
  ['none by another name than a number', of('schedule', {}, 'email-monitor', { sourceId: 'gmail' }), []],
  ['none that SQL has spoilt', of('event', { sourceIds: 'all' }), []],
])('a trigger names %s', (_, named, expected) => {
  expect(named).toEqual(expected)
})

test('what is no JSON names none', () => {
  expect(sourcesNamedIn({ kind: 'event', agentId: 'x', config: '{', context: '' })).toEqual([])
})
