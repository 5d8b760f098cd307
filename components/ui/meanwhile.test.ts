import { afterEach, expect, test } from 'vitest'
import { Problem } from '#lib/client/problem.ts'
import { meanwhileWords } from './meanwhile.ts'

const KEY = Symbol.for('carillon.reading')
afterEach(() => Reflect.deleteProperty(globalThis, KEY))
const change = { what: 'this schedule', by: 'Ben', at: '2026-11-29T19:40:09.135Z', revision: 2 }

test('who changed it and when is said as whoever is told reads it', () => {
  Object.assign(globalThis, { [KEY]: () => ({ timezone: 'America/New_York', clock: '12', language: 'en' }) })
  const words = (now: string, more = {}) =>
    meanwhileWords({ ...change, ...more }, new Date(now)).replace(/\s/g, ' ')
  expect(words('2026-11-29T20:00:00Z')).toBe('Ben changed this schedule at 2:40 PM.')
  expect(words('2026-11-30T20:00:00Z', { by: null })).toBe(
    'Somebody changed this schedule on Nov 29, 2026, 2:40 PM.',
  )
})

test('where there is no room for the time, the words have no instant of programs', () => {
  const said = `Ben changed this schedule at ${change.at}; it is at revision 2 now.`
  const problem = new Problem({ title: 'Conflict', status: 409, detail: said, meanwhile: change })
  expect(problem.message).toBe('Ben changed this schedule meanwhile. Look again, then repeat your change.')
})
