/** What an edit makes of a row, case by case: no database, no clock. */
import { describe, expect, test } from 'vitest'
import type { TriggerRow } from '#db/queries/triggers.ts'
import { NewTrigger, TriggerChange } from '../contract/trigger.ts'
import { changed, type Editing, made, toggled } from './editing.ts'

const NOW = new Date('2026-03-01T11:30:00Z')
const at = (time: string) => Date.parse(`2026-03-01T${time}:00Z`)
const ADA = { kind: 'person', id: 'ada', name: 'Ada' } as const

/** What was judged is kept, for tests that ask. */
function editing() {
  const judged: { when: boolean; agent: boolean }[] = []
  const it: Editing = { by: ADA, now: NOW, ownerLeft: false, judge: (_, what) => void judged.push(what) }
  return { ...it, judged }
}
const asked = (change: Partial<Parameters<typeof NewTrigger.parse>[0] & object> = {}) =>
  NewTrigger.parse({ name: 'Hourly', agentId: 'test-agent', cronExpression: '0 * * * *', ...change })

function row(change: Partial<TriggerRow> = {}): TriggerRow {
  return {
    ...made(asked(), editing()),
    id: 7,
    workspaceId: 1,
    revision: 1,
    lastRunAt: null,
    lastStatus: null,
    lastExecutionId: null,
    consecutiveFailures: 0,
    plannedRuns: 0,
    totalRuns: 0,
    successfulRuns: 0,
    failedRuns: 0,
    durationMs: 0,
    pausedAt: null,
    pausedUntil: null,
    pausedReason: null,
    pausedBy: null,
    pausedByName: null,
    disabledReason: null,
    problem: null,
    unready: null,
    unreadyCheck: null,
    readyCheckedAt: null,
    origin: null,
    createdBy: 'ada',
    createdAt: at('08:00'),
    updatedAt: at('08:00'),
    deletedAt: null,
    health: 'new',
    ...change,
  }
}
/** Since half past eight; what passed meanwhile has left its traces. */
const PAUSED = {
  enabled: false,
  dueAt: null,
  nextRunAt: at('12:00'),
  pausedAt: at('08:30'),
  pausedReason: 'Holiday',
}
const change = (seen: TriggerRow, body: object) => changed(seen, TriggerChange.parse(body), editing())

describe('a new trigger', () => {
  test.each([
    ['is due at its first instant', {}, { nextRunAt: at('12:00'), dueAt: at('12:00') }],
    ['with jitter is looked at first', { jitterSeconds: 60 }, { nextRunAt: at('12:00'), dueAt: 0 }],
    ['that is off has no instant', { enabled: false }, { nextRunAt: null, dueAt: null }],
    [
      'begins at its start',
      { startsAt: '2026-03-01T14:30:00Z' },
      { nextRunAt: at('15:00'), dueAt: at('15:00') },
    ],
  ])('%s', (_, given, expected) => expect(made(asked(given), editing())).toMatchObject(expected))
  test('keeps what its kind wants to know of its own', () => {
    expect(made(asked({ config: { bell: 'tenor' }, enabled: false }), editing()).config).toBe(
      '{"bell":"tenor"}',
    )
  })
  test('without any instant is refused', () =>
    expect(() => made(asked({ endsAt: '2026-03-01T11:45:00Z' }), editing())).toThrow(
      'leaves no instant to run at',
    ))
})

describe('a change', () => {
  test.each([
    [
      'keeps what it does not name',
      { name: 'Other' },
      { name: 'Other', cronExpression: '0 * * * *', dueAt: at('12:00') },
    ],
    [
      'of the pattern plans anew',
      { cronExpression: '45 * * * *' },
      { nextRunAt: at('11:45'), dueAt: at('11:45') },
    ],
    [
      'of the kind drops the fields of the old one',
      { kind: 'interval', everySeconds: 600 },
      { cronExpression: null, everySeconds: 600, at: null },
    ],
    ['to no end takes the end away', { endsAt: null }, { endsAt: null }],
    [
      'that switches off says by whom',
      { enabled: false },
      {
        enabled: false,
        dueAt: null,
        pausedAt: NOW.getTime(),
        pausedReason: 'Switched off by Ada.',
        pausedBy: 'ada',
      },
    ],
  ])('%s', (_, body, expected) => expect(change(row(), body)).toMatchObject(expected))

  test('to another kind leaves behind what the last one kept, and takes what is given', () => {
    const kept = row({ config: '{"bell":"tenor"}', enabled: false, nextRunAt: null })
    const kind = { kind: 'interval', everySeconds: 600 }
    expect(change(kept, { name: 'Other' }).config).toBe('{"bell":"tenor"}')
    expect(change(kept, { config: { bell: 'treble' } }).config).toBe('{"bell":"treble"}')
    expect(change(kept, kind).config).toBe('{}')
    expect(change(kept, { ...kind, config: { pace: 2 } }).config).toBe('{"pace":2}')
  })

  test.each([
    ['the name', { name: 'Other' }, { when: false, agent: false }],
    ['off, with the zone', { enabled: false, timezone: 'Europe/Paris' }, { when: true, agent: false }],
    ['the zone', { timezone: 'Europe/Paris' }, { when: true, agent: false }],
    ['the context', { context: { a: 1 } }, { when: false, agent: true }],
    ['the agent', { agentId: 'other' }, { when: false, agent: true }],
  ])('of %s is judged by what it touches', (_, body, expected) => {
    const by = editing()
    changed(row(), TriggerChange.parse(body), by)
    expect(by.judged).toEqual([expected])
  })
  test('whose end is before the start that stands is refused', () =>
    expect(() => change(row({ startsAt: at('20:00') }), { endsAt: '2026-03-01T19:00:00Z' })).toThrow(
      'must be after startsAt',
    ))
  test.each([
    ['cronExpression', { kind: 'interval', everySeconds: 600, cronExpression: '0 9 * * *' }],
    ['everySeconds', { everySeconds: 600 }],
    ['at', { at: '2026-04-01T08:00:00Z' }],
  ])('with a field of another kind is refused: %s', (path, body) =>
    expect(() => change(row(), body)).toThrow(`${path}: does not go with the kind`),
  )
  test('that switches on plans by the new pattern', () =>
    expect(change(row(PAUSED), { enabled: true, cronExpression: '15 * * * *' })).toMatchObject({
      enabled: true,
      pausedAt: null,
      pausedReason: null,
      nextRunAt: at('12:15'),
    }))
  test('of the times of what stays off counts by them from now on', () =>
    expect(change(row(PAUSED), { cronExpression: '45 * * * *' })).toMatchObject({
      enabled: false,
      nextRunAt: at('11:45'),
      dueAt: null,
    }))
  test('of what is off and stays off changes no more than it names', () =>
    expect(change(row(PAUSED), { name: 'Other' })).toEqual(row({ ...PAUSED, name: 'Other' })))
})

describe('a switch', () => {
  test.each([
    [
      'pauses what runs',
      row(),
      {},
      { enabled: false, dueAt: null, pausedReason: 'Paused by Ada.', pausedBy: 'ada' },
    ],
    [
      'pauses until an instant, which is then due',
      row(),
      { until: '2026-03-01T12:30:00Z', reason: 'Lunch' },
      { enabled: false, dueAt: at('12:30'), pausedUntil: at('12:30'), pausedReason: 'Lunch' },
    ],
    ['resumes what is paused', row(PAUSED), {}, { enabled: true, pausedReason: null, dueAt: at('12:00') }],
    [
      'with an end pauses, also what is paused',
      row({ ...PAUSED, pausedUntil: at('12:30'), dueAt: at('12:30') }),
      { until: '2026-03-01T13:30:00Z' },
      { enabled: false, dueAt: at('13:30'), pausedUntil: at('13:30'), pausedReason: 'Holiday' },
    ],
    [
      'pauses for good what was paused until an instant',
      row({ ...PAUSED, pausedUntil: at('12:30'), dueAt: at('12:30') }),
      { enabled: false },
      { enabled: false, dueAt: null, pausedUntil: null, pausedReason: 'Holiday' },
    ],
    [
      'gives what failed a clean slate',
      row({ ...PAUSED, pausedAt: null, disabledReason: 'It failed.', consecutiveFailures: 5 }),
      { enabled: true },
      { enabled: true, disabledReason: null, consecutiveFailures: 0 },
    ],
    [
      'tells a paused one a new reason',
      row(PAUSED),
      { enabled: false, reason: 'Longer' },
      { pausedReason: 'Longer', pausedAt: at('08:30') },
    ],
  ])('%s', (_, seen, body, expected) => expect(toggled(seen, body, editing())).toMatchObject(expected))

  test.each([
    ['on what is on', row(), { enabled: true }],
    ['off what is off', row(PAUSED), { enabled: false }],
  ])('%s changes nothing', (_, seen, body) => expect(toggled(seen, body, editing())).toBeNull())
  test.each([
    [
      'until an instant that has passed',
      row(),
      { until: '2026-03-01T11:00:00Z' },
      'must be an instant to come',
    ],
    [
      'on with an end',
      row(PAUSED),
      { enabled: true, until: '2026-03-01T13:30:00Z' },
      'until: is the end of a pause',
    ],
    [
      'on what has no instant left',
      row({ ...PAUSED, endsAt: at('11:45') }),
      { enabled: true },
      'endsAt: leaves no instant to run at',
    ],
    [
      'on again after all its runs',
      row({ ...PAUSED, maxExecutions: 2, plannedRuns: 2 }),
      {},
      'has been reached (2 planned runs)',
    ],
  ])('%s is refused', (_, seen, body, words) => expect(() => toggled(seen, body, editing())).toThrow(words))
})
