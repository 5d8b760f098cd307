/**
 * Figures for Prometheus. What happens is counted as it is
 * recorded; what is, is read from the rows when it is asked for.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { tellingDecisions } from '#db/queries/evaluations.ts'
import { gauges } from '#db/queries/gauges.ts'
import type { Entry } from '#db/queries/entries.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from './clock.ts'
import type { DeliveryStatus } from './contract/delivery.ts'
import { EvaluationVerdict } from './contract/evaluation.ts'
import { ENDED, RUN_ENDS } from './contract/states.ts'

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800]
/** Rows are counted this often at most, whoever asks: with many of them it takes the database a while. */
const FRESH_MS = seconds(5)

export interface Metrics {
  /** The store that was given, of which it is counted what triggers decide. */
  store: Store
  /** What a page of work recorded, with how late its runs had begun. */
  observe(entries: Entry[]): void
  observeStart(latenessMs: number): void
  /** What became of a message to people elsewhere. */
  observeDelivery(status: DeliveryStatus): void
  text(): Promise<string>
}

export function createMetrics({
  store,
  clock,
}: {
  store: Store
  clock: Pick<Clock, 'now' | 'monotonicMs'>
}): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10 })
  const { settled, retried, duration, lateness, tokens, cost, delivered, decided } = happenings([registry])
  const state = standing([registry])
  const read = notMoreOftenThan(FRESH_MS, clock, async () => state.show(await gauges(store, clock.now())))

  return {
    store: tellingDecisions(store, (verdict, count) => decided.inc({ verdict }, count)),
    observe(entries) {
      for (const it of entries) {
        if (it.kind === 'requeue') retried.inc()
        if (it.kind !== 'settle') continue
        settled.inc({ status: it.status })
        tokens.inc({ direction: 'in' }, it.tokensIn)
        tokens.inc({ direction: 'out' }, it.tokensOut)
        cost.inc(it.cost)
        if (it.durationMs !== null) duration.observe(it.durationMs / 1000)
      }
    },
    observeStart: (ms) => lateness.observe(ms / 1000),
    observeDelivery: (status) => delivered.inc({ status }),
    async text() {
      await read()
      return registry.metrics()
    },
  }
}

/** What happens on this server, counted as it is recorded. */
function happenings(registers: Registry[]) {
  const settled = new Counter({
    name: 'carillon_executions_total',
    help: 'Executions that ended on this server, by status.',
    labelNames: ['status'],
    registers,
  })
  // A rate is drawn from the first scrape on, also where nothing has ended yet.
  for (const status of RUN_ENDS) settled.inc({ status }, 0)
  const tokens = new Counter({
    name: 'carillon_tokens_total',
    help: 'Tokens that models were given and made, by runs that ended on this server.',
    labelNames: ['direction'],
    registers,
  })
  const delivered = new Counter({
    name: 'carillon_deliveries_total',
    help: 'Messages to people elsewhere that this server sent or gave up, by status.',
    labelNames: ['status'],
    registers,
  })
  const decided = new Counter({
    name: 'carillon_trigger_evaluations_total',
    help: 'What triggers decided on this server of events, calls and looks, by verdict.',
    labelNames: ['verdict'],
    registers,
  })
  for (const verdict of EvaluationVerdict.options) decided.inc({ verdict }, 0)
  for (const status of ['sent', 'failed', 'unknown']) delivered.inc({ status }, 0)
  for (const direction of ['in', 'out']) tokens.inc({ direction }, 0)
  return {
    settled,
    tokens,
    delivered,
    decided,
    cost: new Counter({
      name: 'carillon_cost_dollars_total',
      help: 'What runs that ended on this server cost, by the prices that are kept.',
      registers,
    }),
    retried: new Counter({
      name: 'carillon_retries_total',
      help: 'Attempts that will be repeated.',
      registers,
    }),
    duration: new Histogram({
      name: 'carillon_execution_duration_seconds',
      help: 'How long executions took.',
      buckets: SECONDS,
      registers,
    }),
    lateness: new Histogram({
      name: 'carillon_execution_lateness_seconds',
      help: 'How long after their instant executions began.',
      buckets: SECONDS,
      registers,
    }),
  }
}

/** What is, on all servers, as it was read last. */
function standing(registers: Registry[]) {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })
  const active = gauge('carillon_active_schedules', 'Schedules that will fire.')
  const queued = gauge('carillon_queue_depth', 'Executions that wait for a free slot.')
  const running = gauge('carillon_running_executions', 'Executions that run, on all servers.')
  const waiting = gauge('carillon_executions_waiting', 'Executions that wait for a person.')
  const approvals = gauge('carillon_approvals_pending', 'What runs ask people for, and nobody has decided.')
  const unprocessed = gauge(
    'carillon_events_unprocessed',
    'Events that triggers were not held against yet, by their numbers.',
  )
  const sources = gauge('carillon_sources_failing', 'Sources of events that cannot be looked at.')
  const incidents = gauge('carillon_incidents_open', 'Schedules that fail, by cause, and have not recovered.')
  const expectations = gauge('carillon_expectations_open', 'Results that are expected, and not there yet.')
  const overdue = gauge(
    'carillon_overdue_schedules',
    'Schedules whose instant has passed without a trace so far.',
  )
  const today = new Gauge({
    name: 'carillon_executions_today',
    help:
      'What became of executions on this UTC day, on all servers, by status, with those that never ran; ' +
      'of missed ones, the instants.',
    labelNames: ['status'],
    registers,
  })
  const missed = gauge('carillon_missed_instants', 'Planned instants that were missed, ever.')
  return {
    show(now: Awaited<ReturnType<typeof gauges>>): void {
      active.set(now.active)
      queued.set(now.queued)
      running.set(now.running)
      waiting.set(now.waiting)
      approvals.set(now.approvalsPending)
      unprocessed.set(now.eventsUnprocessed)
      sources.set(now.sourcesFailing)
      expectations.set(now.expectationsOpen)
      overdue.set(now.overdue)
      incidents.set(now.incidentsOpen)
      missed.set(now.missedEver)
      for (const status of ENDED) today.set({ status }, now[status])
    },
  }
}

/**
 * Whoever asks meanwhile gets what was read; a read that failed
 * is not kept, so a database that is back is asked at once.
 */
function notMoreOftenThan(
  restMs: number,
  clock: Pick<Clock, 'monotonicMs'>,
  read: () => Promise<void>,
): () => Promise<void> {
  let last: { atMs: number; done: Promise<void> } | null = null
  return async () => {
    const nowMs = clock.monotonicMs()
    if (!last || nowMs - last.atMs >= restMs) last = { atMs: nowMs, done: read() }
    const asked = last
    await asked.done.catch((error) => {
      if (last === asked) last = null
      throw error
    })
  }
}
