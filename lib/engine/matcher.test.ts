/** What happens is held against the triggers that wait for it, on both databases: once, in order, and with a trace. */
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { list as evaluationsOf, pruneEvaluations } from '#db/queries/evaluations.ts'
import { outages, prune } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { days, hours, minutes, seconds } from '../clock.ts'
import { RunNow } from '../contract/trigger.ts'
import { dyingIn, seeded } from './testing/dying.ts'
import { ADA, goneAfter, type World, world } from './testing/world.ts'
import { happens, numbered, tell, verdicts, waitsFor } from './testing/telling-facts.ts'
import { worlds } from './testing/worlds.ts'

const KILLS = 200

const executionKeys = async ({ q, t: { executions: e } }: Store, triggerId: number) =>
  (await q.select({ key: e.occurrence }).from(e).where(eq(e.triggerId, triggerId))).map(({ key }) => key)

const otherType = raw(sql`update trigger_revisions
  set config = replace(config, '"agentType":', '"agentType":"another","before":')`)

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

  test(`${KILLS} servers die between a fact and its run: it fires once`, async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
    const numbers = seeded(11)
    for (let n = 0; n < KILLS; n++) {
      await tell(it, [{ n }])
      const transactions = numbers.next().value % 2
      const { store, died } = dyingIn(on.store, transactions, numbers.next().value % 7 > 2)
      const dying = await world(store, { clock: it.clock, keep: true })
      await Promise.race([dying.engine.matcher.catchUp(), died])
      dying.kill()
      if (n % 3 > 0) await it.engine.matcher.catchUp()
    }
    await it.engine.matcher.catchUp()
    const facts = (await it.events()).filter((one) => one.type === 'event:recorded')
    const keys = (await executionKeys(it.store, trigger.id)).toSorted()
    expect(keys).toEqual(facts.map(({ seq }) => `event:${seq}`).toSorted())
    expect(keys).toHaveLength(KILLS)
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

  test('collect: where the clock is set forward what gathers is over, where it is set back it gathers no longer', async () => {
    const it = await on.begin()
    const collect = { quietSeconds: 60, maxSeconds: 300, keep: 'all' as const }
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { collect, overlap: 'allow_all' })
    const counts = async () => (await it.history(trigger.id)).map((one) => [one.status, one.eventCount])
    await happens(it, numbered(1))
    it.clock.jump(hours(1))
    await happens(it, numbered(2))
    await it.passes(seconds(60))
    await it.settled(2, trigger.id)
    expect(await counts()).toEqual([
      ['success', 1],
      ['success', 2],
    ])
    await happens(it, numbered(1))
    it.clock.jump(-hours(1))
    it.clock.advance(seconds(30))
    const isRemembered = async () =>
      (await outages(it.store, new Date(0))).some((one) => one.kind === 'clock')
    await it.until(isRemembered, 'that it was set back')
    for (let n = 0; n < 6; n++) {
      await happens(it, numbered(1))
      await it.passes(seconds(50))
    }
    await it.until(async () => (await counts())[2]?.[0] === 'success', 'the end of the window')
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

  test('what is skipped for its chain ends, though two wait for what is skipped of each other', async () => {
    const it = await on.begin()
    const types = ['execution.skipped', 'custom.order']
    const first = await waitsFor(
      it,
      { types },
      { startsAt: null, throttle: { count: 1, perSeconds: 3600, excess: 'skip' } },
    )
    await waitsFor(
      it,
      { types: ['execution.skipped'], triggerIds: [first.id] },
      {
        throttle: { count: 1, perSeconds: 3600, excess: 'skip' },
      },
    )
    await happens(it, numbered(2))
    for (let n = 0; n < 60; n++) await it.engine.matcher.catchUp()
    const rows = (await it.history()).length
    for (let n = 0; n < 5; n++) await it.engine.matcher.catchUp()
    expect((await it.history()).length).toBe(rows)
    expect(Math.max(...(await it.history()).map((one) => one.chain.depth))).toBeLessThanOrEqual(33)
  })

  test("what is skipped, because it starts too soon, takes nobody's place", async () => {
    const it = await on.begin()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'] },
      {
        ...{ overlap: 'cancel_other', context: { does: 'hang' } },
        throttle: { count: 1, perSeconds: 60, excess: 'skip' },
      },
    )
    await happens(it, [{ n: 1 }])
    await it.running(1)
    await happens(it, [{ n: 2 }])
    expect((await it.history(trigger.id)).map((one) => [one.status, one.reasonCode])).toEqual([
      ['running', null],
      ['skipped', 'rate_limited'],
    ])
    await it.passes(seconds(61))
    await happens(it, [{ n: 3 }])
    await it.settled(2, trigger.id)
    expect((await it.history(trigger.id))[0]).toMatchObject({ status: 'cancelled', reasonCode: 'superseded' })
  })

  test('what comes after the last run that a schedule has takes nobody’s place', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'] },
      { overlap: 'cancel_other', maxExecutions: 1, context: { does: 'hang' } },
    )
    await happens(it, numbered(3))
    await it.running(1)
    expect((await it.history(trigger.id)).map((one) => one.status)).toEqual(['running', 'skipped', 'skipped'])
  })

  test('a run that gave its place up before it began is no start', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'] },
      { overlap: 'cancel_other', throttle: { count: 1, perSeconds: 3600 } },
    )
    await happens(it, [{ n: 1 }])
    await it.settled(1, trigger.id)
    for (const n of [2, 3, 4]) {
      it.clock.advance(seconds(60))
      await happens(it, [{ n }])
    }
    await it.passes(seconds(3600))
    await it.until(
      async () => (await it.history(trigger.id)).at(-1)?.status === 'success',
      'the newest to run',
    )
  })

  test('of what was decided the newest stay, and what a pause has still to tell', async () => {
    const it = await on.open()
    const types = ['custom.order', 'custom.other']
    const trigger = await waitsFor(it, { types }, { overlap: 'allow_all' })
    await happens(it, numbered(30))
    const kept = async () =>
      (await evaluationsOf(it.store, trigger.id, { limit: 100 })).map((one) => one.eventId)
    const newest = (await kept()).slice(0, 10)
    const gatheredBefore = it.clock.now()
    await pruneEvaluations(it.store, { most: 10, gatheredBefore })
    expect(await kept()).toEqual(newest)
    // A pause has one row of all that it has held back, which is made from these.
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: false }, ADA)
    for (const type of ['custom.order', 'custom.other', 'custom.order']) await happens(it, numbered(1), type)
    await pruneEvaluations(it.store, { most: 3, gatheredBefore })
    expect(await verdicts(it, trigger.id)).toEqual(Array(3).fill(['paused', 1]))
    for (const type of ['custom.other', 'custom.order']) await happens(it, numbered(1), type)
    // Beyond what is kept they are one, which says as much.
    await pruneEvaluations(it.store, { most: 1, gatheredBefore })
    expect(await verdicts(it, trigger.id)).toEqual([
      ['paused', 4],
      ['paused', 1],
    ])
    it.clock.advance(days(40))
    const old = {
      ...{ eventsBefore: new Date(0), answersBefore: new Date(0) },
      deliveriesBefore: new Date(0),
    }
    await prune(it.store, { ...old, evaluationsBefore: it.clock.now() })
    await it.triggers.toggle(it.workspaceId, trigger.id, { enabled: true }, ADA)
    await it.until(
      async () => (await it.history(trigger.id)).some((one) => one.missedCount === 5),
      'the pause to be told',
    )
  })

  test('what was gathered and left no other trace is not run again by a backfill', async () => {
    const it = await on.open()
    const trigger = await waitsFor(
      it,
      { types: ['custom.order'] },
      { collect: { maxSeconds: 600, keep: 'last' } },
    )
    const from = it.clock.now().toISOString()
    it.clock.advance(seconds(1))
    await happens(it, numbered(5))
    it.clock.advance(seconds(1))
    const range = { from, to: it.clock.now().toISOString(), dryRun: false }
    await pruneEvaluations(it.store, { most: 1, gatheredBefore: new Date(from) })
    expect(await it.triggers.backfill(it.workspaceId, trigger.id, range, ADA)).toMatchObject({
      ...{ created: 0, alreadyThere: 5 },
    })
    // Of a time of which no event is kept they go, too.
    await pruneEvaluations(it.store, { most: 1, gatheredBefore: it.clock.now() })
    expect(await verdicts(it, trigger.id)).toEqual([['collected', 1]])
  })

  test('run: as if an event had happened, and as a revision had it', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { context: { tellsFacts: true } })
    const { workspaceId, id } = { workspaceId: it.workspaceId, id: trigger.id }
    await it.triggers.change(workspaceId, id, { context: { text: 'the new one' } }, ADA)
    const event = { type: 'custom.order', data: { n: 7 } }
    await it.triggers.runNow(workspaceId, id, { event, revision: 1 }, ADA)
    await it.settled(1, id)
    await it.triggers.runNow(workspaceId, id, { event }, ADA)
    await it.settled(2, id)
    expect((await it.history(id)).map((one) => [one.output, one.eventCount])).toEqual([
      ['[{"n":7}]', 1],
      ['the new one', 1],
    ])
  })

  test('run: staged, as if any event had happened; what is unknown is refused by its name', async () => {
    const it = await on.begin()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { context: { tellsFacts: true } })
    const { workspaceId, id } = { workspaceId: it.workspaceId, id: trigger.id }
    await happens(it, [{ n: 5 }])
    await it.settled(1, id)
    const eventId = (await it.events()).find((one) => one.type === 'event:recorded')?.seq ?? 0
    const event = { type: 'custom.order', data: { n: 7 } }
    const run = async (body: Parameters<World['triggers']['runNow']>[2], count: number) => {
      await it.triggers.runNow(workspaceId, id, body, ADA)
      await it.settled(count, id)
    }
    await run({ staged: true, event }, 2)
    await run({ staged: true, eventId }, 3)
    await run({ staged: true, eventId, revision: 1 }, 4)
    expect((await it.history(id)).map((one) => [one.output, one.staged])).toEqual([
      ['[{"n":5}]', false],
      ['[{"n":7}]', true],
      ['[{"n":5}]', true],
      ['[{"n":5}]', true],
    ])
    const refusal = (body: Parameters<World['triggers']['runNow']>[2]) =>
      it.triggers.runNow(workspaceId, id, body, ADA).catch((error) => error.problem)
    const at = (path: string) => ({ status: 422, errors: [expect.objectContaining({ path })] })
    expect(await refusal({ eventId: 99_999 })).toMatchObject(at('eventId'))
    expect(await refusal({ revision: 9 })).toMatchObject(at('revision'))
    await it.store.atomically([otherType])
    expect(await refusal({ revision: 1 })).toMatchObject(at('revision'))
    expect(RunNow.safeParse({ event, eventId: 3 }).error?.issues).toMatchObject([{ path: ['event'] }])
    expect(await it.history(id)).toHaveLength(4)
  })

  test('an event that cannot be matched is left out, and whoever hears of it learns that; the others go on', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
    const deaf = await waitsFor(it, { types: ['custom.other'] })
    await tell(it, numbered(9))
    const [, , , , fifth, , seventh] = (await it.events()).filter((one) => one.type === 'event:recorded')
    let stumbles = true
    const { atomically } = it.inner
    it.inner.atomically = (statements) => {
      const keys = statements.flatMap(([, values]) => [values.rows].flat() as { key?: string }[])
      const has = (seq: number | undefined) => keys.some((one) => one?.key === `event:${seq}`)
      if (has(fifth?.seq)) throw new Error('It was refused.')
      // What fails once only is tried again.
      if (has(seventh?.seq) && stumbles) {
        stumbles = false
        throw new Error('It was refused once.')
      }
      return atomically(statements)
    }
    await it.engine.matcher.catchUp()
    expect(await verdicts(it, trigger.id)).toEqual([
      ...Array(4).fill(['fired', 1]),
      ['error', 1],
      ...Array(4).fill(['fired', 1]),
    ])
    const [left] = await evaluationsOf(it.store, trigger.id, { verdict: 'error', limit: 1 })
    expect(left).toMatchObject({
      eventId: fifth?.seq,
      reason: 'This event could not be looked at, and is left out: It was refused.',
    })
    expect(await verdicts(it, deaf.id)).toEqual([])
  })

  test("a flood in one workspace has another's events looked at in turn", async () => {
    const it = await on.open()
    const now = it.clock.now().getTime()
    const [second] = await it.store.q
      .insert(it.store.t.workspaces)
      .values({ name: 'second', slug: 'second', createdAt: now })
      .returning()
    const other = { ...it, workspaceId: second?.id ?? 0 }
    const flooded = await waitsFor(it, { types: ['custom.order'] }, { overlap: 'allow_all' })
    const quiet = await waitsFor(other, { types: ['custom.order'] }, { overlap: 'allow_all' })
    await tell(it, numbered(1000))
    await tell(other, numbered(3))
    await it.engine.matcher.catchUp()
    const { executions } = it.store.t
    const runs = await it.store.q
      .select({ triggerId: executions.triggerId })
      .from(executions)
      .orderBy(executions.id)
    const order = runs.map((one) => one.triggerId)
    expect([order.length, order.filter((id) => id === flooded.id).length]).toEqual([1003, 1000])
    expect(order.lastIndexOf(quiet.id)).toBeLessThan(500)
  })

  test('what follows no clock has no next instants, and says so', async () => {
    const it = await on.open()
    const trigger = await waitsFor(it, { types: ['custom.order'] })
    const asked = it.triggers.preview(it.workspaceId, trigger.id, { count: 5 })
    await expect(asked).rejects.toMatchObject({
      problem: {
        ...{ status: 409 },
        detail: '“Filing” follows no clock: when it runs next depends on what happens.',
      },
    })
  })
})
