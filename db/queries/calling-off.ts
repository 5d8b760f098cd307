/** Runs that an event calls off, wherever they stand: in the queue, before a person's word, or running. */
import { sql } from 'drizzle-orm'
import { isLive, status } from '../states.ts'
import { alias, as, type RowsOf, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { takeable } from './takeable.ts'
import { isAtSeq } from './story.ts'

const e = alias(t.executions, 'e')
const x = alias(t.executionEvents, 'x')

const liveOf = statement({
  values: { triggerId: 'int', after: 'int', limit: 'int', withEvent: 'flag' },
  answer: ({ withEvent }) => ({
    id: e.id,
    event: as(
      'text?',
      sql`case when ${withEvent} then (
        select ${x.event} from ${table(x)} where ${x.executionId} = ${e.id} order by ${x.n} desc limit 1) end`,
    ),
  }),
  text: ({ answer, values: { triggerId, after, limit } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${triggerId} and ${isLive(e.status)} and ${e.cancelRequestedAt} is null
    and ${e.id} > ${after}
  order by ${e.id} limit ${limit}`,
})
/** A trigger's runs that have not ended, in their order, with the newest event that fired each where it is wanted. */
export const liveRuns = (
  store: Store,
  triggerId: number,
  page: { after: number; limit: number; withEvent: boolean },
): Promise<RowsOf<typeof liveOf>[]> => store.all(liveOf({ triggerId, ...page }))

export interface CallingOff {
  executionId: number
  /** In words. */
  reason: string
}
// Whoever takes it, or has it, ends it: so it is settled like every other.
const ask = statement({
  values: { now: 'instant' },
  rows: { executionId: 'int', reason: 'text', seenSeq: 'int?' },
  answer: takeable,
  text: ({ page, row, returning, values: { now } }) => sql`
  update ${table(e)} ${set(e, {
    cancelRequestedAt: now,
    cancelReason: sql`'cancel_event: ' || ${row.reason}`,
    status: sql`case when ${e.status} = ${status('waiting')} then ${status('queued')} else ${e.status} end`,
    held: sql`false`,
    collecting: sql`null`,
    availableAt: sql`case when ${e.status} = ${status('running')} then ${e.availableAt} else ${now} end`,
  })}
  from ${page}
  where ${e.id} = ${row.executionId} and ${isLive(e.status)} and ${e.cancelRequestedAt} is null
    and ${isAtSeq(e.workspaceId, row.seenSeq)}
  ${returning}`,
})
// Its last run keeps a trigger on while that gathers: no longer.
const lookAgainWhereSpent = statement({
  rows: 'int',
  text: ({ page, row }) => sql`
  update ${table(t.triggers)} ${set(t.triggers, { dueAt: sql`0` })}
  where ${t.triggers.id} in (select ${e.triggerId} from ${page} join ${table(e)} on ${e.id} = ${row})
    and ${t.triggers.enabled} and ${t.triggers.collect} is not null
    and ${t.triggers.plannedRuns} >= ${t.triggers.maxExecutions}`,
})
export const callOff = (rows: readonly CallingOff[], now: Date, seenSeq: number): Statement[] =>
  rows.length > 0
    ? [
        ask({ now, rows: rows.map((it) => ({ ...it, seenSeq })) }),
        lookAgainWhereSpent({ rows: rows.map((it) => it.executionId) }),
      ]
    : []
