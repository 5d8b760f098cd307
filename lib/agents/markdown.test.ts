import { expect, test } from 'vitest'
import { counted, fenced, inBytes, inline, listed, shortened } from './markdown.ts'

test('foreign text in a line starts no markup and no new line', () => {
  expect(inline('a | **b**\n# <img src=x> [l](u) `c` &amp;')).toBe(
    'a \\| \\*\\*b\\*\\* \\# \\<img src=x\\> \\[l\\](u) \\`c\\` \\&amp;',
  )
  expect(inline('safe \u202egnp.exe\u202c')).toBe('safe gnp.exe')
  expect(inline('x'.repeat(10), 5)).toBe('xxxx…')
})

test('a fence is longer than what stands inside', () => {
  expect(fenced('a\n```\nb')).toBe('````\na\n```\nb\n````')
  expect(fenced('{}', 'json')).toBe('```json\n{}\n```')
})

test('a cut never leaves half a character', () => {
  expect(shortened('ab😀c', 4)).toBe('ab…')
  expect(shortened('abc', 3)).toBe('abc')
})

test('numbers in words', () => {
  expect([counted(1, 'run'), counted(1200, 'run'), counted(2, 'person', 'people')]).toEqual([
    '1 run',
    '1,200 runs',
    '2 people',
  ])
  expect([listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual(['a', 'a and b', 'a, b and c'])
  expect([inBytes(1), inBytes(2048), inBytes(3 * 1024 * 1024)]).toEqual(['1 byte', '2.0 KiB', '3.0 MiB'])
})
