/** Days off, from the row of a calendar to what its triggers do, on both databases. */
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as rows from '#db/queries/calendars.ts'
import { type Opened, stores } from '#db/testing/stores.ts'
import type { CalendarReach } from '#lib/agents/reading/calendar.ts'
import { days, type HandClock, hours, minutes } from '#lib/clock.ts'
import { NewTrigger } from '#lib/contract/trigger.ts'
import { ADA, type World, world } from '../testing/world.ts'
import { type Calendars, createCalendars } from './index.ts'

const DAILY = { cronExpression: '0 9 * * *', timezone: 'Europe/Berlin' }
const OFF = 'Skipped: 3 March 2026 is in the calendar Public holidays.'

describe.each(stores)('on $name', ({ open }) => {
  let opened: Opened
  let it: World
  let clock: HandClock
  let readers: Calendars[]
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    it = await world(opened.store)
    clock = it.clock
    readers = []
    return async () => {
      await Promise.all(readers.map((one) => one.stop()))
      await it.stop()
    }
  })

  async function calendar(change: Partial<rows.NewCalendarRow> = {}): Promise<rows.CalendarRow> {
    const dates = JSON.stringify(['2026-03-03', '2026-03-04'])
    const values = { workspaceId: it.workspaceId, name: 'Public holidays', dates, icsUrl: null, ...change }
    const most = { now: clock.now(), most: 50 }
    return (await rows.add(it.store, values, 'ada', most)) as rows.CalendarRow
  }
  const known = async (id: number) => (await rows.get(it.store, it.workspaceId, id)) as rows.CalendarRow
  const traces = async (id: number) =>
    (await it.history(id)).map((one) => [
      one.scheduledFor?.slice(5, 16),
      one.status,
      one.reasonCode,
      one.isCatchup,
    ])

  test('an instant on such a day is one skipped row, and the next one runs', async () => {
    const { id } = await calendar()
    const { id: triggerId } = await it.schedule({ ...DAILY, calendars: [id], maxExecutions: 3 })
    await it.start()
    for (const day of ['02', '03', '04', '05']) await it.at(`2026-03-${day}T08:00:00Z`)
    await it.settled(4, triggerId)
    expect(await traces(triggerId)).toEqual([
      ['03-02T08:00', 'success', null, false],
      ['03-03T08:00', 'skipped', 'calendar', false],
      ['03-04T08:00', 'skipped', 'calendar', false],
      ['03-05T08:00', 'success', null, false],
    ])
    const [, skipped] = await it.history(triggerId)
    expect(skipped?.reason).toBe(OFF)
    // Of three runs that it may have, one is left.
    expect((await it.trigger(triggerId)).plannedRuns).toBe(2)
    const looks = await it.why.evaluations(it.workspaceId, triggerId, { verdict: 'calendar' })
    expect(looks.map(({ firstAt, count }) => [firstAt.slice(0, 10), count])).toEqual([
      ['2026-03-04', 1],
      ['2026-03-03', 1],
    ])
    expect((await it.feed()).filter((one) => one.kind === 'notice')).toEqual([])
  })

  test('the day is that of the zone of the schedule, east and west', async () => {
    const { id } = await calendar({ dates: '["2026-03-03"]' })
    const east = await it.schedule({
      cronExpression: '0 1 * * *',
      timezone: 'Pacific/Auckland',
      calendars: [id],
    })
    const west = await it.schedule({
      cronExpression: '0 23 * * *',
      timezone: 'Pacific/Pago_Pago',
      calendars: [id],
    })
    await it.start()
    // 01:00 of the 3rd in Auckland is noon of the 2nd in UTC, 23:00 of the 3rd in Pago Pago ten o'clock of the 4th.
    for (const at of ['01T12:00', '02T10:00', '02T12:00', '03T10:00', '03T12:00', '04T10:00'])
      await it.at(`2026-03-${at}:00Z`)
    await it.settled(7)
    const skipped = async (id: number) =>
      (await traces(id)).filter(([, , code]) => code === 'calendar').map(([at]) => at)
    expect([await skipped(east.id), await skipped(west.id)]).toEqual([['03-02T12:00'], ['03-04T10:00']])
  })

  test('what a calendar says is asked when an instant comes; what has run has run', async () => {
    const row = await calendar({ dates: '["2026-03-02"]' })
    const { id } = await it.schedule({ ...DAILY, calendars: [row.id] })
    await it.start()
    await it.at('2026-03-02T08:00:00Z')
    await rows.change(it.store, row, { dates: '["2026-03-03"]' }, clock.now())
    await it.at('2026-03-03T08:00:00Z')
    await rows.change(it.store, await known(row.id), { dates: '["2026-03-05"]' }, clock.now())
    await it.at('2026-03-04T08:00:00Z')
    await it.settled(3, id)
    const why = async (day: string) => {
      const { verdict, answer } = await it.why.at(it.workspaceId, id, `2026-03-${day}T08:00:00Z`)
      return [verdict, answer]
    }
    expect(await why('02')).toEqual([
      'skipped',
      '2 Mar 2026, 09:00 did not run. Skipped: 2 March 2026 is in the calendar Public holidays.',
    ])
    expect(await why('03')).toEqual(['skipped', expect.stringContaining('3 March 2026 is in the calendar')])
    expect(await why('04')).toEqual(['ran', expect.stringContaining('succeeded')])
    expect(await why('05')).toEqual([
      'skipped',
      '5 Mar 2026, 09:00 will be skipped: 5 March 2026 is in the calendar Public holidays.',
    ])
    expect(await why('06')).toEqual(['future', expect.stringContaining('is still to come')])
  })

  test('what was missed while the server was away is caught up, but for the days off', async () => {
    const { id } = await calendar()
    const { id: triggerId } = await it.schedule({
      ...{ ...DAILY, calendars: [id], misfire: 'all', overlap: 'allow_all', catchupWindow: 30 * 86_400 },
    })
    clock.set('2026-03-05T12:00:00Z')
    await it.start()
    await it.settled(4, triggerId)
    expect((await traces(triggerId)).toSorted()).toEqual([
      ['03-02T08:00', 'success', null, true],
      ['03-03T08:00', 'skipped', 'calendar', false],
      ['03-04T08:00', 'skipped', 'calendar', false],
      ['03-05T08:00', 'success', null, true],
    ])
  })

  test('a preview marks them, and they do not count; a simulation and a backfill leave them out', async () => {
    const { id } = await calendar()
    const draft = { ...DAILY, calendars: [id], maxExecutions: 2 }
    const { id: triggerId } = await it.schedule(draft)
    const preview = await it.triggers.preview(it.workspaceId, triggerId, { count: 10 })
    expect(preview.instants.map((one) => [one.at.slice(8, 10), one.skipped])).toEqual([
      ['02', undefined],
      ['03', '3 March 2026 is in the calendar Public holidays'],
      ['04', '4 March 2026 is in the calendar Public holidays'],
      ['05', undefined],
    ])
    const span = { from: '2026-03-02T00:00:00Z', to: '2026-03-07T00:00:00Z' }
    const trigger = NewTrigger.parse({ name: 'x', agentId: 'test-agent', ...draft })
    const { occurrences } = await it.simulating.run(it.workspaceId, { trigger, ...span })
    expect(occurrences.map((one) => [one.at.slice(8, 10), one.verdict, one.reason])).toEqual([
      ['02', 'ran', null],
      ['03', 'skipped', '3 March 2026 is in the calendar Public holidays.'],
      ['04', 'skipped', '4 March 2026 is in the calendar Public holidays.'],
      ['05', 'ran', null],
    ])
    clock.set('2026-03-07T12:00:00Z')
    const filled = await it.triggers.backfill(it.workspaceId, triggerId, { ...span, dryRun: true }, ADA)
    expect([filled.instants.map((one) => one.slice(8, 10)), filled.daysOff]).toEqual([['02', '05', '06'], 2])
  })

  test('nothing is owed for an instant that was skipped', async () => {
    const { id } = await calendar({ dates: '["2026-03-02"]' })
    const expected = { expect: [{ by: '09:30', withinSeconds: null, from: 'planned' as const }] }
    await it.schedule({ ...DAILY, calendars: [id], ...expected })
    await it.start()
    await it.passes(minutes(1))
    await it.at('2026-03-02T08:00:00Z')
    await it.passes(minutes(1))
    await it.passes(hours(1))
    expect(await it.expectations.list(it.workspaceId, { limit: 50 })).toMatchObject({ expectations: [] })
  })

  const HOUSE = { close: (text: string) => text, open: (text: string) => text }
  const ICS = 'sealed:v1:https://holidays.example.com/secret-address.ics'
  interface Site {
    status: number
    etag: string
    asked: (string | null)[]
    dates: string[]
  }
  const site = (): Site => ({ status: 200, etag: 'a', asked: [], dates: ['2026-03-03'] })
  function reader(at: Site): Calendars {
    const fetch = async (url: string, init: { headers: Record<string, string> }) => {
      at.asked.push(init.headers['if-none-match'] ?? null)
      if (at.status === 0) throw new Error('secret-address.ics hangs up')
      const isSame = at.status === 200 && init.headers['if-none-match'] === at.etag
      return {
        ...{ status: isSame ? 304 : at.status, url, truncated: false },
        ...{ bytes: new Uint8Array(), headers: new Headers({ etag: at.etag }) },
      }
    }
    const made = createCalendars({
      ...{ store: it.inner, clock, log: pino({ level: 'silent' }), box: HOUSE, hint: () => {} },
      fetch: fetch as unknown as CalendarReach['fetch'],
      daysOf: async () => ({ dates: at.dates, left: null }),
      leaveTraces: it.engine.leaveTraces,
      readiness: it.engine.readiness,
      refusalOf: () => null,
    })
    readers.push(made)
    return made
  }
  const notices = async () => (await it.feed()).filter((one) => one.kind === 'notice').map((one) => one.text)

  test('an address is read when it is due, by one server, and asked whether it is as before', async () => {
    const at = site()
    const [one, other] = [reader(at), reader(at)]
    const { id } = await calendar({ icsUrl: ICS, dates: '[]' })
    await Promise.all([one.tick(), other.tick()])
    expect(await known(id)).toMatchObject({
      dates: '["2026-03-03"]',
      status: 'ok',
      readAt: clock.now().getTime(),
    })
    expect(at.asked).toEqual([null])
    clock.advance(hours(5))
    await one.tick()
    expect(at.asked.length).toBe(1)
    clock.advance(hours(1))
    await Promise.all([one.tick(), other.tick()])
    expect(at.asked).toEqual([null, 'a'])
    // The days ahead go on: now and then it is read as a whole.
    clock.advance(days(7))
    await other.tick()
    expect(at.asked).toEqual([null, 'a', null])
    expect(await notices()).toEqual([])
  })

  test('what a server that died was reading is read by the next', async () => {
    const { id } = await calendar({ icsUrl: ICS, dates: '[]' })
    const until = new Date(clock.now().getTime() + minutes(3))
    expect(await rows.take(it.store, { holder: 'dead', now: clock.now(), until }, 5)).toHaveLength(1)
    const at = site()
    await reader(at).tick()
    expect(at.asked).toEqual([])
    clock.advance(minutes(3))
    await reader(at).tick()
    expect(await known(id)).toMatchObject({ dates: '["2026-03-03"]', heldBy: null })
  })

  test('one that cannot be read keeps its days; who names it is unready, and runs; it is said once', async () => {
    const at = site()
    const one = reader(at)
    const row = await calendar({ icsUrl: ICS, dates: '[]' })
    await one.tick()
    const { id } = await it.schedule({ ...DAILY, calendars: [row.id] })
    at.status = 404
    for (let n = 0; n < 3; n++) {
      clock.advance(hours(6))
      await one.tick()
    }
    expect(await known(row.id)).toMatchObject({ status: 'failing', dates: '["2026-03-03"]' })
    const told = (await notices()).join('\n')
    expect(told).toMatch(
      /^The calendar \*\*Public holidays\*\* cannot be read: holidays\.example\.com answers 404/,
    )
    expect(told).not.toContain('secret-address')
    const trigger = await it.trigger(id)
    expect([trigger.health, trigger.unready]).toEqual([
      'unready',
      expect.stringMatching(/^The calendar “Public holidays” cannot be read: .* go on counting\. Mend it/),
    ])
    await it.start()
    await it.at('2026-03-02T08:00:00Z')
    await it.at('2026-03-03T08:00:00Z')
    await it.settled(2, id)
    expect((await traces(id)).map(([, status]) => status)).toEqual(['success', 'skipped'])
    at.status = 200
    clock.advance(hours(6))
    await one.tick()
    expect(await notices()).toEqual([
      expect.any(String),
      'The calendar **Public holidays** can be read again.',
    ])
    expect([(await it.trigger(id)).unready, (await known(row.id)).lastError]).toEqual([null, null])
  })

  test('what passes is tried again soon, and told when it does not; the address stands in no sentence', async () => {
    const at = site()
    const one = reader(at)
    const { id } = await calendar({ icsUrl: ICS, dates: '[]' })
    await one.tick()
    at.status = 0
    clock.advance(hours(6))
    for (let n = 1; n <= 3; n++) {
      await one.tick()
      expect(await known(id)).toMatchObject({ failures: n, status: n < 3 ? 'ok' : 'failing' })
      clock.advance(minutes(15))
    }
    expect(await notices()).toHaveLength(1)
    expect((await known(id)).lastError).not.toContain('https://')
  })

  test('a reading that a change has overtaken counts for nothing', async () => {
    const row = await calendar({ icsUrl: ICS, dates: '[]' })
    const holding = { holder: 'one', now: clock.now(), until: new Date(clock.now().getTime() + minutes(3)) }
    await rows.takeOver(it.store, holding, row.id)
    const found = {
      ...{ dates: '["2026-03-03"]', status: 'failing' as const, lastError: 'x', note: null, failures: 1 },
      ...{ readAt: null, validators: null, dueAt: clock.now().getTime() },
    }
    const seen = await known(row.id)
    await rows.change(it.store, seen, { name: 'Renamed' }, clock.now())
    expect(await rows.keepRead(it.store, seen, holding, { found, notice: 'Said.' })).toBe(false)
    expect([(await known(row.id)).dates, await notices()]).toEqual(['[]', []])
  })

  test('what has passed belongs to the days of then, also where its moment has not come', async () => {
    const at = site()
    const one = reader(at)
    const row = await calendar({ icsUrl: ICS, dates: '[]' })
    await one.tick()
    const { id } = await it.schedule({ ...DAILY, calendars: [row.id] })
    clock.set('2026-03-02T08:00:00Z')
    at.dates = ['2026-03-02']
    at.etag = 'b'
    await one.tick()
    expect((await known(row.id)).dates).toBe('["2026-03-02"]')
    expect((await traces(id)).map(([, status]) => status)).toEqual(['queued'])
  })
})
