import { expect, test } from 'vitest'
import { instantIn, meantBy, pastInstantIn, restIn } from './command-words.ts'

const known = ['Daily', 'Daily Summary', 'Wait until noon', 'Twin', 'twin', '#12', '"Odd"'].map(
  (name, n) => ({
    id: n + 1,
    name,
  }),
)

test.each([
  ['Daily Summary', { id: 2, tail: '' }],
  ['daily summary until monday', { id: 2, tail: 'until monday' }],
  // A whole name goes before one that begins alike.
  ['daily', { id: 1, tail: '' }],
  ['daily for 2 hours', { id: 1, tail: 'for 2 hours' }],
  ['daily s', { id: 2, tail: '' }],
  ['wait until noon until monday', { id: 3, tail: 'until monday' }],
  ['"Daily Summary" because of Ben', { id: 2, tail: 'because of Ben' }],
  ['#3 until monday', { id: 3, tail: 'until monday' }],
  ['schedule #3 until monday', { id: 3, tail: 'until monday' }],
  // Of no schedule with that number, one of that name.
  ['#12 until monday', { id: 6, tail: 'until monday' }],
  ['"#12"', { id: 6, tail: '' }],
])('%s means one schedule', (rest, { id, tail }) => {
  expect(meantBy(rest, known)).toMatchObject({ one: { id }, tail })
})

test('what may mean several, or none, is not guessed', () => {
  expect(meantBy('twin', known)).toMatchObject({ many: [{ id: 4 }, { id: 5 }] })
  expect(meantBy('d', known)).toMatchObject({ many: [{ id: 1 }, { id: 2 }], typed: 'd' })
  expect(meantBy('weekly until monday', known)).toEqual({ none: 'weekly', tail: 'until monday' })
  expect(meantBy('#1', [{ id: 6, name: '#12' }])).toEqual({ none: '#1', tail: '' })
  expect(meantBy('', known)).toEqual({ none: '', tail: '' })
  expect(meantBy('daily nonsense', known)).toMatchObject({ none: 'daily nonsense' })
})

/** A Wednesday, 23:30 in Berlin. */
const now = new Date('2026-11-25T22:30:00Z')
const berlin = (words: string) => instantIn(words, now, 'Europe/Berlin')?.toISOString() ?? null
test.each([
  ['monday', '2026-11-29T23:00:00.000Z'],
  ['mon', '2026-11-29T23:00:00.000Z'],
  ['wednesday', '2026-12-01T23:00:00.000Z'],
  ['tomorrow', '2026-11-25T23:00:00.000Z'],
  ['tomorrow 09:00', '2026-11-26T08:00:00.000Z'],
  ['friday at 9:30', '2026-11-27T08:30:00.000Z'],
  ['next week', '2026-11-29T23:00:00.000Z'],
  ['2026-12-24', '2026-12-23T23:00:00.000Z'],
  ['2026-12-24 18:00', '2026-12-24T17:00:00.000Z'],
  ['23:45', '2026-11-25T22:45:00.000Z'],
  ['06:00', '2026-11-26T05:00:00.000Z'],
  ['2026-12-24T09:00:00Z', '2026-12-24T09:00:00.000Z'],
  ['9pm', '2026-11-26T20:00:00.000Z'],
  ['9', '2026-11-26T08:00:00.000Z'],
  ['half past nine', '2026-11-26T08:30:00.000Z'],
  ['noon', '2026-11-26T11:00:00.000Z'],
  ['tomorrow at 9', '2026-11-26T08:00:00.000Z'],
  ['9 tomorrow', '2026-11-26T08:00:00.000Z'],
  ['tomorrow evening', '2026-11-26T17:00:00.000Z'],
  ['next monday', '2026-11-29T23:00:00.000Z'],
  ['monday morning', '2026-11-30T08:00:00.000Z'],
  ['24 December', '2026-12-23T23:00:00.000Z'],
  ['December 24th at 6 pm', '2026-12-24T17:00:00.000Z'],
  ['3 March', '2027-03-02T23:00:00.000Z'],
  ['next month', '2026-11-30T23:00:00.000Z'],
  ['next year', '2026-12-31T23:00:00.000Z'],
  ['tomorrow at 9 UTC', '2026-11-26T09:00:00.000Z'],
  ['tomorrow at 9 CET', null],
  ['31 February', null],
  ['every day at 9', null],
  ['9 and 10', null],
  ['2026-02-30', null],
  ['25:00', null],
  ['someday', null],
  ['', null],
])('until %s in Berlin', (words, at) => {
  expect(berlin(words)).toBe(at)
})

test('a day begins at the midnight of the zone, also where the clocks change', () => {
  const before = new Date('2026-03-27T12:00:00Z')
  expect(instantIn('sunday', before, 'Europe/Berlin')?.toISOString()).toBe('2026-03-28T23:00:00.000Z')
  expect(instantIn('monday', before, 'Europe/Berlin')?.toISOString()).toBe('2026-03-29T22:00:00.000Z')
  expect(instantIn('monday', before, 'America/New_York')?.toISOString()).toBe('2026-03-30T04:00:00.000Z')
})

test('of what has been, an hour is the last one', () => {
  const past = (words: string) => pastInstantIn(words, now, 'UTC')?.toISOString()
  expect(past('09:00')).toBe('2026-11-25T09:00:00.000Z')
  expect(past('23:00')).toBe('2026-11-24T23:00:00.000Z')
  expect(past('yesterday 09:00')).toBe('2026-11-24T09:00:00.000Z')
  expect(past('2026-11-20 09:00')).toBe('2026-11-20T09:00:00.000Z')
  expect(past('9')).toBe('2026-11-25T09:00:00.000Z')
  expect(past('9pm')).toBe('2026-11-25T21:00:00.000Z')
  expect(past('yesterday at nine thirty')).toBe('2026-11-24T09:30:00.000Z')
  expect(past('monday at 9')).toBe('2026-11-23T09:00:00.000Z')
  expect(past('wednesday at 23:00')).toBe('2026-11-18T23:00:00.000Z')
  expect(past('last friday at 9')).toBe('2026-11-20T09:00:00.000Z')
  expect(past('next monday at 9')).toBe('2026-11-30T09:00:00.000Z')
  expect(past('tomorrow at 9')).toBe('2026-11-26T09:00:00.000Z')
  expect(past('20 November at 9')).toBe('2026-11-20T09:00:00.000Z')
})

test('a rest has an end, a reason, both, or neither', () => {
  const rest = (tail: string) => {
    const { until, ...it } = restIn(tail, now, 'UTC')
    return { until: until?.toISOString() ?? null, ...it }
  }
  expect(rest('')).toEqual({ until: null, reason: null, problem: null })
  expect(rest('for 2 hours')).toMatchObject({ until: '2026-11-26T00:30:00.000Z', problem: null })
  expect(rest('for 1w')).toMatchObject({ until: '2026-12-02T22:30:00.000Z' })
  expect(rest('because it hurts')).toEqual({ until: null, reason: 'it hurts', problem: null })
  expect(rest('until monday because it hurts')).toEqual({
    ...{ until: '2026-11-30T00:00:00.000Z', reason: 'it hurts', problem: null },
  })
  expect(rest('for two hours')).toMatchObject({ until: '2026-11-26T00:30:00.000Z', problem: null })
  expect(rest('for 1.5 hours')).toMatchObject({ until: '2026-11-26T00:00:00.000Z', problem: null })
  expect(rest('for an hour and a half')).toMatchObject({ until: '2026-11-26T00:00:00.000Z' })
  expect(rest('for 1h 30m')).toMatchObject({ until: '2026-11-26T00:00:00.000Z' })
  expect(rest('for a month because of Ben')).toMatchObject({ until: '2026-12-25T22:30:00.000Z' })
  for (const none of ['for 0 hours', 'for ages', 'for 99999 years'])
    expect(rest(none).problem).toContain(`“${none}” is no time that is known`)
  expect(rest('until never').problem).toContain('“until never” is no time')
  expect(rest('until 2026-11-01').problem).toContain('has passed')
})

test('a reason is kept whole, and an end behind it is one', () => {
  const rest = (tail: string) => {
    const { until, ...it } = restIn(tail, now, 'UTC')
    return { until: until?.toISOString() ?? null, ...it }
  }
  expect(rest('because of this because of that')).toEqual({
    ...{ until: null, reason: 'of this because of that', problem: null },
  })
  expect(rest('because it is broken until monday')).toEqual({
    ...{ until: '2026-11-30T00:00:00.000Z', reason: 'it is broken', problem: null },
  })
  expect(rest('until monday because nobody reads it until friday')).toEqual({
    ...{ until: '2026-11-30T00:00:00.000Z', reason: 'nobody reads it until friday', problem: null },
  })
  expect(rest('because it is broken until the 15th').problem).toContain('“until the 15th” is no time')
  expect(rest('because nobody pays until Ben is back')).toEqual({
    ...{ until: null, reason: 'nobody pays until Ben is back', problem: null },
  })
})
