import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Filter } from '#lib/contract/filter.ts'
import { eventFacts } from './facts.ts'
import { examplesOf } from './examples.ts'
import { type FilterDraft, NO_FILTER } from './filter-draft.ts'
import { filterDraftOf } from './filter-rows.ts'
import { errorsByRow, readFilter, turned } from './filter-reading.ts'

const examples = examplesOf(['document.uploaded'], eventFacts())
const exampleAt = (path: string) => examples.get(path)
const back = (draft: FilterDraft) => readFilter(draft, exampleAt)

const name = 'data.documentName'
const bytes = 'data.bytes'
test.each<{ says: string; filter: Filter; view: FilterDraft['view'] }>([
  { says: 'a text', filter: { path: name, op: 'equals', value: 'menu.pdf' }, view: 'rows' },
  { says: 'a text that looks like a number', filter: { path: name, op: 'equals', value: '5' }, view: 'rows' },
  { says: 'a text in quotes', filter: { path: name, op: 'equals', value: '"5"' }, view: 'rows' },
  { says: 'a number', filter: { path: bytes, op: 'gt', value: 5 }, view: 'rows' },
  { says: 'a text where numbers stand', filter: { path: bytes, op: 'equals', value: '5' }, view: 'rows' },
  { says: 'a number where texts stand', filter: { path: name, op: 'equals', value: 5 }, view: 'json' },
  { says: 'one of texts', filter: { path: name, op: 'in', value: ['a', 'b'] }, view: 'rows' },
  { says: 'one of texts with commas', filter: { path: name, op: 'in', value: ['a, b', 'c'] }, view: 'rows' },
  { says: 'nothing there', filter: { path: name, op: 'exists', value: false }, view: 'rows' },
  { says: 'a pattern', filter: { path: name, op: 'matches', value: '^"a' }, view: 'rows' },
  { says: 'a group of one', filter: { all: [{ path: bytes, op: 'lt', value: 9 }] }, view: 'rows' },
  {
    says: 'any of two',
    filter: {
      any: [
        { path: bytes, op: 'lt', value: 9 },
        { path: 'actor.name', op: 'equals', value: 'Ada' },
      ],
    },
    view: 'rows',
  },
  { says: 'a not', filter: { not: { path: name, op: 'exists', value: true } }, view: 'json' },
  {
    says: 'groups in groups',
    filter: { all: [{ any: [{ path: bytes, op: 'lt', value: 9 }] }] },
    view: 'json',
  },
])('$says is the same after the form, in both views', ({ filter, view }) => {
  const draft = filterDraftOf(filter, exampleAt)
  expect(draft.view).toBe(view)
  expect(back(draft)).toEqual({ filter })
  const json = turned(draft, 'json', exampleAt) as FilterDraft
  expect(back(json)).toEqual({ filter })
  expect(turned(json, 'rows', exampleAt) === null).toBe(view === 'json')
})

test('whatever is compared, nothing of it is lost', () => {
  const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
  const comparison = fc.record({
    path: fc.constantFrom(name, bytes, 'data.other'),
    op: fc.constantFrom('equals' as const, 'not_equals' as const, 'contains' as const),
    value: fc.oneof(value, fc.array(value), fc.constant(null)),
  })
  fc.assert(
    fc.property(fc.array(comparison, { minLength: 1, maxLength: 4 }), fc.boolean(), (parts, any) => {
      // As it comes over the wire: JSON has one zero.
      const filter = JSON.parse(JSON.stringify(any ? { any: parts } : { all: parts })) as Filter
      expect(back(filterDraftOf(filter, exampleAt))).toEqual({ filter })
    }),
  )
})

test('what is no JSON, or no object, is said and stays as it was typed', () => {
  for (const json of ['{', '[]', '5']) {
    const draft: FilterDraft = { ...NO_FILTER, view: 'json', json }
    expect(back(draft)).toHaveProperty('error')
    expect(turned(draft, 'rows', exampleAt)).toBeNull()
  }
  expect(turned({ ...NO_FILTER, view: 'json', json: '{"all":[5]}' }, 'rows', exampleAt)).toBeNull()
  expect(turned({ ...NO_FILTER, view: 'json', json: '{"path":5}' }, 'rows', exampleAt)).toBeNull()
})

test('rows that were left empty say nothing', () => {
  const rows = [{ path: '', op: 'equals' as const, value: '' }]
  expect(back({ ...NO_FILTER, rows })).toEqual({ filter: undefined })
})

test('a refusal stands at its row, or at the whole', () => {
  expect(
    errorsByRow(
      { 'event.filter.all.1.value': 'is no pattern', 'event.filter': 'is too large', 'event.types': 'x' },
      'event.filter',
    ),
  ).toEqual({ whole: 'is too large', rows: { 1: 'is no pattern' } })
  expect(errorsByRow({ 'event.filter.path': 'begins with "x"' }, 'event.filter').rows).toEqual({
    0: 'begins with "x"',
  })
})

test('the paths that are offered are those of the types that are meant', () => {
  expect([...examplesOf(['document.*'], eventFacts()).keys()]).toContain('data.documentName')
  expect([...examplesOf(['custom.order'], eventFacts()).keys()]).not.toContain('data.documentName')
  expect(examplesOf(['execution.*'], eventFacts()).get('data.error')).toBe('The page did not answer.')
})
