import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import Markdown from './markdown.tsx'
import { isPlain } from './plain.ts'

test.each([
  'Good morning everybody',
  'Nothing happened since 27 November at 12:43 (Europe/Berlin).',
  'it’s 5% – or “more”, they say; is it?',
])('%s needs no parser', (text) => {
  expect(isPlain(text)).toBe(true)
})

test.each([
  '# a',
  '- a',
  '1. a',
  '2) a',
  '> a',
  ' a',
  'a\nb',
  '*a*',
  '`a`',
  'see www.a.org',
  'ftp://a',
  'a@b.org',
])('%s may be more than it says', (text) => {
  expect(isPlain(text)).toBe(false)
})

test('what is called plain is drawn as it is written', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    ' ',
    '1',
    '.',
    ')',
    '-',
    '+',
    '=',
    '#',
    '*',
    '_',
    '`',
    ':',
    '/',
    'w',
    '"',
    "'",
    '!',
    '(',
    '|',
    '~',
  )
  fc.assert(
    fc.property(fc.string({ unit: piece, minLength: 1 }), (text) => {
      fc.pre(isPlain(text) && text.trim() === text)
      const html = renderToStaticMarkup(<Markdown text={text} />)
      expect(html.replace(/<\/?(?:div|p)[^>]*>/g, '')).toBe(
        text.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
      )
    }),
  )
})
