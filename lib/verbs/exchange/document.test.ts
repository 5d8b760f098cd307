import { expect, test } from 'vitest'
import { plainOf } from '../../documents/yaml.ts'
import { readDocument } from './document.ts'

const read = (given: string | Record<string, unknown>) =>
  readDocument(async ({ bytes }) => plainOf(bytes.toString()), given)

test.each<[string, string | Record<string, unknown>, RegExp]>([
  ['a name of a prototype', 'a: {__proto__: {polluted: true}}', /the name "__proto__"/],
  ['a name of a prototype in an object', JSON.parse('{"a":[{"__proto__":{"x":1}}]}'), /the name "__proto__"/],
  ['a constructor', '{"constructor": {"prototype": {"x": 1}}}', /the name "constructor"/],
  ['a merge key', 'a:\n  <<: {b: 1}', /the name "<<"/],
  ['depth', JSON.parse(`${'{"a":'.repeat(60)}null${'}'.repeat(60)}`), /deeper than 48/],
  ['length', `a: ${'x'.repeat(1024 * 1024)}`, /longer than 1 MiB/],
  ['length of an object', { a: 'x'.repeat(1024 * 1024) }, /longer than 1 MiB/],
  ['a character that is no text', { a: 'x\0y' }, /not text/],
  ['a character that is no text in a name', { 'x\ud800': 1 }, /not text/],
  ['a list', '- a', /expects an object/],
  ['a word', 'a', /expects an object/],
  ['nothing', '', /expects an object/],
])('%s is refused', async (_, given, words) => {
  await expect(read(given)).rejects.toThrow(words)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('text and object are read alike', async () => {
  const document = { version: 1, triggers: [{ key: 'a', context: { 'b c': [1, null, 'no'] } }] }
  expect(await read(document)).toEqual(document)
  expect(await read(JSON.stringify(document))).toEqual(document)
})
