/**
 * Sources of events of a workspace: how far each was looked at, who looks after it, and what came of the last look.
 *
 * Promise: what a look has found and the place up to which it was found are one transaction, and it counts only for the
 * source as it was read: of two looks one is kept, whoever looked. What was given in confidence is sealed before it
 * comes here.
 */
import { and, asc, eq, getTableColumns, inArray, isNull, like, or, sql } from 'drizzle-orm'
import { alias, insert, name, type RowsOf, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces, nextSeq, tell } from './story.ts'

export type SourceRow = Store['t']['sources']['$inferSelect']
const { sources } = t
const s = alias(sources, 's')
const w = alias(t.workspaces, 'w')
const m = alias(t.messages, 'm')

export const list = (store: Store, workspaceId: number): Promise<SourceRow[]> =>
  store.q
    .select()
    .from(store.t.sources)
    .where(eq(store.t.sources.workspaceId, workspaceId))
    .orderBy(asc(store.t.sources.id))

export const named = async (store: Store, workspaceId: number, ids: number[]): Promise<SourceRow[]> =>
  ids.length === 0
    ? []
    : store.q
        .select()
        .from(store.t.sources)
        .where(and(eq(store.t.sources.workspaceId, workspaceId), inArray(store.t.sources.id, ids)))
        .orderBy(asc(store.t.sources.id))

export async function get(store: Store, workspaceId: number, id: number): Promise<SourceRow | null> {
  const [row] = await named(store, workspaceId, [id])
  return row ?? null
}

const { id: _, ...columns } = getTableColumns(sources)
const put = statement({
  values: {
    workspaceId: columns.workspaceId,
    name: columns.name,
    kind: columns.kind,
    config: columns.config,
    everySeconds: columns.everySeconds,
    by: 'text',
    now: 'instant',
    most: 'int',
  },
  answer: { id: sources.id },
  text: ({ values: { most, by, now, ...fields }, returning }) => sql`
  ${insert(sources, { ...fields, dueAt: now, createdBy: by, createdAt: now, updatedAt: now })}
  where ${most} > (select count(*) from ${table(s)} where ${s.workspaceId} = ${fields.workspaceId})
  ${returning}`,
})
export type NewSourceRow = Pick<SourceRow, 'workspaceId' | 'name' | 'kind' | 'config' | 'everySeconds'>
/** Null where the workspace has as many as it may. */
export async function add(
  store: Store,
  it: NewSourceRow,
  by: string,
  { now, most }: { now: Date; most: number },
): Promise<SourceRow | null> {
  // Two at once would each count without the other.
  const list = [lockWorkspaces([it.workspaceId]), put({ ...it, by, now, most })] as const
  const [, [made]] = await store.atomically(list)
  return made ? get(store, it.workspaceId, made.id) : null
}

export type SourceChange = Partial<
  Pick<
    SourceRow,
    'name' | 'config' | 'everySeconds' | 'cursor' | 'baselineAt' | 'baselineReason' | 'dueAt' | 'failures'
  >
>
/** False where somebody has changed it since it was read, or it is gone. */
export async function change(
  store: Store,
  { id, version }: Pick<SourceRow, 'id' | 'version'>,
  values: SourceChange,
  now: Date,
): Promise<boolean> {
  const { sources: it } = store.t
  const changed = await store.q
    .update(it)
    .set({ ...values, version: version + 1, updatedAt: now.getTime() })
    .where(and(eq(it.id, id), eq(it.version, version)))
    .returning({ id: it.id })
  return changed.length > 0
}

const takeFree = statement({
  values: { server: 'text', now: 'instant', until: 'instant', limit: 'int' },
  answer: { id: sources.id },
  text: ({ returning, skipLocked, values: { server, now, until, limit } }) => sql`
  update ${table(sources)} ${set(sources, { heldBy: server, heldUntil: until })}
  where ${name(sources.id)} in (
    select ${s.id} from ${table(s)}
    where ${s.heldUntil} is null or ${s.heldUntil} <= ${now}
    order by ${s.dueAt} limit ${limit} ${skipLocked})
  ${returning}`,
})
const keepHolding = statement({
  values: { server: 'text', now: 'instant', until: 'instant' },
  answer: {
    id: sources.id,
    workspaceId: sources.workspaceId,
    dueAt: sources.dueAt,
    config: sources.config,
    kind: sources.kind,
    status: sources.status,
    baselineAt: sources.baselineAt,
  },
  text: ({ returning, values: { server, now, until } }) => sql`
  update ${table(sources)} ${set(sources, { heldUntil: until })}
  where ${sources.heldBy} = ${server} and ${sources.heldUntil} > ${now} ${returning}`,
})
export type Held = RowsOf<typeof keepHolding>
export interface Holder {
  server: string
  now: Date
  until: Date
}
/** Takes what nobody looks after, and keeps what is looked after here. Answers all of that. */
export async function hold(store: Store, holder: Holder, most: number): Promise<Held[]> {
  const [, held] = await store.atomically([takeFree({ ...holder, limit: most }), keepHolding(holder)])
  return held
}

const letGo = statement({
  values: { server: 'text' },
  text: ({ values: { server } }) => sql`
  update ${table(sources)} ${set(sources, { heldBy: sql`null`, heldUntil: sql`null` })}
  where ${sources.heldBy} = ${server}`,
})
export const release = (store: Store, server: string) => store.atomically([letGo({ server })])
const letAllGo = statement({
  text: () => sql`
  update ${table(sources)} ${set(sources, { heldBy: sql`null`, heldUntil: sql`null` })}
  where ${sources.heldBy} is not null`,
})
/** For a server that knows that it is the only one. */
export const releaseAll = (store: Store) => store.atomically([letAllGo()])

const found = {
  id: 'int',
  version: 'int',
  cursor: 'text?',
  baselineAt: 'instant?',
  baselineReason: 'text?',
  status: sources.status,
  lastError: 'text?',
  failures: 'int',
  checkedAt: 'instant',
  dueAt: 'instant',
} as const
export type Found = Pick<
  SourceRow,
  'cursor' | 'baselineAt' | 'baselineReason' | 'status' | 'lastError' | 'failures' | 'dueAt'
>
const looked = statement({
  values: found,
  answer: { id: sources.id },
  text: ({ returning, values: { id, version, checkedAt, ...values } }) => sql`
  update ${table(sources)} ${set(sources, {
    ...values,
    lastCheckedAt: checkedAt,
    version: sql`${name(sources.version)} + 1`,
  })}
  where ${sources.id} = ${id} and ${sources.version} = ${version} ${returning}`,
})
/** Breaks the transaction where the source is not as it was read: an event without a number cannot be. */
const requireSeen = statement({
  values: { workspaceId: 'int', id: 'int', version: 'int', now: 'instant' },
  text: ({ values: { workspaceId, id, version, now } }) => sql`
  ${insert(t.events, { workspaceId, seq: sql`null`, at: now, type: sql`'source:ok'` })}
  where not exists (select 1 from ${table(s)} where ${s.id} = ${id} and ${s.version} = ${version})`,
})
const write = statement({
  values: { workspaceId: 'int', text: 'text', now: 'instant' },
  text: ({ values: { workspaceId, text, now } }) =>
    insert(t.messages, {
      workspaceId,
      kind: sql`'notice'`,
      prompt: text,
      text,
      authorName: sql`'Carillon'`,
      createdAt: now,
      updatedAt: now,
    }),
})
const tellWritten = statement({
  values: { workspaceId: 'int', now: 'instant' },
  text: ({ values: { workspaceId, now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, w.id),
    at: now,
    type: sql`'chat:message'`,
    messageId: sql`(select max(${m.id}) from ${table(m)} where ${m.workspaceId} = ${w.id})`,
  })}
  from ${table(w)} where ${w.id} = ${workspaceId}`,
})

export interface Kept {
  found: Found
  /** What is written of it beside the source: the events that it brought. */
  facts: readonly Statement[]
  /** In the chat; null: it is no news. */
  notice: string | null
}
/** What came of a look. False where somebody has looked or changed it since it was read, or it is gone. */
export async function keepLook(
  store: Store,
  before: SourceRow,
  { found, facts, notice }: Kept,
  now: Date,
): Promise<boolean> {
  const { id, workspaceId, version } = before
  const isNews = found.status !== before.status
  const update = looked({ ...found, id, version, checkedAt: now })
  if (!isNews && notice === null && facts.length === 0) return (await store.all(update)).length > 0
  const told = { sourceId: id, status: found.status, ...(found.lastError && { error: found.lastError }) }
  const type = found.status === 'ok' ? ('source:ok' as const) : ('source:failing' as const)
  try {
    await store.atomically([
      lockWorkspaces([workspaceId]),
      requireSeen({ workspaceId, id, version, now }),
      update,
      ...facts,
      ...(isNews ? [countEvents([workspaceId]), tell([{ workspaceId, type, data: told }], now)] : []),
      ...(notice === null
        ? []
        : [
            countEvents([workspaceId]),
            write({ workspaceId, text: notice, now }),
            tellWritten({ workspaceId, now }),
          ]),
      countEvents([workspaceId]),
    ])
    return true
  } catch (error) {
    if ((await get(store, workspaceId, id))?.version === version) throw error
    return false
  }
}

const tr = alias(t.triggers, 't')
const naming = statement({
  values: { id: 'int' },
  answer: { kind: tr.kind, agentId: tr.agentId, config: tr.config, context: tr.context },
  text: ({ answer, values: { id } }) => sql`select ${answer} from ${table(tr)} where ${tr.id} = ${id}`,
})
/** Where a trigger names its sources. */
export async function namesOf(store: Store, triggerId: number) {
  const [row] = await store.all(naming({ id: triggerId }))
  return row ?? null
}

/** Those that may name a source: it is for the reader to see which. */
export const mayUse = (store: Store, workspaceId: number) => {
  const { triggers: it } = store.t
  return store.q
    .select({
      id: it.id,
      workspaceId: it.workspaceId,
      name: it.name,
      kind: it.kind,
      config: it.config,
      context: it.context,
      agentId: it.agentId,
      agentType: it.agentType,
    })
    .from(it)
    .where(
      and(
        eq(it.workspaceId, workspaceId),
        isNull(it.deletedAt),
        or(like(it.config, '%"sourceIds"%'), like(it.context, '%"sourceId"%')),
      ),
    )
    .orderBy(asc(it.id))
}
