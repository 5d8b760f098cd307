/** Budgets, on both databases: set aside before a run begins, never gone beyond together, told of once. */
import { afterEach, describe, expect, test } from 'vitest'
import { admit, list, replace, unadmitted } from '#db/queries/budgets.ts'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { days } from '../clock.ts'
import { NewBudget, NewSharedBudget } from '../contract/budget.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import { approvalRuleOf } from './asking.ts'
import { bearingOn, tell } from './budgets.ts'
import { entryOf, outcomeBeyondBudget } from './outcomes.ts'
import { periodAt } from './periods.ts'
import { ADA, goneAfter, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const USED = { tokensUsed: 900, tokensIn: 800, tokensOut: 100, cost: 0.09, model: 'small', agentRevision: 1 }
const BY = { ...ADA, role: 'admin', mayApprove: true } as const

test.each([
  ['run', 'UTC', '2026-03-29T12:00:00Z', null],
  ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']],
  [
    'month',
    'Europe/Berlin',
    '2026-03-31T21:59:59Z',
    ['2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
  ],
  [
    'day',
    'America/Santiago',
    '2026-09-06T12:00:00Z',
    ['2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z'],
  ],
] as const)('the %s of a budget in %s at %s', (period, zone, at, expected) => {
  const it = periodAt(period, zone, new Date(at))
  expect(it && [it.since.toISOString(), it.until.toISOString()]).toEqual(expected)
})

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  afterEach(() => replace(on.store, null, [], new Date(0)))
  async function begin(from?: World): Promise<World> {
    const it = from ? await on.again(from, { shared: true }) : await on.open({ shared: true })
    await it.start()
    return it
  }
  const budget = (it: World, ...wanted: object[]) =>
    replace(
      on.store,
      it.workspaceId,
      wanted.map((one) => NewBudget.parse(one)),
      it.clock.now(),
    )
  const spender = (it: World, change: Partial<NewTriggerInput> = {}, context: object = {}) =>
    it.schedule({
      agentType: 'custom',
      cronExpression: '0 0 1 1 *',
      overlap: 'allow_all',
      context: { usage: USED, ...context },
      ...change,
    })
  const run = (it: World, id: number) => it.triggers.runNow(it.workspaceId, id, {}, ADA)
  const many = async (it: World, id: number, count: number) => {
    for (let n = 0; n < count; n++) await run(it, id)
  }
  const ends = async (it: World) => {
    const found = await it.history()
    const by = Map.groupBy(found, (one) => `${one.status} ${one.reasonCode ?? ''}`.trim())
    return Object.fromEntries([...by].map(([end, all]) => [end, all.length]))
  }

  test('ten at once under a budget for exactly three: three run, seven are skipped, and it is told once', async () => {
    const it = await begin()
    const other = await begin(it)
    await budget(it, { tokens: 3000 })
    const trigger = await spender(it, {}, { does: 'finish' })
    const fired = Array.from({ length: 10 }, (_, n) => run(n % 2 ? it : other, trigger.id))
    await Promise.all(fired)
    const live = async () => (await it.history()).filter(({ status }) => status === 'running').length
    await it.until(async () => {
      it.engine.lookAtQueue()
      other.engine.lookAtQueue()
      return (await live()) === 3 && (await ends(it))['skipped budget'] === 7
    })
    const [skipped] = (await it.history()).filter(({ status }) => status === 'skipped')
    expect(skipped?.reason).toBe(
      'There is no room in the budget of 3,000 tokens a day of the workspace: 0 tokens used, 3,000 tokens set aside for runs that go on; this one may take 1,000 tokens.',
    )
    const notices = (await it.feed()).filter(({ kind }) => kind === 'notice')
    expect(notices.map(({ text }) => text)).toEqual([skipped?.reason])
    expect((await it.events()).filter(({ type }) => type === 'budget:reached')).toHaveLength(1)
  })

  test.each([0, 1, 2])(
    'a server that dies in transaction %i of it leaves the telling to the next one',
    async (n) => {
      const it = await begin()
      await budget(it, { tokens: 1000 })
      const { id: triggerId } = await spender(it)
      const run = { workspaceId: it.workspaceId, agentId: 'test-agent', triggerId, timezone: 'UTC' }
      const [over] = bearingOn(run, await list(on.store), it.clock.now())
      if (!over) throw new Error('no budget bears on it')
      const tellOf = (seen: Store) =>
        tell({ store: seen, clock: it.clock, hint() {} }, run, over, 'reached', 'It is used up.')
      await tellOf(goneAfter(n, on.store)).catch(() => {})
      await tellOf(on.store)
      await tellOf(on.store)
      expect((await it.feed()).filter(({ kind }) => kind === 'notice').map(({ text }) => text)).toEqual([
        'It is used up.',
      ])
      expect((await it.events()).filter(({ type }) => type === 'budget:reached')).toMatchObject([
        { scheduleId: triggerId, budgetId: over.budget.id },
      ])
    },
  )

  test('two servers tell of a budget of all together once, each in another workspace', async () => {
    const it = await begin()
    await replace(on.store, null, [NewSharedBudget.parse({ tokens: 1000 })], it.clock.now())
    const [away] = await on.store.q
      .insert(on.store.t.workspaces)
      .values({ name: 'away', slug: 'away', createdAt: 0 })
      .returning()
    const { id: triggerId } = await spender(it)
    const tellIn = async (workspaceId: number) => {
      const run = { workspaceId, agentId: 'test-agent', triggerId, timezone: 'UTC' }
      const [over] = bearingOn(run, await list(on.store), it.clock.now())
      if (over)
        await tell({ store: on.store, clock: it.clock, hint() {} }, run, over, 'reached', 'It is used up.')
    }
    await Promise.all([tellIn(it.workspaceId), tellIn(away?.id ?? 0)])
    expect(await on.store.q.$count(on.store.t.messages)).toBe(1)
  })

  test('what has no turn yet has nothing set aside: one after another there is room for all', async () => {
    const it = await on.open({ limits: { total: 1, perWorkspace: 1 } })
    await it.start()
    await budget(it, { tokens: 1500 })
    const trigger = await spender(it, {}, { usage: { ...USED, tokensUsed: 100 } })
    await many(it, trigger.id, 5)
    await it.settled(5)
    expect(await ends(it)).toEqual({ success: 5 })
  })

  test('a server that saw a run before another one admitted it does not turn it away', async () => {
    const it = await on.open()
    await it.engine.start({ fires: false })
    await budget(it, { tokens: 1000 })
    const trigger = await spender(it)
    await run(it, trigger.id)
    const [seen] = await unadmitted(
      on.store,
      { workspaceId: it.workspaceId, now: it.clock.now(), limit: 10 },
      [],
    )
    const mine = { id: seen?.id ?? 0, tokens: 1000, cost: 0, beyond: false, budgets: [] }
    expect(await admit(on.store, [mine])).toEqual(new Set([mine.id]))
    const { owner = null, fence = 0, attempt = 1 } = seen ?? {}
    const hold = {
      executionId: mine.id,
      workspaceId: it.workspaceId,
      triggerId: trigger.id,
      owner,
      fence,
      attempt,
    }
    const how = { reason: 'No room.', asks: false, rule: approvalRuleOf('{}') }
    const outcome = outcomeBeyondBudget({ ...hold, triggerName: 'x' }, how, it.clock.now())
    expect(await it.engine.record(entryOf({ ...hold, from: 'queued' }, outcome, []))).toBe(false)
    expect((await it.history())[0]?.status).toBe('queued')
  })

  test('what was set aside gives way to what was used; the next day is free again, in the zone of the workspace', async () => {
    const it = await begin()
    await on.store.q.update(on.store.t.workspaces).set({ timezone: 'Asia/Tokyo' })
    await budget(it, { cost: 0.2 })
    const trigger = await spender(it)
    await run(it, trigger.id)
    await it.settled(1)
    await run(it, trigger.id)
    await it.settled(2)
    await run(it, trigger.id)
    await it.settled(3)
    // 0.09 twice leaves 0.02, and a run may take 0.10.
    expect(await ends(it)).toEqual({ success: 2, 'skipped budget': 1 })
    it.clock.set('2026-03-01T14:59:00Z')
    await run(it, trigger.id)
    await it.settled(4)
    it.clock.set('2026-03-01T15:00:00Z')
    await run(it, trigger.id)
    await it.settled(5)
    expect(await ends(it)).toEqual({ success: 3, 'skipped budget': 2 })
  })

  test('from five runs on it is known what one usually takes', async () => {
    const it = await begin()
    const trigger = await spender(it, {}, { usage: { ...USED, tokensUsed: 100 } })
    await many(it, trigger.id, 5)
    await it.settled(5)
    await budget(it, { tokens: 900 })
    await many(it, trigger.id, 4)
    await it.settled(9)
    await it.until(async () => (await ends(it)).success === 9)
    await run(it, trigger.id)
    await it.settled(10)
    expect(await ends(it)).toEqual({ success: 9, 'skipped budget': 1 })
  })

  test('each budget that bears on a run must have room: of its agent, its schedule, and all together', async () => {
    const it = await begin()
    const one = await spender(it)
    const two = await spender(it)
    await budget(
      it,
      { scope: 'trigger', scopeId: one.id, tokens: 1500 },
      { scope: 'agent', scopeId: 'test-agent', tokens: 1_000_000 },
    )
    await run(it, one.id)
    await it.settled(1)
    await run(it, one.id)
    await run(it, two.id)
    await it.settled(3)
    expect((await it.history()).map((e) => [e.triggerId, e.status])).toEqual([
      [one.id, 'success'],
      [one.id, 'skipped'],
      [two.id, 'success'],
    ])
    await replace(on.store, null, [NewSharedBudget.parse({ tokens: 2000 })], it.clock.now())
    await run(it, two.id)
    await it.settled(4)
    expect((await it.history()).at(-1)?.reason).toContain('of the whole installation')
  })

  test('runs side by side cannot go beyond it together: before a turn there must be room for the most it can take', async () => {
    const it = await begin()
    await budget(it, { tokens: 2500 })
    const turns = [
      { tokens: 800, cost: 0 },
      { tokens: 1400, cost: 0 },
      { tokens: 2600, cost: 0 },
    ]
    const trigger = await spender(it, {}, { does: 'spend', turns })
    await run(it, trigger.id)
    await it.settled(1)
    const [first] = await it.history()
    expect(first).toMatchObject({ status: 'failed', reasonCode: 'budget' })
    expect(first?.error).toContain('this one may take 2,600 tokens')
    expect((await it.trigger(trigger.id)).consecutiveFailures).toBe(0)
    const { steps } = await it.executions.get(it.workspaceId, first?.id ?? 0)
    expect(steps.map(({ text }) => text)).toEqual(['begins to spend', 'affords a turn', 'affords a turn'])
  })

  test('a budget of one run counts that run alone; near the end of one it is told to come to an end', async () => {
    const it = await begin()
    await budget(it, { period: 'run', tokens: 1000 })
    const turns = [
      { tokens: 500, cost: 0 },
      { tokens: 900, cost: 0 },
      { tokens: 1100, cost: 0 },
    ]
    const trigger = await spender(it, {}, { does: 'spend', turns })
    await many(it, trigger.id, 2)
    await it.settled(2)
    expect(await ends(it)).toEqual({ 'failed budget': 2 })
    const { steps } = await it.executions.get(it.workspaceId, (await it.history())[1]?.id ?? 0)
    expect(steps.map(({ text }) => text)).toEqual([
      'begins to spend',
      'affords a turn',
      'More than 80 % of the budget of 1,000 tokens a run of the workspace is used. Come to an end soon, with what you have.',
    ])
  })

  test('asked about it waits; allowed it runs beyond the budget, refused it is skipped', async () => {
    const it = await begin()
    await budget(it, { tokens: 500, over: 'ask' })
    const trigger = await spender(it, {}, { does: 'spend', turns: [{ tokens: 5000, cost: 0 }] })
    await many(it, trigger.id, 2)
    await it.until(async () => (await ends(it))['waiting budget'] === 2)
    const { approvals } = await it.approvals.list(it.workspaceId, { limit: 50 })
    expect(approvals).toMatchObject([
      { kind: 'budget', why: 'budget', tool: null, summary: expect.stringContaining('Run it all the same?') },
      { kind: 'budget' },
    ])
    await it.approvals.approve(it.workspaceId, approvals[0]?.id ?? 0, {}, BY)
    await it.approvals.reject(it.workspaceId, approvals[1]?.id ?? 0, {}, BY)
    await it.settled(2)
    expect(await ends(it)).toEqual({ success: 1, 'skipped budget': 1 })
  })

  test('a crash gives back what was set aside', async () => {
    const it = await begin()
    await budget(it, { tokens: 1000 })
    const trigger = await spender(it, { agentId: 'safe-agent' }, { does: 'hang' })
    await run(it, trigger.id)
    await it.running(1)
    on.kill(it)
    const next = await on.again(it)
    await next.start()
    await next.running(1)
    const [row] = await on.store.q.select().from(on.store.t.executions)
    expect(row).toMatchObject({ attempt: 2, reservedTokens: 0 })
    next.clock.advance(days(1))
    await next.settled(1)
    const [ended] = await on.store.q.select().from(on.store.t.executions)
    expect(ended?.reservedTokens).toBeNull()
  })
})
