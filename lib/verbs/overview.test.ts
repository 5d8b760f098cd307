/** What one opens in the morning: what goes on, what needs somebody, what comes, and how it fared. */
import { describe, expect, test } from 'vitest'
import { below } from '#db/queries/overview.ts'
import { pauseAll } from '#db/queries/upkeep.ts'
import { stores } from '#db/testing/stores.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { ADA } from '../engine/testing/world.ts'

test('of many values, those below which so many of a hundred lie', () => {
  const values = [
    { value: 10, times: 12 },
    { value: 20, times: 7 },
    { value: 900, times: 1 },
  ]
  expect([0, 50, 59, 60, 94, 95, 99].map((it) => below(values, it))).toEqual([10, 10, 10, 20, 20, 900, 900])
  expect(below([], 50)).toBeNull()
})

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  test('what goes on, against what it usually takes, and what comes', async () => {
    const it = await on.begin()
    const quick = await it.schedule({ name: 'Quick', cronExpression: '0 9 * * *' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    const slow = await it.schedule({
      name: 'Slow',
      context: { does: 'hang' },
      cronExpression: '0 10,18 * * *',
    })
    await it.at('2026-03-01T10:00:00Z')
    await it.running(1)
    const now = await it.overview.now(it.workspaceId)
    expect(now.running).toMatchObject([
      { execution: { triggerId: slow.id, status: 'running' }, usualMs: null },
    ])
    expect(now.upcoming).toMatchObject([
      { triggerId: slow.id, at: '2026-03-01T18:00:00.000Z' },
      { triggerId: quick.id, name: 'Quick', at: '2026-03-02T09:00:00.000Z', timezone: 'UTC' },
    ])
    expect(now.results).toMatchObject([{ triggerId: quick.id, name: 'Quick' }])
    expect(now.troubles).toEqual([])
    expect(now.missed).toEqual([])
    await it.executions.retry(it.workspaceId, (await it.history(quick.id))[0]?.id as number, ADA)
    await it.settled(2)
  })

  test('a result is told in words, whatever Markdown it was posted in', async () => {
    const it = await on.begin()
    const text =
      '## The week\n\n| | now |\n|---|---|\n| Orders | 202 |\n\n- See [the list](https://e.example)'
    await it.schedule({ context: { does: 'succeed', text } })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    const { results } = await it.overview.now(it.workspaceId)
    expect(results).toMatchObject([{ text: 'The week\nnow\nOrders · 202\n• See the list' }])
  })

  test('one that fails needs somebody, one that a person paused does not', async () => {
    const it = await on.begin()
    const bad = await it.schedule({ name: 'Bad', context: { does: 'fail' } })
    const rest = await it.schedule({ name: 'Resting', cronExpression: '0 12 * * *' })
    await it.triggers.toggle(it.workspaceId, rest.id, { enabled: false, reason: 'Holidays.' }, ADA)
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    const { troubles } = await it.overview.now(it.workspaceId)
    expect(troubles).toMatchObject([{ triggerId: bad.id, state: 'failing', failures: 1 }])
  })

  test('what was missed needs somebody until it is run, filled in, or let be', async () => {
    const it = await on.open()
    const one = await it.schedule({ name: 'One', misfire: 'skip', cronExpression: '0 9 * * *' })
    const many = await it.schedule({ name: 'Many', misfire: 'skip', cronExpression: '0 9-11 * * *' })
    const let_ = await it.schedule({ name: 'Let be', misfire: 'skip', cronExpression: '30 9 * * *' })
    it.clock.set('2026-03-01T11:30:00Z')
    await it.start()
    await it.until(async () => (await it.history()).length === 3)
    const open = async () => (await it.overview.now(it.workspaceId)).missed
    const of = async (id: number) => (await open()).find((row) => row.triggerId === id)
    expect(new Set((await open()).map((row) => row.triggerName))).toEqual(new Set(['One', 'Many', 'Let be']))

    await it.executions.retry(it.workspaceId, (await of(one.id))?.id as number, ADA)
    expect(await of(one.id)).toBeUndefined()

    const gap = await of(many.id)
    const range = { from: gap?.missedFrom as string, to: gap?.missedTo as string, dryRun: false }
    await it.triggers.backfill(it.workspaceId, many.id, { ...range, to: range.from }, ADA)
    expect(await of(many.id)).toMatchObject({ missedCount: 3 })
    await it.triggers.backfill(it.workspaceId, many.id, range, ADA)
    expect(await of(many.id)).toBeUndefined()

    const left = (await of(let_.id))?.id as number
    const seen = { executionIds: [left, 4711] }
    expect(await it.overview.seeTo(it.workspaceId, seen)).toEqual({ seenTo: 1 })
    expect(await it.overview.seeTo(it.workspaceId, seen)).toEqual({ seenTo: 0 })
    expect(await it.overview.seeTo(it.workspaceId + 1, seen)).toEqual({ seenTo: 0 })
    expect(await open()).toEqual([])
    expect(await it.history(let_.id)).toMatchObject([{ status: 'missed' }])
  })

  test('the last runs of several schedules in short, and trouble first', async () => {
    const it = await on.begin()
    const good = await it.schedule({ name: 'Good' })
    const bad = await it.schedule({ name: 'Bad', context: { does: 'fail' } })
    const idle = await it.schedule({ name: 'Idle', cronExpression: '0 9 1 1 *' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(2)
    await it.at('2026-03-02T09:00:00Z')
    await it.settled(4)
    const beats = await it.overview.heartbeats(it.workspaceId, [good.id, bad.id, idle.id, 4711])
    expect(beats).toEqual([
      { triggerId: good.id, statuses: ['success', 'success'] },
      { triggerId: bad.id, statuses: ['failed', 'failed'] },
    ])
    expect(await it.overview.heartbeats(it.workspaceId + 1, [good.id])).toEqual([])

    const schedules = async (cursor?: string) => {
      const query = { limit: 2, deleted: false, sort: 'trouble' as const, cursor }
      const page = await it.triggers.list(it.workspaceId, query)
      return { names: page.triggers.map((one) => one.name), cursor: page.nextCursor ?? undefined }
    }
    const first = await schedules()
    expect(first.names).toEqual(['Bad', 'Idle'])
    expect(await schedules(first.cursor)).toEqual({ names: ['Good'], cursor: undefined })
    const runs = async (cursor?: string) =>
      it.executions.list(it.workspaceId, { limit: 3, sort: 'trouble', cursor })
    const { executions, nextCursor } = await runs()
    expect(executions.map((one) => [one.triggerName, one.status])).toEqual([
      ['Bad', 'failed'],
      ['Bad', 'failed'],
      ['Good', 'success'],
    ])
    expect((await runs(nextCursor ?? '')).executions.map((one) => one.triggerName)).toEqual(['Good'])
  })

  test('figures of a period and of the one before it, and the hours of the week by the wall of a zone', async () => {
    const it = await on.begin()
    await it.schedule({ name: 'Daily' })
    await it.schedule({ name: 'Bad', context: { does: 'fail' }, cronExpression: '0 9 2 3 *' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    await it.at('2026-03-02T09:00:00Z')
    await it.settled(3)
    it.clock.set('2026-03-02T09:30:00Z')
    const figures = (timezone: string) => it.overview.figures(it.workspaceId, { period: '24h', timezone })
    const { now, before, hours } = await figures('UTC')
    expect(now).toMatchObject({ runs: 2, success: 1, failed: 1, successRate: 50, missed: 0, partial: false })
    expect(now.latenessMs.p95).not.toBeNull()
    // Of two values the lower half ends below the second.
    const { executions } = await it.executions.list(it.workspaceId, { limit: 10 })
    const took = executions.map((one) => Number(one.durationMs))
    const longer = Math.max(...took.slice(0, 2))
    expect(now.durationMs).toEqual({ p50: longer, p95: longer })
    expect(before.durationMs).toEqual({ p50: took[2], p95: took[2] })
    expect(before).toMatchObject({ runs: 1, success: 1, failed: 0, successRate: 100 })
    expect(hours).toEqual([{ weekday: 1, hour: 9, runs: 2, failed: 1 }])
    expect((await figures('Asia/Kathmandu')).hours).toEqual([{ weekday: 1, hour: 14, runs: 2, failed: 1 }])
    expect((await figures('Pacific/Kiritimati')).hours).toEqual([
      { weekday: 1, hour: 23, runs: 2, failed: 1 },
    ])
  })

  test('a run that somebody starts hours after its time makes the figures no later', async () => {
    const it = await on.open()
    const one = await it.schedule({ name: 'One', misfire: 'skip', cronExpression: '0 9 * * *' })
    it.clock.set('2026-03-01T13:00:00Z')
    await it.start()
    await it.until(async () => (await it.history(one.id)).length === 1)
    await it.executions.retry(it.workspaceId, (await it.history(one.id))[0]?.id as number, ADA)
    await it.until(async () => (await it.history(one.id)).some((row) => row.status === 'success'))
    it.clock.set('2026-03-01T13:30:00Z')
    const { now } = await it.overview.figures(it.workspaceId, { period: '24h', timezone: 'UTC' })
    expect(now).toMatchObject({ runs: 1, missed: 1, latenessMs: { p50: null, p95: null } })
  })

  test('what there is no room for is counted, and all that was missed is let be at once', async () => {
    const it = await on.open()
    for (let n = 1; n <= 22; n++)
      await it.schedule({ name: `Bell ${n}`, misfire: 'skip', cronExpression: '0 9 * * *' })
    it.clock.set('2026-03-01T10:00:00Z')
    await it.start()
    await it.until(async () => (await it.history()).length === 22)
    const now = await it.overview.now(it.workspaceId)
    expect(now.missed).toHaveLength(20)
    expect(now.totals).toEqual({ running: 0, approvals: 0, proposals: 0, troubles: 0, missed: 22 })

    const before = { until: '2026-03-01T09:59:00.000Z' }
    expect(await it.overview.seeTo(it.workspaceId, before)).toEqual({ seenTo: 0 })
    expect(await it.overview.seeTo(it.workspaceId + 1, { until: now.at })).toEqual({ seenTo: 0 })
    expect(await it.overview.seeTo(it.workspaceId, { until: now.at })).toEqual({ seenTo: 22 })
    expect(await it.overview.now(it.workspaceId)).toMatchObject({ missed: [], totals: { missed: 0 } })
  })

  test('schedules in trouble are counted beyond those that are shown, paused ones not', async () => {
    const it = await on.begin()
    for (let n = 1; n <= 21; n++) await it.schedule({ name: `Bad ${n}`, context: { does: 'fail' } })
    const rest = await it.schedule({ name: 'Resting', cronExpression: '0 12 * * *' })
    await it.triggers.toggle(it.workspaceId, rest.id, { enabled: false, reason: 'Holidays.' }, ADA)
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(21)
    const { troubles, totals } = await it.overview.now(it.workspaceId)
    expect(troubles).toHaveLength(20)
    expect(totals.troubles).toBe(21)
  })

  test('the runs of the next 24 hours by time, those of a busy schedule as one', async () => {
    const it = await on.begin()
    const own = (name: string, cronExpression: string, more: object = {}) =>
      it.schedule({ name, cronExpression, ...more })
    await own('Twice', '0 10,18 * * *')
    await own('Hourly', '15 * * * *')
    await own('Every minute', '* * * * *', { startsAt: '2026-03-01T12:00:00Z' })
    await own('Six times', '45 * * * *', { maxExecutions: 6 })
    await own('Next week', '0 9 10 3 *')
    it.clock.set('2026-03-01T08:00:00Z')
    const { coming, upcoming, paused } = await it.overview.now(it.workspaceId)
    const at = (time: string, day = 1) => `2026-03-0${day}T${time}:00.000Z`
    expect(coming.runs.map((run) => [run.name, run.at, run.more, run.until])).toEqual([
      ['Hourly', at('08:15'), 23, at('07:15', 2)],
      ['Six times', at('08:45'), 5, at('13:45')],
      ['Twice', at('10:00'), 0, null],
      ['Every minute', at('12:00'), null, at('07:59', 2)],
      ['Twice', at('18:00'), 0, null],
    ])
    expect(upcoming.map((run) => run.name)).toEqual(['Hourly', 'Six times', 'Twice', 'Every minute'])
    expect([coming.more, paused]).toEqual([false, false])

    for (let n = 1; n <= 20; n++) await own(`At seven ${n}`, '0 7 * * *')
    await pauseAll(it.store, 'Moving house.', it.clock.now())
    const later = await it.overview.now(it.workspaceId)
    expect(later.coming.runs).toHaveLength(20)
    expect([later.coming.more, later.paused]).toEqual([true, true])
  })
})
