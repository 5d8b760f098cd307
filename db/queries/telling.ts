/**
 * What an entry leaves beside its outcome: the steps of the transcript, what the agent has done already, the message of
 * the chat and the events.
 *
 * Promise: each is written while the guard still finds the execution, before the outcome. One message an execution, by
 * `messages_execution`.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { EventType } from '#lib/contract/event.ts'
import { alias, insert, name, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { type Entry, guard, held, type OfApproval } from './entries.ts'
import { threadOfRun } from './replies.ts'
import { countEvents, nextSeq } from './story.ts'

const { messages } = t
const e = alias(t.executions, 'e')
const w = alias(t.workspaces, 'w')
const m = alias(messages, 'm')
const a = alias(t.approvals, 'a')
const tr = alias(t.triggers, 't')
const before = alias(messages, 'before')
const said = alias(messages, 'excluded')

/** The first of the results that say the same in a row. Who ended last is counted after this is written. */
const firstOfEqual = (text: SQL) => sql`
  case when ${e.kind} <> 'reply' then (
    select coalesce(${before.foldedInto}, ${before.id}) from ${table(tr)} join ${table(before)}
      on ${before.executionId} = ${tr.lastExecutionId}
    where ${tr.id} = ${e.triggerId} and ${before.executionId} <> ${e.id}
      and ${before.include} = true and ${before.deletedAt} is null and ${before.text} = ${text}) end`

const show = statement({
  values: { now: 'instant' },
  rows: { ...held, prompt: 'text', response: 'text', text: 'text', include: 'flag' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(messages, {
    workspaceId: e.workspaceId,
    kind: sql`'result'`,
    prompt: row.prompt,
    response: row.response,
    text: row.text,
    authorName: sql`'Carillon'`,
    threadId: threadOfRun(e),
    triggerId: e.triggerId,
    executionId: e.id,
    foldedInto: firstOfEqual(row.text),
    include: row.include,
    createdAt: now,
    updatedAt: now,
  })}
  from ${page} join ${table(e)} on ${guard(row)}
  where true
  on conflict (${name(messages.executionId)}) where ${name(messages.executionId)} is not null
  do update ${set(messages, {
    response: said.response,
    text: said.text,
    include: said.include,
    foldedInto: said.foldedInto,
    version: sql`${messages.version} + 1`,
    updatedAt: said.updatedAt,
  })}`,
})

// What an entry tells together is one row, which stands for as many numbers. The message of the chat comes last.
const tell = statement({
  values: { now: 'instant' },
  rows: { ...held, ord: 'int', before: 'text?', type: 'text?', count: 'int', chat: 'flag', place: 'text?' },
  text: ({ page, row, values: { now } }) => {
    const shows = sql`(${row.chat} and ${m.id} is not null and (${m.include} or ${m.version} > 1))`
    const span = sql`(${row.count} + case when ${shows} then 1 else 0 end)`
    return sql`
  ${insert(t.events, {
    workspaceId: e.workspaceId,
    seq: nextSeq(w, row.ord, span),
    at: now,
    type: sql`case when not ${shows} then ${row.type} when ${m.version} = 1 then 'chat:message' else 'chat:updated' end`,
    span,
    precededBy: sql`case when ${shows} and ${row.before} is not null then ${row.before} || ',' || ${row.type}
      when ${shows} then ${row.type} else ${row.before} end`,
    triggerId: e.triggerId,
    executionId: e.id,
    messageId: sql`case when ${shows} then ${m.id} end`,
    data: sql`case when ${row.place} is not null then '{"approvalId":' || (
      select ${a.id} from ${table(a)} where ${a.executionId} = ${e.id} and ${a.place} = ${row.place}) || '}' end`,
  })}
  from ${page} join ${table(e)} on ${guard(row)} join ${table(w)} on ${w.id} = ${e.workspaceId}
    left join ${table(m)} on ${m.executionId} = ${e.id}
  where ${span} > 0
    and not (coalesce(${row.type}, '') in ('execution:waiting', 'approval:requested') and ${e.cancelRequestedAt} is not null)`
  },
})

const keepSteps = statement({
  rows: { ...held, n: 'int', attempt: 'int', at: 'instant', kind: 'text', text: 'text', data: 'json' },
  text: ({ page, row }) => sql`
  ${insert(t.executionSteps, {
    executionId: e.id,
    n: row.n,
    attempt: row.attempt,
    at: row.at,
    kind: row.kind,
    text: row.text,
    data: row.data,
  })}
  from ${page} join ${table(e)} on ${guard(row)}
  where true
  on conflict do nothing`,
})

const keep = statement({
  values: { now: 'instant' },
  rows: { ...held, key: 'text', value: 'text' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.executionCheckpoints, { executionId: e.id, key: row.key, value: row.value, at: now })}
  from ${page} join ${table(e)} on ${guard(row)}
  where true
  on conflict do nothing`,
})

const isPlain = (it: Entry['events'][number]): it is EventType | 'chat' => typeof it === 'string'

/** The events of an entry by the rows that they share. One that may turn out untold has its own. */
function groups(events: Entry['events'], together: boolean) {
  const plain = events.filter(isPlain)
  const alone = !together || plain.includes('execution:waiting')
  const parts = alone ? plain.map((it) => [it]) : [plain]
  const ofApprovals = events
    .filter((it): it is OfApproval => !isPlain(it))
    .map(({ type, place }) => ({ before: null, type, count: 1, chat: false, place }))
  const told = parts.flatMap((part) => {
    const types = part.filter((it) => it !== 'chat')
    return part.length === 0
      ? []
      : [
          {
            before: types.length > 1 ? types.slice(0, -1).join(',') : null,
            type: types.at(-1) ?? null,
            count: types.length,
            chat: part.includes('chat'),
            place: null,
          },
        ]
  })
  return [...told, ...ofApprovals]
}

/** What an entry shows and tells beside its outcome, of many entries. */
export function told(
  { dialect }: Store,
  entries: Entry[],
  workspaceIds: number[],
  now: Date,
): { steps: Statement[]; events: Statement[] } {
  // On PostgreSQL servers of the version before may read along: they know one event a row.
  const together = dialect === 'sqlite'
  const steps = entries.flatMap((it) => it.steps.map((step) => ({ ...it, ...step })))
  const shown = entries.flatMap((it) => (it.message ? [{ ...it, ...it.message }] : []))
  const kept = entries.flatMap((it) =>
    it.kind === 'announce' ? (it.kept ?? []).map((one) => ({ ...it, ...one })) : [],
  )
  const events = entries
    .flatMap((it) => groups(it.events, together).map((group) => ({ ...it, ...group })))
    .map((it, ord) => ({ ...it, ord }))
  return {
    steps: [
      ...(steps.length > 0 ? [keepSteps({ rows: steps })] : []),
      ...(kept.length > 0 ? [keep({ rows: kept, now })] : []),
      ...(shown.length > 0 ? [show({ rows: shown, now })] : []),
    ],
    events: events.length > 0 ? [tell({ rows: events, now }), countEvents(workspaceIds)] : [],
  }
}
