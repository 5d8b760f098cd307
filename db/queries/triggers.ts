/**
 * Triggers as people see and change them.
 *
 * Promise: an edit is one row update, guarded by the revision that the editor saw, and every revision's
 * configuration is kept. What is written, answered and kept is what the schema has.
 */
import { and, eq, getTableColumns, isNull, min, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { JUDGED } from '#lib/contract/states.ts'
import type { Health } from '#lib/contract/trigger.ts'
import { containing } from '../containing.ts'
import { CONFIGURATION } from '../schema.ts'
import {
  alias,
  as,
  insert,
  oneOf,
  type RowsOf,
  type Statement,
  set,
  statement,
  t,
  table,
} from '../statement.ts'
import { isOneOf, lateness, status } from '../states.ts'
import type { Phrases, Store } from '../store.ts'
import { closeIncidentsOf } from './incidents.ts'
import { areThere, type Name } from './naming.ts'
import { fact, listens, owed } from './owing.ts'
import { nameBehind } from './rights.ts'
import { countEvents, lockWorkspaces, nextSeq, tell } from './story.ts'
import { bringForward } from './throttling.ts'

const { triggers, triggerRevisions } = t
const x = alias(t.expectations, 'x')
const tr = alias(triggers, 't')
const e = alias(t.executions, 'e')
const w = alias(t.workspaces, 'w')
const m = alias(t.messages, 'm')
const p = alias(t.proposals, 'o')
const a = alias(t.auditEntries, 'a')

type Setting = (typeof CONFIGURATION)[number]
const settings = Object.fromEntries(CONFIGURATION.map((it) => [it, triggers[it]])) as Pick<
  typeof triggers,
  Setting
>

/** How a trigger is, decided here and nowhere else: what is shown and what is asked for cannot differ. */
const healthOf = (it: Record<keyof typeof triggers.$inferSelect, SQLWrapper>) => sql<Health>`case
  when coalesce(${it.problem}, '') <> '' then 'broken'
  when ${it.pausedAt} is not null and not ${it.enabled} then 'paused'
  when coalesce(${it.disabledReason}, '') <> '' and ${it.plannedRuns} >= ${it.maxExecutions} then 'ended'
  when coalesce(${it.disabledReason}, '') <> '' then 'disabled'
  when not ${it.enabled} then 'paused'
  when ${it.kind} in ('schedule', 'interval', 'once') and ${it.nextRunAt} is null and ${it.dueAt} is null then 'ended'
  when coalesce(${it.unready}, '') <> '' then 'unready'
  when ${it.lastStatus} is null then 'new'
  when ${it.consecutiveFailures} > 0 then 'failing'
  else 'healthy' end`

const { hearsFrom: _, expectedUpTo: __, ...columns } = getTableColumns(tr)
const shown = {
  ...columns,
  pausedByName: as('text?', nameBehind(tr.pausedBy)),
  health: oneOf<Health>(healthOf(tr)),
}

const amongIds = statement({
  rows: 'int',
  answer: shown,
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(tr)} on ${tr.id} = ${row} where ${tr.deletedAt} is null`,
})
export type TriggerRow = RowsOf<typeof amongIds>
/** What a person can change, as the row stores it: `config` and `context` are JSON, instants are milliseconds. */
export type TriggerConfig = Pick<TriggerRow, Setting>

/** The editable part of a row, as its revision keeps it. */
export const configOf = (row: TriggerConfig): TriggerConfig =>
  Object.fromEntries(CONFIGURATION.map((it) => [it, row[it]])) as TriggerConfig

/** Why it was off, and until when, is no setting, and is told with the change that switched it off. */
const pauseOf = ({ enabled, pausedReason, pausedUntil }: TriggerRow) =>
  enabled ? {} : { pausedReason, pausedUntil }

/** When it is due next, and the state that the edit leaves it in. */
export type Schedulement = Pick<TriggerRow, 'nextRunAt' | 'dueAt'>
/** What it was made from, and why it does not run from the start. */
export type Beginning = Pick<TriggerRow, 'origin' | 'pausedReason'>

/** Of what has happened so far it hears nothing. */
const lastSeqOf = (workspaceId: SQLWrapper) =>
  sql`(select ${w.lastSeq} from ${table(w)} where ${w.id} = ${workspaceId})`

const making = { workspaceId: 'int', proposalId: 'int?', openUntil: 'instant?', names: 'json' } as const
/**
 * What it is made of is confirmed once, and not where it was put away meanwhile: whoever comes second makes nothing.
 * What it names has not gone either.
 */
const mayBeMade = (
  phrases: Pick<Phrases, 'texts'>,
  { workspaceId, proposalId, openUntil, names }: Record<keyof typeof making, SQL>,
) => sql`(${proposalId} is null or exists (
  select 1 from ${table(p)}
  where ${p.id} = ${proposalId} and ${p.confirmedAt} is null and ${p.expiresAt} = ${openUntil}))
  and ${areThere(phrases, workspaceId, names)}`

const add = statement({
  values: { ...making, by: triggers.createdBy, now: 'instant' },
  rows: {
    ...settings,
    nextRunAt: triggers.nextRunAt,
    dueAt: triggers.dueAt,
    origin: triggers.origin,
    pausedReason: triggers.pausedReason,
  },
  text: ({ page, row, texts, values: { by, now, ...it } }) => sql`
  ${insert(triggers, {
    ...row,
    workspaceId: it.workspaceId,
    hearsFrom: lastSeqOf(it.workspaceId),
    expectedUpTo: sql`case when ${row.expect} is null then null else ${now} end`,
    createdBy: by,
    createdAt: now,
    updatedAt: now,
  })} from ${page} where ${mayBeMade({ texts }, it)}`,
})
/** Under the workspace's lock, the newest trigger of a workspace is the one just inserted. */
const newest = (workspaceId: SQL) =>
  sql`(select max(${triggers.id}) from ${table(triggers)} where ${triggers.workspaceId} = ${workspaceId})`
const keepFirstRevision = statement({
  values: { ...making, by: 'text', now: 'instant', config: 'json' },
  text: ({ texts, values: { by, now, config, ...it } }) => sql`
  ${insert(triggerRevisions, {
    triggerId: newest(it.workspaceId),
    revision: sql`1`,
    config,
    changedBy: by,
    createdAt: now,
  })} where ${mayBeMade({ texts }, it)}`,
})
const tellCreated = statement({
  values: { ...making, now: 'instant' },
  text: ({ texts, values: { now, ...it } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'schedule:created'`,
    triggerId: newest(it.workspaceId),
  })}
  from ${table(w)} where ${w.id} = ${it.workspaceId} and ${mayBeMade({ texts }, it)}`,
})
const tellConfirmed = statement({
  values: { ...making, data: 'json', now: 'instant' },
  text: ({ texts, values: { data, now, ...it } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 2`,
    at: now,
    type: sql`'proposal:confirmed'`,
    triggerId: newest(it.workspaceId),
    data,
  })}
  from ${table(w)}
  where ${w.id} = ${it.workspaceId} and ${it.proposalId} is not null and ${mayBeMade({ texts }, it)}`,
})
/** The last of them: what the others lean on is no more. */
const confirm = statement({
  values: { ...making, by: 'text', byName: 'text', now: 'instant' },
  text: ({ texts, values: { by, byName, now, ...it } }) => sql`
  update ${table(t.proposals)} ${set(t.proposals, {
    confirmedBy: by,
    confirmedByName: byName,
    confirmedAt: now,
    triggerId: newest(it.workspaceId),
  })}
  where ${t.proposals.id} = ${it.proposalId} and ${mayBeMade({ texts }, it)}`,
})
const created = statement({
  values: making,
  answer: shown,
  text: ({ answer, texts, values: it }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.id} = ${newest(it.workspaceId)} and ${mayBeMade({ texts }, it)}`,
})

/** Of what it is made, and who says so. */
export interface Confirming {
  proposalId: number
  /** As it was read: one that was put away is open no longer. */
  openUntil: Date
  byName: string
}

type Made = TriggerConfig & Schedulement & Partial<Beginning>
export async function create(
  store: Store,
  workspaceId: number,
  config: Made,
  by: string,
  now: Date,
): Promise<TriggerRow> {
  const row = await createNaming(store, workspaceId, config, { by, now, names: [] })
  if (!row) throw new Error('A trigger that was just made is not there.')
  return row
}
/** Null where what it names is there no more, or somebody has confirmed the proposal or put it away. */
export async function createNaming(
  store: Store,
  workspaceId: number,
  config: Made,
  { by, now, names, confirming }: { by: string; now: Date; names: Name[]; confirming?: Confirming },
): Promise<TriggerRow | null> {
  const { origin = null, pausedReason = null } = config
  const { proposalId = null, openUntil = null } = confirming ?? {}
  const it = { workspaceId, proposalId, openUntil, names }
  const of = { ...it, now }
  const [, , , , , [row]] = await store.atomically([
    lockWorkspaces([workspaceId]),
    add({ ...of, by, rows: [{ ...config, origin, pausedReason }] }),
    keepFirstRevision({ ...of, by, config: configOf(config) }),
    tellCreated(of),
    tellConfirmed({ ...of, data: { proposalId: it.proposalId } }),
    created(it),
    confirm({ ...of, by, byName: confirming?.byName ?? '' }),
    countEvents([workspaceId]),
  ])
  return row ?? null
}

const found = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.id} = ${id} and ${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} is null`,
})
export async function get(store: Store, workspaceId: number, id: number): Promise<TriggerRow | null> {
  const [row] = await store.all(found({ workspaceId, id }))
  return row ?? null
}

const listed = statement({
  values: {
    workspaceId: 'int',
    after: 'int',
    kind: 'text?',
    health: 'text?',
    words: 'text?',
    tag: 'text?',
    deletedSince: 'instant?',
    limit: 'int',
  },
  answer: shown,
  text: ({
    answer,
    lower,
    values: { workspaceId, after, kind, health, words, tag, deletedSince, limit },
  }) => {
    const has = (it: SQLWrapper) => sql`${lower(it)} like ${words} escape '\\'`
    return sql`
  select ${answer} from ${table(tr)}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.id} > ${after}
    and ((${deletedSince} is null and ${tr.deletedAt} is null) or ${tr.deletedAt} > ${deletedSince})
    and (${tr.kind} = ${kind} or (${kind} is null and ${tr.kind} <> 'chat'))
    and (${health} is null or ${healthOf(tr)} = ${health})
    and (${words} is null or ${has(tr.name)} or ${has(tr.agentId)})
    and (${tag} is null or ${lower(tr.tags)} like ${tag} escape '\\')
  order by ${tr.id} limit ${limit}`
  },
})
export interface TriggerFilter {
  after: number
  kind?: string | undefined
  health?: Health | undefined
  q?: string | undefined
  tag?: string | undefined
  /** Those that were deleted since then, and no others. */
  deletedSince?: Date | undefined
  limit: number
}
export const list = (
  store: Store,
  workspaceId: number,
  { after, kind, health, q, tag, deletedSince, limit }: TriggerFilter,
): Promise<TriggerRow[]> =>
  store.all(
    listed({
      workspaceId,
      after,
      kind: kind ?? null,
      health: health ?? null,
      words: containing(q),
      // As it stands in the list: a tag has no quotes around it by itself.
      tag: tag === undefined ? null : containing(JSON.stringify(tag)),
      deletedSince: deletedSince ?? null,
      limit,
    }),
  )

const others = statement({
  values: { workspaceId: 'int', except: 'int' },
  rows: 'int',
  answer: { at: as('instant', tr.nextRunAt), count: as('int', sql`count(*)`) },
  text: ({ page, row, answer, values: { workspaceId, except } }) => sql`
  select ${answer} from ${page} join ${table(tr)} on ${tr.nextRunAt} = ${row}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.enabled} = true and ${tr.deletedAt} is null
    and ${tr.jitterSeconds} = 0 and ${tr.id} <> ${except}
  group by ${tr.nextRunAt}`,
})
/** How many others run next at these instants, and are not spread; at which there are most. */
export async function crowdAt(
  store: Store,
  workspaceId: number,
  { instants, except }: { instants: Date[]; except: number },
): Promise<{ at: number; count: number } | null> {
  if (instants.length === 0) return null
  const found = await store.all(others({ workspaceId, except, rows: instants.map(Number) }))
  return found.sort((a, b) => b.count - a.count || a.at - b.at)[0] ?? null
}

/**
 * As the editor saw it: the statements of an edit count only while this holds, so the one that changes the row
 * comes after them.
 */
const seen = {
  ...{ id: triggers.id, revision: triggers.revision, seenDueAt: triggers.dueAt },
  names: 'json',
  afterAll: 'flag',
} as const
const asSeen = (
  phrases: Pick<Phrases, 'texts'>,
  { id, revision, seenDueAt, names, afterAll }: Record<keyof typeof seen, SQL>,
) => sql`
  ${tr.id} = ${id} and ${tr.revision} = ${revision} and ${tr.dueAt} is not distinct from ${seenDueAt}
  and ${tr.deletedAt} is null and ${areThere(phrases, tr.workspaceId, names)}
  and (not ${afterAll} or exists (
    select 1 from ${table(w)} where ${w.id} = ${tr.workspaceId} and ${w.matchedSeq} >= ${w.lastSeq}))`

const keepRevision = statement({
  values: { ...seen, by: 'text', now: 'instant', config: 'json' },
  text: ({ texts, values: { by, now, config, ...it } }) => sql`
  ${insert(triggerRevisions, {
    triggerId: tr.id,
    revision: sql`${tr.revision} + 1`,
    config,
    changedBy: by,
    createdAt: now,
  })}
  from ${table(tr)} where ${asSeen({ texts }, it)}
  on conflict do nothing`,
})
const tellChanged = statement({
  values: { ...seen, now: 'instant', factType: 'text?' },
  text: ({ texts, values: { now, factType, ...it } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'schedule:updated'`,
    triggerId: tr.id,
    factType,
  })}
  from ${table(tr)} join ${table(w)} on ${w.id} = ${tr.workspaceId} where ${asSeen({ texts }, it)}`,
})
const write = statement({
  values: { ...seen, now: 'instant' },
  rows: {
    ...settings,
    nextRunAt: triggers.nextRunAt,
    dueAt: triggers.dueAt,
    pausedAt: triggers.pausedAt,
    pausedUntil: triggers.pausedUntil,
    pausedReason: triggers.pausedReason,
    pausedBy: triggers.pausedBy,
    disabledReason: triggers.disabledReason,
    problem: triggers.problem,
    consecutiveFailures: triggers.consecutiveFailures,
    createdBy: triggers.createdBy,
    origin: triggers.origin,
  },
  answer: { id: tr.id },
  text: ({ page, row, returning, texts, values: { now, ...it } }) => sql`
  update ${table(tr)} ${set(tr, {
    ...row,
    hearsFrom: sql`case when ${row.enabled} and not ${tr.enabled} then ${lastSeqOf(tr.workspaceId)} else ${tr.hearsFrom} end`,
    expectedUpTo: sql`case
      when ${row.expect} is not null and (${tr.expectedUpTo} is null or (${row.enabled} and not ${tr.enabled}))
      then ${now} else ${tr.expectedUpTo} end`,
    revision: sql`${tr.revision} + 1`,
    updatedAt: now,
  })}
  from ${page} where ${asSeen({ texts }, it)}
  ${returning}`,
})

/** What any success would do for is another now, and counts from now. */
const forgetSuccesses = statement({
  values: { ...seen, expect: 'text?' },
  text: ({ texts, values: { expect, ...it } }) => sql`
  delete from ${table(x)} where ${x.anyRun} and ${x.state} = 'open' and ${x.triggerId} in (
    select ${tr.id} from ${table(tr)} where ${asSeen({ texts }, it)} and ${tr.expect} is distinct from ${expect})`,
})

const switched = (before: TriggerRow, next: TriggerRow) =>
  before.enabled === next.enabled ? null : next.enabled ? 'schedule.resumed' : 'schedule.paused'

/**
 * The whole new state of a trigger that was read as `before`. Answers null when it changed meanwhile, or what it is to
 * name (`names`) has gone, or something was told that nobody has looked at yet (`afterAll`): read it again.
 */
export async function change(
  store: Store,
  before: TriggerRow,
  next: TriggerRow,
  { by, now, names = [], afterAll = false }: { by: string; now: Date; names?: Name[]; afterAll?: boolean },
): Promise<TriggerRow | null> {
  const { id, revision, dueAt: seenDueAt } = before
  const asBefore = { id, revision, seenDueAt, names, afterAll }
  const [, , , , written] = await store.atomically([
    lockWorkspaces([before.workspaceId]),
    forgetSuccesses({ ...asBefore, expect: next.expect }),
    keepRevision({ ...asBefore, by, now, config: { ...configOf(next), ...pauseOf(next) } }),
    tellChanged({ ...asBefore, now, factType: switched(before, next) }),
    write({ ...asBefore, now, rows: [next] }),
    countEvents([before.workspaceId]),
    ...(before.throttle === next.throttle ? [] : bringForward(next, now)),
  ])
  return written.length > 0 ? get(store, before.workspaceId, before.id) : null
}

const lastRevision = statement({
  values: { id: 'int', revision: 'int' },
  answer: {
    at: triggerRevisions.createdAt,
    name: as('text?', nameBehind(triggerRevisions.changedBy)),
  },
  text: ({ answer, values: { id, revision } }) => sql`
  select ${answer} from ${table(triggerRevisions)}
  where ${triggerRevisions.triggerId} = ${id} and ${triggerRevisions.revision} = ${revision}`,
})
/** Who made a revision, where that is known, and when; null where nobody kept it: plain SQL wrote it. */
export async function madeBy(
  store: Store,
  { id, revision }: { id: number; revision: number },
): Promise<{ name: string | null; at: number } | null> {
  const [row] = await store.all(lastRevision({ id, revision }))
  return row ?? null
}

const markDeleted = statement({
  values: { id: 'int', workspaceId: 'int', now: 'instant' },
  answer: { id: triggers.id },
  text: ({ returning, values: { id, workspaceId, now } }) => sql`
  update ${table(triggers)} ${set(triggers, {
    deletedAt: now,
    enabled: sql`false`,
    dueAt: sql`null`,
    nextRunAt: sql`null`,
  })}
  where ${triggers.id} = ${id} and ${triggers.workspaceId} = ${workspaceId} and ${triggers.deletedAt} is null
  ${returning}`,
})
/** Deletes a trigger; its history stays. False when it was not there. */
export async function remove(
  store: Store,
  { id, workspaceId, name }: { id: number; workspaceId: number; name: string },
  now: Date,
): Promise<boolean> {
  const [, removed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    markDeleted({ id, workspaceId, now }),
    tell([{ workspaceId, type: 'schedule:deleted', triggerId: id, data: { scheduleName: name } }], now),
    countEvents([workspaceId]),
    closeIncidentsOf(id, now),
  ])
  return removed.length > 0
}

const goneOf = statement({
  values: { workspaceId: 'int', id: 'int', since: 'instant' },
  answer: shown,
  text: ({ answer, values: { workspaceId, id, since } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.id} = ${id} and ${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} > ${since}`,
})
/** One that was deleted since then. */
export async function deleted(
  store: Store,
  workspaceId: number,
  id: number,
  since: Date,
): Promise<TriggerRow | null> {
  const [row] = await store.all(goneOf({ workspaceId, id, since }))
  return row ?? null
}

/** Of what happened while it was gone it hears nothing. */
const bringBack = statement({
  values: { id: 'int', revision: 'int', now: 'instant' },
  rows: { enabled: triggers.enabled, nextRunAt: triggers.nextRunAt, dueAt: triggers.dueAt },
  answer: { id: tr.id },
  text: ({ page, row, returning, values: { id, revision, now } }) => sql`
  update ${table(tr)} ${set(tr, {
    ...row,
    deletedAt: sql`null`,
    hearsFrom: lastSeqOf(tr.workspaceId),
    revision: sql`${tr.revision} + 1`,
    updatedAt: now,
  })}
  from ${page} where ${tr.id} = ${id} and ${tr.revision} = ${revision} and ${tr.deletedAt} is not null
  ${returning}`,
})
/** It has just come back, as the revision after the one that was seen. */
const back = { id: 'int', revision: 'int', now: 'instant' } as const
const isJustBack = ({ id, revision, now }: Record<keyof typeof back, SQL>) => sql`
  ${tr.id} = ${id} and ${tr.revision} = ${revision} + 1 and ${tr.updatedAt} = ${now} and ${tr.deletedAt} is null`
const keepBack = statement({
  values: { ...back, by: 'text', config: 'json' },
  text: ({ values: { by, config, ...it } }) => sql`
  ${insert(triggerRevisions, {
    triggerId: tr.id,
    revision: tr.revision,
    config,
    changedBy: by,
    createdAt: it.now,
  })}
  from ${table(tr)} where ${isJustBack(it)}
  on conflict do nothing`,
})
const tellBack = statement({
  values: back,
  text: ({ values: it }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: it.now,
    type: sql`'schedule:created'`,
    triggerId: tr.id,
  })}
  from ${table(tr)} join ${table(w)} on ${w.id} = ${tr.workspaceId} where ${isJustBack(it)}`,
})
/** Brings a deleted trigger back, in the state that is given. Null where somebody else was first. */
export async function restore(
  store: Store,
  gone: TriggerRow,
  next: Pick<TriggerRow, 'enabled'> & Schedulement,
  { by, now }: { by: string; now: Date },
): Promise<TriggerRow | null> {
  const it = { id: gone.id, revision: gone.revision, now }
  const [, restored] = await store.atomically([
    lockWorkspaces([gone.workspaceId]),
    bringBack({ ...it, rows: [next] }),
    keepBack({ ...it, by, config: configOf({ ...gone, enabled: next.enabled }) }),
    tellBack(it),
    countEvents([gone.workspaceId]),
  ])
  return restored.length > 0 ? get(store, gone.workspaceId, gone.id) : null
}

const keepRevisionAsItIs = statement({
  values: { now: 'instant' },
  rows: { id: 'int', revision: 'int', config: 'json' },
  text: ({ page, row, values: { now } }) => sql`
  ${insert(triggerRevisions, {
    triggerId: tr.id,
    revision: tr.revision,
    config: row.config,
    createdAt: now,
  })}
  from ${page} join ${table(tr)} on ${tr.id} = ${row.id} and ${tr.revision} = ${row.revision}
  where true
  on conflict do nothing`,
})
/** Keeps the configuration of rows that plain SQL wrote; what is kept already stays. */
export async function keepRevisions(store: Store, rows: TriggerRow[], now: Date): Promise<void> {
  const kept = rows.map((it) => ({ id: it.id, revision: it.revision, config: configOf(it) }))
  await store.atomically([keepRevisionAsItIs({ rows: kept, now })])
}
export const byIds = (store: Store, ids: number[]) => store.all(amongIds({ rows: ids }))

/** The runs that auto-disable looks back on. */
const recent = sql`(
  select ${e.status} as status from ${table(e)}
  where ${e.triggerId} = ${tr.id} and ${isOneOf(e.status, JUDGED)}
  order by ${e.queuedAt} desc, ${e.id} desc limit 20) r`
const failingAmong = statement({
  rows: 'int',
  answer: {
    id: tr.id,
    workspaceId: tr.workspaceId,
    name: tr.name,
    consecutiveFailures: tr.consecutiveFailures,
    disableAfterFailures: tr.disableAfterFailures,
    disableBelowSuccessRate: tr.disableBelowSuccessRate,
    recent: as('int', sql`(select count(*) from ${recent})`),
    recentSuccesses: as('int', sql`(select count(*) from ${recent} where r.status = ${status('success')})`),
  },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(tr)} on ${tr.id} = ${row}
  where ${tr.enabled} = true and ${tr.consecutiveFailures} >= ${tr.disableAfterFailures}`,
})
/** The two facts that auto-disable is decided on, for triggers that just failed. */
export type Failing = RowsOf<typeof failingAmong>
export const failing = (store: Store, ids: number[]) => store.all(failingAmong({ rows: ids }))

const switchOff = statement({
  values: { id: 'int', failures: 'int', reason: 'text', now: 'instant', revision: 'int' },
  answer: { id: triggers.id },
  text: ({ returning, values: { id, failures, reason, now, revision } }) => sql`
  update ${table(triggers)} ${set(triggers, {
    enabled: sql`false`,
    dueAt: sql`null`,
    disabledReason: reason,
    revision: sql`${triggers.revision} + 1`,
    updatedAt: now,
  })}
  where ${triggers.id} = ${id} and ${triggers.revision} = ${revision} and ${triggers.enabled} = true
    and ${triggers.consecutiveFailures} >= ${failures}
  ${returning}`,
})
const pauseIt = statement({
  values: { id: 'int', reason: 'text', now: 'instant', revision: 'int' },
  answer: { id: triggers.id },
  text: ({ returning, values: { id, reason, now, revision } }) => sql`
  update ${table(triggers)} ${set(triggers, {
    enabled: sql`false`,
    dueAt: sql`null`,
    pausedAt: now,
    pausedReason: reason,
    revision: sql`${triggers.revision} + 1`,
    updatedAt: now,
  })}
  where ${triggers.id} = ${id} and ${triggers.revision} = ${revision} and ${triggers.enabled} = true
  ${returning}`,
})
/** Switched off by this transaction. */
const justOff = { id: 'int', reason: 'text', now: 'instant' } as const
const isJustOff = ({ id, reason, now }: Record<keyof typeof justOff, SQL>) =>
  sql`${tr.id} = ${id} and ${reason} in (${tr.disabledReason}, ${tr.pausedReason}) and ${tr.updatedAt} = ${now}`
const addDisabledNotice = statement({
  values: { ...justOff, response: 'json', notice: 'text' },
  text: ({ values: { response, notice, ...off } }) => sql`
  ${insert(t.messages, {
    workspaceId: tr.workspaceId,
    kind: sql`'notice'`,
    prompt: sql`'[SCHEDULED] ' || ${tr.name}`,
    response,
    text: notice,
    authorName: sql`'Carillon'`,
    triggerId: tr.id,
    createdAt: off.now,
    updatedAt: off.now,
  })}
  from ${table(tr)} where ${isJustOff(off)}`,
})
const tellDisabled = statement({
  values: justOff,
  text: ({ values: off }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, sql`n.n`),
    at: off.now,
    type: sql`case when n.n = 1 then 'schedule:disabled' else 'chat:message' end`,
    triggerId: tr.id,
    factType: sql`case when n.n = 1 and ${tr.pausedAt} = ${off.now} then 'schedule.paused' end`,
    messageId: sql`case when n.n = 2 then (
      select max(${m.id}) from ${table(m)}
      where ${m.workspaceId} = ${tr.workspaceId} and ${m.triggerId} = ${tr.id}) end`,
  })}
  from ${table(tr)} join ${table(w)} on ${w.id} = ${tr.workspaceId} cross join (select 1 as n union all select 2) n
  where ${isJustOff(off)}`,
})
const oweDisabled = statement({
  values: { ...justOff, notice: 'text' },
  text: ({ values: { notice, ...off } }) =>
    owed({
      fact: {
        ...{ workspaceId: tr.workspaceId, triggerId: tr.id, now: off.now },
        facts: fact('disabled'),
        words: notice,
      },
      subject: sql`'disabled:' || cast(${tr.id} as text) || ':' || cast(${off.now} as text)`,
      heard: listens('disabled'),
      from: sql`from ${table(tr)}`,
      where: isJustOff(off),
    }),
})
const keepOff = statement({
  values: { ...justOff, config: 'json' },
  text: ({ values: { config, ...off } }) => sql`
  ${insert(triggerRevisions, {
    triggerId: tr.id,
    revision: tr.revision,
    config,
    changedBy: sql`'system'`,
    createdAt: off.now,
  })}
  from ${table(tr)} where ${isJustOff(off)}
  on conflict do nothing`,
})
const noteOff = statement({
  values: { ...justOff, action: 'text' },
  text: ({ values: { action, ...off } }) => sql`
  ${insert(t.auditEntries, {
    workspaceId: tr.workspaceId,
    at: off.now,
    actorKind: sql`'system'`,
    actorName: sql`'Carillon'`,
    via: sql`'server'`,
    action,
    objectKind: sql`'trigger'`,
    objectId: sql`cast(${tr.id} as text)`,
    objectName: tr.name,
  })}
  from ${table(tr)} where ${isJustOff(off)}`,
})
const detailOff = statement({
  values: { ...justOff, action: 'text', changes: 'json' },
  text: ({ values: { action, changes, ...off } }) => sql`
  ${insert(t.auditDetails, { entryId: sql`max(${a.id})`, changes })}
  from ${table(tr)} join ${table(a)} on ${a.workspaceId} = ${tr.workspaceId} and ${a.at} = ${off.now}
    and ${a.action} = ${action} and ${a.objectId} = cast(${tr.id} as text)
  where ${isJustOff(off)}
  group by ${tr.id}
  on conflict do nothing`,
})

interface Off {
  id: number
  workspaceId: number
  reason: string
  notice: string
}

/** Switches a failing trigger off and says so in the chat, once. */
export const disable = (store: Store, it: Off & { failures: number }, now: Date): Promise<boolean> =>
  takeOff(store, it, {
    now,
    action: 'trigger.disable',
    off: (revision) => switchOff({ ...it, now, revision }),
  })

/** Pauses a trigger that only a person resumes, and says so in the chat, once. */
export const pauseAndTell = (store: Store, it: Off, now: Date): Promise<boolean> =>
  takeOff(store, it, { now, action: 'trigger.pause', off: (revision) => pauseIt({ ...it, now, revision }) })

interface Taking {
  now: Date
  action: string
  off(revision: number): Statement<{ id: number }>
}
/** False where it was changed meanwhile, too: whoever looks next decides again. */
async function takeOff(
  store: Store,
  { workspaceId, ...it }: Off,
  { now, action, off }: Taking,
): Promise<boolean> {
  const before = await get(store, workspaceId, it.id)
  if (!before) return false
  const response = {
    text: it.notice,
    type: 'schedule_notice',
    scheduleId: it.id,
    executionId: null,
    timestamp: now,
  }
  const { id, revision } = before
  const changes = [{ path: 'enabled', from: true, to: false }]
  const [, , taken] = await store.atomically([
    lockWorkspaces([workspaceId]),
    // Plain SQL has made revisions that nobody kept yet.
    keepRevisionAsItIs({ rows: [{ id, revision, config: configOf(before) }], now }),
    off(revision),
    keepOff({ ...it, now, config: configOf({ ...before, enabled: false }) }),
    noteOff({ ...it, now, action }),
    detailOff({ ...it, now, action, changes }),
    addDisabledNotice({ ...it, response, now }),
    tellDisabled({ ...it, now }),
    countEvents([workspaceId]),
    oweDisabled({ ...it, now }),
  ])
  return taken.length > 0
}

const recently = statement({
  values: { id: 'int' },
  answer: {
    durationMs: e.durationMs,
    latenessMs: as('int?', lateness(e)),
  },
  text: ({ answer, values: { id } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.triggerId} = ${id} and ${isOneOf(e.status, JUDGED)} order by ${e.queuedAt} desc, ${e.id} desc limit 1000`,
})
/** Durations of the most recent runs, and how late those were that the clock had planned. */
export const recentRuns = (store: Store, id: number) => store.all(recently({ id }))

/** The built-in trigger of an agent. */
export async function chatTriggerOf(
  store: Store,
  workspaceId: number,
  { agentId, agentType }: Pick<TriggerRow, 'agentId' | 'agentType'>,
): Promise<TriggerRow | null> {
  const { triggers: it } = store.t
  const [row] = await store.q
    .select({ id: min(it.id) })
    .from(it)
    .where(
      and(
        eq(it.workspaceId, workspaceId),
        eq(it.kind, 'chat'),
        eq(it.agentId, agentId),
        eq(it.agentType, agentType),
        isNull(it.deletedAt),
      ),
    )
  return row?.id ? get(store, workspaceId, row.id) : null
}
