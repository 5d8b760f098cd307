import { expect, test } from 'vitest'
import { contextOf } from '#lib/agents/custom/schema.ts'
import { exampleContext } from './example-context.ts'

const of = (properties: Record<string, unknown>) => ({ type: 'object', properties })

test.each<[string, Record<string, unknown>, unknown]>([
  ['a text', { type: 'string' }, '<it>'],
  ['a long text', { type: 'string', minLength: 6 }, '<it>..'],
  ['a short text', { type: 'string', maxLength: 2 }, '<i'],
  ['what it says by default', { type: 'string', default: 'Berlin' }, 'Berlin'],
  ['an example', { type: 'string', examples: ['Rome', 'Oslo'] }, 'Rome'],
  ['a choice', { enum: ['a', 'b'] }, 'a'],
  ['a constant', { const: 5 }, 5],
  ['a secret', { type: 'string', writeOnly: true, default: 'hunter2' }, '•••'],
  ['a day', { type: 'string', format: 'date' }, '2026-01-15'],
  ['an address', { type: 'string', format: 'uri' }, 'https://example.com/'],
  ['a number', { type: 'number' }, 1],
  ['a number in bounds', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
  ['a small number', { type: 'number', maximum: 0.5 }, 0.5],
  ['a flag', { type: 'boolean' }, true],
  ['nothing', { type: 'null' }, null],
  ['a list', { type: 'array', items: { type: 'string' }, minItems: 2 }, ['<it>', '<it>']],
  ['a text or nothing', { anyOf: [{ type: 'null' }, { type: 'string' }] }, '<it>'],
  ['one of two types', { type: ['null', 'number'] }, 1],
  ['an object', of({ city: { type: 'string' } }), { city: '<city>' }],
  ['parts that all hold', { allOf: [of({ a: { const: 1 } }), of({ b: { const: 2 } })] }, { a: 1, b: 2 }],
])('%s is shown by a value that the schema takes', (_what, schema, value) => {
  const example = exampleContext(of({ it: schema }), '')
  expect(example).toEqual({ it: value })
  expect(contextOf(of({ it: schema })).safeParse(example).success).toBe(true)
})

test('without a schema there are the fields that the instructions speak of', () => {
  const instructions = 'From {{context.city}} to {{ context.goal }}, {{context.city}} again, at {{now}}.'
  expect(exampleContext({ type: 'object' }, instructions)).toEqual({ city: '<city>', goal: '<goal>' })
  expect(exampleContext(of({ x: { type: 'boolean' } }), instructions)).toEqual({ x: true })
})

test('a schema that is no schema is not stumbled over', () => {
  let deep: Record<string, unknown> = { type: 'string' }
  for (let n = 0; n < 10_000; n++) deep = of({ x: deep })
  expect(JSON.stringify(exampleContext(deep, '')).length).toBeLessThan(100)
  const broken = { properties: { a: null, b: 5, c: { enum: 'x', anyOf: 7, minItems: 1e9, type: 'array' } } }
  expect(exampleContext(broken as never, '')).toMatchObject({ a: null, b: null })
})
