import { expect, test } from 'vitest'
import { decoded } from './encoding.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')
test.each([
  ['UTF-8 that says so', 'text/html; charset=utf-8', Buffer.from('für 3 €'), 'für 3 €'],
  ['UTF-8 that says something else', 'text/html; charset=ISO-8859-1', Buffer.from('für'), 'für'],
  ['UTF-8 with a mark', 'text/plain', Buffer.from('\ufefffür'), 'für'],
  ['UTF-16 with a mark', 'text/plain', Buffer.from('\ufefffür', 'utf16le'), 'für'],
  ['what says nothing', 'text/plain', latin('f\xfcr 3 \x80'), 'für 3 €'],
  [
    'ISO-8859-1 in the header, meant as Windows has it',
    'text/xml; charset=iso-8859-1',
    latin('\x93a\x94'),
    '“a”',
  ],
  [
    'what a feed says of itself',
    'application/xml',
    latin('<?xml encoding="ISO-8859-2"?>\xb3'),
    '<?xml encoding="ISO-8859-2"?>ł',
  ],
  ['what a page says of itself', 'text/html', latin('<meta charset=koi8-r>\xc1'), '<meta charset=koi8-r>а'],
  ['no UTF-8, though it says so', 'text/html; charset=utf-8', latin('f\xfcr'), 'für'],
  ['an encoding that nobody knows', 'text/html; charset=x-mars', latin('f\xfcr'), 'für'],
])('%s is read as it is meant', (_, type, bytes, expected) => {
  expect(decoded({ bytes, headers: new Headers({ 'content-type': type }), truncated: false })).toBe(expected)
})

test('a character that the cut went through is left out', () => {
  const bytes = Buffer.from('für').subarray(0, 2)
  expect(decoded({ bytes, headers: new Headers(), truncated: true })).toBe('f')
})
