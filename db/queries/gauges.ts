/**
 * How things stand in the whole installation, for the metrics. Every number comes from an index or a count
 * that settle keeps.
 */
import { type SQL, sql } from 'drizzle-orm'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import { isLive, status } from '../states.ts'
import type { Store } from '../store.ts'
import { willFire } from './statistics.ts'

const { triggers, executions, executionDays } = t
const w = alias(t.workspaces, 'w')
const d = alias(executionDays, 'd')
const behind = alias(t.workspaces, 'behind')

const counted = (where: SQL) => as('int', sql`(select count(*) from ${table(executions)} where ${where})`)
const sumOf = (it: SQL) => as('int', sql`coalesce(sum(${it}), 0)`)

// `cross join` keeps SQLite to this order: a look into the key for each workspace, instead of every day there
// has ever been.
const everything = statement({
  values: { now: 'instant' },
  answer: ({ now }) => ({
    active: as('int', sql`(select count(*) from ${table(triggers)} where ${willFire})`),
    queued: counted(sql`${executions.status} = ${status('queued')} and not ${executions.held}`),
    running: counted(sql`${executions.status} = ${status('running')}`),
    waiting: counted(sql`${isLive(executions.status)} and ${executions.status} = ${status('waiting')}`),
    approvalsPending: as(
      'int',
      sql`(select count(*) from ${table(t.approvals)} where ${t.approvals.status} = 'pending')`,
    ),
    sourcesFailing: as(
      'int',
      sql`(select count(*) from ${table(t.sources)} where ${t.sources.status} <> 'ok')`,
    ),
    expectationsOpen: as(
      'int',
      sql`(select count(*) from ${table(t.expectations)} where ${t.expectations.state} = 'open')`,
    ),
    incidentsOpen: as(
      'int',
      sql`(select count(*) from ${table(t.incidents)} where ${t.incidents.closedAt} is null)`,
    ),
    /** Of the story, in numbers: what triggers were not held against yet. */
    eventsUnprocessed: as(
      'int',
      sql`(select coalesce(sum(${behind.lastSeq} - ${behind.matchedSeq}), 0) from ${table(behind)})`,
    ),
    overdue: as(
      'int',
      sql`(select count(*) from ${table(triggers)}
        where ${triggers.dueAt} <= ${now} and ${triggers.dueAt} > 0 and ${triggers.deletedAt} is null)`,
    ),
    /** Planned instants that were missed, ever. */
    missedEver: as(
      'int',
      sql`(select coalesce(sum(${executionDays.missed}), 0) from ${table(executionDays)})`,
    ),
    /** Of this UTC day. */
    success: sumOf(sql`${d.success}`),
    failed: sumOf(sql`${d.failed}`),
    cancelled: sumOf(sql`${d.cancelled}`),
    skipped: sumOf(sql`${d.skipped}`),
    missed: sumOf(sql`${d.missed}`),
  }),
  text: ({ answer, day, values: { now } }) => sql`
  select ${answer}
  from ${table(w)} cross join ${table(d)} where ${d.workspaceId} = ${w.id} and ${d.day} = ${day(now)}`,
})
export type Gauges = RowsOf<typeof everything>
export async function gauges(store: Store, now: Date): Promise<Gauges> {
  const [row] = await store.all(everything({ now }))
  if (!row) throw new Error('Sums without a group are always one row.')
  return row
}
