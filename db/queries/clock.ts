/**
 * The wall clock was ahead, or was set back: what rows hold of instants to come is put right.
 *
 * Promise: what has run does not run again, for its occurrence stands; every other instant from then on fires,
 * also one that was recorded as missed or skipped while the clock was ahead of it. Saying it twice does no harm.
 */
import { type SQL, sql } from 'drizzle-orm'
import { NEVER_RAN } from '#lib/contract/states.ts'
import { insert, set, statement, t, table } from '../statement.ts'
import { isOneOf, status } from '../states.ts'
import type { Store } from '../store.ts'

const { triggers, executions, outages, servers } = t

const times = { now: 'instant', since: 'instant' } as const

/** Recorded as what did not run, for instants that are still to come. */
const early = (now: SQL) => sql`
  ${isOneOf(executions.status, NEVER_RAN)} and ${executions.queuedAt} > ${now}
  and coalesce(${executions.missedTo}, ${executions.scheduledFor}) > ${now}`

const planFrom = statement({
  values: times,
  text: ({ values: { now, since } }) => sql`
  update ${table(triggers)} ${set(triggers, {
    nextRunAt: since,
    dueAt: sql`case when ${triggers.enabled} = true then 0 else ${triggers.dueAt} end`,
  })}
  where ${triggers.deletedAt} is null and (${triggers.nextRunAt} > ${since}
    or (${triggers.nextRunAt} is null and ${triggers.enabled} = true and ${triggers.problem} is null
      and ${triggers.id} in (select ${executions.triggerId} from ${table(executions)} where ${early(now)})))`,
})
/** An interval counts from where it was made: not from an instant that is still to come. */
const madeByNow = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  update ${table(triggers)} ${set(triggers, { createdAt: now })} where ${triggers.createdAt} > ${now}`,
})
/** Their keys are free again, and they say what was the matter. */
const setAside = statement({
  values: { now: 'instant', reason: 'text' },
  text: ({ values: { now, reason } }) => sql`
  update ${table(executions)} ${set(executions, {
    occurrence: sql`${executions.occurrence} || '/early'`,
    reason,
    reasonCode: sql`'clock_jump'`,
  })}
  where ${early(now)} and ${executions.occurrence} not like '%/early'`,
})
const takeSooner = statement({
  values: { now: 'instant', byMs: 'int' },
  text: ({ greatest, values: { now, byMs } }) => sql`
  update ${table(executions)} ${set(executions, {
    availableAt: greatest(now, sql`${executions.availableAt} - ${byMs}`),
    // A window gathers no longer for that.
    collectUntil: sql`case when ${executions.collectUntil} is not null then ${greatest(now, sql`${executions.collectUntil} - ${byMs}`)} end`,
  })}
  where ${executions.status} = ${status('queued')} and ${executions.availableAt} > ${now}
    and ${executions.queuedAt} > ${now}`,
})
/** Whose run began in the future would not be missed before then. */
const begunByNow = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  update ${table(executions)} ${set(executions, { startedAt: now })}
  where ${executions.status} = ${status('running')} and ${executions.startedAt} > ${now}`,
})
const seenByNow = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  update ${table(servers)} ${set(servers, { seenAt: now })} where ${servers.seenAt} > ${now}`,
})

/** No outage and no pause lies in what is to come. */
const forgetOutages = statement({
  values: { now: 'instant' },
  text: ({ values: { now } }) => sql`
  delete from ${table(outages)} where ${outages.startedAt} >= ${now} and ${outages.endedAt} is not null`,
})
const endOutages = statement({
  values: { now: 'instant' },
  text: ({ least, values: { now } }) => sql`
  update ${table(outages)} ${set(outages, {
    startedAt: least(sql`${outages.startedAt}`, now),
    endedAt: sql`case when ${outages.endedAt} is not null then ${least(sql`${outages.endedAt}`, now)} end`,
  })}
  where ${outages.startedAt} > ${now} or ${outages.endedAt} > ${now}`,
})
const remember = statement({
  values: { ...times, reason: 'text' },
  text: ({ values: { now, since, reason } }) => sql`
  ${insert(outages, { kind: sql`'clock'`, reason, startedAt: since, endedAt: now })}
  where not exists (
    select 1 from ${table(outages)} where ${outages.kind} = 'clock' and ${outages.endedAt} >= ${since})`,
})

export interface SetBack {
  now: Date
  /** By the clock of now, the earliest moment at which it may have been set. */
  since: Date
  byMs: number
  reason: string
  /** What the rows say that were recorded before their time. */
  early: string
}

/** Puts right what was written by a clock that has been set back since. */
export async function setBack(
  store: Store,
  { now, since, byMs, reason, early: words }: SetBack,
): Promise<void> {
  await store.atomically([
    planFrom({ now, since: new Date(since.getTime() + 1) }),
    madeByNow({ now }),
    setAside({ now, reason: words }),
    takeSooner({ now, byMs }),
    begunByNow({ now }),
    seenByNow({ now }),
    forgetOutages({ now }),
    endOutages({ now }),
    remember({ now, since, reason }),
  ])
}
