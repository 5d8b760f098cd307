import { expect, test } from 'vitest'
import { endingOf } from './ending.ts'

const ada = { userId: 'ada', role: 'admin' } as const
const ben = { userId: 'ben', role: 'admin' } as const
const cleo = { userId: 'cleo', role: 'editor' } as const

test.each([
  ['the only admin stays', ada, [ada, cleo], 'ada', null],
  ['also for another who reads it', ada, [ada, cleo], 'root', null],
  ['one of two leaves', ada, [ada, ben], 'ada', 'leave'],
  ['the other is removed', ben, [ada, ben], 'ada', 'remove'],
  ['who is no admin is removed', cleo, [ada, cleo], 'ada', 'remove'],
  ['or leaves', cleo, [ada, cleo], 'cleo', 'leave'],
] as const)('%s', (_, member, members, me, ending) => expect(endingOf(member, members, me)).toBe(ending))
