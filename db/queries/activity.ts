/**
 * What happened in a workspace, for a digest. Reads only.
 *
 * Promise: each reading is bounded, whatever the workspace holds: it walks an index from the newest and stops, and
 * says when it stopped early.
 */
import { and, asc, eq, gt, isNotNull, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import { alias, as, oneOf, type RowsOf, statement, t, table } from '../statement.ts'
import { isEnded, status } from '../states.ts'
import type { Store } from '../store.ts'

const m = alias(t.messages, 'm')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const d = alias(t.documents, 'd')

const MOST_MESSAGES = 5_000
const MOST_EXECUTIONS = 10_000
/** An execution that ended in the window was queued at the most so long before it: the longest timeout is a day. */
const LONGEST_RUN_MS = 86_400_000

export interface Window {
  workspaceId: number
  since: Date
  until: Date
}

const window = { workspaceId: 'int', since: 'instant', until: 'instant' } as const

const wrote = statement({
  values: { ...window, most: 'int' },
  answer: { name: as('text', sql`r.author_name`), n: as('int', sql`count(*)`) },
  text: ({ answer, values: { workspaceId, since, until, most } }) => sql`
  select ${answer} from (
    select ${m.authorName} as author_name, ${m.kind} as kind, ${m.createdAt} as created_at from ${table(m)}
    where ${m.workspaceId} = ${workspaceId} and ${m.include} = true order by ${m.id} desc limit ${most}) r
  where r.kind = 'person' and r.created_at >= ${since} and r.created_at < ${until}
  group by r.author_name order by n desc, name limit 50`,
})
const messageBeyond = statement({
  values: { workspaceId: 'int', most: 'int' },
  answer: { at: m.createdAt },
  text: ({ answer, values: { workspaceId, most } }) => sql`
  select ${answer} from ${table(m)}
  where ${m.workspaceId} = ${workspaceId} and ${m.include} = true order by ${m.id} desc limit 1 offset ${most}`,
})
/** How many messages each person wrote, most first. */
export async function messagesByPerson(
  store: Store,
  { workspaceId, since, until }: Window,
): Promise<{ people: { name: string; n: number }[]; isPartial: boolean }> {
  const people = await store.all(wrote({ workspaceId, since, until, most: MOST_MESSAGES }))
  const [beyond] = await store.all(messageBeyond({ workspaceId, most: MOST_MESSAGES }))
  return { people, isPartial: beyond !== undefined && beyond.at >= since.getTime() }
}

const ended = statement({
  values: { ...window, from: 'instant', most: 'int' },
  rows: { agentId: 'text' },
  answer: {
    triggerName: e.triggerName,
    status: e.status,
    n: as('int', sql`g.n`),
    reason: as('text?', sql`coalesce(${e.error}, ${e.reason})`),
    durationMs: as('int?', sql`g.duration_ms`),
    tokensUsed: as('int', sql`g.tokens_used`),
    tainted: e.tainted,
  },
  text: ({ page, row, answer, values: { workspaceId, since, until, from, most } }) => sql`
  with grouped as (
    select r.trigger_id, r.status, sum(coalesce(r.missed_count, 1)) as n, max(r.id) as newest,
      sum(r.duration_ms) as duration_ms, sum(r.tokens_used) as tokens_used
    from (
      select ${e.id} as id, ${e.triggerId} as trigger_id, ${e.status} as status, ${e.agentId} as agent_id,
        ${e.missedCount} as missed_count, ${e.durationMs} as duration_ms, ${e.tokensUsed} as tokens_used,
        coalesce(${e.completedAt}, ${e.queuedAt}) as ended_at
      from ${table(e)}
      where ${e.workspaceId} = ${workspaceId} and ${e.queuedAt} >= ${from} and not ${e.staged}
      order by ${e.queuedAt} desc, ${e.id} desc limit ${most}) r
    where ${isEnded(sql`r.status`)} and r.ended_at >= ${since} and r.ended_at < ${until}
      and r.agent_id not in (select ${row.agentId} from ${page})
    group by r.trigger_id, r.status)
  select ${answer}
  from grouped g join ${table(e)} on ${e.id} = g.newest order by g.n desc, ${e.triggerName}, g.status limit 200`,
})
export type Runs = RowsOf<typeof ended>
const runBeyond = statement({
  values: { workspaceId: 'int', from: 'instant', most: 'int' },
  answer: { at: e.queuedAt },
  text: ({ answer, values: { workspaceId, from, most } }) => sql`
  select ${answer} from ${table(e)} where ${e.workspaceId} = ${workspaceId} and ${e.queuedAt} >= ${from}
  order by ${e.queuedAt} desc, ${e.id} desc limit 1 offset ${most}`,
})
/**
 * What ended in the window, by schedule and outcome, with the words of the newest; without trials, and the runs of the
 * agents `except`.
 */
export async function runs(
  store: Store,
  { workspaceId, since, until }: Window,
  except: string[],
): Promise<{ runs: Runs[]; isPartial: boolean }> {
  const found = await store.all(
    ended({
      workspaceId,
      since,
      until,
      from: since.getTime() - LONGEST_RUN_MS,
      most: MOST_EXECUTIONS,
      rows: except.map((agentId) => ({ agentId })),
    }),
  )
  const beyond = await store.all(runBeyond({ workspaceId, from: since, most: MOST_EXECUTIONS }))
  return { runs: found, isPartial: beyond.length > 0 }
}

const added = statement({
  values: window,
  answer: { name: d.name, tainted: d.tainted, total: as('int', sql`count(*) over ()`) },
  text: ({ answer, values: { workspaceId, since, until } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.workspaceId} = ${workspaceId} and ${d.createdAt} >= ${since} and ${d.createdAt} < ${until}
  order by ${d.createdAt} desc, ${d.id} desc limit 20`,
})
/** Documents added, newest first; `total` counts those that are not named too. */
export async function documentsAdded(
  store: Store,
  { workspaceId, since, until }: Window,
): Promise<{ names: string[]; total: number; tainted: boolean }> {
  const rows = await store.all(added({ workspaceId, since, until }))
  const tainted = rows.some((it) => it.tainted)
  return { names: rows.map((it) => it.name), total: rows[0]?.total ?? 0, tainted }
}

export interface Upcoming {
  id: number
  name: string
  nextRunAt: number
  timezone: string
}
/** The next run of each schedule that has one before `before`, soonest first. */
export function upcoming(
  { q, t: { triggers: it } }: Store,
  {
    workspaceId,
    before,
    except,
    limit,
  }: { workspaceId: number; before: Date; except: number; limit: number },
): Promise<Upcoming[]> {
  return q
    .select({
      id: it.id,
      name: it.name,
      nextRunAt: sql<number>`${it.nextRunAt}`.mapWith(Number),
      timezone: it.timezone,
    })
    .from(it)
    .where(
      and(
        eq(it.workspaceId, workspaceId),
        gt(it.dueAt, 0),
        lt(it.dueAt, before.getTime()),
        isNotNull(it.nextRunAt),
        ne(it.id, except),
        isNull(it.deletedAt),
        eq(it.enabled, true),
      ),
    )
    .orderBy(asc(it.dueAt), asc(it.id))
    .limit(limit)
}

type State = 'broken' | 'disabled' | 'unready' | 'paused' | 'failing'
const isOff = sql`${tr.pausedAt} is not null and not ${tr.enabled}`
const isUnready = sql`${tr.enabled} = true and coalesce(${tr.unready}, '') <> ''`
const standing = (workspaceId: SQL) => sql`(
    select ${tr.id} as id,
      case when ${tr.problem} is not null then 'broken' when ${isOff} then 'paused'
        when ${tr.disabledReason} is not null then 'disabled'
        when ${isUnready} then 'unready' else 'failing' end as state
    from ${table(tr)}
    where ${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} is null and (
      ${tr.problem} is not null or (${isOff}) or (${isUnready})
      or (${tr.enabled} = true and ${tr.consecutiveFailures} > 0)
      -- One that has had all its planned runs is at its end, not in trouble.
      or (${tr.disabledReason} is not null
        and not (${tr.maxExecutions} is not null and ${tr.plannedRuns} >= ${tr.maxExecutions})))) it`
const troubled = statement({
  values: { workspaceId: 'int', limit: 'int' },
  answer: {
    id: tr.id,
    name: tr.name,
    state: oneOf<State>(sql`it.state`),
    reason: as(
      'text?',
      sql`case it.state when 'broken' then ${tr.problem} when 'paused' then ${tr.pausedReason}
        when 'unready' then ${tr.unready}
        when 'disabled' then ${tr.disabledReason}
        else (select coalesce(${e.error}, ${e.reason}) from ${table(e)} where ${e.id} = ${tr.lastExecutionId}) end`,
    ),
    tainted: as(
      'flag',
      sql`it.state = 'failing' and exists (select 1 from ${table(e)} where ${e.id} = ${tr.lastExecutionId} and ${e.tainted})`,
    ),
    pausedUntil: tr.pausedUntil,
    failures: tr.consecutiveFailures,
    lastExecutionId: tr.lastExecutionId,
    timezone: tr.timezone,
  },
  text: ({ answer, values: { workspaceId, limit } }) => sql`
  select ${answer} from ${standing(workspaceId)}
    join ${table(tr)} on ${tr.id} = it.id
  order by case it.state when 'broken' then 1 when 'disabled' then 2 when 'unready' then 3
    when 'failing' then 4 else 5 end, ${tr.id}
  limit ${limit}`,
})
export type Trouble = RowsOf<typeof troubled>
/** Schedules that do not run as planned, the worst first. */
export const inTrouble = (store: Store, values: { workspaceId: number; limit: number }) =>
  store.all(troubled(values))

const manyTroubled = statement({
  values: { workspaceId: 'int' },
  answer: { n: as('int', sql`count(*)`) },
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${standing(workspaceId)} where it.state <> 'paused'`,
})
/** How many those are, without those that somebody has paused. */
export async function countInTrouble(store: Store, workspaceId: number): Promise<number> {
  const [row] = await store.all(manyTroubled({ workspaceId }))
  return row?.n ?? 0
}

/** The zone that a trigger is planned in. */
export async function timezoneOf(
  { q, t: { triggers: it } }: Store,
  workspaceId: number,
  id: number,
): Promise<string> {
  const [row] = await q
    .select({ timezone: it.timezone })
    .from(it)
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
  return row?.timezone ?? 'UTC'
}

const newestSuccess = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: { startedAt: e.startedAt },
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${id} and ${e.workspaceId} = ${workspaceId} and ${e.status} = ${status('success')}
    and not ${e.staged}
  order by ${e.queuedAt} desc, ${e.id} desc limit 1`,
})
/** When the trigger's newest run that succeeded, and told it, began; null where there is none. */
export async function lastSuccessAt(store: Store, workspaceId: number, id: number): Promise<Date | null> {
  const [row] = await store.all(newestSuccess({ workspaceId, id }))
  return row?.startedAt == null ? null : new Date(row.startedAt)
}
