/** The past and what comes on one axis: each instant stands there as what became of it, once. */
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import * as upkeep from '#db/queries/upkeep.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes } from '../clock.ts'
import { TimelineQuery } from '../contract/timeline.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const HOURLY = { cronExpression: '0 * * * *', timezone: 'UTC' }
type Given = Partial<Record<'from' | 'to' | 'q' | 'show' | 'limit' | 'cursor' | 'triggerId', unknown>>

const look = (it: World, given: Given = {}) =>
  it.timeline(
    it.workspaceId,
    TimelineQuery.parse({ from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z', ...given }),
  )
const laneOf = async (it: World, id: number, given: Given = {}) => {
  const lane = (await look(it, given)).lanes.find((one) => one.triggerId === id)
  if (!lane) throw new Error(`No lane ${id}.`)
  return lane
}
const marksOf = async (it: World, id: number, given: Given = {}) =>
  (await laneOf(it, id, given)).marks.map((one) => [one.at.slice(11, 16), one.state, one.count])

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  test('what ran, what was paused and what comes stand in one lane, by name', async () => {
    const it = await on.begin()
    const { id } = await it.schedule({ ...HOURLY, name: 'b' })
    await it.schedule({ name: 'A', cronExpression: '0 9 * * *', context: { does: 'fail' } })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(2)
    await it.triggers.toggle(it.workspaceId, id, { enabled: false, reason: 'Holiday.' }, ADA)
    await it.at('2026-03-01T12:30:00Z')
    const paused = await laneOf(it, id)
    expect(paused.marks).toMatchObject([{ at: '2026-03-01T09:00:00.000Z', state: 'success', lateMs: 0 }])
    expect(paused.off).toEqual([
      { kind: 'off', from: '2026-03-01T09:00:00.000Z', to: null, text: 'It is paused: Holiday.' },
    ])
    await it.triggers.toggle(it.workspaceId, id, { enabled: true }, ADA)
    const { off, marks } = await laneOf(it, id, { to: '2026-03-01T15:00:00Z' })
    expect(marks.map((one) => [one.at.slice(11, 16), one.state])).toEqual([
      ['09:00', 'success'],
      ['10:00', 'skipped'],
      ['13:00', 'planned'],
      ['14:00', 'planned'],
    ])
    expect(off).toMatchObject([{ to: '2026-03-01T12:30:00.000Z' }])
    const { lanes, total } = await look(it)
    expect([lanes.map((one) => one.name), total]).toEqual([['A', 'b'], 2])
    expect(lanes[0]?.marks[0]).toMatchObject({ state: 'failed', reason: expect.any(String) })
  })

  test('what the product itself has switched off says so in its own words', async () => {
    const it = await on.begin()
    const { id } = await it.schedule({ ...HOURLY, name: 'Tired' })
    const reason = 'Switched off after 5 failures in a row; 0 of the last 5 runs succeeded.'
    const { triggers } = it.store.t
    await it.store.q
      .update(triggers)
      .set({ enabled: false, disabledReason: reason })
      .where(eq(triggers.id, id))
    const { off } = await laneOf(it, id, { to: '2026-03-01T15:00:00Z' })
    expect(off).toMatchObject([
      { text: 'It is switched off after 5 failures in a row; 0 of the last 5 runs succeeded.', to: null },
    ])
  })

  test('what switched itself off is off from then on, whatever is edited later', async () => {
    const it = await on.begin()
    const failing = { context: { does: 'fail' }, disableAfterFailures: 1, name: 'Failing' }
    const { id } = await it.schedule({ ...HOURLY, ...failing })
    await it.at('2026-03-01T09:00:00Z')
    await it.until(async () => !(await it.trigger(id)).enabled, 'being switched off')
    await it.at('2026-03-01T11:00:00Z')
    await it.triggers.change(it.workspaceId, id, { description: 'Looked into' }, ADA)
    expect((await laneOf(it, id)).off).toMatchObject([{ from: '2026-03-01T09:00:00.000Z', to: null }])
    await it.triggers.toggle(it.workspaceId, id, { enabled: true }, ADA)
    expect((await laneOf(it, id)).off).toMatchObject([
      { from: '2026-03-01T09:00:00.000Z', to: '2026-03-01T11:00:00.000Z' },
    ])
  })

  test('what was missed stands where it was planned, also where it was written on another day', async () => {
    const it = await on.open()
    const gap = await it.schedule({ ...HOURLY, name: 'Gap', misfire: 'skip' })
    const latest = await it.schedule({ ...HOURLY, name: 'Latest', cronExpression: '0 20 * * *' })
    await upkeep.beat(it.store, { id: 'gone', role: 'all', version: '0' }, new Date('2026-03-01T08:30:00Z'))
    it.clock.set('2026-03-03T10:30:00Z')
    await it.start()
    await it.settled(3)
    const day = (n: number) => ({ from: `2026-03-0${n}T00:00:00Z`, to: `2026-03-0${n + 1}T00:00:00Z` })
    const whole = [['09:00', 'missed', 50]]
    for (const n of [1, 2, 3]) {
      const marks = await marksOf(it, gap.id, day(n))
      expect([n, marks.filter(([, state]) => state !== 'planned')]).toEqual([n, whole])
    }
    expect((await laneOf(it, gap.id, day(2))).marks[0]).toMatchObject({ until: '2026-03-03T10:00:00.000Z' })
    expect(await marksOf(it, latest.id, day(1))).toEqual([['20:00', 'missed', 1]])
    const [late] = (await laneOf(it, latest.id, day(2))).marks
    expect([late?.state, late?.lateMs]).toEqual(['success', minutes(14 * 60 + 30)])
    expect((await look(it, day(2))).bands).toMatchObject([{ kind: 'down' }])
    await it.triggers.backfill(
      it.workspaceId,
      gap.id,
      { from: '2026-03-01T12:00:00Z', to: '2026-03-01T12:00:00Z', dryRun: false },
      ADA,
    )
    await it.settled(4)
    expect(await marksOf(it, gap.id, day(1))).toContainEqual(['12:00', 'success', 1])
  })

  test('a lane with many runs is summed up, and what somebody should look at stands out', async () => {
    const it = await on.begin({ now: '2026-03-01T12:00:00Z' })
    const { id } = await it.schedule({ name: 'Minutely', cronExpression: '* * * * *', timezone: 'UTC' })
    const { executions } = it.store.t
    const first = Date.parse('2026-03-01T00:00:00Z')
    for (let n = 0; n < 720; n++) {
      const at = first + minutes(n)
      await it.store.q.insert(executions).values({
        ...{ workspaceId: it.workspaceId, triggerId: id, triggerName: 'Minutely', triggerRevision: 1 },
        ...{ agentId: 'test-agent', kind: 'schedule', occurrence: new Date(at).toISOString() },
        ...{ scheduledFor: at, queuedAt: at, availableAt: at, startedAt: at + 50, completedAt: at + 90 },
        ...{ durationMs: n, status: n === 125 ? 'failed' : 'success' },
      })
    }
    const { stepMs } = await look(it)
    expect(stepMs).toBe(minutes(15))
    const { marks, shownFrom } = await laneOf(it, id)
    expect(shownFrom).toBe(null)
    const past = marks.filter((one) => one.state !== 'planned')
    expect(past.length).toBe(48)
    expect(past.reduce((sum, one) => sum + one.count, 0)).toBe(720)
    expect(past[8]).toMatchObject({
      ...{ at: '2026-03-01T02:00:00.000Z', until: '2026-03-01T02:14:00.000Z', count: 15, state: 'failed' },
      ...{ states: { failed: 1, success: 14 }, durationMs: 134, lateMs: 50 },
    })
    const failed = past[8]?.executionId as number
    expect((await it.history()).find((one) => one.id === failed)?.status).toBe('failed')
    const ahead = marks.filter((one) => one.state === 'planned')
    expect(ahead.reduce((sum, one) => sum + one.count, 0)).toBe(719)
    const month = await laneOf(it, id, { to: '2026-04-01T00:00:00Z' })
    expect(month.marks.length).toBeLessThan(100)
    expect(month.shownUntil).toBe('2026-03-02T21:20:00.000Z')
  })

  test('a lane with many runs shows what was missed, too: written in it, after it, and reaching into it', async () => {
    const it = await on.open({ now: '2026-03-01T12:00:00Z' })
    const { id } = await it.schedule({ name: 'Busy', cronExpression: '* * * * *', timezone: 'UTC' })
    const { executions } = it.store.t
    const ms = (time: string) => Date.parse(`2026-03-${time}:00Z`)
    const row = (at: number, queuedAt: number, more: object) => ({
      ...{ workspaceId: it.workspaceId, triggerId: id, triggerName: 'Busy', triggerRevision: 1 },
      ...{ agentId: 'test-agent', kind: 'schedule', occurrence: new Date(at).toISOString() },
      ...{ scheduledFor: at, queuedAt, availableAt: queuedAt, status: 'success' as const, ...more },
    })
    const gap = (from: string, to: string, writtenAt: string, missedCount: number) => {
      const [missedFrom, missedTo] = [ms(from), ms(to)]
      const occurrence = [missedFrom, missedTo].map((at) => new Date(at).toISOString()).join('/')
      const missed = { occurrence, missedFrom, missedTo, missedCount, status: 'missed' as const }
      return row(missedFrom, ms(writtenAt), missed)
    }
    await it.store.q.insert(executions).values([
      // Down over the begin of the day, in the middle of it, and over its end.
      gap('01T22:00', '02T02:00', '02T02:01', 241),
      ...Array.from({ length: 120 }, (_, n) =>
        row(ms('02T02:01') + minutes(n), ms('02T02:01') + minutes(n), {}),
      ),
      gap('02T10:00', '02T10:59', '02T11:00', 60),
      gap('02T20:00', '03T08:00', '03T08:01', 721),
      ...Array.from({ length: 120 }, (_, n) =>
        row(ms('03T08:02') + minutes(n), ms('03T08:02') + minutes(n), {}),
      ),
    ])
    it.clock.set('2026-03-04T12:00:00Z')
    const day = { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' }
    const { marks } = await laneOf(it, id, day)
    const missed = marks.filter((one) => one.state === 'missed')
    expect(missed.map((one) => [one.at.slice(5, 16), one.until?.slice(5, 16), one.count])).toEqual([
      ['03-01T22:00', '03-02T02:00', 241],
      ['03-02T10:00', '03-02T10:59', 60],
      ['03-02T20:00', '03-03T08:00', 721],
    ])
    const ran = marks.filter((one) => one.state === 'success')
    expect(ran.reduce((sum, one) => sum + one.count, 0)).toBe(120)
    const troubled = async (from: string, to: string) =>
      (await look(it, { from, to, show: 'trouble' })).lanes.map((one) => one.triggerId)
    expect(await troubled(day.from, day.to)).toEqual([id])
    // Written there, but all of it lay before.
    expect(await troubled('2026-03-02T11:00:00Z', '2026-03-02T19:00:00Z')).toEqual([])
    expect(await troubled('2026-03-02T21:00:00Z', '2026-03-02T23:00:00Z')).toEqual([id])
  })

  test('lanes come by pages, by words and by trouble; changes of the clock are named once a zone', async () => {
    const it = await on.begin({ now: '2026-03-28T08:00:00Z' })
    for (const name of ['Äpfel', 'birnen', 'Clementinen'])
      await it.schedule({ name, timezone: 'Europe/Berlin', cronExpression: '0 10 * * *' })
    const bad = await it.schedule({ name: 'Bad', context: { does: 'fail' }, cronExpression: '0 9 * * *' })
    await it.at('2026-03-28T09:00:00Z')
    await it.settled(4)
    const days = { from: '2026-03-28T00:00:00Z', to: '2026-03-30T00:00:00Z' }
    const first = await look(it, { ...days, limit: 3 })
    expect([first.lanes.length, first.total, first.nextCursor]).toEqual([3, 4, '3'])
    const rest = await look(it, { ...days, limit: 3, cursor: '3' })
    const names = [...first.lanes, ...rest.lanes].map((one) => one.name)
    expect([names.toSorted(), rest.nextCursor]).toEqual([
      ['Bad', 'birnen', 'Clementinen', 'Äpfel'].toSorted(),
      null,
    ])
    expect(first.shifts.filter((one) => one.timezone === 'Europe/Berlin')).toEqual([
      {
        timezone: 'Europe/Berlin',
        at: '2026-03-29T01:00:00.000Z',
        minutes: 60,
        text: 'The clock in Europe/Berlin goes forward from 02:00 to 03:00.',
      },
    ])
    const only = async (given: Given) => (await look(it, { ...days, ...given })).lanes.map((one) => one.name)
    expect(await only({ q: 'BIRN' })).toEqual(['birnen'])
    expect(await only({ show: 'trouble' })).toEqual(['Bad'])
    expect(await only({ triggerId: bad.id })).toEqual(['Bad'])
    await it.triggers.remove(it.workspaceId, bad.id, ADA)
    expect((await laneOf(it, bad.id, days)).off).toMatchObject([{ kind: 'deleted' }])
    expect(await only({ from: '2026-03-29T00:00:00Z', show: 'trouble' })).toEqual([])
    expect((await it.timeline(it.workspaceId + 1, TimelineQuery.parse(days))).lanes).toEqual([])
  })
})
