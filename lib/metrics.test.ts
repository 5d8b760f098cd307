/** What Prometheus reads: what was recorded is counted, what is stands in the rows. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { evaluated } from '#db/queries/evaluations.ts'
import { type Entry, NOTHING_USED, type Settlement } from '#db/queries/entries.ts'
import type { Store } from '#db/store.ts'
import { seconds } from './clock.ts'
import { stores } from '#db/testing/stores.ts'
import { ADA, type World, world } from './engine/testing/world.ts'
import { createMetrics } from './metrics.ts'

const settlement = (change: Partial<Settlement> = {}): Settlement => ({
  kind: 'settle',
  executionId: 1,
  workspaceId: 1,
  triggerId: 1,
  from: 'running',
  owner: 'me',
  fence: 1,
  attempt: 1,
  status: 'success',
  reason: null,
  reasonCode: null,
  output: null,
  outcome: null,
  error: null,
  notes: null,
  memory: null,
  ...NOTHING_USED,
  durationMs: 1500,
  countsAsFailure: false,
  message: null,
  events: [],
  steps: [],
  ...change,
})

/** The lines of one figure, without its help. */
const lines = (text: string, name: string) => text.split('\n').filter((it) => it.startsWith(name))

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let it: World
  beforeAll(async () => {
    ;({ store, close } = await open())
  }, 120_000)
  afterAll(() => close())
  beforeEach(async () => {
    it = await world(store)
    return () => it.stop()
  })

  test('what triggers decide is counted by its verdict, and how far behind they are is read', async () => {
    const metrics = createMetrics({ store, clock: it.clock })
    const { id: triggerId } = await it.schedule({
      kind: 'webhook',
      webhook: { scheme: 'token' },
      cronExpression: undefined,
    })
    const of = { triggerId, source: null, eventId: null, deliveryId: null, value: null, occurrence: null }
    const one = (verdict: 'fired' | 'filtered') => ({ ...of, verdict, reason: null, trace: [] })
    const now = it.clock.now()
    await metrics.store.atomically(
      evaluated([one('fired'), one('fired'), one('filtered'), one('filtered')], now),
    )
    it.clock.advance(seconds(1))
    await metrics.store.atomically(
      evaluated([one('filtered'), one('filtered'), one('filtered')], it.clock.now()),
    )
    // What somebody else has carried was decided by nobody else.
    await metrics.store.atomically(evaluated([one('fired')], it.clock.now(), { openDelivery: 7 }))
    const { q, t } = store
    await q.update(t.workspaces).set({ lastSeq: 40, matchedSeq: 33 })
    const text = await metrics.text()
    expect(lines(text, 'carillon_trigger_evaluations_total{').filter((it) => !it.endsWith(' 0'))).toEqual([
      'carillon_trigger_evaluations_total{verdict="fired"} 2',
      'carillon_trigger_evaluations_total{verdict="filtered"} 5',
    ])
    expect(lines(text, 'carillon_events_unprocessed')).toEqual(['carillon_events_unprocessed 7'])
  })

  test('what is recorded is counted by its status, with how long it took and how late it began', async () => {
    const metrics = createMetrics({ store, clock: it.clock })
    const { status: _, ...again } = settlement()
    const requeue: Entry = {
      ...again,
      kind: 'requeue',
      nextAttempt: 2,
      availableAt: it.clock.now(),
      reason: 'x',
      reasonCode: 'agent_error',
      error: null,
    }
    metrics.observe([
      settlement(),
      settlement({ durationMs: 40_000, tokensIn: 100, tokensOut: 7, cost: 0.25 }),
      settlement({ status: 'failed', durationMs: null }),
      requeue,
    ])
    metrics.observeStart(70)
    const text = await metrics.text()
    expect(lines(text, 'carillon_executions_total')).toEqual([
      'carillon_executions_total{status="success"} 2',
      'carillon_executions_total{status="failed"} 1',
      'carillon_executions_total{status="cancelled"} 0',
    ])
    expect(lines(text, 'carillon_tokens_total')).toEqual([
      'carillon_tokens_total{direction="in"} 100',
      'carillon_tokens_total{direction="out"} 7',
    ])
    expect(lines(text, 'carillon_cost_dollars_total')).toEqual(['carillon_cost_dollars_total 0.25'])
    expect(lines(text, 'carillon_approvals_pending')).toEqual(['carillon_approvals_pending 0'])
    expect(lines(text, 'carillon_retries_total')).toEqual(['carillon_retries_total 1'])
    expect(lines(text, 'carillon_execution_duration_seconds_sum')).toEqual([
      'carillon_execution_duration_seconds_sum 41.5',
    ])
    expect(text).toContain('carillon_execution_duration_seconds_bucket{le="2.5"} 1')
    expect(text).toContain('carillon_execution_lateness_seconds_bucket{le="0.05"} 0')
    expect(text).toContain('carillon_execution_lateness_seconds_bucket{le="0.1"} 1')
  })

  test('how things stand is read from the rows, by the clock of the product', async () => {
    const metrics = createMetrics({ store, clock: it.clock })
    const figures = async () => {
      it.clock.advance(seconds(5))
      const text = await metrics.text()
      return [
        'active_schedules',
        'queue_depth',
        'running_executions',
        'overdue_schedules',
        'missed_instants',
      ].map((name) => lines(text, `carillon_${name} `).join())
    }
    await it.schedule({ misfire: 'skip', cronExpression: '0 * * * *' })
    const off = await it.schedule({ enabled: false })
    expect(await figures()).toEqual([
      'carillon_active_schedules 1',
      'carillon_queue_depth 0',
      'carillon_running_executions 0',
      'carillon_overdue_schedules 0',
      'carillon_missed_instants 0',
    ])
    it.clock.set('2026-03-01T11:30:00Z')
    expect((await figures())[3]).toBe('carillon_overdue_schedules 1')
    await it.triggers.runNow(it.workspaceId, off.id, {}, ADA)
    expect((await figures())[1]).toBe('carillon_queue_depth 1')
    await it.engine.loop.tick()
    expect(await figures()).toEqual([
      'carillon_active_schedules 1',
      'carillon_queue_depth 1',
      'carillon_running_executions 0',
      'carillon_overdue_schedules 0',
      'carillon_missed_instants 3',
    ])
    expect(lines(await metrics.text(), 'carillon_executions_today')).toEqual(
      ['success', 'failed', 'cancelled', 'skipped', 'missed'].map(
        (status) => `carillon_executions_today{status="${status}"} ${status === 'missed' ? 3 : 0}`,
      ),
    )
  })

  test('a run that was skipped because the last one still goes on is among those of today, until the day is over', async () => {
    const { id } = await it.schedule()
    for (let n = 0; n < 2; n++) await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    const metrics = createMetrics({ store, clock: it.clock })
    const skipped = async () =>
      lines(await metrics.text(), 'carillon_executions_today{status="skipped"}').join()
    expect(await skipped()).toBe('carillon_executions_today{status="skipped"} 1')
    it.clock.set('2026-03-02T00:00:00Z')
    expect(await skipped()).toBe('carillon_executions_today{status="skipped"} 0')
  })

  test('however often it is asked, the rows are counted once in five seconds; a failure is not kept', async () => {
    let asked = 0
    let away = true
    const counting: Store = {
      ...store,
      all: (statement) => {
        asked++
        return away ? Promise.reject(new Error('away')) : store.all(statement)
      },
    }
    const metrics = createMetrics({ store: counting, clock: it.clock })
    await expect(metrics.text()).rejects.toThrow('away')
    away = false
    await Promise.all([metrics.text(), metrics.text()])
    await metrics.text()
    expect(asked).toBe(2)
    it.clock.advance(seconds(5))
    await metrics.text()
    expect(asked).toBe(3)
  })

  test('the process is there too: its event-loop delay and memory', async () => {
    const text = await createMetrics({ store, clock: it.clock }).text()
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e+-]+$/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d/m)
  })
})
