import { expect, test } from 'vitest'
import { mentioned } from './mentions.ts'

const people = [
  { userId: 'ada', name: 'Ada Lovelace' },
  { userId: 'ben', name: 'Ben' },
  { userId: 'oe', name: 'Øystein' },
]

test.each([
  ['@Ben, look', ['ben']],
  ['look, @ben', ['ben']],
  ['(@Ada Lovelace) and @Ben.', ['ada', 'ben']],
  ['@ada?', ['ada']],
  ['@øystein', ['oe']],
  // Somebody else, whose name only begins alike.
  ['@Benjamin', []],
  ['write to help@ben.example', []],
  ['@ Ben', []],
  ['Ben', []],
])('%s names %j', (text, ids) => {
  expect(mentioned(text, people, 'cleo')).toEqual(ids)
})

test('nobody names themselves', () => {
  expect(mentioned('@Ben and @Ada', people, 'ben')).toEqual(['ada'])
})
