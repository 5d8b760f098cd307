import { expect, test } from 'vitest'
import { MOST_PASSAGES, passagesOf } from './passages.ts'

/** As a database counts. */
const substr = (text: string, start: number, length: number) =>
  [...text].slice(start, start + length).join('')

test.each([
  ['paragraphs', `${'A sentence of words. '.repeat(60)}\n\n${'Another one follows. '.repeat(60)}`],
  ['lines', 'a line of a table\n'.repeat(300)],
  ['one long word', 'x'.repeat(5000)],
  ['characters of two halves', '🔔'.repeat(2500)],
])('passages cover the whole text, in order: %s', (_case, text) => {
  const passages = passagesOf(text)
  expect(passages.length).toBeGreaterThan(1)
  let next = 0
  for (const it of passages) {
    expect(it.start).toBe(next)
    next = it.start + it.length
    expect(substr(text, it.start, it.length).trim()).toBe(it.text)
    expect(it.text.isWellFormed()).toBe(true)
    expect(it.text.length).toBeLessThanOrEqual(1500)
  }
  expect(next).toBe([...text].length)
})

test('a passage ends at a paragraph where there is one', () => {
  const first = 'The first paragraph. '.repeat(40).trim()
  expect(passagesOf(`${first}\n\n${'The second paragraph. '.repeat(60)}`)[0]?.text).toBe(first)
})

test.each([
  ['nothing', '', 0],
  ['spaces', ' \n\n '.repeat(900), 0],
  ['a short text', 'Hello.', 1],
  ['a book', 'word '.repeat(1_000_000), MOST_PASSAGES],
])('of %s there are so many', (_case, text, n) => {
  expect(passagesOf(text)).toHaveLength(n)
})
