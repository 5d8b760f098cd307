/**
 * The last run of a trigger that succeeded, the first one after it that failed, and what was touched in between.
 * Reads only.
 */
import { type SQL, sql } from 'drizzle-orm'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import { status } from '../states.ts'
import type { Store } from '../store.ts'
import { nameBehind } from './rights.ts'

const e = alias(t.executions, 'e')
const s = alias(t.secrets, 's')
const p = alias(t.modelProviders, 'p')
const v = alias(t.productVersions, 'v')

const run = {
  id: e.id,
  queuedAt: e.queuedAt,
  startedAt: e.startedAt,
  completedAt: e.completedAt,
  triggerRevision: e.triggerRevision,
  agentId: e.agentId,
  agentRevision: e.agentRevision,
  model: e.model,
}
/** A staged run does nothing that could fail; a skipped or a cancelled one says nothing of whether it works. */
const isOf = (triggerId: SQL) => sql`${e.triggerId} = ${triggerId} and not ${e.staged}`
const newestSuccess = statement({
  values: { triggerId: 'int', beforeAt: 'instant', beforeId: 'int' },
  answer: run,
  text: ({ answer, bare, values: { triggerId } }) => sql`
  select ${answer} from ${table(e)}
  where ${isOf(triggerId)} and ${e.status} = ${status('success')}
    and (${e.queuedAt}, ${e.id}) < (${bare.beforeAt}, ${bare.beforeId})
  order by ${e.queuedAt} desc, ${e.id} desc limit 1`,
})
export type KnownEnd = RowsOf<typeof newestSuccess>
const nextFailure = statement({
  values: { triggerId: 'int', afterAt: 'instant', afterId: 'int' },
  answer: run,
  text: ({ answer, bare, values: { triggerId } }) => sql`
  select ${answer} from ${table(e)}
  where ${isOf(triggerId)} and ${e.status} = ${status('failed')}
    and (${e.queuedAt}, ${e.id}) > (${bare.afterAt}, ${bare.afterId})
  order by ${e.queuedAt}, ${e.id} limit 1`,
})

/** `before`: seen from this run. */
export async function endsOf(
  store: Store,
  triggerId: number,
  before: { queuedAt: number; id: number } | null,
): Promise<{ success: KnownEnd | null; failure: KnownEnd | null }> {
  const most = Number.MAX_SAFE_INTEGER
  const { queuedAt: beforeAt, id: beforeId } = before ?? { queuedAt: most, id: most }
  const [success] = await store.all(newestSuccess({ triggerId, beforeAt, beforeId }))
  const after = { afterAt: success?.queuedAt ?? -1, afterId: success?.id ?? 0 }
  const [failure] = await store.all(nextFailure({ triggerId, ...after }))
  return { success: success ?? null, failure: failure ?? null }
}

const changedSecrets = statement({
  values: { workspaceId: 'int', after: 'instant', upTo: 'instant' },
  rows: { name: 'text' },
  answer: {
    name: s.name,
    at: s.updatedAt,
    changedBy: as('text?', s.updatedBy),
    by: as('text?', nameBehind(s.updatedBy)),
  },
  text: ({ page, row, answer, values: { workspaceId, after, upTo } }) => sql`
  select ${answer} from ${page} join ${table(s)} on ${s.workspaceId} = ${workspaceId} and ${s.name} = ${row.name}
  where ${s.updatedAt} > ${after} and ${s.updatedAt} <= ${upTo}`,
})
interface Span {
  after: number
  upTo: number
}
export const secretsChanged = (store: Store, workspaceId: number, names: string[], span: Span) =>
  store.all(changedSecrets({ workspaceId, rows: names.map((name) => ({ name })), ...span }))

const changedProviders = statement({
  values: { workspaceId: 'int', id: 'int?', after: 'instant', upTo: 'instant' },
  answer: { name: p.name, at: p.updatedAt },
  text: ({ answer, values: { workspaceId, id, after, upTo } }) => sql`
  select ${answer} from ${table(p)}
  where (${p.workspaceId} = ${workspaceId} or ${p.workspaceId} is null) and (${id} is null or ${p.id} = ${id})
    and ${p.updatedAt} > ${after} and ${p.updatedAt} <= ${upTo}`,
})
/** `id`: of one; null: of any that could be asked. */
export const providersChanged = (store: Store, workspaceId: number, id: number | null, span: Span) =>
  store.all(changedProviders({ workspaceId, id, ...span }))

const versionsUpTo = statement({
  values: { at: 'instant' },
  answer: { version: v.version, since: v.since },
  text: ({ answer, values: { at } }) => sql`
  select ${answer} from ${table(v)} where ${v.since} <= ${at} order by ${v.id} desc limit 1`,
})
/** Of the product, at an instant; null before anybody noted it. */
export async function versionAt(
  store: Store,
  at: number,
): Promise<{ version: string; since: number } | null> {
  const [row] = await store.all(versionsUpTo({ at }))
  return row ?? null
}
