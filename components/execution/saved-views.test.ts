import { expect, test } from 'vitest'
import { MOST_VIEWS, readViews, withView } from './saved-views.ts'

test.each([
  [null, []],
  ['no JSON', []],
  ['{"name":"x"}', []],
  ['[{"name":"x","query":"status=failed"},{"name":1},null]', [{ name: 'x', query: 'status=failed' }]],
])('%j is read as what it should be', (text, views) => expect(readViews(text)).toEqual(views))

test('the newest stands first, once, and they are not kept without end', () => {
  const views = Array.from({ length: MOST_VIEWS }, (_, n) => ({ name: String(n), query: '' }))
  const next = withView(views, { name: '3', query: 'q=x' })
  expect(next[0]).toEqual({ name: '3', query: 'q=x' })
  expect(next.filter((it) => it.name === '3')).toHaveLength(1)
  expect(withView(views, { name: 'new', query: '' })).toHaveLength(MOST_VIEWS)
})
