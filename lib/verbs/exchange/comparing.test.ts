import fc from 'fast-check'
import { expect, test } from 'vitest'
import { problemOf } from '../../contract/problem.ts'
import { LISTS } from '../../contract/exchange.ts'
import { namedFirst } from './carrying-out.ts'
import { compare, exported, listsIn, type Step, type There } from './comparing.ts'
import type { Existing } from './kinds.ts'
import type { Names } from './names.ts'

const names: Names = {
  mcp: new Map([['github', 3]]),
  skill: new Map([['csv', 4]]),
  model: new Map([['own', 5]]),
  secrets: new Set(['TOKEN']),
}
const there = (of: Partial<Record<(typeof LISTS)[number], Existing[]>>): There =>
  Object.fromEntries(LISTS.map((it) => [it, new Map((of[it] ?? []).map((one) => [one.key, one]))])) as never
const existing = (id: number, key: string, item: object): Existing => ({
  ...{ id, key, name: key, item: { key, ...item }, mark: id },
})
const days = existing(7, 'days', { name: 'Days', dates: [] })
const clock = { name: 'A', agentId: 'test-agent', cronExpression: '0 9 * * *' }

test('ids leave as keys, and what is gone as a word', () => {
  const it = there({ calendars: [days] })
  const item = { key: 'a', calendars: [7, 8], condition: { source: { kind: 'mcp', serverId: 3 } } }
  expect(exported('triggers', item, it, names)).toEqual({
    ...{ key: 'a', calendars: ['days', '(deleted)'] },
    condition: { source: { kind: 'mcp', serverId: 'github' } },
  })
  const agent = { key: 'b', mcpServerIds: [3], skillIds: [4, 9], model: { providerId: 5, model: 'm' } }
  expect(exported('agents', agent, it, names)).toEqual({
    ...{ key: 'b', mcpServerIds: ['github'], skillIds: ['csv', '(deleted)'] },
    model: { providerId: 'own', model: 'm' },
  })
})

test('a source is named in the context of the agent that reads one, and of no other', () => {
  const it = there({ sources: [existing(2, 'box', {})] })
  const context = { sourceId: 2 }
  expect(exported('triggers', { agentId: 'email-monitor', context }, it, names)).toMatchObject({
    context: { sourceId: 'box' },
  })
  expect(exported('triggers', { agentId: 'other', context }, it, names)).toMatchObject({ context })
})

test('what is as it was exported is unchanged, even where no schema takes it any more', () => {
  const odd = existing(1, 'odd', { kind: 'schedule', cronExpression: 'spoilt by hand', nonsense: 1 })
  const it = there({ triggers: [odd] })
  expect(compare(it, { triggers: [{ ...odd.item }] }, names, true)).toMatchObject({
    ...{ steps: [], deleted: [], problems: [], unchanged: [{ list: 'triggers', key: 'odd' }] },
  })
})

test('what goes without saying is no change', () => {
  const whole = existing(1, 'a', { ...clock, kind: 'schedule', timezone: 'UTC', calendars: [7], retries: 0 })
  const it = there({ triggers: [whole], calendars: [days] })
  const said = { key: 'a', ...clock, calendars: ['days'] }
  expect(compare(it, { triggers: [said] }, names, false).unchanged).toHaveLength(1)
  expect(
    compare(it, { triggers: [{ ...said, calendars: [], retries: 2 }] }, names, false).steps,
  ).toMatchObject([
    {
      changes: [
        { path: 'retries', from: 0, to: 2 },
        { path: 'calendars', from: ['days'], to: [] },
      ],
    },
  ])
})

test('kinds that a document does not list stay, whatever is deleted of the others', () => {
  const it = there({ triggers: [existing(1, 'a', clock)], calendars: [days] })
  expect(compare(it, { triggers: [] }, names, true).deleted).toMatchObject([{ list: 'triggers' }])
  expect(compare(it, { triggers: [] }, names, false).deleted).toEqual([])
  const names2 = compare(
    it,
    { calendars: [], triggers: [{ key: 'b', ...clock, calendars: ['days'] }] },
    names,
    true,
  )
  expect(names2.problems).toMatchObject([{ path: 'triggers.0.calendars.0' }])
})

test('what is neither here nor in the document is missing, or wrong', () => {
  const agent = {
    key: 'b',
    name: 'B',
    instructions: 'x',
    mcpServerIds: ['gitlab'],
    model: { providerId: 'x', model: 'm' },
  }
  const found = compare(
    there({}),
    { agents: [agent], rules: [{ key: 'r', channelId: 7, on: ['failure'] }] },
    names,
    false,
  )
  expect(found.missing).toMatchObject([
    { kind: 'mcp', name: 'gitlab', path: 'agents.0.mcpServerIds.0' },
    { kind: 'model', name: 'x', path: 'agents.0.model.providerId' },
  ])
  expect(found.problems).toMatchObject([
    { path: 'rules.0.channelId', message: expect.stringContaining('key') },
  ])
})

test.each([
  [{}, 'document.version'],
  [{ version: 2 }, 'document.version'],
  [{ version: 1, schedules: [] }, 'document.schedules'],
  [{ version: 1, triggers: {} }, 'document.triggers'],
  [{ version: 1, triggers: [1] }, 'document.triggers'],
])('%j is no document', (given, path) => {
  expect(() => listsIn(given)).toThrow(path)
})

const step = (key: string, ...heard: string[]): Step => ({
  ...{ list: 'triggers', key, name: key, n: 0, before: null, changes: [] },
  item: { key, event: { triggerIds: heard } },
})
test('what is named comes before what names it; of a circle one comes early, and again', () => {
  const order = (...steps: Step[]) =>
    namedFirst(steps).map(({ step: { key }, isEarly }) => key + (isEarly ? '!' : ''))
  expect(order(step('a', 'b'), step('b', 'c'), step('c'))).toEqual(['c', 'b', 'a'])
  expect(order(step('a', 'here'), step('b', 'b'))).toEqual(['a', 'b'])
  expect(order(step('a', 'b'), step('b', 'a'))).toEqual(['a!', 'b', 'a'])
})

const ANYWHERE = [
  'key',
  'kind',
  'name',
  'calendars',
  'event',
  'triggerIds',
  'config',
  'context',
  'scopeId',
  'secret',
]
const hostile = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'days', '', '__proto__', 'constructor', '(deleted)', '•••', 'x'.repeat(500)),
    fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...ANYWHERE), tie('value'), { maxKeys: 5 }),
  ),
}))
test('whatever stands in a document, it is compared or refused in words', () => {
  const it = there({ triggers: [existing(1, 'a', clock)], calendars: [days] })
  const document = fc.dictionary(fc.constantFrom(...LISTS), fc.array(hostile.value, { maxLength: 3 }))
  fc.assert(
    fc.property(document, fc.boolean(), (lists, prune) => {
      try {
        const { problems, missing, steps } = compare(it, listsIn({ version: 1, ...lists }), names, prune)
        for (const { path, message } of [...problems])
          expect([typeof path, typeof message]).toEqual(['string', 'string'])
        expect(steps.length + problems.length + missing.length).toBeLessThan(1000)
      } catch (error) {
        expect(problemOf(error)).toMatchObject({ status: 422 })
      }
    }),
    { numRuns: 300 },
  )
})
