import { expect, test } from 'vitest'
import { type JsonSchema, schemaFault, withoutSecrets } from './schema.ts'

const nested = (levels: number): JsonSchema => {
  let it: JsonSchema = { type: 'object' }
  for (let n = 0; n < levels; n++) it = { type: 'object', properties: { x: it } }
  return it
}

test.each([
  [{ type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } }, /"pattern"/],
  [{ type: 'object', patternProperties: { '^(a+)+$': {} } }, /"patternProperties"/],
  [{ type: 'object', properties: { a: { anyOf: [{ $ref: '#' }] } } }, /"\$ref"/],
  [nested(11), /deeper than 20/],
  [nested(100_000), /deeper than 20/],
  [
    { type: 'object', properties: Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`f${n}`, {}])) },
    /more than 300 parts/,
  ],
  [{ type: 'object', properties: { a: { type: 'colour' } } }, /can be read/],
])('%# is refused', (schema, words) => {
  expect(schemaFault(schema as JsonSchema)).toMatch(words)
})

test('a field may be called as it likes', () => {
  const properties = { pattern: { type: 'string' }, $ref: { type: 'string' } }
  expect(schemaFault({ type: 'object', properties })).toBeNull()
})

test('secrets of a context are masked, wherever they stand', () => {
  const secret = { type: 'string', writeOnly: true }
  const schema = {
    type: 'object',
    properties: {
      city: { type: 'string' },
      key: secret,
      login: { anyOf: [{ type: 'object', properties: { password: secret } }, { type: 'null' }] },
      keys: { type: 'array', items: secret },
      headers: { type: 'object', additionalProperties: secret },
    },
  }
  const context = {
    city: 'Berlin',
    key: 'k',
    login: { user: 'ada', password: 'p' },
    keys: ['a', 'b'],
    headers: { authorization: 'x' },
  }
  expect(withoutSecrets(schema, context)).toEqual({
    city: 'Berlin',
    key: '•••',
    login: { user: 'ada', password: '•••' },
    keys: ['•••', '•••'],
    headers: { authorization: '•••' },
  })
  expect(withoutSecrets({ type: 'object' }, context)).toEqual(context)
})
