/** Totals and days, read from what settle has counted. */
import { sql } from 'drizzle-orm'
import type { DaySummary } from '#lib/contract/workspace.ts'
import { alias, as, names, set, statement, t, table } from '../statement.ts'
import { status } from '../states.ts'
import type { Store } from '../store.ts'

const { executionDays: d, triggers } = t
const e = alias(t.executions, 'e')
const excluded = alias(d, 'excluded')
type Counter = Exclude<keyof typeof d.$inferSelect, 'workspaceId' | 'day' | 'triggerId'>
/** Ends an insert into the days: where the day has a row already, the numbers are added to it. */
export const addToDay = (...counters: Counter[]) => {
  const sums = counters.map((it) => [it, sql`${d[it]} + ${excluded[it]}`])
  return sql`on conflict (${names(d.workspaceId, d.day, d.triggerId)}) do update ${set(d, Object.fromEntries(sums))}`
}

/** A trigger that is switched on and can be planned. */
export const willFire = sql`
  ${triggers.enabled} = true and ${triggers.problem} is null and ${triggers.deletedAt} is null`

const totalsOf = statement({
  values: { workspaceId: 'int' },
  answer: ({ workspaceId }) => ({
    totalSchedules: as(
      'int',
      sql`(select count(*) from ${table(triggers)}
        where ${triggers.workspaceId} = ${workspaceId} and ${triggers.deletedAt} is null
          and ${triggers.kind} <> 'chat')`,
    ),
    activeSchedules: as(
      'int',
      sql`(select count(*) from ${table(triggers)} where ${triggers.workspaceId} = ${workspaceId} and ${willFire})`,
    ),
    totalExecutions: as(
      'int',
      sql`(select coalesce(sum(${d.total}), 0) from ${table(d)} where ${d.workspaceId} = ${workspaceId})`,
    ),
  }),
  text: ({ answer }) => sql`select ${answer}`,
})
export async function totals(
  store: Store,
  workspaceId: number,
): Promise<{ totalSchedules: number; activeSchedules: number; totalExecutions: number }> {
  const [row] = await store.all(totalsOf({ workspaceId }))
  return row ?? { totalSchedules: 0, activeSchedules: 0, totalExecutions: 0 }
}

const byDay = statement({
  values: { workspaceId: 'int', since: 'text' },
  answer: {
    date: d.day,
    total: as('int', sql`sum(${d.total})`),
    successful: as('int', sql`sum(${d.success})`),
    failed: as('int', sql`sum(${d.failed})`),
    cancelled: as('int', sql`sum(${d.cancelled})`),
    skipped: as('int', sql`sum(${d.skipped})`),
    missed: as('int', sql`sum(${d.missed})`),
    durationMs: as('int', sql`sum(${d.durationMs})`),
    tokensUsed: as('int', sql`sum(${d.tokensUsed})`),
  },
  text: ({ answer, values: { workspaceId, since } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.workspaceId} = ${workspaceId} and ${d.day} >= ${since}
  group by ${d.day} order by ${d.day} desc`,
})
/** A line for each UTC day with anything on it, newest first. */
export async function days(store: Store, workspaceId: number, since: string): Promise<DaySummary[]> {
  const rows = await store.all(byDay({ workspaceId, since }))
  return rows.map(({ durationMs, ...it }) => ({
    ...it,
    avgDurationSeconds: it.total > 0 ? durationMs / it.total / 1000 : null,
  }))
}

/** Triggers that will fire, in the whole installation. */
export async function activeTriggers({ q, t: { triggers: it } }: Store): Promise<number> {
  return q.$count(it, willFire)
}

const ofAgent = statement({
  values: { workspaceId: 'int', agentId: 'text' },
  answer: { durationMs: e.durationMs, tokensUsed: e.tokensUsed, cost: e.cost },
  text: ({ answer, values: { workspaceId, agentId } }) => sql`
  select ${answer} from (
    select ${e.id} as id from ${table(e)}
    where ${e.workspaceId} = ${workspaceId} and ${e.status} = ${status('success')}
    order by ${e.queuedAt} desc, ${e.id} desc limit 2000) newest
    join ${table(e)} on ${e.id} = newest.id
  where ${e.agentId} = ${agentId} limit 500`,
})
/** What an agent's newest runs that succeeded have taken and used, as far as they are among the workspace's newest. */
export const recentOfAgent = (store: Store, workspaceId: number, agentId: string) =>
  store.all(ofAgent({ workspaceId, agentId }))

const ofTrigger = statement({
  values: { workspaceId: 'int', triggerId: 'int' },
  answer: { durationMs: e.durationMs, tokensUsed: e.tokensUsed, cost: e.cost },
  text: ({ answer, values: { workspaceId, triggerId } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${triggerId} and ${e.workspaceId} = ${workspaceId} and ${e.status} = ${status('success')}
    and not ${e.staged}
  order by ${e.queuedAt} desc, ${e.id} desc limit 500`,
})
/** The same of a trigger's own. */
export const recentOfTrigger = (store: Store, workspaceId: number, triggerId: number) =>
  store.all(ofTrigger({ workspaceId, triggerId }))

const costs = statement({
  values: { triggerId: 'int' },
  answer: { cost: e.cost },
  text: ({ answer, values: { triggerId } }) => sql`
  select ${answer} from ${table(e)} where ${e.triggerId} = ${triggerId} and ${e.model} is not null
    and ${e.completedAt} is not null and not ${e.staged}
  order by ${e.queuedAt} desc, ${e.id} desc limit 20`,
})
/** What the last runs of a trigger that asked a model have cost. */
export const costsOf = async (store: Store, triggerId: number): Promise<number[]> =>
  (await store.all(costs({ triggerId }))).map((it) => it.cost)
