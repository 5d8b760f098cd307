/**
 * Facts that nobody heard when they came: of while the server was down, of a pause that ended meanwhile, of a pause of
 * everything; on both databases.
 */
import { describe, expect, test } from 'vitest'
import { stores } from '#db/testing/stores.ts'
import { awaitingAmong } from '#db/queries/due.ts'
import { occur } from '#db/queries/occurring.ts'
import { lastBeat, outages, pauseAll, resumeAll } from '#db/queries/upkeep.ts'
import { handClock, hours, minutes, seconds } from '../clock.ts'
import { type NewTriggerInput, TriggerChange } from '../contract/trigger.ts'
import { type MissedFacts, noteMissed, rowsOfMissed } from './missed.ts'
import { happens, numbered, tell, verdicts, waitsFor } from './testing/telling-facts.ts'
import { ADA, goneAfter, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  /** A trigger, a server that dies, and so many facts a minute apart that come before there is another. */
  async function whileDown(count: number, change: Partial<NewTriggerInput> = {}) {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all', ...change })
    on.kill(it)
    for (const one of numbered(count)) {
      it.clock.advance(minutes(1))
      await tell(it, [one])
    }
    it.clock.advance(seconds(61))
    return { it, trigger }
  }
  const became = async (it: World, id: number) =>
    (await it.history(id)).map((one) => [one.status, one.isCatchup, one.missedCount])
  const RAN = ['success', true, null]

  test('what came while the server was down is caught up, oldest first, up to the maximum', async () => {
    const { it, trigger } = await whileDown(7, { maxCatchup: 4, context: { tellsFacts: true } })
    const again = await on.again(it)
    await again.start()
    await again.settled(5, trigger.id)
    expect(await became(again, trigger.id)).toEqual([['missed', false, 3], RAN, RAN, RAN, RAN])
    const [missed, first] = await again.history(trigger.id)
    expect(missed).toMatchObject({
      reasonCode: 'server_down',
      missedFrom: '2026-03-01T08:01:00.000Z',
      missedTo: '2026-03-01T08:03:00.000Z',
      reason: expect.stringContaining('the newest 4 are caught up'),
    })
    expect(first).toMatchObject({ output: '[{"n":3}]' })
    expect(await verdicts(again, trigger.id)).toEqual([['missed', 3], ...Array(4).fill(['fired', 1])])
    const said = (await again.feed()).map((one) => one.text)
    expect(said.filter((text) => text.startsWith('Missed (3 events)'))).toHaveLength(1)
  })

  test('misfire: "latest" runs the newest alone, "skip" none; what is too old is not caught up', async () => {
    const policies: Partial<NewTriggerInput>[] = [
      { misfire: 'latest' },
      { misfire: 'skip' },
      { misfire: 'all', catchupWindow: 125 },
    ]
    const found: unknown[] = []
    for (const policy of policies) {
      const { it, trigger } = await whileDown(4, policy)
      const again = await on.again(it)
      await again.start()
      await again.until(async () => (await again.history(trigger.id)).every((one) => one.completedAt))
      await again.engine.matcher.catchUp()
      await again.until(async () => (await again.history(trigger.id)).every((one) => one.completedAt))
      found.push(await became(again, trigger.id))
      on.kill(again)
    }
    expect(found).toEqual([
      [['missed', false, 3], RAN],
      [['missed', false, 4]],
      [['missed', false, 2], RAN, RAN],
    ])
  })

  test('servers that die at any page of it count each fact once', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all', maxCatchup: 5 })
    on.kill(it)
    for (let n = 0; n < 5; n++) {
      it.clock.advance(minutes(1))
      await tell(it, numbered(100))
    }
    it.clock.advance(minutes(1))
    for (let dies = 2; dies < 12; dies++) {
      const other = await on.again(it)
      Object.assign(other.inner, { atomically: goneAfter(dies, { ...other.inner }).atomically })
      void other.start().catch(() => {})
      await other.engine.matcher.catchUp().catch(() => {})
      on.kill(other)
      it.clock.advance(minutes(2))
    }
    const last = await on.again(it)
    await last.start()
    await last.engine.matcher.catchUp()
    const rows = await last.history(trigger.id)
    const missed = rows.filter((one) => one.status === 'missed')
    expect(missed.reduce((sum, one) => sum + (one.missedCount ?? 0), 0)).toBe(495)
    expect(rows.length - missed.length).toBe(5)
  })

  test('what only waits for its turn is not missed, however long that takes', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { maxCatchup: 2, misfire: 'skip' })
    await tell(it, numbered(300))
    it.clock.advance(hours(30))
    await it.engine.matcher.catchUp()
    expect((await it.history(trigger.id)).map((one) => [one.status, one.isCatchup])).toEqual(
      Array(300).fill(['queued', false]),
    )
  })

  test('a pause that ended while nobody lived: what came in it is its row, what came after it runs', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { context: { tellsFacts: true } })
    const until = new Date(it.clock.now().getTime() + minutes(10)).toISOString()
    await it.triggers.toggle(it.workspaceId, trigger.id, { until, reason: 'A holiday.' }, ADA)
    await happens(it, [{ n: 1 }])
    on.kill(it)
    it.clock.advance(minutes(5))
    await tell(it, [{ n: 2 }])
    it.clock.advance(minutes(6))
    await tell(it, [{ n: 3 }])
    it.clock.advance(seconds(5))
    await tell(it, [{ n: 4 }])
    const again = await on.again(it)
    await again.start()
    await again.until(async () => (await again.history(trigger.id)).length >= 2, 'the facts after the pause')
    await again.until(async () => (await again.trigger(trigger.id)).enabled, 'the end of the pause')
    await again.passes(seconds(10))
    await again.settled(3, trigger.id)
    expect((await again.history(trigger.id)).map((one) => [one.status, one.output, one.missedCount])).toEqual(
      [
        ['success', '[{"n":3}]', null],
        ['success', '[{"n":4}]', null],
        ['skipped', null, 2],
      ],
    )
  })

  test('a pause of everything holds facts, too, and leaves one row', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    await pauseAll(it.store, 'The model is down.', it.clock.now())
    await happens(it, numbered(3))
    const call = {
      id: null,
      type: 'webhook',
      occurredAt: it.clock.now().toISOString(),
      sourceId: null,
    } as const
    const occurred = await it.engine.occur(trigger.id, {
      ...{ key: 'webhook:1', kind: 'webhook', source: null },
      event: { ...call, actor: ADA, data: {}, chain: { rootId: null, causeId: null, depth: 0 } },
    })
    expect(occurred).toMatchObject({ verdict: 'paused', executionId: null })
    await it.passes(seconds(10))
    expect(await it.history(trigger.id)).toEqual([])
    await resumeAll(it.store, it.clock.now())
    it.clock.advance(seconds(1))
    await happens(it, [{ n: 9 }])
    await it.settled(1, trigger.id)
    await it.passes(seconds(10))
    await it.settled(2, trigger.id)
    expect((await it.history(trigger.id)).map((one) => [one.status, one.missedCount, one.reason])).toEqual([
      ['success', null, null],
      ['skipped', 4, expect.stringContaining('everything was paused (The model is down.)')],
    ])
  })

  test('maxExecutions ends it after so many runs, whatever brings them, and says so', async () => {
    const it = await on.begin()
    const plain = await waitsFor(it, { types: ['custom.order'] }, { maxExecutions: 3, overlap: 'allow_all' })
    const gathers = await waitsFor(
      it,
      { types: ['custom.order'] },
      {
        ...{ maxExecutions: 2, overlap: 'allow_all' },
        collect: { maxSeconds: 60, keep: 'all', key: 'data.of' },
      },
    )
    await happens(it, [{ of: 'a' }, { of: 'b' }, { of: 'a' }, { of: 'c' }, { of: 'a' }])
    await it.until(async () => !(await it.trigger(plain.id)).enabled, 'its end')
    // The last of its runs gathers, until its window closes, what belongs to it.
    await it.passes(seconds(30))
    await happens(it, [{ of: 'b' }])
    expect(await it.trigger(gathers.id)).toMatchObject({ enabled: true, plannedRuns: 2 })
    await it.passes(minutes(2))
    await it.until(async () => !(await it.trigger(gathers.id)).enabled, 'its end')
    await it.until(async () => (await it.history()).every((one) => one.completedAt), 'all runs')
    const states = async (id: number) => (await it.history(id)).map((one) => [one.status, one.eventCount])
    expect((await states(plain.id)).filter(([status]) => status === 'success')).toHaveLength(3)
    expect((await states(gathers.id)).filter(([status]) => status === 'success')).toEqual([
      ['success', 3],
      ['success', 2],
    ])
    expect(await it.triggers.get(it.workspaceId, plain.id)).toMatchObject({
      ...{ enabled: false, health: 'ended', disabledReason: 'It has reached its maximum of 3 runs.' },
    })
    await happens(it, [{ of: 'd' }])
    expect((await states(plain.id)).filter(([status]) => status === 'success')).toHaveLength(3)
    expect((await verdicts(it, plain.id)).at(-1)?.[0]).toBe('paused')
  })

  test('what comes while a pause is told is told with it', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false }, ADA)
    await happens(it, numbered(2))
    const { all } = it.inner
    let comes = true
    it.inner.all = async (statement) => {
      const rows = await all(statement)
      const isPause = rows.some(
        (row) => Object.hasOwn(row as object, 'overlap') && Object.hasOwn(row as object, 'from'),
      )
      if (isPause && comes) {
        comes = false
        await happens(it, numbered(1))
      }
      return rows
    }
    await it.engine.tellPauses(trigger.id)
    it.inner.all = all
    await it.engine.tellPauses(trigger.id)
    expect((await it.history(trigger.id)).map((one) => one.missedCount)).toEqual([3])
  })

  test('of two servers that miss something at once, neither is lost', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    const now = it.clock.now()
    const missed = new Map<string, MissedFacts>()
    const [awaiting] = await awaitingAmong(it.store, [trigger.id])
    const evaluation = { occurrence: 'missed:then', reason: 'Missed: the server was down.' }
    noteMissed(missed, awaiting ?? raise(), evaluation, now, 1)
    const write = async () => {
      const rows = rowsOfMissed([...missed.values()], { seenSeq: null, openDelivery: null }, now)
      await occur(it.store, { workspaceId: it.workspaceId, evaluations: [], ...rows }, now)
    }
    await write()
    it.clock.advance(1)
    await write()
    expect(await became(it, trigger.id)).toEqual([['missed', false, 2]])
  })

  test('what was told while it was off, and is looked at when it is on again, belongs to its pause', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    it.clock.advance(seconds(1))
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false }, ADA)
    const { leaveTraces } = it.engine
    it.engine.leaveTraces = async (...given) => {
      await leaveTraces(...given)
      await tell(it, numbered(2))
    }
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: true }, ADA)
    await it.engine.matcher.catchUp()
    expect(await verdicts(it, trigger.id)).toEqual([['paused', 2]])
    await it.engine.recover()
    await it.passes(seconds(5))
    await it.until(async () => (await it.history(trigger.id)).length === 1, 'its row')
    expect(await became(it, trigger.id)).toEqual([['skipped', false, 2]])
  })

  test('what comes while it is switched on is in the row of its pause, and no second one', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false }, ADA)
    it.clock.advance(seconds(1))
    await happens(it, numbered(1))
    const { leaveTraces } = it.engine
    it.engine.leaveTraces = async (...given) => {
      await leaveTraces(...given)
      await tell(it, numbered(2))
    }
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: true }, ADA)
    await it.engine.matcher.catchUp()
    await it.engine.recover()
    await it.passes(seconds(5))
    expect((await it.history(trigger.id)).map((one) => [one.status, one.missedCount])).toEqual([
      ['skipped', 3],
    ])
  })

  test.each([
    [
      'an edit',
      { event: { types: ['custom.order'], filter: { path: 'data.n', op: 'gt', value: 5 } } },
      'filtered',
    ],
    ['a pause', { enabled: false }, 'paused'],
  ])(
    'what is told before %s goes by what stood then, though nobody has looked at it yet',
    async (_, body, then) => {
      const it = await on.open()
      const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
      const { leaveTraces } = it.engine
      let comes = 2
      it.engine.leaveTraces = async (...given) => {
        await leaveTraces(...given)
        if (comes-- > 0) await tell(it, numbered(1))
      }
      await it.triggers.change(it.workspaceId, trigger.id, TriggerChange.parse(body), ADA)
      await happens(it, numbered(1))
      expect(await verdicts(it, trigger.id)).toEqual([
        ['fired', 1],
        ['fired', 1],
        [then, 1],
      ])
    },
  )

  test('an edit in the midst of what is told by others is made all the same', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    const { leaveTraces } = it.engine
    it.engine.leaveTraces = async (...given) => {
      await leaveTraces(...given)
      await tell(it, numbered(1))
    }
    const change = { name: 'Another' }
    expect(await it.triggers.change(it.workspaceId, trigger.id, change, ADA)).toMatchObject(change)
  })

  test('what is told after it is switched on runs, though another server read who listens before', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false }, ADA)
    await it.engine.matcher.catchUp()
    // With the two rows to come a page is full.
    await tell(it, numbered(998), 'custom.other')
    const other = await on.again(it, { shared: true })
    // Which looks at nothing itself meanwhile.
    Object.assign(other.engine, { leaveTraces: async () => {}, tellPauses: async () => {} })
    const { all } = it.inner
    it.inner.all = async (statement) => {
      const rows = await all(statement)
      if (!rows.some((row) => Object.hasOwn(row as object, 'hearsFrom'))) return rows
      it.inner.all = all
      await other.triggers.toggle(it.workspaceId, trigger.id, { enabled: true }, ADA)
      await tell(it, numbered(1))
      return rows
    }
    await it.engine.matcher.catchUp()
    await it.engine.matcher.catchUp()
    expect(await verdicts(it, trigger.id)).toEqual([['fired', 1]])
  })

  test('what was told before a pause of everything runs, though it is looked at in it', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
    await tell(it, numbered(1))
    it.clock.advance(seconds(1))
    await pauseAll(it.store, 'The model is down.', it.clock.now())
    await happens(it, numbered(1))
    expect((await verdicts(it, trigger.id)).map(([verdict]) => verdict)).toEqual(['fired', 'paused'])
  })

  test('what two servers sleep through together is an outage, whichever of them wakes first', async () => {
    const it = await on.begin({ shared: true })
    const other = await on.again(it, { shared: true })
    await other.start()
    await it.until(() => it.engine.loop.asleep && other.engine.loop.asleep, 'both loops to rest')
    it.clock.set('2026-03-01T09:00:00Z')
    await it.until(() => it.engine.loop.asleep && other.engine.loop.asleep, 'both loops to have woken')
    const known = await outages(it.store, new Date(0))
    expect(known[0]).toMatchObject({ kind: 'asleep', endedAt: new Date('2026-03-01T09:00:00Z') })
  })

  test('what one of two servers sleeps through is no outage', async () => {
    const it = await on.begin({ shared: true })
    const other = await on.again(it, { shared: true, clock: handClock(it.clock.now()) })
    await other.start()
    await other.until(async () => {
      other.clock.advance(seconds(1))
      return Number(await lastBeat(it.store, it.serverId)) >= Date.parse('2026-03-01T08:02:30Z')
    }, 'the other one to live on')
    await it.at('2026-03-01T08:02:35Z')
    expect(await outages(it.store, new Date(0))).toEqual([])
    // Where nobody else is alive, nothing could fire.
    on.kill(other)
    await it.at('2026-03-01T09:00:00Z')
    expect(await outages(it.store, new Date(0))).toMatchObject([{ kind: 'asleep' }])
  })
})

const raise = () => {
  throw new Error('It is not there.')
}
