/** The engine as a whole, on both databases: what people rely on, with a clock that is told the time. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { list as auditEntries } from '#db/queries/audit.ts'
import * as executions from '#db/queries/executions.ts'
import { since } from '#db/queries/events.ts'
import { get as memoryOf } from '#db/queries/memory.ts'
import { get as notesOf } from '#db/queries/notes.ts'
import * as upkeep from '#db/queries/upkeep.ts'
import { statement } from '#db/statement.ts'
import { StoreUnavailable } from '#db/store.ts'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { hours, minutes, seconds } from '../clock.ts'
import { NewTrigger } from '../contract/trigger.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  const traces = async (it: World, id?: number) =>
    (await it.history(id)).map((one) => [one.scheduledFor?.slice(5, 16) ?? null, one.status, one.reasonCode])

  test('what a success has its schedule keep is there for the next run; a failure does not move it', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ cronExpression: '0 0 1 1 *' })
    const kept = async () => (await notesOf(on.store, it.workspaceId, trigger.id))?.content ?? null
    const run = async (context: object, ended: number, staged = false) => {
      await it.triggers.runNow(it.workspaceId, trigger.id, { context: { ...context }, staged }, ADA)
      await it.settled(ended)
    }
    await run({ notes: 'first' }, 1)
    expect(await kept()).toBe('first')
    await run({ does: 'fail', notes: 'of a failure' }, 2)
    await run({ notes: 'of a staged run' }, 3, true)
    await run({}, 4)
    expect(await kept()).toBe('first')
    await run({ notes: 'second' }, 5)
    expect(await notesOf(on.store, it.workspaceId, trigger.id)).toMatchObject({
      content: 'second',
      version: 2,
      executionId: (await it.history()).at(-1)?.id,
    })
    expect(await notesOf(on.store, it.workspaceId + 1, trigger.id)).toBeNull()
  })

  test('what a success has its agent remember takes the place of what it knew; nothing else moves it', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ cronExpression: '0 0 1 1 *' })
    const known = (workspaceId = it.workspaceId) => memoryOf(on.store, workspaceId, trigger.id)
    const run = async (context: object, ended: number, staged = false) => {
      await it.triggers.runNow(it.workspaceId, trigger.id, { context: { ...context }, staged }, ADA)
      await it.settled(ended)
    }
    expect(await known()).toBeNull()
    await run({ memory: { told: [1] } }, 1)
    await run({ does: 'fail', memory: { told: [1, 2] } }, 2)
    await run({ memory: { told: [1, 3] } }, 3, true)
    await run({}, 4)
    expect(await known()).toEqual({ told: [1] })
    await run({ memory: { told: [1, 4] } }, 5)
    expect(await known()).toEqual({ told: [1, 4] })
    expect(await known(it.workspaceId + 1)).toBeNull()
  })

  test('of two runs side by side the later one is remembered, whichever ends first', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ cronExpression: '0 0 1 1 *', overlap: 'allow_all' })
    const run = (context: object) =>
      it.triggers.runNow(it.workspaceId, trigger.id, { context: { ...context } }, ADA)
    await run({ memory: 'earlier', lastsMs: 2_000 })
    await it.running(1)
    await run({ memory: 'later' })
    await it.settled(1)
    await it.clock.advance(seconds(3))
    await it.settled(2)
    expect(await memoryOf(on.store, it.workspaceId, trigger.id)).toBe('later')
  })

  test('a staged run says how it ended, and neither the chat nor the statistics hear of it', async () => {
    const it = await on.begin()
    const trigger = await it.schedule()
    const { id } = await it.triggers.runNow(it.workspaceId, trigger.id, { staged: true }, ADA)
    await it.settled(1)
    expect(await it.executions.get(it.workspaceId, id)).toMatchObject({ status: 'success', staged: true })
    expect(await it.feed()).toEqual([])
    expect(await it.trigger(trigger.id)).toMatchObject({ totalRuns: 0, lastStatus: null })
    const failing = { context: { does: 'fail' }, staged: true }
    await it.triggers.runNow(it.workspaceId, trigger.id, failing, ADA)
    await it.settled(2)
    expect(await it.feed()).toEqual([])
    expect(await it.trigger(trigger.id)).toMatchObject({ consecutiveFailures: 0, failedRuns: 0 })
  })

  test('runs at its time, once, and the chat hears of it', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ context: { text: 'All is well.' } })
    await it.at('2026-03-01T08:59:59Z')
    expect(await it.history()).toEqual([])
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    expect(await it.history(trigger.id)).toMatchObject([
      {
        status: 'success',
        output: 'All is well.',
        scheduledFor: '2026-03-01T09:00:00.000Z',
        latenessMs: 0,
        tokensUsed: 7,
        attempt: 1,
      },
    ])
    expect(await it.feed()).toMatchObject([
      { prompt: '[SCHEDULED] Morning', text: 'All is well.', status: 'success' },
    ])
    const [message] = await it.feed()
    expect(JSON.parse(message?.response ?? '')).toMatchObject({
      text: 'All is well.',
      type: 'schedule_result',
      scheduleId: trigger.id,
    })
    expect((await it.events()).map((event) => event.type)).toEqual([
      'schedule:created',
      'schedule:started',
      'schedule:completed',
      'chat:message',
    ])
    expect((await it.trigger(trigger.id)).nextRunAt).toBe(Date.parse('2026-03-02T09:00:00Z'))
  })

  test('two servers, a hundred ticks: as many executions as occurrences', async () => {
    const it = await on.begin()
    const other = await on.again(it)
    await other.start()
    for (let i = 0; i < 10; i++)
      await it.schedule({
        name: `every ten ${i}`,
        kind: 'interval',
        cronExpression: undefined,
        everySeconds: 600,
      })
    for (let tick = 1; tick <= 10; tick++) {
      await it.at(new Date(Date.parse('2026-03-01T08:00:00Z') + tick * minutes(10)).toISOString())
      await it.settled(tick * 10)
    }
    const occurrences = (await it.history()).map((one) => `${one.triggerId} ${one.occurrence}`)
    expect(new Set(occurrences).size).toBe(100)
    expect(await it.feed()).toHaveLength(100)
    expect((await it.history()).every((one) => one.status === 'success')).toBe(true)
  })

  test('a herd of which two servers take pages at random places is fired whole, and once', async () => {
    const it = await on.begin({ shared: true })
    const other = await on.again(it, { shared: true })
    await other.start()
    const plant = statement({
      rows: 'int',
      text: ({
        page,
      }) => sql`insert into triggers (workspace_id, name, agent_id, kind, every_seconds, created_at, updated_at, due_at)
      select ${it.workspaceId}, 'one of many', 'test-agent', 'interval', 600, ${it.clock.now().getTime()}, 0, 0 from ${page}`,
    })
    await on.store.atomically([plant({ rows: Array.from({ length: 1_300 }, (_, i) => i) })])
    await Promise.all([it.engine.loop.tick(), other.engine.loop.tick()])
    await it.at('2026-03-01T08:10:00Z')
    const count = raw<{ n: number; triggers: number }>(
      sql`select count(*) as n, count(distinct trigger_id) as triggers from executions where status = 'success'`,
    )
    await it.until(async () => (await on.store.all(count))[0]?.n === 1_300, 'all to have run')
    expect(await on.store.all(count)).toEqual([{ n: 1_300, triggers: 1_300 }])
  })

  describe('a gap', () => {
    test('misfire "latest": the newest missed instant runs once, the others are one row that says why', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '0 * * * *' })
      await it.at('2026-03-01T13:30:00Z')
      await it.settled(2)
      expect(await it.history(trigger.id)).toMatchObject([
        {
          status: 'missed',
          missedFrom: '2026-03-01T09:00:00.000Z',
          missedTo: '2026-03-01T12:00:00.000Z',
          missedCount: 4,
        },
        { status: 'success', scheduledFor: '2026-03-01T13:00:00.000Z', isCatchup: true },
      ])
      const reason = (await it.history(trigger.id))[0]?.reason
      expect(reason).toMatch(/^Missed \(4 runs from 09:00 to 12:00\): the server could not act from 08:00 /)
      expect(reason).toMatch(/ to 13:30 .* The run of 13:00 stands for it\.$/)
      expect((await it.trigger(trigger.id)).nextRunAt).toBe(Date.parse('2026-03-01T14:00:00Z'))
    })

    test('misfire "skip" and "all"', async () => {
      const it = await on.begin()
      const skip = await it.schedule({ name: 'skip', cronExpression: '0 * * * *', misfire: 'skip' })
      const all = await it.schedule({
        name: 'all',
        cronExpression: '0 * * * *',
        misfire: 'all',
        maxCatchup: 3,
        overlap: 'allow_all',
      })
      await it.at('2026-03-01T13:30:00Z')
      await it.settled(3 + 1 + 1)
      expect(await it.history(skip.id)).toMatchObject([{ status: 'missed', missedCount: 5 }])
      expect(await traces(it, all.id)).toEqual([
        ['03-01T09:00', 'missed', 'server_down'],
        ['03-01T11:00', 'success', null],
        ['03-01T12:00', 'success', null],
        ['03-01T13:00', 'success', null],
      ])
    })

    test('past the catch-up window nothing runs, and it says so', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ catchupWindow: 3600 })
      await it.at('2026-03-01T11:00:00Z')
      await it.settled(1)
      expect(await it.history(trigger.id)).toMatchObject([{ status: 'missed', reasonCode: 'server_down' }])
      expect((await it.history())[0]?.reason).toContain('too long ago to catch up')
      expect(await it.feed()).toMatchObject([{ status: 'missed' }])
    })

    test('up to a minute after its time an instant is late, not missed', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({})
      await it.at('2026-03-01T09:00:59Z')
      await it.settled(1)
      expect(await it.history(trigger.id)).toMatchObject([
        { status: 'success', isCatchup: false, latenessMs: 59_000 },
      ])
    })

    test('a server that was down says from when to when', async () => {
      const first = await on.begin()
      const trigger = await first.schedule({ misfire: 'skip' })
      await first.at('2026-03-01T08:55:00Z')
      await first.stop()
      first.clock.advance(minutes(25))
      const second = await on.again(first, { shared: false })
      await second.start()
      await second.settled(1)
      expect((await second.history(trigger.id))[0]?.reason).toBe(
        'Missed: the server was down from 08:55 to 09:20. Missed runs of this schedule are not caught up.',
      )
    })

    test('years of a wrong clock cost one row, and the way back forgets nothing', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '* * * * *', misfire: 'skip' })
      await it.at('2056-03-01T08:00:30Z')
      await it.settled(2)
      expect(await it.history(trigger.id)).toMatchObject([
        { status: 'missed', missedFrom: '2026-03-01T08:01:00.000Z' },
        { status: 'success', scheduledFor: '2056-03-01T08:00:00.000Z' },
      ])
      it.clock.set('2026-03-01T08:05:00Z')
      it.clock.advance(seconds(31))
      await it.until(
        async () => (await it.trigger(trigger.id)).nextRunAt === Date.parse('2026-03-01T08:06:00Z'),
        'a plan in the present',
      )
    })

    test('an hour back: nothing runs twice', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '0 * * * *' })
      await it.at('2026-03-01T09:00:00Z')
      await it.settled(1)
      it.clock.jump(-hours(1))
      await it.at('2026-03-01T09:00:10Z')
      await it.at('2026-03-01T10:00:00Z')
      await it.settled(2)
      expect(await traces(it, trigger.id)).toEqual([
        ['03-01T09:00', 'success', null],
        ['03-01T10:00', 'success', null],
      ])
    })

    test('set back, what has not run yet fires at once from then on, and it is remembered', async () => {
      const it = await on.begin({ now: '2026-03-01T08:55:00Z' })
      const cron = await it.schedule({ cronExpression: '*/10 * * * *' })
      const interval = { kind: 'interval', cronExpression: undefined, everySeconds: 600 } as const
      const every = await it.schedule(interval)
      const paused = await it.schedule({ cronExpression: '*/10 * * * *' })
      await it.triggers.toggle(it.workspaceId, paused.id, { enabled: false }, ADA)
      await it.until(() => it.engine.loop.asleep, 'the loop to rest')
      it.clock.jump(-hours(1))
      it.clock.advance(seconds(30))
      await it.until(async () => (await it.trigger(cron.id)).nextRunAt === Date.parse('2026-03-01T08:00Z'))
      await it.at('2026-03-01T08:00:00Z')
      await it.at('2026-03-01T08:05:40Z')
      await it.settled(2)
      expect(await traces(it, cron.id)).toEqual([['03-01T08:00', 'success', null]])
      expect(await traces(it, every.id)).toEqual([['03-01T08:05', 'success', null]])
      await it.triggers.toggle(it.workspaceId, paused.id, { enabled: true }, ADA)
      expect(await traces(it, paused.id)).toEqual([['03-01T08:00', 'skipped', 'paused']])
      expect(
        (await upkeep.outages(on.store, new Date(0))).filter((one) => one.kind === 'clock'),
      ).toMatchObject([{ reason: 'The clock was set back by 1 h.' }])
    })

    test('a clock that was hours ahead and is set right: true instants fire, none twice', async () => {
      const it = await on.begin({ now: '2026-03-01T07:55:00Z' })
      const catching = await it.schedule({ name: 'latest', cronExpression: '0 * * * *' })
      const skipping = await it.schedule({ name: 'skip', cronExpression: '0 9 * * *', misfire: 'skip' })
      const once = await it.schedule({
        kind: 'once',
        cronExpression: undefined,
        at: '2026-03-01T09:00:00Z',
        misfire: 'skip',
      })
      it.clock.jump(hours(3))
      it.clock.advance(seconds(30))
      await it.until(async () => (await it.history()).length === 4, 'what the wrong clock makes of it')
      await it.settled(4)
      it.clock.jump(-hours(3))
      it.clock.advance(seconds(30))
      await it.until(async () => (await it.trigger(once.id)).nextRunAt !== null, 'plans of the true time')
      for (const hour of ['08', '09', '10', '11']) await it.at(`2026-03-01T${hour}:00:00Z`)
      await it.settled(9)
      const ran = async (id: number) =>
        (await traces(it, id)).filter(([, status]) => status === 'success').map(([at]) => at)
      expect((await ran(catching.id)).toSorted()).toEqual(
        ['08', '09', '10', '11'].map((hour) => `03-01T${hour}:00`),
      )
      expect(await ran(skipping.id)).toEqual(['03-01T09:00'])
      expect(await ran(once.id)).toEqual(['03-01T09:00'])
      const early = (await it.history()).filter((one) => one.status === 'missed')
      expect(early.map((one) => [one.reasonCode, one.reason])).toEqual(
        Array(3).fill([
          'clock_jump',
          'The clock was set back by 3 h. This was recorded before its time; the instant fires at its true one.',
        ]),
      )
    })

    test('a server that starts with the clock behind fires all the same', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '*/10 * * * *' })
      await it.at('2026-03-01T08:30:00Z')
      const { clock } = it
      on.kill(it)
      clock.jump(-hours(2))
      const second = await on.again(it)
      await second.start()
      await second.at('2026-03-01T06:40:00Z')
      await second.until(async () =>
        (await second.history(trigger.id)).some((one) => one.scheduledFor === '2026-03-01T06:40:00.000Z'),
      )
    })
  })

  test('after a backup was put back, clients are told that they have missed something', async () => {
    const seen: Date[] = []
    const witness = { lastSeen: () => seen.at(-1) ?? null, saw: (at: Date) => void seen.push(at) }
    const it = await on.begin({ witness })
    await it.schedule()
    const story = () => since(on.store, it.workspaceId, 0, 10)
    expect(await story()).toMatchObject({ oldest: 1, lastSeq: 1 })
    it.clock.advance(seconds(6))
    await it.until(() => seen.length > 1, 'a sign of life')
    const { clock } = it
    const restart = () => on.begin({ clock, keep: true, witness })
    await it.stop()
    const restarted = await restart()
    expect(await story()).toMatchObject({ oldest: 1, lastSeq: 1 })
    await restarted.stop()
    // The backup is of a minute ago.
    await on.store.atomically([raw(sql`update servers set seen_at = seen_at - 60000`)])
    await restart()
    const { events, oldest, lastSeq } = await story()
    expect([events, oldest === lastSeq + 1, lastSeq > 1_000_000]).toEqual([[], true, true])
    await it.triggers.change(it.workspaceId, (await it.schedule()).id, { name: 'Other' }, ADA)
    expect((await story()).events.map((event) => event.seq)).toEqual([lastSeq + 1, lastSeq + 2])
  })

  describe('overlap', () => {
    test('skip: the trace names the run that was still going', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({
        cronExpression: '*/10 * * * *',
        context: { does: 'hang' },
        timeoutSeconds: 3600,
      })
      await it.at('2026-03-01T08:10:00Z')
      await it.running(1)
      await it.at('2026-03-01T08:20:00Z')
      await it.settled(1)
      expect((await it.history(trigger.id)).at(-1)).toMatchObject({
        status: 'skipped',
        reasonCode: 'overlap',
        reason: 'Skipped: the run of 08:10 was still going.',
      })
    })

    test('cancel_other: the newer run takes the place of the older', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({
        cronExpression: '*/10 * * * *',
        overlap: 'cancel_other',
        context: { does: 'hang' },
        timeoutSeconds: 3600,
      })
      await it.at('2026-03-01T08:10:00Z')
      await it.running(1)
      await it.at('2026-03-01T08:20:00Z')
      it.clock.advance(seconds(2))
      await it.settled(1)
      await it.running(1)
      expect(await traces(it, trigger.id)).toEqual([
        ['03-01T08:10', 'cancelled', 'superseded'],
        ['03-01T08:20', 'running', null],
      ])
    })

    test('cancel_other: a run that waits to be tried again holds up nobody', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({
        overlap: 'cancel_other',
        retries: 3,
        context: { does: 'fail', transient: true },
      })
      await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
      await it.until(async () => (await it.history())[0]?.attempt === 2, 'the second attempt to be planned')
      await it.triggers.runNow(it.workspaceId, trigger.id, { context: { does: 'succeed' } }, ADA)
      await it.settled(2)
      expect((await it.history()).map((one) => [one.status, one.reasonCode])).toEqual([
        ['cancelled', 'superseded'],
        ['success', null],
      ])
    })

    test('buffer_one: the next begins when the one before has ended', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({
        cronExpression: '*/10 * * * *',
        overlap: 'buffer_one',
        context: { does: 'hang' },
        timeoutSeconds: 900,
      })
      await it.at('2026-03-01T08:10:00Z')
      await it.running(1)
      await it.at('2026-03-01T08:20:00Z')
      expect(await traces(it, trigger.id)).toEqual([
        ['03-01T08:10', 'running', null],
        ['03-01T08:20', 'queued', null],
      ])
      it.clock.advance(minutes(6))
      await it.settled(1)
      await it.running(1)
      expect(await traces(it, trigger.id)).toEqual([
        ['03-01T08:10', 'failed', 'timeout'],
        ['03-01T08:20', 'running', null],
      ])
    })
  })

  describe('an agent that', () => {
    test.each([
      ['fails', { does: 'fail' }, 'agent_error', 'it failed'],
      ['throws', { does: 'throw' }, 'agent_error', 'a bug'],
      [
        'has a context it does not understand',
        { does: 'dance' },
        'bad_input',
        'The context does not fit the agent "test-agent": context.does',
      ],
    ])('%s: the run fails, the chat says so, the next one runs', async (_, context, reasonCode, words) => {
      const it = await on.begin()
      const trigger = await it.schedule({ context })
      await it.at('2026-03-01T09:00:00Z')
      await it.settled(1)
      expect(await it.history(trigger.id)).toMatchObject([{ status: 'failed', reasonCode }])
      expect((await it.history())[0]?.error).toContain(words)
      expect((await it.feed())[0]?.text).toContain(words)
      expect((await it.events()).map((event) => event.type)).toContain('schedule:failed')
    })

    test('is not known: the run fails with the list of those that are', async () => {
      const it = await on.begin()
      await it.schedule({ agentId: 'nobody' })
      await it.at('2026-03-01T09:00:00Z')
      await it.settled(1)
      expect(await it.history()).toMatchObject([
        {
          status: 'failed',
          reasonCode: 'unknown_agent',
          error: 'Unknown agent "nobody". Known agents: test-agent, safe-agent.',
        },
      ])
    })

    test.each(['hang', 'ignore'])(
      'does not end (%s): it is stopped at its timeout and its slot is free again',
      async (does) => {
        const it = await on.begin({ limits: { total: 1, perWorkspace: 1 } })
        await it.schedule({ context: { does }, timeoutSeconds: 60 })
        await it.schedule({ name: 'Other', cronExpression: '1 9 * * *' })
        await it.at('2026-03-01T09:00:00Z')
        await it.running(1)
        it.clock.advance(seconds(60))
        await new Promise<void>((resolve) => setImmediate(resolve))
        it.clock.advance(seconds(5))
        await it.settled(2)
        expect(await traces(it)).toEqual([
          ['03-01T09:00', 'failed', 'timeout'],
          ['03-01T09:01', 'success', null],
        ])
      },
    )

    test('fails for a passing reason is tried again, and its one message moves', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ context: { does: 'fail', transient: true }, retries: 2 })
      await it.at('2026-03-01T09:00:00Z')
      await it.until(async () => (await it.history())[0]?.attempt === 2, 'the second attempt')
      const [row] = await on.store.q.select().from(on.store.t.executions)
      expect(row?.availableAt).toBe(Date.parse('2026-03-01T09:00:05Z'))
      it.clock.advance(seconds(5))
      await it.until(async () => (await it.history())[0]?.attempt === 3, 'the third attempt')
      it.clock.advance(seconds(10))
      await it.settled(1)
      expect(await it.history(trigger.id)).toMatchObject([{ status: 'failed', attempt: 3 }])
      expect(await it.feed()).toHaveLength(1)
    })
  })

  test('five failures in a row switch it off, with the reason in the chat; one click starts afresh', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ cronExpression: '0 * * * *', context: { does: 'fail' } })
    for (let hour = 9; hour <= 13; hour++) {
      await it.at(`2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`)
      await it.settled(hour - 8)
    }
    await it.until(async () => !(await it.trigger(trigger.id)).enabled, 'being switched off')
    expect((await it.trigger(trigger.id)).disabledReason).toBe(
      'Switched off after 5 failures in a row; 0 of the last 5 runs succeeded.',
    )
    expect((await it.feed()).at(-1)).toMatchObject({ kind: 'notice' })
    const revisions = async () =>
      (await it.revisions.ofTrigger(it.workspaceId, trigger.id, { limit: 10 })).revisions
    const byItself = {
      ...{ revision: 2, at: '2026-03-01T13:00:00.000Z' },
      actor: { kind: 'system', id: null, name: 'Carillon' },
      changes: [{ path: 'enabled', from: true, to: false }],
    }
    expect(await revisions()).toMatchObject([byItself, { revision: 1 }])
    const noted = await auditEntries(it.store, { workspaceId: it.workspaceId, before: 1e9, limit: 5 })
    expect(noted).toMatchObject([
      {
        ...{ actorKind: 'system', action: 'trigger.disable', objectKind: 'trigger' },
        ...{
          objectId: String(trigger.id),
          objectName: trigger.name,
          changes: JSON.stringify(byItself.changes),
        },
      },
    ])
    await it.triggers.change(it.workspaceId, trigger.id, { description: 'Looked into' }, ADA)
    expect((await revisions())[0]?.changes.map((one) => one.path)).toEqual(['description'])
    await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
    await it.settled(6)
    expect((await it.history(trigger.id)).at(-1)).toMatchObject({ status: 'failed', error: 'it failed' })
    await it.at('2026-03-01T15:30:00Z')
    expect(await it.history(trigger.id)).toHaveLength(6)
    expect(await it.triggers.toggle(it.workspaceId, trigger.id, {}, ADA)).toMatchObject({
      enabled: true,
      disabledReason: null,
      consecutiveFailures: 0,
      nextRunAt: '2026-03-01T16:00:00.000Z',
    })
    expect((await revisions())[0]?.changes).toEqual([{ path: 'enabled', from: false, to: true }])
    expect((await it.history(trigger.id)).at(-1)).toMatchObject({
      status: 'skipped',
      reasonCode: 'disabled',
      missedCount: 2,
    })
  })

  describe('a pause', () => {
    test('leaves one trace for what it held back, by hand', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '0 * * * *' })
      await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false, reason: 'Holiday' }, ADA)
      await it.at('2026-03-01T11:30:00Z')
      expect(await it.history()).toEqual([])
      await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: true }, ADA)
      expect(await it.history(trigger.id)).toMatchObject([
        {
          status: 'skipped',
          reasonCode: 'paused',
          missedCount: 3,
          reason: 'Skipped (3 runs from 09:00 to 11:00): the schedule was paused (Holiday).',
        },
      ])
      await it.at('2026-03-01T12:00:00Z')
      await it.settled(2)
    })

    test('ends by itself at its time', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '0 * * * *' })
      await it.triggers.toggle(
        it.workspaceId,
        trigger.id,
        { enabled: false, until: '2026-03-01T10:30:00Z' },
        ADA,
      )
      await it.at('2026-03-01T10:30:00Z')
      expect(await it.trigger(trigger.id)).toMatchObject({
        enabled: true,
        pausedAt: null,
        nextRunAt: Date.parse('2026-03-01T11:00:00Z'),
      })
      expect(await traces(it)).toEqual([['03-01T09:00', 'skipped', 'paused']])
    })

    test('of everything: no trigger fires, each keeps its state, the traces say so', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ cronExpression: '0 * * * *' })
      await upkeep.pauseAll(on.store, 'moving house', it.clock.now())
      it.clock.set('2026-03-01T10:30:00Z')
      await upkeep.resumeAll(on.store, it.clock.now())
      it.engine.look()
      await it.settled(1)
      expect(await it.history(trigger.id)).toMatchObject([
        { status: 'skipped', reasonCode: 'paused', missedCount: 2 },
      ])
      expect((await it.history())[0]?.reason).toContain('everything was paused (moving house)')
      await it.at('2026-03-01T11:00:00Z')
      await it.settled(2)
    })
  })

  describe('a server that dies', () => {
    test('leaves a failed run with a word in the chat, not a running one', async () => {
      const it = await on.begin()
      await it.schedule({ context: { does: 'hang' } })
      await it.at('2026-03-01T09:00:00Z')
      await it.running(1)
      await it.until(async () => (await it.feed()).length === 1, 'the announcement')
      on.kill(it)
      const next = await on.again(it, { shared: false })
      next.clock.advance(seconds(1))
      await next.start()
      await next.settled(1)
      expect(await next.history()).toMatchObject([{ status: 'failed', reasonCode: 'crashed' }])
      expect(await next.feed()).toHaveLength(1)
      expect((await next.feed())[0]?.text).toContain('The server died while it ran')
    })

    test('while running what is safe to repeat: it runs again, once, as the same execution', async () => {
      const it = await on.begin()
      await it.schedule({ agentId: 'safe-agent', context: { does: 'hang' } })
      await it.at('2026-03-01T09:00:00Z')
      await it.running(1)
      on.kill(it)
      const next = await on.again(it, { shared: false })
      next.clock.advance(seconds(1))
      await next.start()
      await next.until(async () => (await next.history())[0]?.attempt === 2, 'the second attempt')
      expect(await next.history()).toHaveLength(1)
    })

    test('is part of the story: what was said before, its death, and what was said after, in order', async () => {
      const it = await on.begin()
      await it.schedule({ agentId: 'safe-agent', context: { does: 'hang' } })
      await it.at('2026-03-01T09:00:00Z')
      await it.running(1)
      await it.until(async () => (await it.feed()).length === 1, 'the announcement')
      on.kill(it)
      const next = await on.again(it, { shared: false })
      next.clock.advance(seconds(1))
      await next.start()
      await next.running(1)
      const [{ id } = { id: 0 }] = await next.history()
      const said = async () =>
        (await executions.get(on.store, next.workspaceId, id))?.steps.map((step) => [step.attempt, step.kind])
      await next.until(async () => (await said())?.length === 3, 'the second beginning')
      expect(await said()).toEqual([
        [1, 'step'],
        [1, 'crash'],
        [2, 'step'],
      ])
    })
  })

  test('a server that was out of touch gives up what it ran; it is settled once, and its late result is refused', async () => {
    const it = await on.begin({ shared: true })
    const other = await on.again(it, { shared: true })
    await it.schedule({ context: { does: 'ignore' } })
    await it.at('2026-03-01T09:00:00Z')
    await it.running(1)
    // Frozen beyond its lease: nothing of it ran meanwhile.
    it.clock.advance(seconds(60))
    await other.start()
    await it.settled(1)
    expect(await it.history()).toMatchObject([{ status: 'failed', reasonCode: 'crashed' }])
    expect(await it.feed()).toHaveLength(1)
    it.clock.advance(seconds(10))
    await it.until(() => it.engine.running === 0, 'the slot to be free')
  })

  test.each([
    [false, 'by the clock'],
    [true, 'by the clock'],
    [false, 'by a person'],
    [true, 'by a person'],
  ])(
    'a claim whose answer was lost is found by its own server, and runs once (shared: %s, %s)',
    async (shared, asked) => {
      const it = await on.begin({ shared, now: '2026-03-01T08:59:58Z' })
      const { atomically } = it.inner
      const trigger = await it.schedule(asked === 'by a person' ? { cronExpression: '0 12 * * *' } : {})
      // The commit reaches the database; its answer does not come back.
      it.inner.atomically = async (statements) => {
        const answers = await atomically(statements)
        const claims = asked === 'by a person' ? 'take' : 'page'
        if (!statements.some(([, values]) => values?.owner === it.serverId && claims in values))
          return answers
        it.inner.atomically = atomically
        throw new StoreUnavailable('The connection was cut.', null)
      }
      // What the clock fires is claimed with it; what a person asks for goes through the queue.
      if (asked === 'by a person') await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
      else await it.at('2026-03-01T09:00:00Z')
      await it.until(async () => (await it.history())[0]?.status === 'running', 'the claim to be stored')
      expect(it.engine.running).toBe(0)
      await it.passes(seconds(5))
      await it.settled(1)
      expect(await it.history(trigger.id)).toMatchObject([{ status: 'success', attempt: 1, output: 'done' }])
      expect(await it.feed()).toMatchObject([{ version: 1, text: 'done' }])
    },
  )

  test('what is carried out is never taken for lost, however long it takes', async () => {
    const it = await on.begin()
    await it.schedule({ context: { does: 'hang' }, timeoutSeconds: 120 })
    await it.at('2026-03-01T09:00:00Z')
    await it.running(1)
    for (let i = 0; i < 12; i++) {
      await it.passes(seconds(5))
    }
    expect(await it.history()).toMatchObject([{ status: 'running', attempt: 1, reason: null }])
  })

  test('a server whose database stalls has left what it runs before its lease ends, even what heeds no signal', async () => {
    const it = await on.begin({ shared: true, now: '2026-03-01T08:59:58Z' })
    await it.schedule({ context: { does: 'ignore' } })
    await it.at('2026-03-01T09:00:00Z')
    await it.running(1)
    on.kill(it)
    // A lease is 20 seconds; nothing that was asked comes back.
    it.clock.advance(seconds(19))
    await it.until(() => it.engine.running === 0, 'the run to be left')
  })

  test('a run whose outcome cannot be stored at all counts as cut off, and not as one that never began', async () => {
    const it = await on.begin()
    const { atomically } = it.inner
    const trigger = await it.schedule()
    const settles = (statements: Parameters<typeof atomically>[0]) =>
      JSON.stringify(statements.map(([, values]) => values?.rows)).includes('"status":"')
    let refused = 0
    it.inner.atomically = (statements) =>
      settles(statements) &&
      statements.some(([, values]) => JSON.stringify(values?.rows ?? '').includes('countsAsFailure')) &&
      ++refused <= 2
        ? Promise.reject(new Error('value out of range'))
        : atomically(statements)
    await it.at('2026-03-01T09:00:00Z')
    await it.until(() => refused === 2 && it.engine.running === 0, 'the outcome to be refused twice')
    await it.passes(seconds(10))
    // While a claim is under way its executions are not taken for abandoned: the next look finds it.
    await it.until(async () => {
      await it.engine.recover()
      return (await it.history(trigger.id))[0]?.status === 'failed'
    }, 'the run to be recovered')
    expect(await it.history(trigger.id)).toMatchObject([
      { status: 'failed', reasonCode: 'crashed', attempt: 1 },
    ])
  })

  test('a row that the database refuses does not hold up the others', async () => {
    const it = await on.begin()
    const poison = await it.schedule({ name: 'poison' })
    const fine = await it.schedule({ name: 'fine' })
    const atomically = it.inner.atomically
    it.inner.atomically = (statements) => {
      const fires = statements.some(
        ([, values]) =>
          Array.isArray(values?.rows) &&
          values.rows.some(
            (row: { triggerId?: number; key?: string }) => row.triggerId === poison.id && row.key,
          ),
      )
      return fires ? Promise.reject(new Error('value out of range')) : atomically(statements)
    }
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    expect(await traces(it, fine.id)).toEqual([['03-01T09:00', 'success', null]])
    expect((await it.trigger(poison.id)).problem).toContain('value out of range')
  })

  test('an outcome that the database refuses ends the run all the same, and says why', async () => {
    const it = await on.begin()
    const atomically = it.inner.atomically
    it.inner.atomically = (statements) =>
      JSON.stringify(statements.map(([, values]) => values?.rows)).includes('"output":"poison"')
        ? Promise.reject(new Error('value out of range'))
        : atomically(statements)
    const [poison, fine] = [
      await it.schedule({ name: 'poison', context: { text: 'poison' } }),
      await it.schedule({ name: 'fine' }),
    ]
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(2)
    expect(await it.history(poison.id)).toMatchObject([
      { status: 'failed', reasonCode: 'agent_error', error: 'value out of range' },
    ])
    expect(await it.history(fine.id)).toMatchObject([{ status: 'success' }])
  })

  test('a row that plain SQL changed runs with what it says now, and a context that is no JSON fails the run in words', async () => {
    const it = await on.begin()
    const change = (context: string) =>
      on.store.atomically([
        raw(
          sql`update triggers set context = ${context}, revision = revision + 1, enabled = false, due_at = null`,
        ),
      ])
    const trigger = await it.schedule({ context: { text: 'before' } })
    await change('{"text":"after"}')
    await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
    await it.settled(1)
    await change('not json')
    const { id } = await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
    await it.settled(2)
    expect(await it.history()).toMatchObject([
      { status: 'success', output: 'after' },
      { status: 'failed', reasonCode: 'bad_input' },
    ])
    expect((await it.history())[1]?.error).toMatch(/^The context is not JSON: /)
    expect((await executions.get(on.store, it.workspaceId, id))?.config.context).toBe('not json')
    expect(it.engine.running).toBe(0)
  })

  test('a stop signals what runs, and the rows say so', async () => {
    const it = await on.begin()
    await it.schedule({ context: { does: 'hang' } })
    await it.at('2026-03-01T09:00:00Z')
    await it.running(1)
    await it.stop()
    expect(await it.history()).toMatchObject([{ status: 'failed', reasonCode: 'shutdown' }])
  })

  test('a stop lets what runs finish, and begins nothing new', async () => {
    const it = await on.begin({ graceMs: seconds(25) })
    const { id } = await it.schedule({ overlap: 'buffer_all', context: { lastsMs: 2_000 } })
    for (const _ of [1, 2]) await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.running(1)
    const stopped = it.stop()
    it.clock.advance(seconds(2))
    await stopped
    expect((await it.history()).map((one) => one.status)).toEqual(['success', 'queued'])
  })

  test.each([
    ['by a death', on.kill],
    ['by a stop', async (it: World) => it.stop()],
  ])('an agent that was cut off %s goes on behind what it has kept, at another server', async (_, cutOff) => {
    const it = await on.begin()
    const parts = ['first', 'second']
    await it.schedule({ agentId: 'safe-agent', context: { parts, does: 'hang' } })
    await it.at('2026-03-01T09:00:00Z')
    const said = async (by: World) => {
      const [{ id } = { id: 0 }] = await by.history()
      return (await executions.get(on.store, by.workspaceId, id))?.steps.map((step) => step.text) ?? []
    }
    await it.until(
      () => it.clock.advance(100) === undefined && said(it).then((all) => all.length === 3),
      'both parts',
    )
    await cutOff(it)
    const next = await on.again(it, { shared: false })
    next.clock.advance(seconds(1))
    await next.start()
    await next.until(
      async () => next.clock.advance(100) === undefined && (await said(next)).length === 7,
      'the second attempt to go on',
    )
    expect((await said(next)).filter((text) => text.includes('done by'))).toEqual(
      [...parts, ...parts].map((part) => `${part} was done by attempt 1`),
    )
  })

  test.each([
    ['succeeds', { does: 'succeed' }],
    ['fails', { does: 'fail' }],
    ['throws', { does: 'throw' }],
    ['is stopped', { does: 'hang' }],
    ['does not heed its signal', { does: 'ignore' }],
  ])('what an agent has started is ended when it %s', async (_, context) => {
    const it = await on.begin()
    await it.schedule({ context, timeoutSeconds: 60 })
    await it.at('2026-03-01T09:00:00Z')
    await it.until(
      async () =>
        it.clock.advance(seconds(5)) === undefined && (await it.history()).every((one) => one.completedAt),
      'the end',
    )
    expect(it.ended).toEqual((await it.history()).map((one) => one.id))
  })

  test('what an agent has started is ended, too, when its server gives it up', async () => {
    const it = await on.begin({ shared: true, now: '2026-03-01T08:59:58Z' })
    await it.schedule({ context: { does: 'hang' } })
    await it.at('2026-03-01T09:00:00Z')
    await it.running(1)
    const [{ id } = { id: 0 }] = await it.history()
    on.kill(it)
    it.clock.advance(seconds(19))
    await it.until(() => it.engine.running === 0, 'the run to be left')
    expect(it.ended).toEqual([id])
  })

  describe('an agent that waits for a person', () => {
    async function parked(context: object, change: object = {}): Promise<World> {
      const it = await on.begin()
      await it.schedule({ context: { does: 'wait', ...context }, ...change })
      await it.at('2026-03-01T09:00:00Z')
      return it
    }
    const status = async (it: World) => (await it.history())[0]?.status
    const isWaiting = (it: World) =>
      it.until(async () => (await status(it)) === 'waiting', 'the run to be parked')
    /** As a decision does. */
    async function putBack(it: World): Promise<void> {
      const [{ id } = { id: 0 }] = await it.history()
      const row = await executions.find(on.store, it.workspaceId, id)
      if (!row) throw new Error('It is not there.')
      const { workspaceId, triggerId, owner, fence, attempt } = row
      const hold = {
        executionId: id,
        workspaceId,
        triggerId,
        from: 'waiting',
        owner,
        fence,
        attempt,
      } as const
      await it.engine.record({ kind: 'putBack', ...hold, steps: [], events: [], message: null })
    }

    test('is parked, which is told and shown, and holds no place; put back, it goes on to its end', async () => {
      const it = await parked({ text: 'decided' })
      await isWaiting(it)
      await it.until(() => it.engine.running === 0, 'its place to be free')
      expect(await it.feed()).toMatchObject([{ text: '**Waiting.** Waits for Ada.' }])
      await putBack(it)
      await it.settled(1)
      expect(await it.history()).toMatchObject([{ status: 'success', output: 'decided', attempt: 1 }])
      expect(await it.feed()).toMatchObject([{ text: 'decided' }])
      expect((await it.events()).map((event) => event.type)).toEqual([
        'schedule:created',
        'schedule:started',
        'chat:message',
        'execution:waiting',
        'chat:updated',
        'schedule:started',
        'schedule:completed',
        'chat:updated',
      ])
    })

    test('gets what is left of its time-out, however long it waited', async () => {
      const it = await parked({ lastsMs: seconds(40), afterwards: 'hang' }, { timeoutSeconds: 60 })
      await it.running(1)
      it.clock.advance(seconds(40))
      await isWaiting(it)
      it.clock.advance(hours(3))
      expect(await status(it)).toBe('waiting')
      await putBack(it)
      await it.running(1)
      it.clock.advance(seconds(20) - 1)
      await it.engine.lookForStops()
      expect(await status(it)).toBe('running')
      it.clock.advance(1)
      await it.until(() => it.clock.advance(seconds(5)) === undefined && it.engine.running === 0, 'the end')
      expect(await it.history()).toMatchObject([{ status: 'failed', reasonCode: 'timeout' }])
    })
  })

  test('an answer that comes while the server stops is the outcome', async () => {
    const it = await on.begin()
    await it.schedule({ context: { does: 'finish', text: 'just in time' } })
    await it.at('2026-03-01T09:00:00Z')
    await it.running(1)
    await it.stop()
    expect(await it.history()).toMatchObject([
      { status: 'success', output: 'just in time', reasonCode: null },
    ])
  })

  describe('a person', () => {
    test('runs now, as often as asked, and once a request', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({})
      const first = await it.triggers.runNow(
        it.workspaceId,
        trigger.id,
        { context: { text: 'by hand' } },
        ADA,
        'r1',
      )
      await it.settled(1)
      expect((await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA, 'r1')).id).toBe(first.id)
      expect(await it.history()).toMatchObject([{ kind: 'manual', output: 'by hand', scheduledFor: null }])
    })

    test('cancels what runs and what waits, and runs it again', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ context: { does: 'hang' }, overlap: 'buffer_one' })
      const running = await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
      await it.running(1)
      const waiting = await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
      expect(await it.executions.cancel(it.workspaceId, waiting.id, ADA)).toMatchObject({
        status: 'cancelled',
        reason: 'Cancelled by Ada.',
      })
      await it.executions.cancel(it.workspaceId, running.id, ADA)
      await it.settled(2)
      expect((await it.history()).map((one) => one.reasonCode)).toEqual(['cancelled', 'cancelled'])
      const again = await it.executions.retry(it.workspaceId, running.id, ADA)
      expect(again).toMatchObject({ kind: 'retry', retryOf: running.id })
    })

    test('cancels what is claimed at that moment', async () => {
      const it = await on.begin({ limits: { total: 1, perWorkspace: 1 } })
      const trigger = await it.schedule({ context: { does: 'hang' }, overlap: 'allow_all' })
      const first = await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
      await it.running(1)
      const second = await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
      const { record } = it.engine
      it.engine.record = async (entry) => {
        it.engine.record = record
        await it.executions.cancel(it.workspaceId, first.id, ADA)
        await it.until(
          async () => (await it.history()).some((one) => one.id === second.id && one.status === 'running'),
          'the second to be claimed',
        )
        return record(entry)
      }
      await it.executions.cancel(it.workspaceId, second.id, ADA)
      await it.settled(2)
      expect((await it.history()).map((one) => one.status)).toEqual(['cancelled', 'cancelled'])
    })

    test('is told of a zone that does not exist, whatever the kind', async () => {
      const it = await on.begin()
      for (const kind of [
        { kind: 'interval', everySeconds: 600 },
        { kind: 'once', at: '2027-01-01T00:00:00Z' },
      ] as const) {
        await expect(
          it.schedule({ cronExpression: undefined, timezone: 'Mars/Phobos', ...kind }),
        ).rejects.toThrow('timezone: Unknown time zone "Mars/Phobos".')
      }
    })

    test('backfills a range once', async () => {
      const it = await on.begin()
      const trigger = await it.schedule({ overlap: 'allow_all' })
      const range = { from: '2026-02-20T00:00:00Z', to: '2026-02-23T00:00:00Z', dryRun: false }
      expect(
        await it.triggers.backfill(it.workspaceId, trigger.id, { ...range, dryRun: true }, ADA),
      ).toMatchObject({
        created: 0,
        instants: ['2026-02-20T09:00:00.000Z', '2026-02-21T09:00:00.000Z', '2026-02-22T09:00:00.000Z'],
      })
      expect(await it.triggers.backfill(it.workspaceId, trigger.id, range, ADA)).toMatchObject({
        created: 3,
        alreadyThere: 0,
      })
      await it.settled(3)
      it.clock.advance(seconds(1))
      expect(await it.triggers.backfill(it.workspaceId, trigger.id, range, ADA)).toMatchObject({
        created: 0,
        alreadyThere: 3,
      })
    })
  })

  describe('a backfill', () => {
    const RANGE = { from: '2026-02-20T00:00:00Z', to: '2026-02-23T00:00:00Z', dryRun: false }

    test.each(['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all'] as const)(
      'runs one after another, with the policy %s, and none is lost',
      async (overlap) => {
        const it = await on.begin()
        const { id } = await it.schedule({ overlap, context: { does: 'hang' } })
        expect(await it.triggers.backfill(it.workspaceId, id, RANGE, ADA)).toMatchObject({ created: 3 })
        for (let n = 0; n < 3; n++) {
          await it.running(1)
          const { [n]: one } = await it.history(id)
          await it.executions.cancel(it.workspaceId, one?.id as number, ADA)
          await it.settled(n + 1)
        }
        expect((await it.history(id)).map((one) => one.attempt)).toEqual([1, 1, 1])
      },
    )

    test.each(['skip', 'buffer_one', 'cancel_other'] as const)(
      'costs no planned run its turn, with the policy %s: it goes next',
      async (overlap) => {
        const it = await on.begin({ now: '2026-03-01T08:59:50Z' })
        const { id } = await it.schedule({ overlap, context: { does: 'hang' } })
        await it.triggers.backfill(it.workspaceId, id, RANGE, ADA)
        await it.running(1)
        await it.at('2026-03-01T09:00:00Z')
        const [first] = await it.history(id)
        await it.executions.cancel(it.workspaceId, first?.id as number, ADA)
        await it.settled(1)
        await it.running(1)
        expect((await it.history(id)).map((one) => [one.kind, one.status])).toEqual([
          ['backfill', 'cancelled'],
          ['backfill', 'queued'],
          ['backfill', 'queued'],
          ['schedule', 'running'],
        ])
      },
    )

    test('runs what was skipped or missed, once, beside its trace', async () => {
      const it = await on.begin()
      const { id } = await it.schedule({ misfire: 'skip', overlap: 'allow_all' })
      await it.at('2026-03-01T12:00:00Z')
      expect(await it.history(id)).toMatchObject([{ status: 'missed' }])
      const range = { ...RANGE, from: '2026-03-01T00:00:00Z', to: '2026-03-01T11:00:00Z' }
      expect(await it.triggers.backfill(it.workspaceId, id, range, ADA)).toMatchObject({ created: 1 })
      await it.settled(2)
      it.clock.advance(seconds(1))
      expect(await it.triggers.backfill(it.workspaceId, id, range, ADA)).toMatchObject({
        created: 0,
        alreadyThere: 1,
      })
    })

    test('invents no instant before the start', async () => {
      const it = await on.begin()
      const { id } = await it.schedule({ startsAt: '2026-02-22T00:00:00Z' })
      const { instants } = await it.triggers.backfill(it.workspaceId, id, { ...RANGE, dryRun: true }, ADA)
      expect(instants).toEqual(['2026-02-22T09:00:00.000Z'])
    })
  })

  test('a deleted schedule runs nothing more: what waits is called off, what runs may finish', async () => {
    const it = await on.begin()
    const { id } = await it.schedule({ overlap: 'buffer_all', context: { does: 'hang' } })
    const { id: first } = await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.running(1)
    for (const _ of [2, 3]) await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.triggers.remove(it.workspaceId, id, ADA)
    expect((await it.history(id)).map((one) => [one.status, one.reasonCode, one.reason])).toEqual([
      ['running', null, null],
      ['cancelled', 'deleted', 'The schedule was deleted.'],
      ['cancelled', 'deleted', 'The schedule was deleted.'],
    ])
    await it.executions.cancel(it.workspaceId, first, ADA)
    await it.settled(3)
  })

  test('a schedule that plain SQL deletes runs nothing more either', async () => {
    const it = await on.begin()
    const { id } = await it.schedule({ overlap: 'buffer_all', context: { does: 'hang' } })
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.running(1)
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await on.store.atomically([
      raw(sql`update triggers set deleted_at = 1, due_at = null where id = ${sql.raw(String(id))}`),
    ])
    await it.passes(seconds(5))
    await it.settled(1)
    expect(await it.history(id)).toMatchObject([{ status: 'running' }, { reasonCode: 'deleted' }])
  })

  test('ends after its maximum of runs, at its end, and after its one instant', async () => {
    const it = await on.begin()
    const twice = await it.schedule({ name: 'twice', cronExpression: '0 * * * *', maxExecutions: 2 })
    const ending = await it.schedule({
      name: 'ending',
      cronExpression: '0 * * * *',
      endsAt: '2026-03-01T09:30:00Z',
    })
    const once = await it.schedule({
      name: 'once',
      kind: 'once',
      cronExpression: undefined,
      at: '2026-03-01T09:15:00Z',
    })
    for (const at of ['09:00', '09:15', '10:00', '11:00']) await it.at(`2026-03-01T${at}:00Z`)
    await it.settled(4)
    expect(await traces(it, twice.id)).toHaveLength(2)
    expect(await it.trigger(twice.id)).toMatchObject({
      enabled: false,
      disabledReason: 'It has reached its maximum of 2 runs.',
    })
    await expect(it.triggers.toggle(it.workspaceId, twice.id, { enabled: true }, ADA)).rejects.toThrow(
      'has been reached (2 planned runs)',
    )
    expect(
      await it.triggers.change(it.workspaceId, twice.id, { enabled: true, maxExecutions: 3 }, ADA),
    ).toMatchObject({ enabled: true, nextRunAt: '2026-03-01T12:00:00.000Z' })
    expect(await traces(it, ending.id)).toHaveLength(1)
    expect(await traces(it, once.id)).toEqual([['03-01T09:15', 'success', null]])
    expect(await it.trigger(once.id)).toMatchObject({ nextRunAt: null, dueAt: null })
  })

  test('a full house defers and drops nothing; a workspace with much to do does not keep another waiting', async () => {
    const it = await on.begin({ limits: { total: 4, perWorkspace: 3 } })
    for (let i = 0; i < 30; i++) await it.schedule({ name: `t${i}` })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(30)
    expect((await it.history()).every((one) => one.status === 'success')).toBe(true)
  })

  test('one workspace never has all places: a tenth stays free for those that run nothing, and who waits is told', async () => {
    const it = await on.begin({ limits: { total: 10, perWorkspace: 10 } })
    const { id } = await it.schedule({ overlap: 'allow_all', context: { does: 'hang' } })
    const now = it.clock.now().getTime()
    const [other] = await on.store.q
      .insert(on.store.t.workspaces)
      .values({ name: 'other', slug: 'other', createdAt: now, maxConcurrent: 10_000 })
      .returning()
    const elsewhere = other?.id as number
    for (let n = 0; n < 11; n++) await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.running(9)
    const waiting = (await it.history()).find((one) => one.status === 'queued')
    expect((await it.executions.get(it.workspaceId, waiting?.id as number)).reason).toBe(
      'Waits for a free place: 9 of 10 run on this installation.',
    )
    const asked = {
      name: 'Theirs',
      agentId: 'test-agent',
      cronExpression: '0 9 * * *',
      context: { does: 'hang' },
    }
    const theirs = await it.triggers.create(elsewhere, NewTrigger.parse(asked), ADA)
    const run = await it.triggers.runNow(elsewhere, theirs.id, {}, ADA)
    await it.until(
      async () => (await executions.find(on.store, elsewhere, run.id))?.status === 'running',
      'the other workspace to get its place',
    )
  })

  test('post policies decide what the chat shows, never what the history keeps', async () => {
    const it = await on.begin()
    await it.schedule({ name: 'changes', cronExpression: '0 * * * *', post: 'on_change' })
    await it.schedule({ name: 'failures', cronExpression: '0 * * * *', post: 'on_failure' })
    await it.schedule({
      name: 'notable',
      cronExpression: '0 * * * *',
      post: 'when_notable',
      context: { notable: false },
    })
    for (const [i, hour] of ['09', '10'].entries()) {
      await it.at(`2026-03-01T${hour}:00:00Z`)
      await it.settled((i + 1) * 3)
    }
    expect((await it.feed()).map((message) => message.prompt)).toEqual(['[SCHEDULED] changes'])
    expect(await it.history()).toHaveLength(6)
  })
})
