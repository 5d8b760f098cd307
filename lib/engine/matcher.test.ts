/** What happens is held against the triggers that wait for it, on both databases: once, in order, and with a trace. */
import { describe, expect, test } from 'vitest'
import { list as evaluationsOf } from '#db/queries/evaluations.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes, seconds } from '../clock.ts'
import { ADA, goneAfter, type World } from './testing/world.ts'
import { happens, numbered, tell, verdicts, waitsFor } from './testing/telling-facts.ts'
import { worlds } from './testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  const said = async (it: World, id: number) =>
    (await it.history(id)).map((one) => (one.status === 'success' ? one.output : one.status))

  test('a fact becomes one run, which gets it; what the filter refuses leaves a trace', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'], filter: { path: 'data.n', op: 'gt', value: 1 } },
      { context: { tellsFacts: true } },
    )
    await happens(it, [{ n: 1 }, { n: 2 }, { n: 0 }, { n: -1 }])
    await happens(it, [{ n: 9 }], 'custom.other')
    await it.settled(1, trigger.id)
    await it.engine.matcher.catchUp()
    expect(await said(it, trigger.id)).toEqual(['[{"n":2}]'])
    expect(await verdicts(it, trigger.id)).toEqual([
      ['filtered', 1],
      ['fired', 1],
      ['filtered', 2],
    ])
    const [newest] = await evaluationsOf(it.store, trigger.id, { limit: 1 })
    expect(JSON.parse(newest?.trace ?? '')).toEqual([
      { path: 'data.n', op: 'gt', expected: 1, actual: -1, pass: false },
    ])
    const [run] = await it.history(trigger.id)
    expect(run).toMatchObject({
      kind: 'event',
      eventCount: 1,
      occurrence: expect.stringMatching(/^event:\d+$/),
    })
  })

  test('what was told before it was made, or while it was off, is not heard; a fact of its own is none', async () => {
    const it = await on.begin()
    await tell(it, [{ n: 0 }])
    const trigger = await waitsFor(it, { types: ['custom.order', 'execution.*'] })
    await happens(it, [{ n: 1 }])
    await it.settled(1)
    await it.engine.matcher.catchUp()
    expect(await it.history()).toHaveLength(1)
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false, reason: 'A holiday.' }, ADA)
    await happens(it, [{ n: 2 }, { n: 3 }])
    expect(await verdicts(it, trigger.id)).toEqual([
      ['fired', 1],
      ['paused', 2],
    ])
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: true }, ADA)
    await happens(it, [{ n: 4 }])
    await it.settled(3)
    expect((await it.history()).map((one) => [one.status, one.reasonCode, one.missedCount])).toEqual([
      ['success', null, null],
      ['skipped', 'paused', 2],
      ['success', null, null],
    ])
  })

  test('a thousand facts during one hanging run wait in line, each for itself', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { context: { does: 'hang' } })
    await happens(it, numbered(1000))
    await it.running(1)
    expect(await it.history(trigger.id)).toHaveLength(1000)
    expect((await it.history(trigger.id)).filter((one) => one.status === 'queued')).toHaveLength(999)
  })

  test('two servers, and one that dies at each place, fire each fact once', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
    await tell(it, numbered(50))
    for (const dies of [0, 1, 2, 3]) {
      const other = await on.again(it, { shared: true })
      const { atomically } = goneAfter(dies, { ...other.inner })
      Object.assign(other.inner, { atomically })
      await other.engine.matcher.catchUp().catch(() => {})
    }
    const others = [await on.again(it, { shared: true }), await on.again(it, { shared: true })]
    await Promise.all(others.map((one) => one.engine.matcher.catchUp()))
    const keys = (await it.history(trigger.id)).map((one) => one.occurrence)
    expect([keys.length, new Set(keys).size]).toEqual([50, 50])
    expect((await verdicts(it, trigger.id)).filter(([verdict]) => verdict === 'fired')).toHaveLength(50)
  })

  test('a chain: cause and effect are known; what lies too deep is skipped, and named', async () => {
    const it = await on.begin()
    const first = await waitsFor(it, { types: ['custom.order'] }, { name: 'First' })
    const second = await waitsFor(
      it,
      { types: ['execution.completed'], triggerIds: [first.id] },
      { name: 'Second' },
    )
    const third = await waitsFor(
      it,
      { types: ['execution.completed'], triggerIds: [second.id], maxDepth: 1 },
      { name: 'Third' },
    )
    await happens(it, [{ n: 1 }])
    await it.settled(1)
    await it.engine.matcher.catchUp()
    await it.settled(2)
    await it.engine.matcher.catchUp()
    await it.settled(3)
    const [one, two, three] = await it.history()
    expect([one?.chain, two?.chain, three?.chain]).toEqual([
      { rootId: null, causeId: null, depth: 0 },
      { rootId: one?.id, causeId: one?.id, depth: 1 },
      { rootId: one?.id, causeId: two?.id, depth: 2 },
    ])
    expect(three).toMatchObject({
      triggerId: third.id,
      status: 'skipped',
      reasonCode: 'depth',
      reason: expect.stringContaining(`#${one?.id} First → #${two?.id} Second`),
    })
    const detail = await it.executions.get(it.workspaceId, two?.id ?? 0)
    expect(detail.caused).toEqual([
      { id: three?.id, triggerId: third.id, triggerName: 'Third', status: 'skipped' },
    ])
    expect(detail.event).toMatchObject({ type: 'execution.completed', data: { executionId: one?.id } })
  })

  test('collect: what comes close together is one run, for each value by itself, over a restart', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'] },
      {
        collect: { quietSeconds: 60, maxSeconds: 100, keep: 'all', key: 'data.of', maxEvents: 3 },
        context: { tellsFacts: true },
        overlap: 'allow_all',
      },
    )
    await happens(it, [
      { of: 'a', n: 1 },
      { of: 'b', n: 2 },
    ])
    await it.passes(seconds(50))
    await happens(it, [{ of: 'a', n: 3 }])
    await it.passes(seconds(20))
    await it.settled(1)
    on.kill(it)
    const again = await on.again(it)
    await again.start()
    await again.passes(seconds(31))
    await again.settled(2)
    await happens(again, [
      { of: 'c', n: 4 },
      { of: 'c', n: 5 },
      { of: 'c', n: 6 },
      { of: 'c', n: 7 },
    ])
    await again.settled(3)
    expect((await again.history(trigger.id)).map((one) => [one.output, one.eventCount])).toEqual([
      ['[{"of":"a","n":1},{"of":"a","n":3}]', 2],
      ['[{"of":"b","n":2}]', 1],
      ['[{"of":"c","n":4},{"of":"c","n":5},{"of":"c","n":6}]', 3],
      [null, 1],
    ])
  })

  test('throttle: the rest waits for its time, or is skipped', async () => {
    const it = await on.begin()
    const waits = await waitsFor(
      it,
      { types: ['custom.order'] },
      { throttle: { count: 2, perSeconds: 60 }, overlap: 'allow_all' },
    )
    const skips = await waitsFor(
      it,
      { types: ['custom.order'] },
      { throttle: { count: 2, perSeconds: 60, excess: 'skip' }, overlap: 'allow_all' },
    )
    await happens(it, numbered(5))
    await it.settled(2, waits.id)
    await it.settled(5, skips.id)
    expect(await said(it, skips.id)).toEqual(['done', 'done', 'skipped', 'skipped', 'skipped'])
    expect((await verdicts(it, skips.id)).map(([verdict]) => verdict)).toEqual([
      'fired',
      'fired',
      'rate_limited',
      'rate_limited',
      'rate_limited',
    ])
    await it.passes(minutes(1))
    await it.settled(4, waits.id)
    await it.passes(minutes(1))
    await it.settled(5, waits.id)
  })

  test('overlapKey: of each value one runs; cancelOn: an event calls off what another has fired', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'] },
      {
        overlapKey: 'data.of',
        context: { does: 'hang' },
        cancelOn: [
          {
            types: ['custom.gone'],
            filter: { path: 'data.of', op: 'equals', value: { fired: 'data.of' } },
          },
        ],
      },
    )
    await happens(it, [{ of: 'a' }, { of: 'a' }, { of: 'b' }])
    await it.running(2)
    expect((await it.history(trigger.id)).map((one) => one.status)).toEqual(['running', 'queued', 'running'])
    await happens(it, [{ of: 'a' }], 'custom.gone')
    await it.settled(2)
    expect((await it.history(trigger.id)).map((one) => [one.status, one.reasonCode])).toEqual([
      ['cancelled', 'cancel_event'],
      ['cancelled', 'cancel_event'],
      ['running', null],
    ])
  })
})
