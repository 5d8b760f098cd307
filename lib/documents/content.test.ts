import { expect, test } from 'vitest'
import { contentOf } from './content.ts'
import { calendar, mail, pdf } from './testing/files.ts'

test('a text is ready at once and kept once; its original is kept where it is something else', () => {
  expect(contentOf('a', Buffer.from('Soup'), 'a')).toMatchObject({
    text: 'Soup',
    status: 'ready',
    original: null,
  })
  const marked = Buffer.from('\uFEFFSoup')
  expect(contentOf('a', marked, 'a')).toMatchObject({ text: 'Soup', original: marked, bytes: 7 })
  const file = pdf('x')
  expect(contentOf('a', file, 'a')).toMatchObject({ text: '', status: 'extracting', original: file })
})

test('what no database takes is left out; a text that is too long is kept as far as it goes', () => {
  const long = contentOf('a', Buffer.alloc(5_000_001, 'x'), 'a')
  expect(long.text.length).toBe(5_000_000)
  expect(long).toMatchObject({ status: 'ready', problem: expect.stringContaining('5,000,000') })
  expect(long.original?.length).toBe(5_000_001)
})

test('mail, pages and calendars come from outside; what people write does not', () => {
  const isTainted = (it: string) => contentOf('a', Buffer.from(it), 'a').tainted
  expect(['<html>x</html>', mail, calendar, 'Soup'].map(isTainted)).toEqual([true, true, true, false])
})
