/** YAML as it may come in: what is plain gets through, and nothing else does. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toYaml } from '../verbs/exchange/document.ts'
import { createReaders } from './extract.ts'
import { systemClock } from '../clock.ts'
import { plainOf } from './yaml.ts'

const read = (text: string): unknown => JSON.parse(plainOf(text).json)

test('plain YAML and JSON are what they say; words of an older YAML are texts', () => {
  expect(read('a: 1\nb: [x, {y: no}]\nc: "s"\nd: 2026-12-25\ne: 12:30\nf: ~\n')).toEqual({
    ...{ a: 1, b: ['x', { y: 'no' }], c: 's', d: '2026-12-25', e: '12:30', f: null },
  })
  expect(read('{"a": [1, {"b": null}]}')).toEqual({ a: [1, { b: null }] })
  expect([read(''), read('# nothing')]).toEqual([null, null])
})

const laughs = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)
test.each([
  ['an alias', 'a: &x 1\nb: *x', /an anchor in line 1/],
  ['a bomb of aliases', ['a0: &a0 lol', ...laughs].join('\n'), /an anchor/],
  ['a tag', 'a: !!str 1', /a tag in line 1/],
  ['a tag of a program', 'a: !!js/function "x"', /a tag/],
  ['a tag with a handle', '%TAG !e! tag:example.com,2000:\n---\na: !e!x b', /a tag/],
  ['a name twice', 'a: 1\nb: 2\na: 3', /“a” twice/],
  ['a name twice within', 'a: {b: 1, b: 2}', /“b” twice/],
  ['a name that is no text', '? [a, b]\n: 1', /no YAML that is taken/],
  ['two documents', 'a: 1\n---\nb: 2', /more than one document/],
  ['what is no number', 'a: .inf', /no number of JSON/],
  ['what is not closed', 'a: [1', /no YAML that is taken/],
  ['a tab', 'a:\n\tb: 1', /no YAML that is taken/],
  ['brackets without end', '['.repeat(100_000), /nested too deeply/],
  ['braces without end', '{a: '.repeat(10_000), /nested too deeply/],
  ['lists in a line', '- '.repeat(10_000), /nested too deeply/],
  ['keys in a line', '? '.repeat(10_000), /nested too deeply/],
])('%s is refused, and says why', (_, text, words) => {
  expect(() => read(text)).toThrow(words)
})

test('a million characters of names are read, each looked at once', () => {
  const text = Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n')
  expect(Object.keys(read(text) as object)).toHaveLength(20_000)
})

test('a message never says the document back', () => {
  try {
    read(`a: |${'secret '.repeat(10_000)}`)
    expect.unreachable()
  } catch (error) {
    expect((error as Error).message.length).toBeLessThan(400)
  }
})

test('whatever bytes come, it is plain JSON or a sentence', () => {
  const bits = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '-',
    '[',
    ']',
    '{',
    '}',
    '&x',
    '*x',
    '!t',
    '"',
    "'",
    '|',
    '>',
    '?',
    '#',
    '<<',
    '%',
  )
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
      try {
        expect(() => read(parts.join(''))).not.toThrow(TypeError)
      } catch (error) {
        expect((error as Error).name).toBe('Unreadable')
      }
    }),
    { numRuns: 300 },
  )
})

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'no',
      'y',
      'null',
      '~',
      '1e3',
      '0o7',
      '12:30',
      '2026-12-25',
      '<<',
      '- a',
      'a: b',
      '#x',
      ' ',
      '',
      '\n',
      '*x',
      '&x',
      '!t',
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), tie('value'), { maxKeys: 4 }),
  ),
}))
test('what is written is read as it was', () => {
  fc.assert(
    fc.property(plain.value, (value) => {
      const asJson = JSON.parse(JSON.stringify(value))
      expect(read(toYaml({ value: asJson }))).toEqual({ value: asJson })
    }),
    { numRuns: 200 },
  )
})

test('it is read in a process of its own', async () => {
  const { plainOf: apart } = createReaders(systemClock)
  expect(await apart({ bytes: Buffer.from('a: 1') })).toEqual({ json: '{"a":1}' })
  expect(await apart({ bytes: Buffer.from('a: &x 1') })).toEqual({
    problem: expect.stringMatching(/an anchor/),
  })
})
