import { expect, test } from 'vitest'
import { ConditionTrigger, OnlyIf } from '../contract/condition-trigger.ts'
import { inWords } from '../contract/wording.ts'
import { condition } from './condition.ts'

const http = { kind: 'http', url: 'https://status.example.com/x', path: 'load.0', as: 'number' }
const base = { source: http, when: { op: 'above', value: 90 } }

test.each<[string, object, string | null, RegExp?]>([
  ['a line', {}, null],
  ['a clear line beyond it', { when: { op: 'above', value: 90, clear: 80 } }, null],
  [
    'on the wrong side',
    { when: { op: 'above', value: 90, clear: 95 } },
    'when.clear',
    /^expects less than 90$/,
  ],
  ['on the line', { when: { op: 'above', value: 90, clear: 90 } }, 'when.clear', /less than 90/],
  ['below', { when: { op: 'below', value: 9, clear: 5 } }, 'when.clear', /^expects more than 9$/],
  [
    'of what has none',
    { when: { op: 'equals', value: 9, clear: 5 } },
    'when.clear',
    /does not go with "equals"/,
  ],
  ['no value', { when: { op: 'above' } }, 'when.value', /^expects a number$/],
  ['a text for a number', { when: { op: 'above', value: '9' } }, 'when.value', /^expects a number$/],
  ['a value for a change', { when: { op: 'changes', value: 1 } }, 'when.value', /does not go with "changes"/],
  ['a change by nothing', { when: { op: 'changes_by', value: 0 } }, 'when.value', /above 0/],
  ['new items of no feed', { when: { op: 'new_items' } }, 'when.op', /which only a feed has/],
  [
    'a number of a feed',
    { source: { kind: 'feed', url: 'https://example.com/f' } },
    'when.op',
    /of a feed use new_items/,
  ],
  ['a pattern for a number', { when: { op: 'matches', value: 'a' } }, 'when.op', /needs "as": "text"/],
  ['a line for a text', { source: { ...http, as: 'text' } }, 'when.op', /needs "as": "number"/],
  [
    'a change that lasts',
    { when: { op: 'changes' }, forSeconds: 60 },
    'forSeconds',
    /true of one check only/,
  ],
  ['no address', { source: { ...http, url: 'ftp://x' } }, 'source.url', /expects an address/],
  ['a body that is fetched', { source: { ...http, body: 'x' } }, 'source.body', /does not go with GET/],
  ['another’s field', { source: { ...http, selector: 'p' } }, 'source', /./],
  [
    'a header of the connection',
    { source: { ...http, headers: { Host: 'x' } } },
    'source.headers.Host',
    /set by itself/,
  ],
  ['a figure', { source: { kind: 'workspace', measure: 'moods', windowSeconds: 60 } }, 'source.measure', /./],
])('%s', (_name, change, path, says = /./) => {
  const { error } = ConditionTrigger.safeParse({ ...base, ...change }, inWords)
  if (path === null) expect(error).toBeUndefined()
  else
    expect(error?.issues.map((it) => [it.path.join('.'), it.message])).toEqual([
      [path, expect.stringMatching(says)],
    ])
})

const rules = { minimumIntervalSeconds: 60, now: new Date(0) }
test.each([
  [
    { everySeconds: 59 },
    [{ path: 'condition.everySeconds', message: expect.stringContaining('minimum interval of 60') }],
  ],
  [
    { source: { ...http, as: 'text' }, when: { op: 'matches', value: '(a' } },
    [{ path: 'condition.when.value', message: expect.stringContaining('is no pattern') }],
  ],
  [{}, []],
])('what only the installation can judge: %o', (change, errors) => {
  expect(condition.judge(ConditionTrigger.parse({ ...base, ...change }), rules)).toEqual(errors)
})

test.each<[object, string]>([
  [{}, 'When load.0 of status.example.com is above 90'],
  [{ forSeconds: 300 }, 'When load.0 of status.example.com is above 90 for 5 minutes'],
  [
    { source: { kind: 'workspace', measure: 'failures', windowSeconds: 3600 } },
    'When the number of failures in 1 hour is above 90',
  ],
  [
    { source: { kind: 'page', url: 'https://example.com/a', selector: '#price' }, when: { op: 'changes' } },
    'When #price on example.com changes',
  ],
  [
    { source: { kind: 'feed', url: 'https://example.com/a' }, when: { op: 'new_items' } },
    'When the feed of example.com has something new',
  ],
  [
    {
      source: { kind: 'mcp', serverId: 1, tool: 'count', path: 'n' },
      when: { op: 'stale', value: 7200 },
    },
    'When n of the tool count has not changed for 2 hours',
  ],
])('%o in words: %s', (change, words) => {
  expect(condition.describe(ConditionTrigger.parse({ ...base, ...change }))).toBe(words)
})

test('a gate asks what one look can tell', () => {
  expect(OnlyIf.safeParse({ source: http, op: 'above', value: 1 }).success).toBe(true)
  expect(OnlyIf.safeParse({ source: http, op: 'changes', value: 1 }).success).toBe(false)
  const feed = { source: { kind: 'feed', url: 'https://example.com' }, op: 'equals', value: 1 }
  expect(OnlyIf.safeParse(feed).error?.issues[0]?.message).toMatch(/of which one look tells nothing/)
})
