/** Names of tools as models are told them. */
import { expect, test } from 'vitest'
import { wireName } from './wire-names.ts'

test.each(['search_documents', 'finish', 'http_request'])('%s is told as it is', (name) => {
  expect(wireName(name)).toBe(name)
})

test('a tool of a server is told with both names, as far as they can be read', () => {
  expect(wireName('on-call.page')).toBe('on-call__page')
  expect(wireName('files.read.text')).toMatch(/^files__read_text_[0-9a-f]{8}$/)
})

test('equal names for equal tools, other names for others, and each of them is one that models take', () => {
  const long = 'x'.repeat(80)
  const marked = wireName('a.look.up')
  const names = [
    ...['a.look.up', 'a.look_up', 'a.look/up', 'a.look-up', 'a.ünder', 'a.önder', `a.${long}`, `a.${long}y`],
    // One that is called as another one is told.
    ...[marked, marked.replace('__', '.')],
  ]
  const told = names.map(wireName)
  expect(new Set(told).size).toBe(names.length)
  for (const it of told) expect(it).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(names.map(wireName)).toEqual(told)
})
