import { expect, test } from 'vitest'
import { EMPTY } from './draft.ts'
import { askedOf, problemsIn } from './preview.ts'

const input = '{"type": "object", "properties": {"city": {"type": "string"}}}'
const draft = { ...EMPTY, instructions: 'Look at {{context.city}}.', input }

test('the example is made of the schema until somebody writes another', () => {
  const { body, context } = askedOf(draft, null)
  expect(JSON.parse(context)).toEqual({ city: '<city>' })
  expect(body).toEqual({
    instructions: draft.instructions,
    input: JSON.parse(input),
    memory: 'none',
    skillIds: [],
    context: { city: '<city>' },
  })
  expect(askedOf(draft, '{"city": "Rome"}').body).toMatchObject({ context: { city: 'Rome' } })
  expect(askedOf(draft, ' ').body).toMatchObject({ context: {} })
})

test.each([
  [{ ...draft, instructions: ' ' }, null, { note: 'It is shown as soon as the agent has instructions.' }],
  [
    { ...draft, input: '{' },
    null,
    { note: expect.stringMatching(/^The JSON Schema of the context, below: That is not JSON/) },
  ],
  [draft, '{', { context: expect.stringMatching(/^That is not JSON/) }],
  [draft, '[1]', { context: 'A context is an object, such as {"city": "Berlin"}.' }],
])('nothing is asked about what cannot be read: %#', (given, typed, problems) => {
  expect(askedOf(given, typed)).toMatchObject({ body: null, problems })
})

test('whatever JSON stands for a schema, an example is made', () => {
  for (const it of ['5', 'null', '"x"', '[]'])
    expect(askedOf({ ...draft, input: it }, null).context).toMatch(/^\{/)
})

test('an objection is told where what it is about stands', () => {
  expect(
    problemsIn({
      instructions: 'Name {{x}}.',
      input: 'Is deep.',
      'context.city': 'Is needed.',
      context: 'Is large.',
      slug: 'x',
    }),
  ).toEqual({
    instructions: 'Name {{x}}.',
    context: 'city: Is needed. Is large.',
    note: 'The JSON Schema of the context, below: Is deep.',
  })
})
