/** How things stand in the whole installation, for the metrics. Every number comes from an index or a count that settle keeps. */
import { sql } from 'drizzle-orm'
import { type Store, type Text, value } from '../store.ts'

export interface Gauges { active: number; queued: number; running: number; overdue: number; missed: number }

const text: Text = () => sql`
  select
    (select count(*) from triggers where enabled = true and problem is null and deleted_at is null) as active,
    (select count(*) from executions where status = 'queued' and not held) as queued,
    (select count(*) from executions where status = 'running') as running,
    (select count(*) from triggers where due_at <= ${value('now')} and due_at > 0 and deleted_at is null) as overdue,
    (select coalesce(sum(missed), 0) from execution_days) as missed`
export async function gauges(store: Store, now: Date): Promise<Gauges> {
  const [row] = await store.all<Gauges>(text, { now })
  return row ?? { active: 0, queued: 0, running: 0, overdue: 0, missed: 0 }
}
