/**
 * What runs ask people for, and how it is decided.
 *
 * Promise: an approval is decided once. The decision, its step, its words and the run's return to the queue are one
 * transaction in which everything leans on `status = 'pending'`, and the statement that changes it comes last; the run
 * goes on when nothing that it asked for is pending any more.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { ApprovalStatus } from '#lib/contract/approval.ts'
import { status } from '../states.ts'
import {
  alias,
  answerTo,
  as,
  insert,
  type RowsOf,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import type { Store } from '../store.ts'
import { takeable } from './takeable.ts'
import { personBehind } from './rights.ts'
import type { Telling } from './entries.ts'
import { backInLine, release } from './settling.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

const { approvals, approvalGrants } = t
const a = alias(approvals, 'a')
const other = alias(approvals, 'other')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const w = alias(t.workspaces, 'w')
const m = alias(t.messages, 'm')
const s = alias(t.executionSteps, 's')

const shown = {
  id: a.id,
  workspaceId: a.workspaceId,
  executionId: a.executionId,
  triggerId: a.triggerId,
  step: a.step,
  kind: a.kind,
  tool: a.tool,
  effect: a.effect,
  arguments: a.arguments,
  argumentsHash: a.argumentsHash,
  summary: a.summary,
  why: a.why,
  question: a.question,
  options: a.options,
  status: a.status,
  requestedAt: a.requestedAt,
  expiresAt: a.expiresAt,
  requiredRole: a.requiredRole,
  requireOther: a.requireOther,
  decidedBy: a.decidedBy,
  decidedName: a.decidedName,
  decidedAt: a.decidedAt,
  decidedVia: a.decidedVia,
  note: a.note,
  editedArguments: a.editedArguments,
  editedHash: a.editedHash,
  answer: a.answer,
  triggerName: e.triggerName,
  agentId: e.agentId,
  workspaceName: w.name,
  workspaceSlug: w.slug,
}
const from = sql`${table(a)} join ${table(e)} on ${e.id} = ${a.executionId} join ${table(w)} on ${w.id} = ${a.workspaceId}`

const listed = statement({
  values: { before: 'int', triggerId: 'int?', executionId: 'int?', statuses: 'text?', limit: 'int' },
  rows: 'int',
  answer: shown,
  text: ({ page, row, answer, values: { before, triggerId, executionId, statuses, limit } }) => sql`
  select ${answer} from ${from}
  where ${a.workspaceId} in (select ${row} from ${page}) and ${a.id} < ${before}
    and (${triggerId} is null or ${a.triggerId} = ${triggerId})
    and (${executionId} is null or ${a.executionId} = ${executionId})
    and (${statuses} is null or ${statuses} like '%,' || ${a.status} || ',%')
  order by ${a.id} desc limit ${limit}`,
})
export type ApprovalRow = RowsOf<typeof listed>

/** Of these workspaces, newest first. */
export const list = (
  store: Store,
  workspaceIds: number[],
  {
    before = Number.MAX_SAFE_INTEGER,
    triggerId = null,
    executionId = null,
    status: wanted,
    limit,
  }: {
    before?: number | undefined
    triggerId?: number | null | undefined
    executionId?: number | null | undefined
    status?: ApprovalStatus[] | undefined
    limit: number
  },
): Promise<ApprovalRow[]> =>
  store.all(
    listed({
      rows: workspaceIds,
      before,
      triggerId,
      executionId,
      statuses: wanted ? `,${wanted.join(',')},` : null,
      limit,
    }),
  )

const one = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, id } }) =>
    sql`select ${answer} from ${from} where ${a.workspaceId} = ${workspaceId} and ${a.id} = ${id}`,
})
export async function find(store: Store, workspaceId: number, id: number) {
  const [row] = await store.all(one({ workspaceId, id }))
  return row ?? null
}

const pendingIn = statement({
  values: { workspaceId: 'int' },
  answer: { n: as('int', sql`count(*)`) },
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${table(a)} where ${a.workspaceId} = ${workspaceId} and ${a.status} = 'pending'`,
})
export async function countPending(store: Store, workspaceId: number): Promise<number> {
  const [row] = await store.all(pendingIn({ workspaceId }))
  return row?.n ?? 0
}

/** Who made and who last changed the trigger and the agent: those whom `requireOther` keeps from deciding. */
const authors = statement({
  values: { workspaceId: 'int', triggerId: 'int', agentId: 'text', deciding: 'text' },
  answer: { person: as('text?', sql`person`), decider: as('text?', sql`decider`) },
  text: ({ answer, values: { workspaceId, triggerId, agentId, deciding } }) => {
    const { triggerRevisions: tv, agentRevisions: av, agents: ag } = t
    const ofTrigger = sql`${tv.triggerId} = ${triggerId}`
    const ofAgent = sql`${av.workspaceId} = ${workspaceId} and ${av.agentId} = ${agentId}`
    const by = (it: SQL) => sql`select ${personBehind(sql`x.who`)} as person from (${it}) x`
    return sql`
  select ${answer} from (
    select y.person as person, ${personBehind(deciding)} as decider from (
      ${by(sql`select ${tr.createdBy} as who from ${table(tr)} where ${tr.id} = ${triggerId}`)}
      union ${by(sql`select ${tv.changedBy} as who from ${table(tv)} where ${ofTrigger}
        and ${tv.revision} = (select max(${tv.revision}) from ${table(tv)} where ${ofTrigger})`)}
      union ${by(sql`select ${ag.createdBy} as who from ${table(ag)}
        where ${ag.workspaceId} = ${workspaceId} and ${ag.id} = ${agentId}`)}
      union ${by(sql`select ${av.changedBy} as who from ${table(av)} where ${ofAgent}
        and ${av.revision} = (select max(${av.revision}) from ${table(av)} where ${ofAgent})`)}
    ) y) z`
  },
})
/** True where the person behind `deciding` made or last changed the trigger or its agent. */
export async function isAuthor(
  store: Store,
  of: { workspaceId: number; triggerId: number; agentId: string; deciding: string },
): Promise<boolean> {
  const rows = await store.all(authors(of))
  return rows.some(({ person, decider }) => person !== null && person === decider)
}

const deciding = { id: 'int', now: 'instant', due: 'flag' } as const
/** It waits for the decision: in its time, or (`due`) after it. */
const isPending = ({ id, now, due }: Record<keyof typeof deciding, SQL>) => sql`
  ${a.id} = ${id} and ${a.status} = 'pending' and (${a.expiresAt} <= ${now}) = ${due}`
/** Its run waits, and for nothing else. */
const isLast = sql`not exists (
  select 1 from ${table(other)}
  where ${other.executionId} = ${a.executionId} and ${other.status} = 'pending' and ${other.id} <> ${a.id})`

const noteStep = statement({
  values: { ...deciding, text: 'text', data: 'json' },
  text: ({ values: { text, data, ...it } }) => sql`
  ${insert(t.executionSteps, {
    executionId: e.id,
    n: sql`(select coalesce(max(${s.n}), 0) + 1 from ${table(s)} where ${s.executionId} = ${e.id})`,
    attempt: e.attempt,
    at: it.now,
    kind: sql`'approval'`,
    text,
    data,
  })}
  from ${table(a)} join ${table(e)} on ${e.id} = ${a.executionId} where ${isPending(it)} and ${e.status} = ${status('waiting')}`,
})
const showAgain = statement({
  values: { ...deciding, text: 'text', response: 'text' },
  text: ({ values: { text, response, ...it } }) => sql`
  update ${table(m)} ${set(m, { text, response, version: sql`${m.version} + 1`, updatedAt: it.now })}
  where ${m.executionId} in (select ${a.executionId} from ${table(a)} where ${isPending(it)} and ${isLast})`,
})
const tell = statement({
  values: { ...deciding, type: 'text' },
  rows: { ord: 'int', chat: 'flag' },
  text: ({ page, row, values: { type, ...it } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, row.ord),
    at: it.now,
    type: sql`case when ${row.chat} then 'chat:updated' else ${type} end`,
    triggerId: a.triggerId,
    executionId: a.executionId,
    messageId: sql`case when ${row.chat} then ${m.id} end`,
    data: sql`case when not ${row.chat} then '{"approvalId":' || ${a.id} || '}' end`,
  })}
  from ${page}, ${table(a)} join ${table(w)} on ${w.id} = ${a.workspaceId}
    left join ${table(m)} on ${m.executionId} = ${a.executionId}
  where ${isPending(it)} and (not ${row.chat} or (${m.id} is not null and ${isLast}))`,
})
const goOn = statement({
  values: deciding,
  answer: { id: e.id, triggerId: e.triggerId, ...takeable },
  text: ({ returning, values: it }) => sql`
  update ${table(e)} ${backInLine(e, it.now)}
  where ${e.id} in (select ${a.executionId} from ${table(a)} where ${isPending(it)} and ${isLast})
    and ${e.status} = ${status('waiting')}
  ${returning}`,
})
const mark = statement({
  values: {
    ...deciding,
    status: 'text',
    by: 'text?',
    name: 'text?',
    via: 'text',
    note: 'text?',
    editedArguments: 'text?',
    editedHash: 'text?',
    answer: 'text?',
  },
  answer: { id: a.id },
  text: ({ returning, values: v }) => sql`
  update ${table(a)} ${set(a, {
    status: v.status,
    decidedBy: v.by,
    decidedName: v.name,
    decidedVia: v.via,
    decidedAt: v.now,
    note: v.note,
    editedArguments: v.editedArguments,
    editedHash: v.editedHash,
    answer: v.answer,
  })}
  where ${isPending(v)}
  ${returning}`,
})

const remember = statement({
  values: {
    ...deciding,
    argumentsHash: 'text',
    filter: 'text?',
    maxUses: 'int?',
    until: 'instant?',
    by: 'text',
    name: 'text',
  },
  text: ({ values: v }) => sql`
  ${insert(approvalGrants, {
    workspaceId: a.workspaceId,
    triggerId: a.triggerId,
    approvalId: a.id,
    tool: a.tool,
    argumentsHash: v.argumentsHash,
    filter: v.filter,
    summary: a.summary,
    maxUses: v.maxUses,
    until: v.until,
    createdBy: v.by,
    createdName: v.name,
    createdAt: v.now,
  })}
  from ${table(a)} where ${isPending(v)}`,
})

export interface Remembered {
  /** Empty where there is a filter. */
  argumentsHash: string
  filter: string | null
  maxUses: number | null
  until: Date
}

export interface Decision {
  id: number
  workspaceId: number
  triggerId: number
  status: 'approved' | 'rejected' | 'expired'
  by: { id: string; name: string } | null
  via: string
  note: string | null
  /** JSON. */
  editedArguments: string | null
  editedHash: string | null
  /** JSON. */
  answer: string | null
  /** The step that tells of it, and what the chat shows of the run from now on. */
  step: { text: string; data: unknown }
  shown: Telling
  /** The same call, or those of a filter (JSON), are not asked for again: so often, and until then. */
  remember: Remembered | null
}

/** False where it was decided before, or is out of its time: nothing was changed then. */
export async function decide(store: Store, it: Decision, now: Date): Promise<boolean> {
  const { by, remember: kept } = it
  const at = { id: it.id, now, due: it.status === 'expired' }
  const marked = mark({
    ...at,
    status: it.status,
    by: by?.id ?? null,
    name: by?.name ?? null,
    via: it.via,
    note: it.note,
    editedArguments: it.editedArguments,
    editedHash: it.editedHash,
    answer: it.answer,
  })
  const statements: Statement[] = [
    lockWorkspaces([it.workspaceId]),
    noteStep({ ...at, ...it.step }),
    showAgain({ ...at, text: it.shown.text, response: it.shown.response }),
    tell({
      ...at,
      type: it.status === 'expired' ? 'approval:expired' : 'approval:decided',
      rows: [
        { ord: 1, chat: false },
        { ord: 2, chat: true },
      ],
    }),
    countEvents([it.workspaceId]),
    ...(kept && by ? [remember({ ...at, ...kept, by: by.id, name: by.name })] : []),
    goOn(at),
    marked,
    release({ rows: [{ triggerId: it.triggerId }] }),
  ]
  const answers = await store.atomically(statements)
  return answerTo(marked, statements, answers).length > 0
}

const overdue = {
  id: a.id,
  place: a.place,
  kind: a.kind,
  summary: a.summary,
  onExpiry: a.onExpiry,
  executionId: e.id,
  workspaceId: e.workspaceId,
  triggerId: e.triggerId,
  triggerName: e.triggerName,
  owner: e.owner,
  fence: e.fence,
  attempt: e.attempt,
  durationMs: e.durationMs,
}
const expiredBy = statement({
  values: { now: 'instant', limit: 'int' },
  answer: overdue,
  text: ({ answer, values: { now, limit } }) => sql`
  select ${answer} from ${table(a)} join ${table(e)} on ${e.id} = ${a.executionId}
  where ${a.status} = 'pending' and ${a.expiresAt} <= ${now} and ${e.status} = ${status('waiting')}
  order by ${a.expiresAt}, ${a.id} limit ${limit}`,
})
export type OverdueRow = RowsOf<typeof expiredBy>
/** What nobody decided in its time. */
export const expired = (store: Store, now: Date, limit: number) => store.all(expiredBy({ now, limit }))

const outdatedNow = statement({
  values: { limit: 'int' },
  answer: {
    ...overdue,
    newer: as(
      'int',
      sql`(
    select max(${other.executionId}) from ${table(other)} where ${other.triggerId} = ${a.triggerId}
      and ${other.tool} = ${a.tool} and ${other.argumentsHash} = ${a.argumentsHash} and ${other.status} = 'pending')`,
    ),
  },
  text: ({ answer, values: { limit } }) => sql`
  select ${answer} from ${table(a)} join ${table(e)} on ${e.id} = ${a.executionId}
  where ${a.status} = 'pending' and ${e.status} = ${status('waiting')} and ${a.argumentsHash} is not null
    and exists (
      select 1 from ${table(other)} where ${other.triggerId} = ${a.triggerId} and ${other.tool} = ${a.tool}
        and ${other.argumentsHash} = ${a.argumentsHash} and ${other.status} = 'pending'
        and ${other.executionId} > ${a.executionId})
  order by ${a.id} limit ${limit}`,
})
/** What a newer run of the same trigger has asked for again. */
export const outdated = (store: Store, limit: number) => store.all(outdatedNow({ limit }))
