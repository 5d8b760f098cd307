import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DueTrigger } from '#db/queries/due.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import { minutes, seconds } from '../clock.ts'
import { timesOf } from '../triggers/index.ts'
import { catchUp, plan } from './planning.ts'
import { jitterMs, LATE_MS } from './policies.ts'

const T0 = Date.parse('2026-03-01T08:00:00Z')
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
  maxExecutions: null,
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
const planned = (change: Partial<DueTrigger>, nowMs: number, outages: Outage[] = []) => {
  const it = { ...trigger, ...change }
  return plan({ trigger: it, times: timesOf(it), now: new Date(nowMs), outages })
}

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
      'Missed (2 instants from 09:00 to 09:10): the server was down from 08:55 to 09:15. Missed runs of this schedule are not caught up.',
    )
    expect(
      planned({ misfire: 'skip', catchupWindow: 60 }, T0 + minutes(24 * 60) + seconds(90), [down])
        .occurrences[0]?.reason,
    ).toContain('from 1 Mar 2026, 09:00 to 09:00')
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
