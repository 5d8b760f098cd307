/** Totals and days, read from what settle has counted. */
import { sql } from 'drizzle-orm'
import type { DaySummary } from '#lib/contract/workspace.ts'
import { alias, names, set, t } from '../statement.ts'
import type { Store, Text } from '../store.ts'
import { value } from '../store.ts'

const { executionDays: d } = t
const excluded = alias(d, 'excluded')
type Counter = Exclude<keyof typeof d.$inferSelect, 'workspaceId' | 'day' | 'triggerId'>
/** Ends an insert into the days: where the day has a row already, the numbers are added to it. */
export const addToDay = (...counters: Counter[]) => {
  const sums = counters.map((it) => [it, sql`${d[it]} + ${excluded[it]}`])
  return sql`on conflict (${names(d.workspaceId, d.day, d.triggerId)}) do update ${set(d, Object.fromEntries(sums))}`
}

const totalsText: Text = () => sql`
  select
    (select count(*) from triggers where workspace_id = ${value('workspaceId')} and deleted_at is null) as "totalSchedules",
    (select count(*) from triggers where workspace_id = ${value('workspaceId')} and deleted_at is null and enabled = true and problem is null) as "activeSchedules",
    (select coalesce(sum(total), 0) from execution_days where workspace_id = ${value('workspaceId')}) as "totalExecutions"`
export async function totals(
  store: Store,
  workspaceId: number,
): Promise<{ totalSchedules: number; activeSchedules: number; totalExecutions: number }> {
  const [row] = await store.all<{ totalSchedules: number; activeSchedules: number; totalExecutions: number }>(
    totalsText,
    { workspaceId },
  )
  return row ?? { totalSchedules: 0, activeSchedules: 0, totalExecutions: 0 }
}

const daysText: Text = () => sql`
  select day as date, sum(total) as total, sum(success) as successful, sum(failed) as failed, sum(cancelled) as cancelled, sum(skipped) as skipped, sum(missed) as missed,
    sum(duration_ms) as "durationMs", sum(tokens_used) as "tokensUsed"
  from execution_days where workspace_id = ${value('workspaceId')} and day >= ${value('since')}
  group by day order by day desc`
/** A line for each UTC day with anything on it, newest first. */
export async function days(store: Store, workspaceId: number, since: string): Promise<DaySummary[]> {
  const rows = await store.all<Omit<DaySummary, 'avgDurationSeconds'> & { durationMs: number }>(daysText, {
    workspaceId,
    since,
  })
  return rows.map(({ durationMs, ...it }) => ({
    ...it,
    avgDurationSeconds: it.total > 0 ? durationMs / it.total / 1000 : null,
  }))
}

const activeText: Text = () =>
  sql`select count(*) as n from triggers where enabled = true and problem is null and deleted_at is null`
/** Triggers that will fire, in the whole installation. */
export async function activeTriggers(store: Store): Promise<number> {
  return (await store.all<{ n: number }>(activeText))[0]?.n ?? 0
}
