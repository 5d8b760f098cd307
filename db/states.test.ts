/**
 * Every legal move of an execution by the real verbs, on both databases; and every move that is not legal,
 * which changes nothing.
 */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isLive, type Live, LIVE, mayMove, MOVES, STATUSES, type Status } from '../lib/contract/states.ts'
import * as claiming from './queries/claiming.ts'
import * as events from './queries/events.ts'
import * as executions from './queries/executions.ts'
import { due } from './queries/due.ts'
import { fireNow, type Occurrence } from './queries/firing.ts'
import { gauges } from './queries/gauges.ts'
import * as messages from './queries/messages.ts'
import { archiveMessages, FIRST, pruneExecutions } from './queries/retention.ts'
import { type Entry, type Hold, NOTHING_USED, type Park, type Settlement } from './queries/entries.ts'
import { write } from './queries/settling.ts'
import * as statistics from './queries/statistics.ts'
import * as triggers from './queries/triggers.ts'
import type { Store } from './store.ts'
import { raw } from './testing/raw.ts'
import { SETTINGS } from './testing/settings.ts'
import { stores } from './testing/stores.ts'

const T0 = new Date('2026-03-01T09:00:00Z')
const later = (seconds: number) => new Date(T0.getTime() + seconds * 1000)
const clean = raw(sql`delete from workspaces`)

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let second: Store
  let close: () => Promise<void>
  let workspaceId: number
  let triggerId: number

  beforeAll(async () => {
    ;({ store, second, close } = await open())
  }, 120_000)
  afterAll(() => close())
  beforeEach(async () => {
    await store.atomically([clean])
    const [row] = await store.q
      .insert(store.t.workspaces)
      .values({ name: 'Home', slug: 'home', createdAt: T0.getTime() })
      .returning()
    workspaceId = row?.id as number
    triggerId = (await make()).id
  })

  const make = (change: Partial<triggers.TriggerConfig> = {}) =>
    triggers.create(
      store,
      workspaceId,
      { ...SETTINGS, bufferLimit: 2, ...change, nextRunAt: null, dueAt: null },
      'ada',
      T0,
    )

  const occurrence = (change: Partial<Occurrence> = {}): Occurrence => ({
    key: 'it',
    kind: 'manual',
    scheduledFor: null,
    status: 'queued',
    availableAt: T0,
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
  const fired = async (change: Partial<Occurrence> = {}, at = T0, trigger = triggerId) => {
    const row = await triggers.get(store, workspaceId, trigger)
    const target = { workspaceId, triggerId: trigger, overlap: row?.overlap as string }
    return (await fireNow(store, target, [occurrence(change)], at))[0]?.id as number
  }
  const claim = (now = later(1), from = store) =>
    claiming.claim(from, {
      owner: 'a',
      shares: [{ workspaceId, take: 100 }],
      limits: { total: 100, perWorkspace: 100 },
      now: () => now,
    })
  const rowOf = async (id: number) =>
    (await executions.find(store, workspaceId, id)) as executions.ExecutionRow
  const holdOf = async (id: number, from?: Live): Promise<Hold> => {
    const row = await rowOf(id)
    const { owner, fence, attempt } = row
    return {
      executionId: id,
      workspaceId,
      triggerId: row.triggerId,
      from: from ?? (row.status as Live),
      owner,
      fence,
      attempt,
    }
  }
  const quiet = { message: null, events: [], steps: [] }
  const settlement = (hold: Hold, status: Settlement['status']): Settlement => ({
    kind: 'settle',
    ...hold,
    ...quiet,
    status,
    reason: null,
    reasonCode: null,
    output: null,
    outcome: null,
    error: null,
    notes: null,
    memory: null,
    ...NOTHING_USED,
    durationMs: null,
    countsAsFailure: status === 'failed',
  })
  const parking = (hold: Hold, change: Partial<Park> = {}): Park => ({
    kind: 'park',
    ...hold,
    ...quiet,
    events: ['execution:waiting'],
    asks: [],
    ...NOTHING_USED,
    reason: 'Waits for Ada.',
    reasonCode: null,
    durationMs: hold.from === 'running' ? 700 : null,
    holdSlot: false,
    ...change,
  })
  const puttingBack = (hold: Hold): Entry => ({ kind: 'putBack', ...hold, ...quiet })
  const requeueing = (hold: Hold): Entry => ({
    kind: 'requeue',
    ...hold,
    ...quiet,
    nextAttempt: hold.attempt + 1,
    availableAt: T0,
    reason: 'Again.',
    reasonCode: 'agent_error',
    error: null,
    tainted: false,
  })
  const park = async (id: number, change: Partial<Park> = {}) =>
    write(store, [parking(await holdOf(id), change)], later(2))
  const putBack = async (...ids: number[]) =>
    write(store, (await Promise.all(ids.map((id) => holdOf(id)))).map(puttingBack), later(3))
  const settle = async (id: number, status: Settlement['status'] = 'success') =>
    write(store, [settlement(await holdOf(id), status)], later(4))
  const types = async () => (await events.since(store, workspaceId, 0, 100)).events.map((it) => it.type)
  const statusOf = async (id: number) => (await rowOf(id)).status
  const heldOf = async (id: number) => {
    const [row] = await store.q.select().from(store.t.executions).where(sql`id = ${id}`)
    return [row?.status, row?.held, row?.slot !== null]
  }

  /** An execution that stands there, by the verbs that bring it there. */
  async function standing(status: Status): Promise<number> {
    if (status === 'skipped' || status === 'missed') return fired({ status })
    const id = await fired()
    if (status === 'queued') return id
    await claim()
    if (status === 'waiting') await park(id)
    else if (status !== 'running') await settle(id, status)
    return id
  }

  /** All that could bring an execution to `to`, by whoever believes that it stands at `from`. */
  function attempts(hold: Hold, to: Status): (() => Promise<unknown>)[] {
    const entry = (it: Entry) => () => write(store, [it], later(5))
    const again = (status: Occurrence['status']) => () => fired({ status }, later(5))
    switch (to) {
      case 'queued':
        return [entry(requeueing(hold)), entry(puttingBack(hold)), again('queued')]
      case 'running':
        return [() => claim(later(5))]
      case 'waiting':
        return [entry(parking(hold))]
      case 'success':
      case 'failed':
      case 'cancelled':
        return [entry(settlement(hold, to))]
      case 'skipped':
        return [entry(settlement(hold, to)), again(to)]
      case 'missed':
        return [entry(settlement(hold, to as never)), again(to)]
    }
  }

  const pairs = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const))

  describe('legal', () => {
    test.each(MOVES.none)('none → %s', async (to) => {
      expect(await statusOf(await fired({ status: to }))).toBe(to)
    })

    test.each(pairs.filter(([from, to]) => mayMove(from, to)))('%s → %s', async (from, to) => {
      const id = await standing(from)
      const hold = await holdOf(id)
      for (const attempt of attempts(hold, to)) await attempt().catch(() => {})
      expect(await statusOf(id)).toBe(to)
      if (isLive(to) && to !== 'running') expect((await rowOf(id)).owner).toBeNull()
    })
  })

  describe('not legal', () => {
    test.each(STATUSES.filter((to) => !mayMove('none', to)))('none → %s', async (to) => {
      const hold: Hold = {
        executionId: 1_000_000,
        workspaceId,
        triggerId,
        from: 'running',
        owner: 'a',
        fence: 1,
        attempt: 1,
      }
      for (const from of LIVE)
        for (const attempt of attempts({ ...hold, from }, to)) await attempt().catch(() => {})
      expect(await executions.list(store, workspaceId, {}, null, 10)).toEqual([])
    })

    test.each(pairs.filter(([from, to]) => !mayMove(from, to)))('%s → %s', async (from, to) => {
      const id = await standing(from)
      const before = {
        row: await store.q.select().from(store.t.executions),
        types: await types(),
        days: await statistics.days(store, workspaceId, '2026-01-01'),
        trigger: await triggers.get(store, workspaceId, triggerId),
      }
      for (const believed of LIVE)
        for (const attempt of attempts(await holdOf(id, believed), to)) {
          const done = await attempt().catch(() => new Set())
          if (done instanceof Set) expect(done.size).toBe(0)
        }
      expect({
        row: await store.q.select().from(store.t.executions),
        types: await types(),
        days: await statistics.days(store, workspaceId, '2026-01-01'),
        trigger: await triggers.get(store, workspaceId, triggerId),
      }).toEqual(before)
    })

    test('an older fence moves nothing', async () => {
      const id = await standing('waiting')
      const hold = await holdOf(id)
      await putBack(id)
      await claim(later(4))
      await park(id)
      for (const entry of [puttingBack(hold), settlement(hold, 'cancelled')])
        expect(await write(store, [entry], later(5))).toEqual(new Set())
      expect(await statusOf(id)).toBe('waiting')
    })
  })

  describe('waiting', () => {
    test('uses no capacity, is told, and goes on with a higher fence and with the time it has used', async () => {
      const id = await standing('waiting')
      expect(await rowOf(id)).toMatchObject({
        status: 'waiting',
        owner: null,
        durationMs: 700,
        reason: 'Waits for Ada.',
        completedAt: null,
      })
      expect((await types()).at(-1)).toBe('execution:waiting')
      expect(await claiming.backlog(store, later(5))).toEqual([])
      expect(await gauges(store, later(5))).toMatchObject({ queued: 0, running: 0, waiting: 1 })
      const listed = await executions.list(store, workspaceId, { status: ['waiting'] }, null, 10)
      expect(listed.map((it) => it.id)).toEqual([id])
      await putBack(id)
      expect(await claim(later(5))).toMatchObject([{ id, fence: 2, attempt: 1, spentMs: 700 }])
    })

    test('what begins has used no time, and another attempt has all of it', async () => {
      const id = await fired()
      expect(await claim()).toMatchObject([{ spentMs: null }])
      await park(id)
      await putBack(id)
      await claim(later(4))
      await write(store, [requeueing(await holdOf(id))], later(5))
      expect(await claim(later(6))).toMatchObject([{ attempt: 2, spentMs: null }])
    })

    test('gives its slot to the next in line, and gets in line itself', async () => {
      triggerId = (await make({ overlap: 'buffer_all' })).id
      const first = await fired({ key: '1' })
      const next = await fired({ key: '2' }, later(1))
      await claim()
      expect(await heldOf(next)).toEqual(['queued', true, false])
      await park(first)
      expect(await heldOf(next)).toEqual(['queued', false, true])
      await putBack(first)
      expect(await heldOf(first)).toEqual(['queued', true, false])
      expect(await rowOf(first)).toMatchObject({ reason: 'Waits for the run before it.' })
      expect((await claim(later(4))).map((it) => it.id)).toEqual([next])
      await settle(next)
      expect(await heldOf(first)).toEqual(['queued', false, true])
      expect((await claim(later(5))).map((it) => it.id)).toEqual([first])
    })

    test.each([
      { holdSlot: false, status: 'queued', liveSince: null },
      { holdSlot: true, status: 'skipped', liveSince: T0.getTime() },
    ])('a new instant meets it as a run that goes on only where it holds the slot: $holdSlot', async (it) => {
      const id = await fired()
      await claim()
      await park(id, { holdSlot: it.holdSlot })
      await store.q.update(store.t.triggers).set({ dueAt: T0.getTime() })
      expect(await due(store, T0, 10)).toMatchObject([{ liveSince: it.liveSince }])
      expect(await statusOf(await fired({ key: 'next' }, later(5)))).toBe(it.status)
      if (!it.holdSlot) return
      await putBack(id)
      expect(await heldOf(id)).toEqual(['queued', false, true])
    })

    test('of two that are put back at once, the older has the slot', async () => {
      const first = await standing('waiting')
      const other = await fired({ key: '2' }, later(1))
      await claim(later(2))
      await park(other)
      await putBack(other, first)
      expect([await heldOf(first), await heldOf(other)]).toEqual([
        ['queued', false, true],
        ['queued', true, false],
      ])
    })

    test('where runs may overlap, nobody is in line', async () => {
      triggerId = (await make({ overlap: 'allow_all' })).id
      const id = await standing('waiting')
      await fired({ key: '2' }, later(1))
      await putBack(id)
      expect(await heldOf(id)).toEqual(['queued', false, false])
    })

    test('one that was asked to stop does not wait: whoever takes it ends it', async () => {
      const id = await standing('running')
      expect(await executions.askToStop(store, workspaceId, id, 'Enough.', later(2))).toBe(true)
      expect(await park(id)).toEqual(new Set([id]))
      expect(await types()).not.toContain('execution:waiting')
      expect(await claim(later(5))).toMatchObject([{ id, cancelReason: 'Enough.' }])
    })

    test('a newer run takes its place: once begun it is taken and ended, before that it is cancelled', async () => {
      triggerId = (await make({ overlap: 'cancel_other' })).id
      const begun = await standing('waiting')
      const newer = await fired({ key: '2' }, later(5))
      expect(await statusOf(newer)).toBe('queued')
      expect(await claim(later(5))).toMatchObject([{ id: begun, cancelReason: 'superseded' }])
      await settle(begun, 'cancelled')
      expect((await claim(later(6))).map((it) => it.id)).toEqual([newer])
      await settle(newer)

      const asked = await fired({ key: '3' }, later(7))
      await park(asked)
      const newest = await fired({ key: '4' }, later(8))
      expect(await rowOf(asked)).toMatchObject({ status: 'cancelled', reasonCode: 'superseded' })
      expect((await claim(later(9))).map((it) => it.id)).toEqual([newest])
    })

    test('is nothing that a dead server left behind', async () => {
      await standing('waiting')
      const own = { owner: 'b', carriedOut: [], begunBefore: later(3600) }
      expect(await claiming.abandoned(store, later(3600), 10, own)).toEqual([])
    })

    test('stays, with its message, however old', async () => {
      const id = await standing('running')
      const message = { text: 'Waits for Ada.', response: '{}', prompt: 'Morning', include: true }
      await park(id, { message, events: ['execution:waiting', 'chat'] })
      const old = { workspaceId, before: later(86_400) }
      expect(await pruneExecutions(store, { ...old, after: FIRST })).toMatchObject({ changed: 0 })
      expect(await archiveMessages(store, { ...old, after: 0, now: later(86_400) })).toMatchObject({
        changed: 0,
      })
      expect(await messages.list(store, workspaceId, { limit: 10 })).toMatchObject([
        { status: 'waiting', text: 'Waits for Ada.' },
      ])
    })

    test('expired is a run that failed; refused before it began is no run', async () => {
      await settle(await standing('waiting'), 'failed')
      const refused = await fired({ key: '2' }, later(5))
      await park(refused)
      await settle(refused, 'skipped')
      expect(await statistics.days(store, workspaceId, '2026-03-01')).toMatchObject([
        { total: 1, failed: 1, skipped: 1 },
      ])
      expect(await triggers.get(store, workspaceId, triggerId)).toMatchObject({
        totalRuns: 1,
        failedRuns: 1,
        lastStatus: 'failed',
      })
    })
  })

  test('what is claimed in the moment in which it is cancelled is either, never both', async () => {
    triggerId = (await make({ overlap: 'allow_all' })).id
    for (let round = 0; round < 10; round++) {
      const ids = await Promise.all(
        Array.from({ length: 8 }, (_, n) => fired({ key: `${round}-${n}` }, later(round * 10))),
      )
      const message = { text: 'Cancelled.', response: '{}', prompt: 'Morning', include: true }
      const entries = await Promise.all(
        ids.map(async (id): Promise<Entry> => ({ ...settlement(await holdOf(id), 'cancelled'), message })),
      )
      const at = later(round * 10 + 1)
      await Promise.all([claim(at, second), ...entries.map((it) => write(store, [it], at))])
    }
    const rows = await executions.list(store, workspaceId, {}, null, 100)
    const cancelled = rows.filter((it) => it.status === 'cancelled')
    expect(cancelled.length + rows.filter((it) => it.status === 'running').length).toBe(80)
    const shown = await messages.list(store, workspaceId, { limit: 100 })
    expect(shown.map((it) => it.executionId).sort()).toEqual(cancelled.map((it) => it.id).sort())
    expect(await triggers.get(store, workspaceId, triggerId)).toMatchObject({ totalRuns: cancelled.length })
  })
})
