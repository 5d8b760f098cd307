import { describe, expect, test } from 'vitest'
import { dueByOf, faultsOfExpect, type Known, knownOf } from './deadlines.ts'

const within = (withinSeconds: number) => ({ by: null, withinSeconds })
const by = (time: string) => ({ by: time, withinSeconds: null })

describe('by when a result is due', () => {
  test.each([
    [within(1800), '2026-03-02T08:00:00Z', 'UTC', '2026-03-02T08:30:00.000Z'],
    [by('09:30'), '2026-03-02T08:00:00Z', 'UTC', '2026-03-02T09:30:00.000Z'],
    // The day is that of the place, and its clock may be set forward that night.
    [by('09:30'), '2026-03-01T23:30:00Z', 'Europe/Berlin', '2026-03-02T08:30:00.000Z'],
    [by('02:30'), '2026-03-29T00:10:00Z', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ])('%o of %s in %s is %s', (one, planned, zone, due) => {
    expect(new Date(dueByOf(one, new Date(planned), zone) as number).toISOString()).toBe(due)
  })
})

describe('what a person must mend', () => {
  const row = {
    ...{ kind: 'schedule', cronExpression: '0 9 * * *', timezone: 'UTC', everySeconds: null, at: null },
    ...{ config: '{}', startsAt: null, endsAt: null, createdAt: 0 },
  }
  const faults = (expected: object[], change: Partial<typeof row> = {}) =>
    faultsOfExpect({ ...row, ...change, expect: JSON.stringify(expected) }, new Date('2026-03-01T08:00:00Z'))

  test('a time of the day lies after the planned one, of a kind that plans any', () => {
    expect(faults([by('09:30'), within(5)])).toEqual([])
    expect(faults([within(5), by('08:30')])).toEqual([
      { path: 'expect.1.by', message: 'is 08:30, and it runs at 09:00 of that day: use withinSeconds' },
    ])
    expect(faults([by('09:30')], { kind: 'event', config: '{"types":["document.uploaded"]}' })).toEqual([
      {
        path: 'expect.0.by',
        message: 'does not go with the kind "event", which plans nothing: use withinSeconds',
      },
    ])
  })
})

describe('what is known', () => {
  const nothing: Known = {
    ...{ status: null, reason: null, error: null, completedAt: null, anyRun: false, timezone: 'UTC' },
    plannedAt: Date.parse('2026-03-02T07:00:00Z'),
    dueBy: Date.parse('2026-03-02T07:30:00Z'),
  }
  const at = Date.parse('2026-03-02T07:02:00Z')
  test.each<[Partial<Known>, string]>([
    [{}, 'It never started.'],
    [{ status: 'running' }, 'It is still running.'],
    [{ status: 'queued' }, 'It is still in the queue.'],
    [{ status: 'waiting', reason: 'Waits for Ada.' }, 'It waits for Ada.'],
    [{ status: 'failed', completedAt: at, error: 'Boom.' }, 'It failed at 07:02: Boom.'],
    [
      { status: 'success', completedAt: Date.parse('2026-03-03T07:45:00Z') },
      'It succeeded at 3 Mar 2026, 07:45, too late.',
    ],
    [{ status: 'missed', reason: 'Missed: the server was down.' }, 'It never started: the server was down.'],
    [{ anyRun: true }, 'Nothing has succeeded since 07:00. Nothing was started.'],
  ])('of %o is “%s”', (change, words) => {
    expect(knownOf({ ...nothing, ...change })).toBe(words)
  })
})
