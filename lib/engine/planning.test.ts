import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DueTrigger } from '#db/queries/due.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import { minutes, seconds } from '../clock.ts'
import { timesOf } from '../triggers/index.ts'
import { dayIn } from '../contract/calendar.ts'
import { daysOff, type KnownCalendar } from './calendars/days-off.ts'
import { catchUp, plan } from './planning.ts'
import { jitterMs, LATE_MS } from './policies.ts'

const T0 = Date.parse('2026-03-01T08:00:00Z')
const iso = (at: number) => new Date(at).toISOString()
const trigger: DueTrigger = {
  id: 7,
  workspaceId: 1,
  revision: 1,
  dueAt: T0,
  nextRunAt: T0,
  kind: 'interval',
  name: 'Every ten minutes',
  agentId: 'test-agent',
  cronExpression: null,
  timezone: 'Europe/Berlin',
  everySeconds: 600,
  at: null,
  config: '{}',
  createdAt: T0 - minutes(10),
  misfire: 'latest',
  maxCatchup: 10,
  catchupWindow: 86_400,
  overlap: 'skip',
  jitterSeconds: 0,
  startsAt: null,
  endsAt: null,
  calendars: null,
  maxExecutions: null,
  gathersUntil: null,
  plannedRuns: 0,
  priority: 0,
  enabled: true,
  pausedAt: null,
  pausedUntil: null,
  pausedReason: null,
  disabledReason: null,
  problem: null,
  liveSince: null,
  ownerLeft: false,
}
const planned = (
  change: Partial<DueTrigger>,
  nowMs: number,
  outages: Outage[] = [],
  calendars: KnownCalendar[] = [],
) => {
  const it = { ...trigger, ...change }
  const days = daysOff(calendars, it.timezone)
  return plan({ trigger: it, times: timesOf(it), now: new Date(nowMs), outages, daysOff: days })
}

describe('on a day off', () => {
  const HOLIDAYS = [{ name: 'Public holidays', dates: ['2026-12-25', '2026-12-26'] }]
  const NINE = Date.parse('2026-12-25T08:00:00Z')
  const daily = {
    ...{ kind: 'schedule', everySeconds: null, cronExpression: '0 9 * * *', createdAt: NINE - minutes(1) },
    ...{ nextRunAt: NINE, dueAt: NINE },
  }
  const said = (occurrences: ReturnType<typeof plan>['occurrences']) =>
    occurrences.map(({ key, status, reasonCode, reason }) => [key, status, reasonCode, reason])

  test('the instant is skipped, with the day and the name, and the next one is planned', () => {
    const it = planned({ ...daily, maxExecutions: 1 }, NINE, [], HOLIDAYS)
    expect(said(it.occurrences)).toEqual([
      [iso(NINE), 'skipped', 'calendar', 'Skipped: 25 December 2026 is in the calendar Public holidays.'],
    ])
    expect(it).toMatchObject({ plannedRuns: 0, enabled: true, nextRunAt: new Date('2026-12-26T08:00:00Z') })
    expect(it.occurrences[0]?.notice).toBeNull()
  })

  test('what was missed on it is not caught up, what was missed beside it is', () => {
    const evening = Date.parse('2026-12-27T20:00:00Z')
    const catches = { ...daily, misfire: 'all' as const, catchupWindow: 86_400 * 30 }
    const it = planned(catches, evening, [], HOLIDAYS)
    expect(it.occurrences.map(({ key, status, isCatchup }) => [key.slice(0, 10), status, isCatchup])).toEqual(
      [
        ['2026-12-25', 'skipped', false],
        ['2026-12-26', 'skipped', false],
        ['2026-12-27', 'queued', true],
      ],
    )
  })

  test('many instants of one day are one row of a gap, as many of one pause are', () => {
    const it = planned(
      { ...daily, cronExpression: '0 * * * *' },
      Date.parse('2026-12-26T23:30:00Z'),
      [],
      HOLIDAYS,
    )
    expect(
      it.occurrences.map(({ missedCount, status, reasonCode }) => [missedCount, status, reasonCode]),
    ).toEqual([
      [15, 'skipped', 'calendar'],
      [24, 'skipped', 'calendar'],
      [null, 'queued', null],
    ])
  })

  test('years of missed weekends cost a bounded number of rows', () => {
    const dates = Array.from({ length: 800 }, (_, n) =>
      new Date(NINE - n * 2 * 86_400_000).toISOString().slice(0, 10),
    )
    const since = Date.parse('2023-01-01T08:00:00Z')
    const it = planned(
      { ...daily, createdAt: since - 1, nextRunAt: since, dueAt: since },
      NINE + minutes(1),
      [],
      [{ name: 'Every other day', dates }],
    )
    expect(it.occurrences.length).toBeLessThanOrEqual(201)
    expect(it.occurrences.filter((one) => one.status === 'queued').length).toBeLessThanOrEqual(1)
  })

  test('one that was to run once is at its end', () => {
    const once = { ...daily, kind: 'once', cronExpression: null, at: NINE }
    expect(planned(once, NINE, [], HOLIDAYS)).toMatchObject({
      occurrences: [{ reasonCode: 'calendar' }],
      nextRunAt: null,
    })
  })
})

describe('every planned instant leaves exactly one trace', () => {
  const pause = fc.record({
    from: fc.integer({ min: -20, max: 400 }),
    length: fc.integer({ min: 0, max: 300 }),
    open: fc.boolean(),
  })
  test('whatever the gap, the policy, the window and the pauses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 5, 60, 600),
        fc.integer({ min: 0, max: 500_000 }),
        fc.constantFrom('latest', 'skip', 'all'),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 120 }),
        fc.array(pause, { maxLength: 2 }),
        (everySeconds, gapThousandths, misfire, maxCatchup, catchupWindow, jitterSeconds, pauses) => {
          const stepMs = seconds(everySeconds)
          const now = T0 + Math.round((gapThousandths * stepMs) / 1000)
          const steps = (n: number) => new Date(T0 + n * stepMs)
          const offset = jitterMs(trigger.id, jitterSeconds)
          const outages = pauses.map(
            (it): Outage => ({
              kind: 'paused',
              reason: 'p',
              startedAt: steps(it.from),
              endedAt: it.open ? null : steps(it.from + it.length),
            }),
          )
          const { occurrences, nextRunAt } = planned(
            { everySeconds, misfire, maxCatchup, catchupWindow, jitterSeconds },
            now,
            outages,
          )
          const instants: number[] = []
          for (let at = T0; at + offset <= now; at += stepMs) instants.push(at)
          const traces = instants.map(
            (at) =>
              occurrences.filter((it) =>
                it.missedFrom
                  ? at >= it.missedFrom.getTime() && at <= (it.missedTo as Date).getTime()
                  : it.scheduledFor?.getTime() === at,
              ).length,
          )
          expect(traces.every((n) => n === 1)).toBe(true)
          expect(occurrences.reduce((sum, it) => sum + (it.missedCount ?? 1), 0)).toBe(instants.length)
          expect(nextRunAt?.getTime()).toBe(instants.length === 0 ? T0 : (instants.at(-1) as number) + stepMs)
          const runs = occurrences.filter((it) => it.status === 'queued')
          expect(runs.filter((it) => it.isCatchup).length).toBeLessThanOrEqual(
            misfire === 'all' ? maxCatchup : misfire === 'latest' ? 1 : 0,
          )
          const isPaused = (at: number) =>
            outages.some((it) => at >= +it.startedAt && (it.endedAt === null || at <= +it.endedAt))
          expect(
            instants
              .filter((at) => now - offset - at <= LATE_MS)
              .every(
                (at) =>
                  isPaused(at) !== runs.some((it) => it.scheduledFor?.getTime() === at && !it.isCatchup),
              ),
          ).toBe(true)
          expect(runs.some((it) => isPaused(it.scheduledFor?.getTime() as number))).toBe(false)
          expect(occurrences.every((it) => it.status === 'queued' || (it.reason ?? '').length > 10)).toBe(
            true,
          )
          expect(new Set(occurrences.map((it) => it.key)).size).toBe(occurrences.length)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('days off change what becomes of their instants, and of no other: each leaves its one trace', () => {
    fc.assert(
      fc.property(
        fc.record({
          everySeconds: fc.constantFrom(600, 3600, 7 * 3600, 86_400),
          misfire: fc.constantFrom('latest', 'skip', 'all'),
          maxCatchup: fc.integer({ min: 1, max: 12 }),
          catchupWindow: fc.integer({ min: 0, max: 500_000 }),
          timezone: fc.constantFrom('Europe/Berlin', 'Pacific/Kiritimati', 'America/Los_Angeles', 'UTC'),
        }),
        fc.integer({ min: 0, max: 12 * 86_400 }),
        fc.array(fc.integer({ min: -1, max: 13 }), { maxLength: 6 }),
        fc.option(pause),
        (change, gapSeconds, offsets, paused) => {
          const now = T0 + seconds(gapSeconds)
          const dates = offsets.map((it) => new Date(T0 + it * 86_400_000).toISOString().slice(0, 10))
          const hour = (n: number) => new Date(T0 + n * 3_600_000)
          const endedAt = paused && !paused.open ? hour(paused.from + paused.length) : null
          const outages: Outage[] = paused
            ? [{ kind: 'paused', reason: 'p', startedAt: hour(paused.from), endedAt }]
            : []
          const isPaused = (at: number) =>
            outages.some((it) => at >= +it.startedAt && (it.endedAt === null || at <= +it.endedAt))
          const isOff = (at: number) => dates.includes(dayIn(new Date(at), change.timezone))
          const row = { ...change, createdAt: T0 - seconds(change.everySeconds) }
          const without = planned(row, now, outages)
          const { occurrences, ...rest } = planned(row, now, outages, [{ name: 'Free', dates }])
          expect([rest.nextRunAt, rest.dueAt]).toEqual([without.nextRunAt, without.dueAt])
          for (let at = T0; at <= now; at += seconds(change.everySeconds)) {
            const traces = occurrences.filter((it) =>
              it.missedFrom ? at >= +it.missedFrom && at <= +(it.missedTo as Date) : it.key === iso(at),
            )
            expect(traces.length).toBe(1)
            const isCalendar = traces[0]?.status === 'skipped' && traces[0].reasonCode === 'calendar'
            expect(isCalendar).toBe(isOff(at) && !isPaused(at))
            if (isCalendar)
              expect(traces[0]?.reason).toMatch(/^Skipped.*: \d+ \w+ 2026 is in the calendar Free\.$/)
          }
          const runs = occurrences.filter((it) => it.status === 'queued')
          expect(runs.some((it) => isOff(+(it.scheduledFor as Date)))).toBe(false)
          expect(rest.plannedRuns).toBe(runs.length)
          expect(new Set(occurrences.map((it) => it.key)).size).toBe(occurrences.length)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('the words of a trace', () => {
  test("times are those of the schedule's zone, and name the day when it is another", () => {
    const down: Outage = {
      kind: 'down',
      reason: '',
      startedAt: new Date(T0 - minutes(5)),
      endedAt: new Date(T0 + minutes(15)),
    }
    expect(planned({ misfire: 'skip' }, T0 + minutes(15), [down]).occurrences[0]?.reason).toBe(
      'Missed (2 runs from 09:00 to 09:10): the server was down from 08:55 to 09:15. Missed runs of this schedule are not caught up.',
    )
    expect(
      planned({ misfire: 'skip', catchupWindow: 60 }, T0 + minutes(24 * 60) + seconds(90), [down])
        .occurrences[0]?.reason,
    ).toContain('from 1 Mar 2026, 09:00 to 2 Mar 2026, 09:00')
  })
  test('what is kept names both days of a stretch that ends on the day of writing', () => {
    const planning = { misfire: 'skip', everySeconds: 3600 } as const
    const { occurrences } = planned(planning, T0 + minutes(20 * 60), [])
    expect(occurrences[0]?.reason).toBe(
      'Missed (20 runs from 1 Mar 2026, 09:50 to 2 Mar 2026, 04:50): the clock jumped past them. Missed runs of this schedule are not caught up.',
    )
    expect(planned({ misfire: 'skip' }, T0 + minutes(5), []).occurrences[0]?.reason).toContain(
      'jumped past it',
    )
  })
  test('a live run is named by its planned time', () => {
    expect(planned({ liveSince: T0 - minutes(10) }, T0).occurrences[0]?.overlapReason).toBe(
      'Skipped: the run of 08:50 was still going.',
    )
  })
})

test.each([
  ['latest', [1, 2, 3], false, [3]],
  ['latest', [1, 2, 3], true, []],
  ['latest', [], false, []],
  ['skip', [1, 2, 3], false, []],
  ['all', [1, 2, 3], true, [2, 3]],
])('misfire %s of %o, covered %s: %o', (misfire, fresh, covered, runs) => {
  expect(
    catchUp(
      misfire,
      fresh.map((n) => new Date(n)),
      { most: 2, covered },
    ),
  ).toEqual(runs.map((n) => new Date(n)))
})

test('whoever made it has left: it is switched off, and what was due says why', () => {
  const { occurrences, enabled, disabledReason, dueAt } = planned({ ownerLeft: true }, T0)
  expect({ enabled, dueAt, status: occurrences[0]?.status, code: occurrences[0]?.reasonCode }).toEqual({
    enabled: false,
    dueAt: null,
    status: 'skipped',
    code: 'owner_left',
  })
  expect(disabledReason).toContain('may no longer run agents here')
})

test('before its time nothing happens: the clock went back', () => {
  const { occurrences, nextRunAt } = planned({}, T0 - minutes(60))
  expect([occurrences, nextRunAt]).toEqual([[], new Date(T0)])
})
