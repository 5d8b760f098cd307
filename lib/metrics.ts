/** Figures for Prometheus. What happens is counted as it is recorded; what is, is read from the rows when it is asked for. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { gauges } from '#db/queries/gauges.ts'
import type { Entry } from '#db/queries/settling.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from './clock.ts'

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800]
/** Rows are counted this often at most, whoever asks: with many of them it takes the database a while. */
const FRESH_MS = seconds(5)
const RUN_ENDS = ['success', 'failed', 'cancelled'] as const
const ENDS = [...RUN_ENDS, 'skipped', 'missed'] as const

export interface Metrics {
  /** What a page of work recorded, with how late its runs had begun. */
  observe(entries: Entry[]): void
  observeStart(latenessMs: number): void
  text(): Promise<string>
}

export function createMetrics({
  store,
  clock,
}: {
  store: Store
  clock: Pick<Clock, 'now' | 'monotonicMs'>
}): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10 })
  const settled = new Counter({
    name: 'carillon_executions_total',
    help: 'Executions that ended on this server, by status.',
    labelNames: ['status'],
    registers,
  })
  // A rate is drawn from the first scrape on, also where nothing has ended yet.
  for (const status of RUN_ENDS) settled.inc({ status }, 0)
  const retried = new Counter({
    name: 'carillon_retries_total',
    help: 'Attempts that will be repeated.',
    registers,
  })
  const duration = new Histogram({
    name: 'carillon_execution_duration_seconds',
    help: 'How long executions took.',
    buckets: SECONDS,
    registers,
  })
  const lateness = new Histogram({
    name: 'carillon_execution_lateness_seconds',
    help: 'How long after their instant executions began.',
    buckets: SECONDS,
    registers,
  })
  const active = new Gauge({
    name: 'carillon_active_schedules',
    help: 'Schedules that will fire.',
    registers,
  })
  const queued = new Gauge({
    name: 'carillon_queue_depth',
    help: 'Executions that wait for a free slot.',
    registers,
  })
  const running = new Gauge({
    name: 'carillon_running_executions',
    help: 'Executions that run, on all servers.',
    registers,
  })
  const overdue = new Gauge({
    name: 'carillon_overdue_schedules',
    help: 'Schedules whose instant has passed without a trace so far.',
    registers,
  })
  const today = new Gauge({
    name: 'carillon_executions_today',
    help: 'What became of executions on this UTC day, on all servers, by status, with those that never ran; of missed ones, the instants.',
    labelNames: ['status'],
    registers,
  })
  const missed = new Gauge({
    name: 'carillon_missed_instants',
    help: 'Planned instants that were missed, ever.',
    registers,
  })

  let look: { atMs: number; rows: Promise<void> } | null = null
  async function read(): Promise<void> {
    const now = await gauges(store, clock.now())
    active.set(now.active)
    queued.set(now.queued)
    running.set(now.running)
    overdue.set(now.overdue)
    missed.set(now.missedEver)
    for (const status of ENDS) today.set({ status }, now[status])
  }

  return {
    observe(entries) {
      for (const it of entries) {
        if (it.kind === 'requeue') retried.inc()
        if (it.kind !== 'settle') continue
        settled.inc({ status: it.status })
        if (it.durationMs !== null) duration.observe(it.durationMs / 1000)
      }
    },
    observeStart: (ms) => lateness.observe(ms / 1000),
    async text() {
      const nowMs = clock.monotonicMs()
      if (!look || nowMs - look.atMs >= FRESH_MS) look = { atMs: nowMs, rows: read() }
      const asked = look
      await asked.rows.catch((error) => {
        // A database that is back is asked at once.
        if (look === asked) look = null
        throw error
      })
      return registry.metrics()
    },
  }
}
