import { expect, test } from 'vitest'
import { calendar, docx, mail, pdf, zip } from './testing/files.ts'
import { decoded, kindOf } from './types.ts'

const cases: [
  what: string,
  bytes: Buffer | string,
  name: string,
  mediaType: string,
  reading: string | null,
][] = [
  ['nothing', '', 'x', 'text/plain', 'text'],
  ['a text', 'Soup, and bread.', 'x.pdf', 'text/plain', 'text'],
  ['Markdown by its headings', '# Soup\n\nHot.', 'x', 'text/markdown', 'text'],
  ['Markdown by its name', 'Soup', 'x.md', 'text/markdown', 'text'],
  ['JSON', ' {"a":1}', 'x.txt', 'application/json', 'text'],
  ['what looks like JSON', '{soup', 'x.json', 'text/plain', 'text'],
  ['a page', '<!-- a --><!-- b -->\n<!DOCTYPE html><p>x', 'x.txt', 'text/html', 'html'],
  ['comments without an end', '<!---->'.repeat(500), 'x', 'text/plain', 'text'],
  ['a table', 'a;b\n1;2\n3;4\n', 'x', 'text/csv', 'csv'],
  ['a table of one line, by its name', 'a,b', 'x.csv', 'text/csv', 'csv'],
  ['prose with a comma a line', 'Well, yes\nNo\nYes, well\n', 'x', 'text/plain', 'text'],
  ['a mail', mail, 'x', 'message/rfc822', 'eml'],
  ['a calendar', calendar, 'x', 'text/calendar', 'ics'],
  ['a PDF', pdf('x'), 'x.txt', 'application/pdf', 'pdf'],
  [
    'a DOCX',
    docx('x'),
    'x',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'docx',
  ],
  ['another archive', zip({ a: 'b' }), 'x.docx', 'application/zip', null],
  ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]), 'x.txt', 'application/octet-stream', null],
]
test.each(cases)('%s is told by its content', (_, bytes, name, mediaType, reading) => {
  expect(kindOf(Buffer.from(bytes as string), name)).toEqual({ mediaType, reading })
})

test('a text is read in the encoding that it is in', () => {
  expect(decoded(Buffer.from('\uFEFFSüß'))).toBe('Süß')
  expect(decoded(Buffer.from('\uFEFFSüß', 'utf16le'))).toBe('Süß')
  expect(decoded(Buffer.from('Süß', 'latin1'))).toBe('Süß')
  expect(decoded(Buffer.from('a\0b'))).toBeNull()
})
