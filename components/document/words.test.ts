import { describe, expect, test } from 'vitest'
import { makerOf, marked, partsOf, sizeOf, typeOf } from './words.ts'

test('a type is said in words, and one that nobody knows is called so', () => {
  expect(
    ['application/pdf', 'text/csv', 'application/octet-stream'].map((it) => typeOf({ mediaType: it })),
  ).toEqual(['PDF', 'Table', 'Unknown kind of file'])
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [2048, '2.0 KiB'],
  [25 * 1024 ** 2, '25.0 MiB'],
])('%i bytes are “%s”', (bytes, words) => expect(sizeOf(bytes)).toBe(words))

test.each([
  [null, 'the machine’s administrator'],
  ['u1', 'Ada'],
  ['u2', 'somebody who is not here any more'],
  ['key:3', 'an API key'],
  ['agent:press-scout', 'the agent press-scout'],
])('what %s put there is by %s', (createdBy, words) =>
  expect(makerOf({ createdBy }, [{ userId: 'u1', name: 'Ada' }])).toBe(words),
)

describe('the words of a search in a text', () => {
  const hits = (text: string, q: string) => marked(text, q).flatMap((it) => (it.hit ? [it.text] : []))
  test.each([
    ['Soup, and SOUP again', 'soup', ['Soup', 'SOUP']],
    ['Souper than soups', 'soup', []],
    ['a price (net)', '(net) price', ['price', 'net']],
    ['Grüße aus Köln', 'köln', ['Köln']],
    ['今日はスープです', 'スープ', ['スープ']],
    ['anything', '.* "', []],
  ])('“%s” for “%s”', (text, q, found) => expect(hits(text, q)).toEqual(found))

  test('together the parts are the text', () => {
    const text = '<b>one</b> two one'
    expect(
      marked(text, 'one')
        .map((it) => it.text)
        .join(''),
    ).toBe(text)
  })
})

test.each([
  ['one\ntwo\nthree', 5, ['one\ntwo\n', 'three']],
  ['a line of 22 letters..', 11, ['a line of 22 letters..']],
  ['a line without an end', 4, ['a li', 'ne w', 'itho', 'ut a', 'n end']],
  ['ab😀cdefghij', 3, ['ab😀', 'cde', 'fghij']],
  ['', 3, []],
])('%j in parts of about %i', (text, about, parts) => expect(partsOf(text, about)).toEqual(parts))
