import { expect, test } from 'vitest'
import { differenceOf, withoutTheSame } from './words.ts'

const said = (before: string, after: string) =>
  differenceOf(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'gone' ? `[-${text}-]` : `[+${text}+]`))
    .join('')

test.each([
  ['the same words', 'the same words', 'the same words'],
  ['', 'all new', '[+all new+]'],
  ['all gone', '', '[-all gone-]'],
  ['look at the news today', 'look at the weather today', 'look at the [-news -][+weather +]today'],
  ['one\ntwo\nthree', 'one\nthree', 'one\n[-two\n-]three'],
  ['a b c d', 'b c e d', '[-a -]b c [+e +]d'],
])('%j and %j', (before, after, expected) => expect(said(before, after)).toBe(expected))

test('either text can be read off the difference, however long both are', () => {
  const text = (seed: number, length: number) =>
    Array.from({ length }, (_, n) => `w${(n * seed) % 97}`).join(' ')
  for (const length of [50, 3000]) {
    const [before, after] = [text(7, length), text(11, length)]
    const pieces = differenceOf(before, after)
    const without = (kind: string) =>
      pieces.filter((it) => it.kind !== kind).reduce((all, it) => all + it.text, '')
    expect(without('new')).toBe(before)
    expect(without('gone')).toBe(after)
  }
})

test('of a long text only what stands beside a difference is kept', () => {
  const long = 'word '.repeat(200)
  const pieces = withoutTheSame(differenceOf(`${long}old ${long}`, `${long}new ${long}`))
  expect(pieces.map((it) => it.kind)).toEqual(['same', 'gone', 'new', 'same'])
  expect(pieces.reduce((sum, it) => sum + it.text.length, 0)).toBeLessThan(150)
})
