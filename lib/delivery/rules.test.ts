/** The rules of telling people elsewhere, as tables. */
import { describe, expect, test } from 'vitest'
import type { Tellable } from '../contract/delivery.ts'
import type { Sent } from './port.ts'
import { type Fact, goingOf, nextOf, type Pace, type RuleSettings, verdictOf } from './rules.ts'

const RULE: RuleSettings = { on: ['failure', 'recovery'], afterFailures: 1, repeat: 'once', recoverAfter: 1 }
const FAILED: Fact = { is: ['failure'], nth: 1, incidentId: 7, acknowledged: false }
const WORKED: Fact = { is: ['success', 'recovery'], nth: 1, incidentId: null, acknowledged: false }
const nobody = new Set<number>()
const heard = new Set([7])

test.each([
  ['the first failure is told', FAILED, RULE, nobody, 'failure'],
  ['the next one of an incident that was told is not', { ...FAILED, nth: 2 }, RULE, heard, null],
  ['of another incident it is', { ...FAILED, incidentId: 8 }, RULE, heard, 'failure'],
  [
    'before the third of three nothing is',
    { ...FAILED, nth: 2 },
    { ...RULE, afterFailures: 3 },
    nobody,
    null,
  ],
  ['the third of three is', { ...FAILED, nth: 3 }, { ...RULE, afterFailures: 3 }, nobody, 'failure'],
  [
    'one that was not heard is told later',
    { ...FAILED, nth: 9 },
    { ...RULE, afterFailures: 3 },
    nobody,
    'failure',
  ],
  [
    'every failure, where a rule wants it',
    { ...FAILED, nth: 2 },
    { ...RULE, repeat: 'every' },
    heard,
    'failure',
  ],
  [
    'until somebody acknowledges it',
    { ...FAILED, nth: 3, acknowledged: true },
    { ...RULE, repeat: 'every' },
    heard,
    null,
  ],
  ['what was acknowledged is not told anew', { ...FAILED, acknowledged: true }, RULE, nobody, null],
  ['no failure to a rule of successes', FAILED, { ...RULE, on: ['success'] }, nobody, null],
  ['a recovery, to who heard of the failure', WORKED, RULE, heard, 'recovery'],
  ['and to nobody else', WORKED, RULE, nobody, null],
  ['not before the second success of two', WORKED, { ...RULE, recoverAfter: 2 }, heard, null],
  ['with the second it is', { ...WORKED, nth: 2 }, { ...RULE, recoverAfter: 2 }, heard, 'recovery'],
  [
    'a recovery is one message, also where successes are told',
    WORKED,
    { ...RULE, on: ['success', 'recovery'] },
    heard,
    'recovery',
  ],
  ['a success, where it is told', WORKED, { ...RULE, on: ['success'] }, heard, 'success'],
  [
    'what is notable',
    { ...WORKED, is: ['success', 'notable'] },
    { ...RULE, on: ['notable'] },
    nobody,
    'notable',
  ],
  [
    'what changed',
    { ...WORKED, is: ['success', 'changed'] },
    { ...RULE, on: ['changed'] },
    nobody,
    'changed',
  ],
  [
    'what was missed',
    { ...FAILED, is: ['missed'], incidentId: null },
    { ...RULE, on: ['missed'] },
    nobody,
    'missed',
  ],
  [
    'a budget',
    { ...FAILED, is: ['budget'], incidentId: null },
    { ...RULE, on: ['budget'] },
    nobody,
    'budget',
  ],
  ['no budget to a rule of failures', { ...FAILED, is: ['budget'], incidentId: null }, RULE, nobody, null],
] as [string, Fact, RuleSettings, Set<number>, Tellable | null][])('%s', (_, fact, rule, known, event) => {
  const verdict = verdictOf(fact, rule, known)
  expect(verdict.kind === 'say' ? verdict.event : null).toBe(event)
  if (verdict.kind === 'silent') expect(verdict.reason).toMatch(/\.$/)
})

test('who hears of a failure knows of it, and who hears of its end does not any more', () => {
  expect(verdictOf(FAILED, RULE, nobody)).toMatchObject({ hears: 7, recovers: [] })
  expect(verdictOf(WORKED, RULE, new Set([7, 8]))).toMatchObject({ hears: null, recovers: [7, 8] })
})

describe('when a message goes', () => {
  const PACE: Pace = { quietHours: null, digestAt: null, timezone: 'UTC', maxPerHour: 3 }
  const NIGHT = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' }
  const times = (...list: string[]) => list.map((it) => new Date(`2026-03-28T${it}:00Z`))
  test.each([
    ['at once', PACE, [], '2026-03-28T12:00', '2026-03-28T12:00'],
    [
      'in the night not before the morning',
      { ...PACE, quietHours: NIGHT },
      [],
      '2026-03-28T22:30',
      '2026-03-29T05:00',
    ],
    [
      'and before midnight of the day',
      { ...PACE, quietHours: NIGHT },
      [],
      '2026-03-28T21:00',
      '2026-03-29T05:00',
    ],
    [
      'at the end of the quiet hours at once',
      { ...PACE, quietHours: NIGHT },
      [],
      '2026-03-28T06:00',
      '2026-03-28T06:00',
    ],
    [
      'quiet hours within a day',
      { ...PACE, quietHours: { from: '12:00', to: '13:30', timezone: 'UTC' } },
      [],
      '2026-03-28T13:29',
      '2026-03-28T13:30',
    ],
    ['with the digest of today', { ...PACE, digestAt: '18:00' }, [], '2026-03-28T12:00', '2026-03-28T18:00'],
    ['with that of tomorrow', { ...PACE, digestAt: '08:00' }, [], '2026-03-28T08:00', '2026-03-29T08:00'],
    [
      'the digest in its own zone, over the change of the clock',
      { ...PACE, digestAt: '08:00', timezone: 'Europe/Berlin' },
      [],
      '2026-03-28T12:00',
      '2026-03-29T06:00',
    ],
    [
      'the fourth of three an hour',
      PACE,
      times('11:10', '11:30', '11:50'),
      '2026-03-28T12:00',
      '2026-03-28T12:10',
    ],
    [
      'what went before the hour does not count',
      PACE,
      times('10:59', '11:30', '11:50'),
      '2026-03-28T12:00',
      '2026-03-28T12:00',
    ],
  ] as [string, Pace, Date[], string, string][])('%s', (_, pace, last, now, at) => {
    const going = goingOf(pace, last, new Date(`${now}:00Z`))
    expect(going.at.toISOString().slice(0, 16)).toBe(at)
    expect(going.held === null).toBe(now === at)
  })
})

describe('what follows from a try', () => {
  const NOW = new Date('2026-03-01T09:00:00Z')
  const refused = (change: object = {}): Sent => ({
    kind: 'refused',
    detail: 'no',
    lasting: false,
    ...change,
  })
  const unknown: Sent = { kind: 'unknown', detail: 'who knows' }
  test.each([
    ['it is sent', { kind: 'sent', detail: 'ok' }, 1, false, 'sent', null],
    ['30 s after the first', refused(), 1, false, 'again', 30],
    ['2 min after the second', refused(), 2, false, 'again', 120],
    ['10 min after the third', refused(), 3, false, 'again', 600],
    ['an hour after the fourth', refused(), 4, false, 'again', 3_600],
    ['six after the fifth', refused(), 5, false, 'again', 21_600],
    ['never after the sixth', refused(), 6, false, 'failed', null],
    ['what is refused for good is not tried again', refused({ lasting: true }), 1, true, 'failed', null],
    ['a receiver that asks for longer is given it', refused({ retryAfterMs: 90_000 }), 1, false, 'again', 90],
    ['and not less than our own', refused({ retryAfterMs: 1_000 }), 2, false, 'again', 120],
    ['what nobody knows is left', unknown, 1, false, 'unknown', null],
    ['but is sent again where a repeat is told', unknown, 1, true, 'again', 30],
    ['as often as all else', unknown, 6, true, 'unknown', null],
  ] as [string, Sent, number, boolean, string, number | null][])(
    '%s',
    (_, sent, tries, tellsRepeats, kind, inSeconds) => {
      const next = nextOf(sent, tries, tellsRepeats, NOW)
      expect(next.kind).toBe(kind)
      if (next.kind === 'again') expect((next.at.getTime() - NOW.getTime()) / 1000).toBe(inSeconds)
    },
  )
  test('who says that nobody is there any more is believed', () => {
    expect(nextOf(refused({ lasting: true, gone: true }), 1, true, NOW)).toMatchObject({ gone: true })
  })
})
