/** Who changed what since: the old version, the new one, or people. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { changeOf, changesBetween, maskedInput } from './template-updates.ts'

const BASE = { cronExpression: '0 9 * * *', retries: 0, context: { url: 'a', expect: { status: '2xx' } } }
const to = (path: string, from: unknown, it: unknown) => ({ path, from, to: it })

test.each<[string, object, object, ReturnType<typeof changesBetween>]>([
  ['nothing is new', {}, {}, { changes: [], kept: [] }],
  ['people changed what stays the same', { retries: 3 }, {}, { changes: [], kept: [] }],
  ['nobody changed what is new', {}, { retries: 2 }, { changes: [to('retries', 0, 2)], kept: [] }],
  [
    'people changed what is new',
    { retries: 5 },
    { retries: 2 },
    { changes: [], kept: [to('retries', 5, 2)] },
  ],
  ['people were there before', { retries: 2 }, { retries: 2 }, { changes: [], kept: [] }],
  [
    'two fields of the context, one of them changed by people',
    { context: { url: 'b', expect: { status: '2xx' } } },
    { context: { url: 'c', expect: { status: '200' } } },
    {
      changes: [to('context.expect', { status: '2xx' }, { status: '200' })],
      kept: [to('context.url', 'b', 'c')],
    },
  ],
  [
    'a field is gone, and another is there',
    {},
    { context: { url: 'a', method: 'GET' } },
    { changes: [to('context.expect', { status: '2xx' }, null), to('context.method', null, 'GET')], kept: [] },
  ],
])('%s', (_, mine, next, expected) => {
  expect(changesBetween(BASE, { ...BASE, ...mine }, { ...BASE, ...next })).toEqual(expected)
})

test('the edit changes those fields, and leaves the others of the context as they are', () => {
  const mine = { retries: 0, context: { url: 'mine', old: 1, own: true } }
  const changes = [to('retries', 0, 2), to('context.old', 1, null), to('context.method', null, 'GET')]
  expect(changeOf(changes, mine)).toEqual({
    retries: 2,
    context: { url: 'mine', own: true, method: 'GET' },
  })
  expect(changeOf([to('retries', 0, 2)], mine)).toEqual({ retries: 2 })
})

test('what was filled in is kept without its secrets', () => {
  const password = z.string().meta({ writeOnly: true })
  const schema = z.object({ url: z.string(), mailbox: z.object({ user: z.string(), password }).partial() })
  expect(maskedInput(schema, { url: 'a', mailbox: { user: 'ada', password: 'secret' } })).toEqual({
    url: 'a',
    mailbox: { user: 'ada', password: '•••' },
  })
  expect(maskedInput(schema, { url: 'a', mailbox: { user: 'ada' } })).toEqual({
    url: 'a',
    mailbox: { user: 'ada' },
  })
})
