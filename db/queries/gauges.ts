/** How things stand in the whole installation, for the metrics. Every number comes from an index or a count that settle keeps. */
import { sql } from 'drizzle-orm'
import { isLive, status } from '../states.ts'
import { intValue, type Store, type Text, value } from '../store.ts'

export interface Gauges {
  active: number
  queued: number
  running: number
  waiting: number
  overdue: number
  /** Planned instants that were missed, ever. */
  missedEver: number
  /** Of this UTC day. */
  success: number
  failed: number
  cancelled: number
  skipped: number
  missed: number
}

// `cross join` keeps SQLite to this order: a look into the key for each workspace, instead of every day there has ever been.
const text: Text = ({ day }) => sql`
  select
    (select count(*) from triggers where enabled = true and problem is null and deleted_at is null) as active,
    (select count(*) from executions where status = ${status('queued')} and not held) as queued,
    (select count(*) from executions where status = ${status('running')}) as running,
    (select count(*) from executions where ${isLive(sql`status`)} and status = ${status('waiting')}) as waiting,
    (select count(*) from triggers where due_at <= ${value('now')} and due_at > 0 and deleted_at is null) as overdue,
    (select coalesce(sum(missed), 0) from execution_days) as "missedEver",
    coalesce(sum(d.success), 0) as success, coalesce(sum(d.failed), 0) as failed, coalesce(sum(d.cancelled), 0) as cancelled,
    coalesce(sum(d.skipped), 0) as skipped, coalesce(sum(d.missed), 0) as missed
  from workspaces w cross join execution_days d where d.workspace_id = w.id and d.day = ${day(intValue('now'))}`
export async function gauges(store: Store, now: Date): Promise<Gauges> {
  const [row] = await store.all<Gauges>(text, { now })
  return (
    row ?? {
      active: 0,
      queued: 0,
      running: 0,
      waiting: 0,
      overdue: 0,
      missedEver: 0,
      success: 0,
      failed: 0,
      cancelled: 0,
      skipped: 0,
      missed: 0,
    }
  )
}
