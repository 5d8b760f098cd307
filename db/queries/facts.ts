/**
 * The story as triggers read it: what has happened since a number, with what the rows that it points to say.
 *
 * Promise: a fact and its event are one transaction; whoever hands a fact in again under its key adds nothing.
 */
import { sql } from 'drizzle-orm'
import type { Actor } from '#lib/contract/trigger-event.ts'
import { alias, as, insert, orNull, type RowsOf, type Statement, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { nextSeq } from './story.ts'

const v = alias(t.events, 'v')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const w = alias(t.workspaces, 'w')
const m = alias(t.messages, 'm')
const a = alias(t.approvals, 'a')

export interface NewFact {
  workspaceId: number
  /** A name of the catalogue, or `custom.<name>`. */
  type: string
  occurredAt: Date
  actor: Actor
  sourceId?: number | null
  data: Record<string, unknown>
  /** The same one adds nothing. */
  dedupeKey?: string | null
  /** The run that did it. */
  executionId?: number | null
}

const record = statement({
  values: { now: 'instant' },
  rows: {
    ord: 'int',
    workspaceId: 'int',
    type: 'text',
    fact: 'json',
    dedupeKey: 'text?',
    executionId: 'int?',
  },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, row.ord),
    at: now,
    type: sql`'event:recorded'`,
    factType: row.type,
    fact: row.fact,
    dedupeKey: row.dedupeKey,
    executionId: row.executionId,
  })}
  from ${page} join ${table(w)} on ${w.id} = ${row.workspaceId}
  where ${row.dedupeKey} is null or not exists (
    select 1 from ${table(v)} where ${v.workspaceId} = ${w.id} and ${v.dedupeKey} = ${row.dedupeKey})`,
})
/**
 * Adds facts to the story: between `lockWorkspaces` and `countEvents`, in the transaction of what they tell of. No
 * two of a call share a key.
 */
export const recordFacts = (facts: readonly NewFact[], now: Date): Statement =>
  record({
    now,
    rows: facts.map(
      ({ workspaceId, type, occurredAt, actor, sourceId, data, dedupeKey, executionId }, ord) => ({
        ord,
        workspaceId,
        type,
        fact: { occurredAt: occurredAt.toISOString(), actor, sourceId: sourceId ?? null, data },
        dedupeKey: dedupeKey ?? null,
        executionId: executionId ?? null,
      }),
    ),
  })

const told = {
  seq: v.seq,
  at: v.at,
  type: v.type,
  precededBy: v.precededBy,
  factType: v.factType,
  fact: v.fact,
  data: v.data,
  dedupeKey: v.dedupeKey,
  triggerId: v.triggerId,
  triggerName: as('text?', sql`coalesce(${e.triggerName}, ${tr.name})`),
  triggerReason: as('text?', sql`coalesce(${tr.disabledReason}, ${tr.pausedReason})`),
  executionId: v.executionId,
  agentId: orNull(e.agentId),
  kind: orNull(e.kind),
  status: orNull(e.status),
  reason: e.reason,
  reasonCode: e.reasonCode,
  output: e.output,
  error: e.error,
  durationMs: e.durationMs,
  tokensUsed: orNull(e.tokensUsed),
  cost: orNull(e.cost),
  staged: orNull(e.staged),
  missedCount: e.missedCount,
  chainRootId: e.chainRootId,
  chainDepth: orNull(e.chainDepth),
  messageId: v.messageId,
  messageKind: orNull(m.kind),
  messageText: orNull(m.text),
  threadId: m.threadId,
  userId: m.userId,
  authorName: orNull(m.authorName),
  approvalId: orNull(a.id),
  approvalSummary: orNull(a.summary),
  approvalStatus: orNull(a.status),
  decidedBy: a.decidedBy,
  decidedName: a.decidedName,
}
// What a row is told of is looked up once: what it says of an approval stands in its data.
const joined = (jsonText: (json: ReturnType<typeof sql>, name: string) => ReturnType<typeof sql>) => sql`
  left join ${table(e)} on ${e.id} = ${v.executionId}
  left join ${table(tr)} on ${tr.id} = ${v.triggerId}
  left join ${table(m)} on ${m.id} = ${v.messageId}
  left join ${table(a)} on ${v.type} like 'approval:%' and ${a.id} = cast(${jsonText(sql`${v.data}`, 'approvalId')} as bigint)`

const after = statement({
  values: { workspaceId: 'int', after: 'int', limit: 'int' },
  answer: told,
  text: ({ answer, jsonText, values: { workspaceId, after, limit } }) => sql`
  select ${answer} from ${table(v)} ${joined(jsonText)}
  where ${v.workspaceId} = ${workspaceId} and ${v.seq} > ${after}
  order by ${v.seq} limit ${limit}`,
})
export type FactRow = RowsOf<typeof after>
/** The oldest first; a row may stand for several events. */
export const following = (
  store: Store,
  workspaceId: number,
  place: { after: number; limit: number },
): Promise<FactRow[]> => store.all(after({ workspaceId, ...place }))

const newestBefore = statement({
  values: { workspaceId: 'int', before: 'int', from: 'instant?', to: 'instant?', limit: 'int' },
  answer: told,
  text: ({ answer, jsonText, values: { workspaceId, before, from, to, limit } }) => sql`
  select ${answer} from ${table(v)} ${joined(jsonText)}
  where ${v.workspaceId} = ${workspaceId} and ${v.seq} < ${before}
    and (${from} is null or ${v.at} >= ${from}) and (${to} is null or ${v.at} <= ${to})
  order by ${v.seq} desc limit ${limit}`,
})
/** The newest first. */
export const newest = (
  store: Store,
  workspaceId: number,
  it: { before: number; from: Date | null; to: Date | null; limit: number },
): Promise<FactRow[]> => store.all(newestBefore({ workspaceId, ...it }))

const keyed = statement({
  values: { workspaceId: 'int', dedupeKey: 'text' },
  answer: told,
  text: ({ answer, jsonText, values: { workspaceId, dedupeKey } }) => sql`
  select ${answer} from ${table(v)} ${joined(jsonText)}
  where ${v.workspaceId} = ${workspaceId} and ${v.dedupeKey} = ${dedupeKey}`,
})
/** The fact that was handed in under a key; null where none was. */
export async function byKey(store: Store, workspaceId: number, dedupeKey: string): Promise<FactRow | null> {
  const [row] = await store.all(keyed({ workspaceId, dedupeKey }))
  return row ?? null
}

const begins = statement({
  values: { workspaceId: 'int', from: 'instant' },
  answer: { seq: as('int?', sql`min(${v.seq})`) },
  text: ({ answer, values: { workspaceId, from } }) => sql`
  select ${answer} from ${table(v)} where ${v.workspaceId} = ${workspaceId} and ${v.at} >= ${from}`,
})
/** The number of the first event that was told since an instant; null where none was. */
export async function firstSince(store: Store, workspaceId: number, from: Date): Promise<number | null> {
  const [row] = await store.all(begins({ workspaceId, from }))
  return row?.seq ?? null
}

const firstAfter = statement({
  values: { workspaceId: 'int', after: 'int' },
  answer: { seq: as('int?', sql`min(${v.seq})`) },
  text: ({ answer, values: { workspaceId, after } }) => sql`
  select ${answer} from ${table(v)} where ${v.workspaceId} = ${workspaceId} and ${v.seq} > ${after}`,
})
/** The number of the row after one; null where none follows. */
export const nextSeqAfter = async (
  store: Store,
  workspaceId: number,
  after: number,
): Promise<number | null> => (await store.all(firstAfter({ workspaceId, after })))[0]?.seq ?? null

const standing = statement({
  answer: { workspaceId: w.id, matchedSeq: w.matchedSeq, lastSeq: w.lastSeq },
  text: ({ answer }) => sql`select ${answer} from ${table(w)} where ${w.matchedSeq} < ${w.lastSeq}`,
})
/** Workspaces in which something has happened that triggers were not held against yet. */
export const unmatched = (store: Store): Promise<RowsOf<typeof standing>[]> => store.all(standing())

const distance = statement({
  values: { workspaceId: 'int' },
  answer: { behind: as('int', sql`${w.lastSeq} - ${w.matchedSeq}`) },
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${table(w)} where ${w.id} = ${workspaceId}`,
})
/** How many numbers of its story triggers were not held against yet. */
export const howFarBehind = async (store: Store, workspaceId: number): Promise<number> =>
  (await store.all(distance({ workspaceId })))[0]?.behind ?? 0
