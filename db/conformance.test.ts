/**
 * Every verb that the guarantees rest on, on both databases, from the same lines.
 */
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as claiming from './queries/claiming.ts'
import * as events from './queries/events.ts'
import * as executions from './queries/executions.ts'
import { due, nextDue } from './queries/due.ts'
import { fire, fireNow, type Occurrence, type Plan } from './queries/firing.ts'
import * as messages from './queries/messages.ts'
import * as proposals from './queries/proposals.ts'
import { type Announcement, NOTHING_USED, type Requeue, type Settlement } from './queries/entries.ts'
import { write } from './queries/settling.ts'
import { lockClaims } from './queries/takeable.ts'
import * as statistics from './queries/statistics.ts'
import { occur } from './queries/occurring.ts'
import * as story from './queries/story.ts'
import * as triggers from './queries/triggers.ts'
import * as upkeep from './queries/upkeep.ts'
import type { Store } from './store.ts'
import { raw } from './testing/raw.ts'
import { SETTINGS } from './testing/settings.ts'
import { stores, upgrading } from './testing/stores.ts'

const T0 = new Date('2026-03-01T09:00:00Z')
const later = (seconds: number) => new Date(T0.getTime() + seconds * 1000)

const clean = raw(sql`delete from workspaces`)
const forgetServers = raw(sql`delete from servers`)
const guideView = raw(
  sql`select trigger_type, event_type, condition_config from proactive_triggers order by id`,
)
const forgetOutages = raw(sql`delete from outages`)

describe.each([...stores, upgrading])('on $name', ({ open }) => {
  let store: Store
  let second: Store
  let close: () => Promise<void>
  let workspaceId: number

  beforeAll(async () => {
    const opened = await open()
    ;({ store, second, close } = opened)
  }, 120_000)
  afterAll(() => close())
  beforeEach(async () => {
    await store.atomically([clean, forgetServers, forgetOutages])
    workspaceId = await makeWorkspace('home')
  })

  async function makeWorkspace(slug: string): Promise<number> {
    const [row] = await store.q
      .insert(store.t.workspaces)
      .values({ name: slug, slug, createdAt: T0.getTime() })
      .returning({ id: store.t.workspaces.id })
    return row?.id as number
  }

  const config = { ...SETTINGS, bufferLimit: 2 }
  const make = (change: Partial<triggers.TriggerConfig> = {}, dueAt: Date = T0, workspace = workspaceId) =>
    triggers.create(
      store,
      workspace,
      { ...config, ...change, nextRunAt: dueAt.getTime(), dueAt: dueAt.getTime() },
      'ada',
      later(-3600),
    )

  test('in the view of the guide one row that plain SQL has spoilt shows null, and the others stand', async () => {
    const spoilt = [
      '{"types":["a"',
      '',
      '{"types":{"a":1}}',
      '{"types":["\\u0000"]}',
      '{"types":["a.b","c.d"]}',
    ]
    for (const it of spoilt) {
      const made = await make()
      await store.q
        .update(store.t.triggers)
        .set({ kind: 'event', config: it })
        .where(eq(store.t.triggers.id, made.id))
    }
    await make()
    const rows = await store.all(guideView)
    expect(rows.map((it) => it.trigger_type)).toEqual([...spoilt.map(() => 'event'), 'schedule'])
    expect(rows.map((it) => it.condition_config !== null)).toEqual([false, false, true, true, true, true])
    expect(rows.at(4)).toMatchObject({ event_type: 'a.b,c.d' })
  })

  test('of a proposal one schedule is made, whoever confirms it, and one of a key is kept once', async () => {
    const proposal = {
      ...{ workspaceId, text: 'every day at 9', source: 'grammar' as const, trigger: '{}', notes: '[]' },
      ...{
        createdBy: 'ada',
        createdByName: 'Ada',
        executionId: null,
        createdAt: T0,
        expiresAt: later(86_400),
      },
    }
    const { id } = await proposals.add(store, { ...proposal, key: null })
    const planned = { ...config, nextRunAt: T0.getTime(), dueAt: T0.getTime() }
    const [one, two] = await Promise.all(
      [store, second].map((it, n) =>
        triggers.createNaming(it, workspaceId, planned, {
          ...{ by: `p${n}`, now: later(n), names: [] },
          confirming: { proposalId: id, openUntil: proposal.expiresAt, byName: `P${n}` },
        }),
      ),
    )
    expect([one, two].filter((it) => it !== null)).toHaveLength(1)
    const made = one ?? two
    expect(await proposals.get(store, workspaceId, id)).toMatchObject({
      triggerId: made?.id,
      confirmedBy: one ? 'p0' : 'p1',
    })
    expect(await triggers.list(store, workspaceId, { after: 0, limit: 10 })).toHaveLength(1)
    const first = await proposals.add(store, { ...proposal, key: 'k' })
    expect((await proposals.add(second, { ...proposal, key: 'k' })).id).toBe(first.id)
    for (const it of [id, first.id, first.id])
      await proposals.dismiss(second, { workspaceId, id: it, now: later(5) })
    const expires = async (it: number) => (await proposals.get(store, workspaceId, it))?.expiresAt
    expect(await expires(id)).toBe(later(86_400).getTime())
    expect(await expires(first.id)).toBe(later(5).getTime())
    expect((await proposals.add(store, { ...proposal, key: 'k' })).id).toBe(first.id)
    const told = (await events.since(store, workspaceId, 0, 100)).events.map((it) => it.type)
    expect(told).toEqual([
      ...['proposal:created', 'schedule:created', 'proposal:confirmed', 'proposal:created'],
      'proposal:dismissed',
    ])
    const crowd = { instants: [T0, later(60)], except: 0 }
    expect(await triggers.crowdAt(store, workspaceId, crowd)).toEqual({ at: T0.getTime(), count: 1 })
    await proposals.forget(store, later(172_800))
    expect(await proposals.get(store, workspaceId, id)).toBeNull()
  })

  const occurrence = (at: Date, change: Partial<Occurrence> = {}): Occurrence => ({
    key: at.toISOString(),
    kind: 'schedule',
    scheduledFor: at,
    status: 'queued',
    availableAt: at,
    isCatchup: false,
    reason: null,
    reasonCode: null,
    overlapReason: 'Skipped: the run before it was still going.',
    notice: null,
    missedFrom: null,
    missedTo: null,
    missedCount: null,
    ...change,
  })
  const planOf = (row: triggers.TriggerRow, occurrences: Occurrence[], change: Partial<Plan> = {}): Plan => ({
    triggerId: row.id,
    workspaceId: row.workspaceId,
    seenDueAt: row.dueAt as number,
    revision: row.revision,
    overlap: row.overlap,
    occurrences,
    nextRunAt: later(86_400),
    dueAt: later(86_400),
    plannedRuns: occurrences.length,
    enabled: true,
    resumed: false,
    disabledReason: null,
    problem: null,
    news: null,
    ...change,
  })
  const history = (workspace = workspaceId) => executions.list(store, workspace, {}, null, 100)
  const claimAll = (owner = 'a', now = later(1), limit = 100) =>
    claiming.claim(store, {
      owner,
      shares: [{ workspaceId, take: 100 }],
      limits: { total: limit, perWorkspace: 100 },
      now: () => now,
    })
  const hold = (it: claiming.ClaimedRow, owner = 'a') => ({
    executionId: it.id,
    workspaceId: it.workspaceId,
    triggerId: it.triggerId,
    from: 'running' as const,
    owner,
    fence: it.fence,
    attempt: it.attempt,
  })
  const success = (it: claiming.ClaimedRow, owner = 'a'): Settlement => ({
    kind: 'settle',
    ...hold(it, owner),
    status: 'success',
    reason: null,
    reasonCode: null,
    output: 'done',
    outcome: { n: 1 },
    error: null,
    notes: null,
    memory: null,
    ...NOTHING_USED,
    tokensUsed: 3,
    cost: 0.5,
    durationMs: 40,
    countsAsFailure: false,
    steps: [{ n: 1, at: later(1), kind: 'step', text: 'looked', data: { a: [1] } }],
    events: ['schedule:started', 'schedule:completed', 'chat'],
    message: { text: 'done', prompt: '[SCHEDULED] Morning', response: '{"text":"done"}', include: true },
  })
  const types = async () => (await events.since(store, workspaceId, 0, 100)).events.map((it) => it.type)

  describe('fire', () => {
    test('records the run and moves the trigger on, in one step', async () => {
      const row = await make()
      expect((await due(store, later(-1), 10)).map((it) => it.id)).toEqual([])
      expect((await due(store, T0, 10)).map((it) => it.id)).toEqual([row.id])
      await fire(store, [planOf(row, [occurrence(T0)])], later(0))
      expect(await history()).toMatchObject([
        {
          triggerId: row.id,
          status: 'queued',
          scheduledFor: T0.toISOString(),
          occurrence: T0.toISOString(),
          attempt: 1,
          isCatchup: false,
        },
      ])
      expect(await nextDue(store)).toEqual(later(86_400))
    })

    test('a plan made from an older state changes nothing', async () => {
      const row = await make()
      await fire(store, [planOf(row, [occurrence(T0)])], T0)
      await fire(store, [planOf(row, [occurrence(later(60))])], later(60))
      expect(await history()).toHaveLength(1)
      expect(await nextDue(store)).toEqual(later(86_400))
    })

    test('two dispatchers that saw the same instant make one execution', async () => {
      for (let i = 0; i < 20; i++) {
        const row = await make({ name: `t${i}` })
        await Promise.all([
          fire(store, [planOf(row, [occurrence(T0)])], T0),
          fire(second, [planOf(row, [occurrence(T0)])], T0),
        ])
      }
      expect(await history()).toHaveLength(20)
    })

    test('overlap: skip leaves a trace that says why', async () => {
      const row = await make()
      await fire(store, [planOf(row, [occurrence(T0), occurrence(later(60))])], later(60))
      expect((await history()).map((it) => [it.status, it.reasonCode, it.reason]).sort()).toEqual([
        ['queued', null, null],
        ['skipped', 'overlap', 'Skipped: the run before it was still going.'],
      ])
      expect(await types()).toEqual(['schedule:created', 'schedule:skipped'])
    })

    test('overlap: buffer_one keeps one waiting, buffer_all as many as its limit, allow_all all', async () => {
      const three = [occurrence(T0), occurrence(later(60)), occurrence(later(120))]
      const one = await make({ overlap: 'buffer_one', name: 'one' })
      const all = await make({ overlap: 'buffer_all', name: 'all', bufferLimit: 2 })
      const free = await make({ overlap: 'allow_all', name: 'free' })
      await fire(
        store,
        [planOf(one, three), planOf(all, [...three, occurrence(later(180))]), planOf(free, three)],
        later(200),
      )
      const of = async (id: number) =>
        (await executions.list(store, workspaceId, { triggerId: id }, null, 10)).map((it) => it.status).sort()
      expect(await of(one.id)).toEqual(['queued', 'queued', 'skipped'])
      expect(await of(all.id)).toEqual(['queued', 'queued', 'queued', 'skipped'])
      expect(await of(free.id)).toEqual(['queued', 'queued', 'queued'])
      // Only those that hold a slot, or need none, can be taken.
      expect((await claimAll('a', later(300))).map((it) => it.triggerName).sort()).toEqual([
        'all',
        'free',
        'free',
        'free',
        'one',
      ])
    })

    test('overlap: cancel_other cancels what waits, asks what runs to stop, and takes its place after', async () => {
      const row = await make({ overlap: 'cancel_other' })
      await fire(store, [planOf(row, [occurrence(T0)])], T0)
      const [running] = await claimAll()
      const again = (await triggers.get(store, workspaceId, row.id)) as triggers.TriggerRow
      await fire(store, [planOf(again, [occurrence(later(60)), occurrence(later(120))])], later(120))
      expect((await history()).map((it) => it.status).sort()).toEqual(['cancelled', 'queued', 'running'])
      expect(await claiming.askedToStop(store, 'a')).toEqual([{ id: running?.id, reason: 'superseded' }])
      expect(await claimAll('a', later(130))).toEqual([])
      await write(
        store,
        [{ ...success(running as claiming.ClaimedRow), status: 'cancelled', reasonCode: 'superseded' }],
        later(131),
      )
      expect(await claimAll('a', later(132))).toHaveLength(1)
    })

    test('overlap: cancel_other tells of each run that it cancels once, however much is told in one instant', async () => {
      const { id: triggerId, overlap } = await make({ overlap: 'cancel_other' })
      const runNow = (key: string) =>
        fireNow(
          store,
          { workspaceId, triggerId, overlap },
          [occurrence(T0, { key, kind: 'manual', scheduledFor: null })],
          T0,
        )
      const [[first], [second]] = [await runNow('manual:1'), await runNow('manual:2')]
      const many = Array.from({ length: 1_200 }, () => ({ workspaceId, type: 'schedule:updated' as const }))
      await store.atomically([
        story.lockWorkspaces([workspaceId]),
        story.tell(many, T0),
        story.countEvents([workspaceId]),
      ])
      await runNow('manual:3')
      const told = (await events.since(store, workspaceId, 0, 2_000)).events
      expect(told.filter((it) => it.type === 'schedule:skipped').map((it) => it.executionId)).toEqual([
        first?.id,
        second?.id,
      ])
    })

    test('a gap is one row with its count, and the chat is told once', async () => {
      const row = await make()
      await fire(
        store,
        [
          planOf(row, [
            occurrence(T0, {
              key: 'gap',
              status: 'missed',
              reason: 'Missed: the server was down.',
              reasonCode: 'server_down',
              notice: 'Missed.',
              missedFrom: T0,
              missedTo: later(600),
              missedCount: 11,
            }),
          ]),
        ],
        later(700),
      )
      expect(await history()).toMatchObject([
        {
          status: 'missed',
          missedCount: 11,
          missedFrom: T0.toISOString(),
          missedTo: later(600).toISOString(),
          completedAt: later(700).toISOString(),
        },
      ])
      expect(await messages.list(store, workspaceId, { limit: 10 })).toMatchObject([
        { text: 'Missed.', status: 'missed' },
      ])
      expect(await types()).toEqual(['schedule:created', 'schedule:missed', 'chat:message'])
      expect((await statistics.days(store, workspaceId, '2026-03-01'))[0]).toMatchObject({
        date: '2026-03-01',
        missed: 11,
        total: 0,
      })
    })

    test('a request id makes one execution, however often it is sent', async () => {
      const row = await make()
      const manual = occurrence(T0, { key: 'manual:1', kind: 'manual', scheduledFor: null })
      const first = await fireNow(
        store,
        { workspaceId, triggerId: row.id, overlap: row.overlap },
        [manual],
        T0,
      )
      const repeated = await fireNow(
        second,
        { workspaceId, triggerId: row.id, overlap: row.overlap },
        [manual],
        later(1),
      )
      expect(repeated).toEqual(first)
      expect(await history()).toHaveLength(1)
    })
  })

  describe('claim', () => {
    const limits = { total: 100, perWorkspace: 100 }

    test('gives each execution one owner, though two servers take at once', async () => {
      for (let i = 0; i < 30; i++)
        await fire(store, [planOf(await make({ name: `t${i}` }), [occurrence(T0)])], T0)
      const take = (from: Store, owner: string) =>
        claiming.claim(from, {
          owner,
          shares: [{ workspaceId, take: 20 }],
          limits: { total: 100, perWorkspace: 100 },
          now: () => later(1),
        })
      const [a, b] = await Promise.all([take(store, 'a'), take(second, 'b')])
      const ids = [...a, ...b].map((it) => it.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(
        [...a, ...b].every((it) => it.fence === 1 && it.config?.includes('"agentId":"test-agent"')),
      ).toBe(true)
    })

    test.each([
      [
        'claimed',
        async (now: () => Date) => {
          await fire(store, [planOf(await make(), [occurrence(T0)])], T0)
          const shares = [{ workspaceId, take: 1 }]
          return () => claiming.claim(second, { owner: 'a', shares, limits, now })
        },
      ],
      [
        'fired and begun at once',
        async (now: () => Date) => {
          const plan = planOf(await make(), [occurrence(T0)])
          return () => fire(second, [plan], T0, { owner: 'a', limits, now })
        },
      ],
    ])('what waited for a lock to be %s began when it got it', async (_, prepare) => {
      let now = later(1)
      const ask = await prepare(() => now)
      let begun: Promise<claiming.ClaimedRow[]> | undefined
      await store.converse(async () => {
        await store.atomically([lockClaims()])
        begun = ask()
        now = later(5)
      })
      expect(await begun).toMatchObject([{ startedAt: later(5).getTime(), latenessMs: 5_000 }])
    })

    test.each([
      { total: 6, perWorkspace: 10 },
      { total: 10, perWorkspace: 6 },
    ])('never exceeds a limit, which counts what runs: %o', async (limits) => {
      for (let i = 0; i < 10; i++)
        await fire(store, [planOf(await make({ name: `t${i}` }), [occurrence(T0)])], T0)
      const take = (from: Store, owner: string) =>
        claiming.claim(from, { owner, shares: [{ workspaceId, take: 10 }], limits, now: () => later(1) })
      const [a, b] = await Promise.all([take(store, 'a'), take(second, 'b')])
      expect(a.length + b.length).toBe(6)
      expect(await claiming.backlog(store, later(1))).toEqual([
        { workspaceId, queued: 4, running: 6, maxConcurrent: null },
      ])
    })

    test('takes higher priority first and leaves what is not yet available', async () => {
      await fire(store, [planOf(await make({ name: 'low', priority: -1 }), [occurrence(T0)])], T0)
      await fire(store, [planOf(await make({ name: 'high', priority: 5 }), [occurrence(T0)])], T0)
      await fire(
        store,
        [planOf(await make({ name: 'later' }), [occurrence(T0, { availableAt: later(600) })])],
        T0,
      )
      expect((await claimAll('a', later(1), 1)).map((it) => it.triggerName)).toEqual(['high'])
      expect((await claimAll()).map((it) => it.triggerName)).toEqual(['low'])
      expect(await claiming.nextAvailable(store, later(1))).toEqual(later(600))
    })
  })

  describe('settle', () => {
    async function claimed(change: Partial<triggers.TriggerConfig> = {}): Promise<claiming.ClaimedRow> {
      await fire(store, [planOf(await make(change), [occurrence(T0)])], T0)
      return (await claimAll())[0] as claiming.ClaimedRow
    }

    test('writes outcome, message, events, counters and steps together', async () => {
      const it = await claimed()
      expect(await write(store, [success(it)], later(2))).toEqual(new Set([it.id]))
      expect(await executions.get(store, workspaceId, it.id)).toMatchObject({
        status: 'success',
        output: 'done',
        outcome: { n: 1 },
        ...NOTHING_USED,
        tokensUsed: 3,
        cost: 0.5,
        durationMs: 40,
        latenessMs: 1000,
        steps: [{ text: 'looked', data: { a: [1] } }],
      })
      expect(await messages.list(store, workspaceId, { limit: 10 })).toMatchObject([
        { prompt: '[SCHEDULED] Morning', executionId: it.id, status: 'success', version: 1 },
      ])
      expect(await types()).toEqual([
        'schedule:created',
        'schedule:started',
        'schedule:completed',
        'chat:message',
      ])
      expect(await triggers.get(store, workspaceId, it.triggerId)).toMatchObject({
        lastStatus: 'success',
        totalRuns: 1,
        successfulRuns: 1,
        consecutiveFailures: 0,
        durationMs: 40,
      })
      expect(await statistics.days(store, workspaceId, '2026-03-01')).toMatchObject([
        { total: 1, successful: 1, tokensUsed: 3, avgDurationSeconds: 0.04 },
      ])
    })

    test('a second settlement, another owner and an older fence are refused and leave no trace', async () => {
      const it = await claimed()
      expect(await write(store, [success(it, 'b')], later(2))).toEqual(new Set())
      expect(await write(store, [{ ...success(it), fence: it.fence - 1 }], later(2))).toEqual(new Set())
      expect(await types()).toEqual(['schedule:created'])
      await write(store, [success(it)], later(2))
      expect(await write(second, [success(it)], later(3))).toEqual(new Set())
      expect(await messages.list(store, workspaceId, { limit: 10 })).toHaveLength(1)
      expect(await triggers.get(store, workspaceId, it.triggerId)).toMatchObject({ totalRuns: 1 })
    })

    test('a checkpoint is written by the owner alone, once, and comes along with the next claim', async () => {
      const it = await claimed()
      expect(it.kept).toBeUndefined()
      const keep = (value: string, as = hold(it)): Announcement => ({
        kind: 'announce',
        ...as,
        steps: [],
        events: [],
        message: null,
        kept: [{ key: 'count', value }],
      })
      expect(await write(store, [keep('0', hold(it, 'b'))], later(2))).toEqual(new Set())
      expect(await write(store, [keep('1', { ...hold(it), fence: it.fence - 1 })], later(2))).toEqual(
        new Set(),
      )
      expect(await write(store, [keep('{"n":2}')], later(2))).toEqual(new Set([it.id]))
      // A page that is written again after a lost answer, and nothing else, repeats a key.
      expect(await write(store, [keep('3')], later(2))).toEqual(new Set([it.id]))
      const requeue: Requeue = {
        kind: 'requeue',
        ...hold(it),
        steps: [],
        events: [],
        message: null,
        nextAttempt: 2,
        availableAt: later(3),
        reason: 'again',
        reasonCode: 'shutdown',
        error: null,
        tainted: false,
      }
      await write(store, [requeue], later(2))
      expect(await claimAll('b', later(4))).toMatchObject([
        { id: it.id, attempt: 2, fence: it.fence + 1, kept: [{ key: 'count', value: '{"n":2}' }] },
      ])
      expect(await write(store, [keep('4')], later(5))).toEqual(new Set())
    })

    test('an announced run keeps its one message, which changes', async () => {
      const it = await claimed()
      const announcement: Announcement = {
        kind: 'announce',
        ...hold(it),
        steps: [],
        events: ['schedule:started', 'chat'],
        message: { text: 'Running …', prompt: '[SCHEDULED] Morning', response: '{}', include: true },
      }
      await write(store, [announcement], later(1))
      await write(store, [{ ...success(it), events: ['schedule:completed', 'chat'] }], later(2))
      expect(await messages.list(store, workspaceId, { limit: 10 })).toMatchObject([
        { text: 'done', version: 2 },
      ])
      expect(await types()).toEqual([
        'schedule:created',
        'schedule:started',
        'chat:message',
        'schedule:completed',
        'chat:updated',
      ])
    })

    test('progress tells the last step, its tool, what the message says and what the model used so far', async () => {
      const it = await claimed()
      const going = (n: number, kind: string, text: string, data: object | null): Announcement => ({
        kind: 'announce',
        ...hold(it),
        steps: [{ n, at: T0, kind, text, data }],
        events: ['execution:progress', 'chat'],
        message: { text: `So far: ${text}`, prompt: '[SCHEDULED] Morning', response: '{}', include: true },
      })
      const progress = async () => {
        const { events: told } = await events.since(store, workspaceId, 0, 100)
        return told.findLast((one) => one.type === 'execution:progress')
      }
      await write(store, [going(1, 'model', 'Asks for a page', { tokensIn: 700, tokensOut: 20 })], later(1))
      await write(store, [going(2, 'model', 'Asks again', { tokensIn: 900, tokensOut: 30 })], later(2))
      const soFar = { kind: 'schedule', executionId: it.id, tokensUsed: 1_650 }
      expect(await progress()).toMatchObject({ ...soFar, step: 'Asks again', text: 'So far: Asks again' })
      expect(await progress()).not.toHaveProperty('tool')
      await write(store, [going(3, 'tool', 'Fetches example.com', { tool: 'fetch_page' })], later(3))
      expect(await progress()).toMatchObject({ ...soFar, step: 'Fetches example.com', tool: 'fetch_page' })
    })

    test('a result that is not to be shown is kept, out of the chat', async () => {
      const it = await claimed()
      await write(
        store,
        [{ ...success(it), message: { text: 'nothing new', prompt: 'p', response: '{}', include: false } }],
        later(2),
      )
      expect(await messages.list(store, workspaceId, { limit: 10 })).toEqual([])
      expect(await types()).toEqual(['schedule:created', 'schedule:started', 'schedule:completed'])
    })

    test('a requeued run waits for its time, keeps its slot, and is claimed with a higher fence', async () => {
      const it = await claimed()
      const requeue: Requeue = {
        kind: 'requeue',
        ...hold(it),
        nextAttempt: 2,
        availableAt: later(60),
        reason: 'Attempt 1 failed',
        reasonCode: 'agent_error',
        error: 'boom',
        tainted: true,
        steps: [],
        events: ['execution:progress'],
        message: null,
      }
      await write(store, [requeue], later(2))
      // What is said of it until then shows the answer that it failed with.
      expect(await executions.get(store, workspaceId, it.id)).toMatchObject({ tainted: true })
      expect(await claimAll('a', later(59))).toEqual([])
      expect(await claimAll('b', later(60))).toMatchObject([{ id: it.id, fence: it.fence + 1, attempt: 2 }])
      expect(await write(store, [success(it)], later(61))).toEqual(new Set())
    })

    test('the oldest that waits takes the slot that became free', async () => {
      const row = await make({ overlap: 'buffer_all' })
      await fire(
        store,
        [planOf(row, [occurrence(T0), occurrence(later(60)), occurrence(later(120))])],
        later(120),
      )
      for (const at of [T0, later(60), later(120)]) {
        const [it, ...others] = await claimAll('a', later(200))
        expect([it?.scheduledFor, others.length]).toEqual([at.getTime(), 0])
        await write(store, [success(it as claiming.ClaimedRow)], later(201))
      }
    })

    test('seq rises by one, whatever is written at once', async () => {
      const rows = await Promise.all(Array.from({ length: 12 }, (_, i) => make({ name: `t${i}` })))
      await fire(
        store,
        rows.map((row) => planOf(row, [occurrence(T0)])),
        T0,
      )
      const all = await claimAll()
      await Promise.all(all.map((it, i) => write(i % 2 ? store : second, [success(it)], later(2))))
      const { events: told, lastSeq } = await events.since(store, workspaceId, 0, 100)
      expect(told.map((it) => it.seq)).toEqual(Array.from({ length: 12 * 4 }, (_, i) => i + 1))
      expect(lastSeq).toBe(48)
    })

    test('from wherever one asks, and however few at a time, each event comes once and in order', async () => {
      for (let i = 0; i < 3; i++)
        await fire(store, [planOf(await make({ name: `t${i}` }), [occurrence(T0)])], T0)
      await write(
        store,
        (await claimAll()).map((it) => success(it)),
        later(2),
      )
      const whole = await events.since(store, workspaceId, 0, 100)
      expect(whole.events.map((it) => it.type).slice(-3)).toEqual([
        'schedule:started',
        'schedule:completed',
        'chat:message',
      ])
      for (let after = 0; after <= whole.lastSeq; after++) {
        for (const limit of [1, 2, 100]) {
          const part = await events.since(store, workspaceId, after, limit)
          expect(part.events).toEqual(whole.events.slice(after, after + limit))
          expect(part.truncated).toBe(after + limit < whole.lastSeq)
        }
      }
      // Only a message tells what the chat shows, and only an end how it ended.
      const [started, completed, shown] = whole.events.slice(-3)
      expect([started?.message, started?.status, completed?.message]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      expect([completed?.success, shown?.message?.text]).toEqual([true, 'done'])
    })
  })

  test('what a dead server had claimed is found; what a living one holds is not', async () => {
    await fire(store, [planOf(await make({ name: 'dead' }), [occurrence(T0)])], T0)
    await claimAll('dead')
    await fire(store, [planOf(await make({ name: 'alive' }), [occurrence(T0)])], T0)
    const [living] = await claimAll('alive')
    await upkeep.beat(store, { id: 'dead', role: 'all', version: '1' }, later(0))
    await upkeep.beat(store, { id: 'alive', role: 'all', version: '1' }, later(30))
    const left = async (own: Partial<claiming.Own> = {}) =>
      (
        await claiming.abandoned(store, later(10), 10, {
          owner: 'me',
          carriedOut: [],
          begunBefore: later(60),
          ...own,
        })
      ).map((it) => it.triggerName)
    expect(await left()).toEqual(['dead'])
    // It was claimed by a server that has not been seen for a while, after that while: it may have been
    // frozen and be at work again.
    expect(
      (
        await claiming.abandoned(store, later(0.5), 10, {
          owner: 'me',
          carriedOut: [],
          begunBefore: later(60),
        })
      ).map((it) => it.triggerName),
    ).toEqual([])
    expect(await upkeep.lastBeat(store, 'alive')).toEqual(later(0))
    expect(await left({ owner: 'alive' })).toEqual(['dead', 'alive'])
    expect(await left({ owner: 'alive', carriedOut: [living?.id as number] })).toEqual(['dead'])
    expect(await left({ owner: 'alive', begunBefore: later(0) })).toEqual(['dead'])
  })

  test('to plan anew leaves alone what is due, and what will be within a minute', async () => {
    const dueIn = async (seconds: number) => make({ name: `in ${seconds}` }, later(seconds))
    for (const seconds of [-5, 30, 90]) await dueIn(seconds)
    await upkeep.planAnew(store, T0)
    const rows = await triggers.list(store, workspaceId, { after: 0, limit: 10 })
    expect(rows.map((it) => [it.name, it.dueAt === 0])).toEqual([
      ['in -5', false],
      ['in 30', false],
      ['in 90', true],
    ])
  })

  test('an edit from an older revision changes nothing', async () => {
    const row = await make()
    const edit = { by: 'ben', now: later(5) }
    expect(await triggers.change(store, row, { ...row, name: 'Renamed' }, edit)).toMatchObject({
      name: 'Renamed',
      revision: 2,
    })
    expect(await triggers.change(second, row, { ...row, name: 'Lost' }, edit)).toBeNull()
    expect(await triggers.get(store, workspaceId, row.id)).toMatchObject({ name: 'Renamed' })
    expect(await types()).toEqual(['schedule:created', 'schedule:updated'])
  })

  test('what a kind keeps of its own is edited, kept with its revision, and comes with what is due', async () => {
    const row = await make({ config: '{"bell":"tenor"}' })
    expect(await triggers.get(store, workspaceId, row.id)).toMatchObject({ config: '{"bell":"tenor"}' })
    const edit = { by: 'ben', now: later(5) }
    await triggers.change(store, row, { ...row, config: '{"bell":"treble"}' }, edit)
    expect(await due(store, later(6), 10)).toMatchObject([{ config: '{"bell":"treble"}' }])
    const kept = raw<{ config: string }>(sql`select config from trigger_revisions order by revision`)
    const revisions = await store.all(kept)
    expect(revisions.map((it) => JSON.parse(it.config).config)).toEqual([
      '{"bell":"tenor"}',
      '{"bell":"treble"}',
    ])
  })

  test('a deleted trigger is gone from lists and is not due; its history stays', async () => {
    const row = await make()
    await fireNow(store, { workspaceId, triggerId: row.id, overlap: 'skip' }, [occurrence(T0)], T0)
    expect(await triggers.remove(store, row, later(1))).toBe(true)
    expect(await triggers.list(store, workspaceId, { after: 0, limit: 10 })).toEqual([])
    expect(await due(store, later(1), 10)).toEqual([])
    expect(await history()).toHaveLength(1)
    expect((await events.since(store, workspaceId, 0, 10)).events.at(-1)).toMatchObject({
      type: 'schedule:deleted',
      scheduleId: row.id,
      scheduleName: 'Morning',
    })
  })

  test('a failing trigger is switched off once, with one notice', async () => {
    const row = await make({ disableAfterFailures: 1 })
    await fire(store, [planOf(row, [occurrence(T0)])], T0)
    const [it] = await claimAll()
    await write(
      store,
      [
        {
          ...success(it as claiming.ClaimedRow),
          status: 'failed',
          countsAsFailure: true,
          message: null,
          events: ['schedule:failed'],
        },
      ],
      later(2),
    )
    expect(await triggers.failing(store, [row.id])).toMatchObject([
      { consecutiveFailures: 1, recent: 1, recentSuccesses: 0 },
    ])
    const off = {
      id: row.id,
      workspaceId,
      failures: 1,
      reason: 'Too many failures.',
      notice: 'It was switched off.',
    }
    expect(await triggers.disable(store, off, later(3))).toBe(true)
    expect(await triggers.disable(second, off, later(4))).toBe(false)
    expect(await messages.list(store, workspaceId, { limit: 10 })).toMatchObject([
      { kind: 'notice', text: 'It was switched off.' },
    ])
    expect((await types()).slice(-2)).toEqual(['schedule:disabled', 'chat:message'])
  })

  test('history pages by place, with filters, and reads the same however deep', async () => {
    const row = await make({ overlap: 'allow_all' })
    for (let i = 0; i < 7; i++)
      await fireNow(
        store,
        { workspaceId, triggerId: row.id, overlap: 'allow_all' },
        [occurrence(later(i))],
        later(i),
      )
    const first = await executions.list(store, workspaceId, {}, null, 3)
    const place = { queuedAt: Date.parse(first.at(-1)?.queuedAt as string), id: first.at(-1)?.id as number }
    const rest = await executions.list(store, workspaceId, {}, place, 10)
    expect([...first, ...rest].map((it) => it.scheduledFor)).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((i) => later(i).toISOString()),
    )
    expect(
      await executions.list(
        store,
        workspaceId,
        { status: ['queued', 'failed'], from: later(2), to: later(4) },
        null,
        10,
      ),
    ).toHaveLength(2)
    expect(await executions.list(store, workspaceId, { q: 'morn%' }, null, 10)).toEqual([])
    expect(
      await executions.list(store, workspaceId, { q: 'MORN', triggerId: row.id, kind: 'schedule' }, null, 10),
    ).toHaveLength(7)
    expect(
      (await executions.list(store, workspaceId, { q: 'morn' }, place, 2)).map((it) => it.scheduledFor),
    ).toEqual([3, 2].map((i) => later(i).toISOString()))
  })

  test('words are found however deep they lie', async () => {
    const row = await make({ overlap: 'allow_all', name: 'Needle' })
    await fireNow(store, { workspaceId, triggerId: row.id, overlap: 'allow_all' }, [occurrence(T0)], T0)
    const hay = raw(sql`
      insert into executions (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind,
        occurrence, queued_at, available_at, status)
      select ${sql.raw(String(workspaceId))}, ${sql.raw(String(row.id))}, 'Hay', 1, 'test-agent', 'schedule',
        'hay ' || n, ${sql.raw(String(later(1).getTime()))} + n, 0, 'success'
      from (with recursive s(n) as (select 1 union all select n + 1 from s where n < 11000) select n from s) numbers`)
    await store.atomically([hay])
    expect(await executions.list(store, workspaceId, { q: 'needle' }, null, 10)).toMatchObject([
      { triggerName: 'Needle' },
    ])
    expect(await executions.list(store, workspaceId, { kind: 'backfill' }, null, 10)).toEqual([])
  })

  test('a message is kept once however often it is sent, and is found by its words', async () => {
    const say = (text: string, clientId: string | undefined, at: Date, from = store) =>
      messages.post(
        from,
        { workspaceId, kind: 'person', text, author: { id: 'ada', name: 'Ada' }, clientId },
        at,
      )
    const first = await say('The quick "brown" fox', 'c1', T0)
    expect((await say('The quick "brown" fox', 'c1', later(1), second)).id).toBe(first.id)
    await say('Another day', undefined, later(2))
    expect((await messages.list(store, workspaceId, { limit: 10 })).map((it) => it.text)).toEqual([
      'The quick "brown" fox',
      'Another day',
    ])
    expect(
      (await messages.list(store, workspaceId, { q: '"brown" fox', limit: 10 })).map((it) => it.id),
    ).toEqual([first.id])
    expect(await messages.list(store, workspaceId, { q: 'NEAR( * :', limit: 10 })).toEqual([])
    expect(await types()).toEqual(['chat:message', 'chat:message'])
  })

  test('words are found in any case and in any script', async () => {
    const say = (text: string) =>
      messages.post(store, { workspaceId, kind: 'person', text, author: { id: 'ada', name: 'Ada' } }, T0)
    for (const text of [
      'Die GRÖSSE der Übersicht',
      '今日の会議は中止です',
      'GPU会議 heute',
      '내일 회의는 없습니다',
    ])
      await say(text)
    const found = async (q: string) =>
      (await messages.list(store, workspaceId, { q, limit: 10 })).map((it) => it.text)
    expect(await found('größe')).toEqual([])
    expect(await found('grösse übersicht')).toEqual(['Die GRÖSSE der Übersicht'])
    expect(await found('会議')).toEqual(['今日の会議は中止です', 'GPU会議 heute'])
    expect(await found('gpu会議 HEUTE')).toEqual(['GPU会議 heute'])
    expect(await found('회의')).toEqual(['내일 회의는 없습니다'])
    expect(await found('会%')).toEqual([])

    const { id } = await make({ name: 'ÜBERSICHT' })
    const ofTriggers = await triggers.list(store, workspaceId, { after: 0, limit: 10, q: 'übersicht' })
    expect(ofTriggers.map((it) => it.id)).toEqual([id])
    await fireNow(store, { workspaceId, triggerId: id, overlap: 'skip' }, [occurrence(T0)], T0)
    expect(await executions.list(store, workspaceId, { q: 'Übersicht' }, null, 10)).toHaveLength(1)
  })

  test('what was said is found at once, as it is now, however much of it is not in the index yet', async () => {
    const found = async (q: string) =>
      (await messages.list(store, workspaceId, { q, limit: 1000 })).map((it) => it.text)
    const author = { id: 'ada', name: 'Ada' }
    const post = (text: string) => messages.post(store, { workspaceId, kind: 'person', text, author }, T0)
    for (let i = 0; i < 30; i++) await post(`bell ${i}`)
    expect(await found('bell')).toHaveLength(30)
    const last = await post('bell of tomorrow')
    // One that the index has, and one that it has not.
    await store.q.update(store.t.messages).set({ text: 'chime' }).where(eq(store.t.messages.text, 'bell 7'))
    await store.q.update(store.t.messages).set({ text: 'gong' }).where(eq(store.t.messages.id, last.id))
    await store.q.delete(store.t.messages).where(eq(store.t.messages.text, 'bell 8'))
    expect(await found('bell')).toHaveLength(28)
    expect([await found('chime'), await found('gong')]).toEqual([['chime'], ['gong']])
    expect(await messages.index(store)).toBe(false)
  })

  test('old events are cleared in pages once triggers have heard them; the newest stays, for it carries the count', async () => {
    const many = Array.from({ length: 1200 }, () => ({ workspaceId, type: 'schedule:updated' as const }))
    await store.atomically([
      story.lockWorkspaces([workspaceId]),
      story.tell(many, T0),
      story.countEvents([workspaceId]),
    ])
    const cleared = (at: Date) => ({
      ...{ eventsBefore: at, answersBefore: at, evaluationsBefore: at, deliveriesBefore: at },
    })
    await upkeep.prune(store, cleared(T0))
    expect(await events.since(store, workspaceId, 0, 10)).toMatchObject({ oldest: 1, lastSeq: 1200 })
    await upkeep.prune(store, cleared(later(1)))
    expect(await events.since(store, workspaceId, 0, 10)).toMatchObject({ oldest: 1, lastSeq: 1200 })
    const matched = { seen: 0, upTo: 1200 }
    await occur(store, { workspaceId, occurring: [], evaluations: [], matched }, later(1))
    await upkeep.prune(store, cleared(later(1)))
    expect(await events.since(store, workspaceId, 0, 10)).toMatchObject({
      events: [{ seq: 1200 }],
      oldest: 1200,
      lastSeq: 1200,
    })
  })

  test('the global pause is one, and ends', async () => {
    await upkeep.pauseAll(store, 'holiday', T0)
    await upkeep.pauseAll(second, 'again', later(1))
    expect(await upkeep.globalPause(store)).toEqual({ reason: 'holiday', since: T0 })
    await upkeep.resumeAll(store, later(60))
    expect(await upkeep.globalPause(store)).toBeNull()
    expect(await upkeep.outages(store, later(30))).toEqual([
      { kind: 'paused', reason: 'holiday', startedAt: T0, endedAt: later(60) },
    ])
  })
})
