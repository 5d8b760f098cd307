import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Comparison, Filter } from '../contract/filter.ts'
import { faultsOf, match } from './matching.ts'

const SUBJECT = {
  arguments: {
    url: 'https://example.com/hook',
    n: 3,
    none: null,
    tags: ['a', 'b', { deep: true }],
    at: '2026-03-01T08:00:00Z',
    headers: { 'x-id': '7', accept: 'text/plain' },
  },
  tool: 'http_request',
}
const at = (path: string, op: string, value: unknown) => ({ path, op, value }) as Comparison
const pass = (filter: Filter) => match(filter, SUBJECT).pass

test.each<[string, string, unknown, boolean]>([
  ['arguments.n', 'equals', 3, true],
  ['arguments.n', 'equals', '3', false],
  ['arguments.none', 'equals', null, true],
  ['arguments.headers', 'equals', { accept: 'text/plain', 'x-id': '7' }, true],
  ['arguments.headers', 'equals', { accept: 'text/plain' }, false],
  ['arguments.tags', 'equals', ['b', 'a', { deep: true }], false],
  ['arguments.tags', 'equals', { 0: 'a', 1: 'b', 2: { deep: true } }, false],
  ['arguments.n', 'not_equals', 4, true],
  ['arguments.n', 'not_equals', 3, false],
  ['arguments.n', 'in', [1, 3], true],
  ['arguments.n', 'in', ['3'], false],
  ['arguments.url', 'contains', 'example', true],
  ['arguments.tags', 'contains', { deep: true }, true],
  ['arguments.tags', 'contains', 'c', false],
  ['arguments.n', 'contains', 3, false],
  ['arguments.url', 'starts_with', 'https://example.com/', true],
  ['arguments.url', 'ends_with', '/hook', true],
  ['arguments.n', 'starts_with', '3', false],
  ['arguments.url', 'matches', 'example\\.(com|org)', true],
  ['arguments.url', 'matches', '^example', false],
  ['arguments.n', 'matches', '3', false],
  ['arguments.n', 'gt', 2, true],
  ['arguments.n', 'gt', 3, false],
  ['arguments.n', 'gte', 3, true],
  ['arguments.n', 'lt', 4, true],
  ['arguments.n', 'lte', 2, false],
  ['arguments.n', 'lt', '4', false],
  ['arguments.at', 'gte', '2026-03-01', true],
  ['arguments.tags.2.deep', 'equals', true, true],
  ['arguments.none', 'exists', true, true],
  ['arguments.none', 'exists', false, false],
  ['tool', 'equals', 'http_request', true],
])('%s %s %j: %s', (path, op, value, expected) => {
  expect(pass(at(path, op, value))).toBe(expected)
})

test.each([
  'arguments.missing',
  'arguments.url.0',
  'arguments.url.length',
  'arguments.tags.length',
  'arguments.tags.3',
  'arguments.tags.-1',
  'arguments.none.x',
  'arguments.constructor',
  'arguments.__proto__.x',
  'nowhere',
])('where nothing stands (%s) each comparison is false but that nothing is there', (path) => {
  const all: [string, unknown][] = [
    ['equals', null],
    ['not_equals', 1],
    ['in', [null]],
    ['contains', ''],
    ['starts_with', 'x'],
    ['ends_with', 'x'],
    ['matches', '.*'],
    ...['gt', 'gte', 'lt', 'lte'].map((op): [string, unknown] => [op, 0]),
    ['exists', true],
  ]
  expect(all.filter(([op, value]) => pass(at(path, op, value)))).toEqual([])
  expect(pass(at(path, 'exists', false))).toBe(true)
})

test('groups: all, any, not, and what they are without parts', () => {
  const [yes, no] = [at('arguments.n', 'equals', 3), at('arguments.n', 'equals', 4)]
  expect([{ all: [yes, yes] }, { all: [yes, no] }, { any: [no, yes] }, { any: [no, no] }].map(pass)).toEqual([
    true,
    false,
    true,
    false,
  ])
  expect([{ not: yes }, { not: { not: yes } }, { all: [] }, { any: [] }].map(pass)).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('every comparison is traced; those that decided against it are told apart', () => {
  const [yes, no] = [at('arguments.n', 'equals', 3), at('arguments.gone', 'equals', 4)]
  const { pass, trace, against } = match({ all: [{ any: [no, yes] }, no, { not: yes }] }, SUBJECT)
  expect(pass).toBe(false)
  expect(trace).toEqual([
    { path: 'arguments.gone', op: 'equals', expected: 4, actual: undefined, pass: false },
    { path: 'arguments.n', op: 'equals', expected: 3, actual: 3, pass: true },
    { path: 'arguments.gone', op: 'equals', expected: 4, actual: undefined, pass: false },
    { path: 'arguments.n', op: 'equals', expected: 3, actual: 3, pass: true },
  ])
  expect(against).toEqual([
    { look: trace[2], wanted: true },
    { look: trace[3], wanted: false },
  ])
  expect(match(yes, SUBJECT).against).toEqual([])
})

test('a pattern takes linear time; where that is still too long nothing is decided, below a not either', () => {
  const subject = { short: `${'a'.repeat(50_000)}!`, long: 'a'.repeat(1_000_000) }
  const evil = (path: string) => at(path, 'matches', '^(a+)+(a|aa)+(a*)*$')
  const some = at('short', 'starts_with', 'a')
  expect(match(evil('short'), subject).pass).toBe(false)
  expect(match({ not: evil('short') }, subject).pass).toBe(true)
  expect(match(evil('long'), subject).pass).toBe(false)
  expect(match({ not: evil('long') }, subject).pass).toBe(false)
  expect(match({ any: [evil('long'), some] }, subject).pass).toBe(true)
  expect(match({ not: { all: [evil('long'), { not: some }] } }, subject).pass).toBe(true)
  // Forty in one filter share what one may take.
  const needle = at('long', 'contains', `${'a'.repeat(5000)}b${'a'.repeat(5000)}`)
  expect(match({ not: { any: Array(40).fill(needle) } }, subject).pass).toBe(false)
})

test.each([
  ['(a)\\1', /no back-references/],
  ['(?=a)', /no look-around/],
  ['(', /missing closing/],
  ['(?:.{1000}){3}', /repeat/],
  ['.{1000}.{1000}.{1000}', /repeats too much/],
])('the pattern %s is refused in words', (value, message) => {
  expect(faultsOf({ not: at('tool', 'matches', value) }, ['tool'], 'filter')).toEqual([
    { path: 'filter.not.value', message: expect.stringMatching(message) },
  ])
})

test('a path begins where something can stand', () => {
  const filter: Filter = { all: [at('tool', 'equals', 'x'), { any: [at('url', 'equals', 'x')] }] }
  expect(faultsOf(filter, ['arguments', 'tool'], 'filter')).toEqual([
    {
      path: 'filter.all.1.any.0.path',
      message: 'begins with "url": here paths begin with arguments or tool',
    },
  ])
})

const names = fc.constantFrom('a', 'b', '0', '1', 'length', 'constructor', '__proto__')
const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((it) => it.join('.'))
const comparisons = fc
  .tuple(
    paths,
    fc.oneof(
      fc.tuple(fc.constantFrom('equals', 'not_equals', 'contains'), fc.jsonValue()),
      fc.tuple(fc.constant('in'), fc.array(fc.jsonValue(), { minLength: 1 })),
      fc.tuple(fc.constantFrom('starts_with', 'ends_with'), fc.string({ minLength: 1 })),
      fc.tuple(fc.constant('matches'), fc.string({ minLength: 1, maxLength: 200, unit: 'binary' })),
      fc.tuple(fc.constantFrom('gt', 'gte', 'lt', 'lte'), fc.oneof(fc.string(), fc.integer())),
      fc.tuple(fc.constant('exists'), fc.boolean()),
    ),
  )
  .map(([path, [op, value]]) => at(path, op, value))
const { filters } = fc.letrec<{ filters: Filter }>((tie) => ({
  filters: fc.oneof(
    { maxDepth: 4 },
    comparisons,
    fc.record({ all: fc.array(tie('filters'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('filters'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('filters') }),
  ),
}))
const subjects = fc.oneof(fc.jsonValue(), fc.object({ key: names, maxDepth: 3 }))

test('it never throws, whatever it is held against; each comparison is looked at once', () => {
  const leaves = (it: Filter): number =>
    'op' in it
      ? 1
      : 'not' in it
        ? leaves(it.not)
        : ('all' in it ? it.all : it.any).reduce((sum, part) => sum + leaves(part), 0)
  fc.assert(
    fc.property(filters, subjects, (filter, subject) => {
      const { pass, trace, against } = match(filter, subject)
      expect(trace).toHaveLength(leaves(filter))
      expect(against.length === 0).toBe(pass)
      if (Filter.safeParse(filter).success) faultsOf(filter, ['a'], 'filter')
      // What does not hold and was decided holds when it is turned round; never both.
      expect(pass && match({ not: filter }, subject).pass).toBe(false)
    }),
    { numRuns: 500 },
  )
})
