/** What a digest reads and what retention lets go of, on both databases. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { raw } from '../testing/raw.ts'
import { stores } from '../testing/stores.ts'
import * as activity from './activity.ts'
import * as retention from './retention.ts'

const T0 = new Date('2026-03-01T09:00:00Z')
const at = (days: number) => new Date(T0.getTime() + days * 86_400_000)
const clean = raw(sql`delete from workspaces`)

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let workspaceId: number
  let other: number

  beforeAll(async () => {
    const opened = await open()
    ;({ store, close } = opened)
  }, 120_000)
  afterAll(() => close())
  beforeEach(async () => {
    await store.atomically([clean])
    workspaceId = await makeWorkspace('home')
    other = await makeWorkspace('other')
  })

  async function makeWorkspace(slug: string): Promise<number> {
    const [row] = await store.q
      .insert(store.t.workspaces)
      .values({ name: slug, slug, createdAt: T0.getTime() })
      .returning()
    return row?.id as number
  }
  async function trigger(
    name: string,
    change: Partial<typeof store.t.triggers.$inferInsert> = {},
  ): Promise<number> {
    const [row] = await store.q
      .insert(store.t.triggers)
      .values({
        workspaceId,
        name,
        agentId: 'test-agent',
        createdAt: T0.getTime(),
        updatedAt: T0.getTime(),
        ...change,
      })
      .returning()
    return row?.id as number
  }
  let occurrences = 0
  async function execution(
    triggerId: number,
    change: Partial<typeof store.t.executions.$inferInsert> = {},
  ): Promise<number> {
    const queuedAt = change.queuedAt ?? T0.getTime()
    const [row] = await store.q
      .insert(store.t.executions)
      .values({
        workspaceId,
        triggerId,
        triggerName: `T${triggerId}`,
        triggerRevision: 1,
        agentId: 'test-agent',
        kind: 'schedule',
        occurrence: String(occurrences++),
        queuedAt,
        availableAt: queuedAt,
        completedAt: queuedAt,
        status: 'success',
        ...change,
      })
      .returning()
    return row?.id as number
  }
  async function message(change: Partial<typeof store.t.messages.$inferInsert> = {}): Promise<number> {
    const createdAt = change.createdAt ?? T0.getTime()
    const [row] = await store.q
      .insert(store.t.messages)
      .values({
        workspaceId,
        kind: 'person' as const,
        prompt: 'hi',
        text: 'hi',
        authorName: 'Ada',
        createdAt,
        updatedAt: createdAt,
        ...change,
      })
      .returning()
    return row?.id as number
  }
  const shown = async () =>
    (await store.q.select().from(store.t.messages))
      .filter((it) => it.include)
      .map((it) => it.id)
      .sort((a, b) => a - b)
  const executionIds = async () =>
    (await store.q.select().from(store.t.executions)).map((it) => it.id).sort((a, b) => a - b)

  test('a trial is no success: what it would have told, nobody was told', async () => {
    const id = await trigger('Digest')
    const ended = { status: 'success', completedAt: at(1).getTime() } as const
    await execution(id, { ...ended, startedAt: at(1).getTime() })
    await execution(id, { ...ended, startedAt: at(2).getTime(), queuedAt: at(2).getTime(), staged: true })
    expect(await activity.lastSuccessAt(store, workspaceId, id)).toEqual(at(1))
    const { runs } = await activity.runs(store, { workspaceId, since: at(0), until: at(9) }, [])
    expect(runs.map(({ status, n }) => [status, n])).toEqual([['success', 1]])
  })

  test('archiving hides old messages of this workspace, but none of a run that goes on', async () => {
    const trig = await trigger('A')
    const running = await execution(trig, { status: 'running' })
    const old = await message({ createdAt: at(-10).getTime() })
    const live = await message({ createdAt: at(-10).getTime(), executionId: running, kind: 'result' })
    const foreign = await message({ createdAt: at(-10).getTime(), workspaceId: other })
    const fresh = await message({ createdAt: at(-1).getTime() })
    expect(
      await retention.archiveMessages(store, { workspaceId, before: at(-5), after: 0, now: T0 }),
    ).toEqual({ changed: 1, bytes: 0, next: null })
    expect(await shown()).toEqual([live, foreign, fresh])
    expect(old).toBeLessThan(live)
  })

  test('more than a page is archived page by page', async () => {
    await store.q.insert(store.t.messages).values(
      Array.from({ length: 700 }, () => ({
        workspaceId,
        kind: 'person' as const,
        prompt: 'hi',
        text: 'hi',
        authorName: 'Ada',
        createdAt: at(-10).getTime(),
        updatedAt: at(-10).getTime(),
      })),
    )
    const first = await retention.archiveMessages(store, { workspaceId, before: at(-5), after: 0, now: T0 })
    expect(first).toMatchObject({ changed: 500, next: expect.any(Number) })
    expect(
      await retention.archiveMessages(store, {
        workspaceId,
        before: at(-5),
        after: first.next as number,
        now: T0,
      }),
    ).toMatchObject({ changed: 200, next: null })
    expect(await shown()).toEqual([])
  })

  test('pruning deletes old ended executions with their steps and keeps the rest', async () => {
    const trig = await trigger('A')
    const gone = await execution(trig, { queuedAt: at(-10).getTime(), output: 'x'.repeat(100) })
    await store.q
      .insert(store.t.executionSteps)
      .values({ executionId: gone, n: 1, attempt: 1, at: T0.getTime(), kind: 'step', text: 'ä'.repeat(10) })
    const told = await message({ kind: 'result', executionId: gone })
    const queued = await execution(trig, { queuedAt: at(-10).getTime(), status: 'queued' })
    const foreign = await execution(trig, { queuedAt: at(-10).getTime(), workspaceId: other })
    const last = await execution(trig, { queuedAt: at(-9).getTime() })
    const fresh = await execution(trig, { queuedAt: at(-1).getTime() })
    await store.q.update(store.t.triggers).set({ lastExecutionId: last })
    expect(
      await retention.pruneExecutions(store, { workspaceId, before: at(-5), after: retention.FIRST }),
    ).toEqual({ changed: 1, bytes: 120, next: null })
    expect(await executionIds()).toEqual([queued, foreign, last, fresh])
    expect(await store.q.select().from(store.t.executionSteps)).toEqual([])
    expect(await store.q.select().from(store.t.messages)).toMatchObject([
      { id: told, executionId: null, text: 'hi' },
    ])
  })

  test('more than a page is pruned page by page, past what is kept', async () => {
    const trig = await trigger('A')
    const values = Array.from({ length: 620 }, (_, index) => ({
      workspaceId,
      triggerId: trig,
      triggerName: 'A',
      triggerRevision: 1,
      agentId: 'a',
      kind: 'schedule',
      occurrence: `many ${index}`,
      queuedAt: at(-10).getTime(),
      availableAt: T0.getTime(),
      status: index === 3 ? ('running' as const) : ('success' as const),
    }))
    await store.q.insert(store.t.executions).values(values)
    let changed = 0
    let pages = 0
    for (let place: retention.Place | null = retention.FIRST; place; pages++) {
      const page: retention.Page<retention.Place> = await retention.pruneExecutions(store, {
        workspaceId,
        before: at(-5),
        after: place,
      })
      changed += page.changed
      place = page.next
    }
    expect({ changed, pages, left: (await executionIds()).length }).toEqual({
      changed: 619,
      pages: 2,
      left: 1,
    })
  })

  test('what a run has kept to go on goes when it has ended, and only of this workspace', async () => {
    const trig = await trigger('A')
    const old = { completedAt: at(-3).getTime() }
    const ended = await execution(trig, old)
    const kept = [
      await execution(trig, { ...old, status: 'waiting', completedAt: null }),
      await execution(trig, { completedAt: T0.getTime() }),
      await execution(trig, { ...old, workspaceId: other }),
    ]
    await store.q.insert(store.t.executionCheckpoints).values(
      [ended, ended, ...kept].map((executionId, n) => ({
        ...{ executionId, key: String(n), value: '"soup"', at: T0.getTime() },
      })),
    )
    const drop = () => retention.dropWorkingCopies(store, { workspaceId, before: at(-1), after: 0 })
    expect(await drop()).toEqual({ changed: 1, bytes: 12, next: null })
    expect(await drop()).toEqual({ changed: 0, bytes: 0, next: null })
    const left = await store.q.select().from(store.t.executionCheckpoints)
    expect(left.map((it) => it.executionId).sort()).toEqual(kept.sort())
  })

  test('a deleted schedule goes when its history has gone', async () => {
    const withHistory = await trigger('A', { deletedAt: at(-40).getTime() })
    await execution(withHistory)
    await trigger('B', { deletedAt: at(-40).getTime() })
    const recently = await trigger('C', { deletedAt: at(-1).getTime() })
    const alive = await trigger('D')
    expect(await retention.removeDeletedTriggers(store, workspaceId, at(-30))).toEqual({
      removed: 1,
      more: false,
    })
    expect((await store.q.select().from(store.t.triggers)).map((it) => it.id)).toEqual([
      withHistory,
      recently,
      alive,
    ])
  })

  test('an invitation goes long after it ran out', async () => {
    const invitation = (email: string, change = {}) => ({
      workspaceId,
      email,
      role: 'editor' as const,
      tokenHash: email,
      createdAt: at(-60).getTime(),
      expiresAt: at(-50).getTime(),
      ...change,
    })
    await store.q
      .insert(store.t.invitations)
      .values([
        invitation('a'),
        invitation('b', { acceptedAt: at(-55).getTime() }),
        invitation('c', { expiresAt: at(-1).getTime() }),
      ])
    expect(await retention.removeStaleInvitations(store, workspaceId, at(-30))).toBe(1)
    expect(await retention.retentionDays(store, workspaceId)).toBeNull()
  })

  describe('activity', () => {
    const window = () => ({ workspaceId, since: at(-1), until: T0 })

    test('counts messages by person', async () => {
      for (const authorName of ['Ben', 'Ada', 'Ben'])
        await message({ authorName, createdAt: at(-0.5).getTime() })
      await message({ kind: 'result', createdAt: at(-0.5).getTime() })
      await message({ createdAt: at(-2).getTime() })
      await message({ workspaceId: other, createdAt: at(-0.5).getTime() })
      expect(await activity.messagesByPerson(store, window())).toEqual({
        people: [
          { name: 'Ben', n: 2 },
          { name: 'Ada', n: 1 },
        ],
        isPartial: false,
      })
    })

    test('counts runs by schedule and outcome, with the words of the newest', async () => {
      const trig = await trigger('A')
      const ended = { queuedAt: at(-0.5).getTime() }
      await execution(trig, { ...ended, durationMs: 100, tokensUsed: 5 })
      await execution(trig, { ...ended, durationMs: 200 })
      await execution(trig, { ...ended, status: 'failed', error: 'first' })
      await execution(trig, { ...ended, status: 'failed', error: 'second', triggerName: 'Renamed' })
      await execution(trig, { ...ended, status: 'missed', reason: 'down', missedCount: 7 })
      await execution(trig, { ...ended, status: 'running' })
      await execution(trig, { ...ended, agentId: 'summary-agent' })
      await execution(trig, {
        queuedAt: at(-1.1).getTime(),
        completedAt: at(-0.9).getTime(),
        status: 'cancelled',
      })
      await execution(trig, { queuedAt: at(-1.1).getTime() })
      const { runs, isPartial } = await activity.runs(store, window(), ['summary-agent'])
      expect(isPartial).toBe(false)
      expect(runs).toMatchObject([
        { triggerName: `T${trig}`, status: 'missed', n: 7, reason: 'down', durationMs: null, tokensUsed: 0 },
        { triggerName: 'Renamed', status: 'failed', n: 2, reason: 'second', durationMs: null, tokensUsed: 0 },
        { triggerName: `T${trig}`, status: 'success', n: 2, reason: null, durationMs: 300, tokensUsed: 5 },
        { triggerName: `T${trig}`, status: 'cancelled', n: 1, reason: null, durationMs: null, tokensUsed: 0 },
      ])
    })

    test('names documents added', async () => {
      await store.q.insert(store.t.documents).values(
        [-2, -0.5, -0.4].map((day) => ({
          workspaceId,
          name: `d${day}`,
          content: '',
          bytes: 0,
          createdAt: at(day).getTime(),
        })),
      )
      expect(await activity.documentsAdded(store, window())).toMatchObject({
        names: ['d-0.4', 'd-0.5'],
        total: 2,
      })
    })

    test('shows what comes next, and what is in trouble', async () => {
      const failing = await trigger('failing', {
        consecutiveFailures: 2,
        dueAt: at(0.1).getTime(),
        nextRunAt: at(0.1).getTime(),
      })
      const own = await trigger('own', {
        dueAt: at(0.2).getTime(),
        nextRunAt: at(0.2).getTime(),
        timezone: 'Asia/Tokyo',
      })
      await trigger('far', { dueAt: at(3).getTime(), nextRunAt: at(3).getTime() })
      await trigger('broken', { problem: 'no such zone' })
      await trigger('paused', { enabled: false, pausedAt: T0.getTime(), pausedReason: 'holiday' })
      await trigger('disabled', { enabled: false, disabledReason: 'five failures' })
      await trigger('ended', { enabled: false, disabledReason: 'all done', maxExecutions: 1, plannedRuns: 1 })
      await trigger('off', { enabled: false })
      await trigger('unready', { unready: 'No model is set up.' })
      await trigger('deleted', { problem: 'x', deletedAt: T0.getTime() })
      const last = await execution(failing, { status: 'failed', error: 'no route' })
      await store.q.update(store.t.triggers).set({ lastExecutionId: last })
      expect(await activity.upcoming(store, { workspaceId, before: at(1), except: own, limit: 10 })).toEqual([
        { id: failing, name: 'failing', nextRunAt: at(0.1).getTime(), timezone: 'UTC' },
      ])
      expect(
        (await activity.inTrouble(store, { workspaceId, limit: 10 })).map((it) => [
          it.name,
          it.state,
          it.reason,
          it.failures,
        ]),
      ).toEqual([
        ['broken', 'broken', 'no such zone', 0],
        ['disabled', 'disabled', 'five failures', 0],
        ['unready', 'unready', 'No model is set up.', 0],
        ['failing', 'failing', 'no route', 2],
        ['paused', 'paused', 'holiday', 0],
      ])
      expect(await activity.timezoneOf(store, workspaceId, own)).toBe('Asia/Tokyo')
    })
  })
})
