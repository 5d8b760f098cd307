import { expect, test } from 'vitest'
import { fairly } from './fair-places.ts'

const codeOf = (who: string) => who.charCodeAt(0)
const pick = (waiting: string, underWay: string, places = 8) =>
  fairly(
    [...waiting].map((who) => ({ who })),
    { of: ({ who }) => codeOf(who), underWay: [...underWay].map(codeOf), places },
  )
    .map(({ who }) => who)
    .join('')

test.each([
  ['one alone leaves a quarter of the places', 'aaaaaaaaaa', '', 'aaaaaa'],
  ['and no more than that', 'aaaa', 'aaaaa', 'a'],
  ['whoever comes next finds room', 'aaaab', 'aaaaaa', 'b'],
  ['of two the oldest first, each its share, then what is left', 'aaaaabb', '', 'aaaabb'],
  ['many that wait share all the places', 'aabbccddee', '', 'aabbccdd'],
  ['where all is taken nobody begins', 'ab', 'aaaaaabb', ''],
  ['nobody waits', '', 'aa', ''],
])('%s', (_, waiting, underWay, begun) => {
  expect(pick(waiting, underWay)).toBe(begun)
})

test('of one place alone it is the oldest that takes it', () => {
  expect(pick('ba', '', 1)).toBe('b')
})
