/**
 * Who changed what.
 *
 * Promise: rows are only added. An entry is written in the transaction of what it tells of (`db/recording.ts`); what it
 * was called and which fields are another follows in a row beside it, once.
 */
import { sql } from 'drizzle-orm'
import type { AuditEntry } from '#lib/contract/audit.ts'
import type { ChangeActor } from '#lib/contract/revision.ts'
import { containing } from '../containing.ts'
import { alias, insert, oneOf, orNull, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const a = alias(t.auditEntries, 'a')
const d = alias(t.auditDetails, 'd')
const w = alias(t.workspaces, 'w')

/** The statement that a transaction ends with where it has changed something. */
export const note = statement({
  values: {
    workspaceId: 'int?',
    at: 'instant',
    actorKind: 'text',
    actorId: 'text?',
    actorName: 'text',
    via: 'text',
    remoteAddress: 'text?',
    action: 'text',
    objectKind: 'text',
    objectId: 'text?',
    objectName: 'text?',
  },
  answer: { id: t.auditEntries.id },
  text: ({ values, returning }) => sql`${insert(t.auditEntries, values)} ${returning}`,
})

const describe = statement({
  values: { entryId: 'int', objectId: 'text?', objectName: 'text?', changes: 'json' },
  text: ({ values }) => sql`${insert(t.auditDetails, values)} where true on conflict do nothing`,
})
export interface Detail {
  objectId: string | null
  objectName: string | null
  changes: AuditEntry['changes']
}
export async function detail(store: Store, entryId: number, it: Detail): Promise<void> {
  await store.atomically([describe({ entryId, ...it })])
}

const listed = statement({
  values: {
    workspaceId: 'int?',
    before: 'int',
    actor: 'text?',
    actorWords: 'text?',
    action: 'text?',
    kind: 'text?',
    objectId: 'text?',
    words: 'text?',
    from: 'instant',
    to: 'instant',
    limit: 'int',
  },
  answer: {
    id: a.id,
    at: a.at,
    actorKind: oneOf<ChangeActor['kind']>(a.actorKind),
    actorId: a.actorId,
    actorName: a.actorName,
    via: oneOf<AuditEntry['via']>(a.via),
    remoteAddress: a.remoteAddress,
    action: a.action,
    objectKind: a.objectKind,
    objectId: oneOf<string | null>(sql`coalesce(${d.objectId}, ${a.objectId})`),
    objectName: oneOf<string | null>(sql`coalesce(${d.objectName}, ${a.objectName})`),
    changes: orNull(d.changes),
    workspace: orNull(w.slug),
  },
  text: ({ answer, lower, values: v }) => sql`
  select ${answer} from ${table(a)}
    left join ${table(d)} on ${d.entryId} = ${a.id} left join ${table(w)} on ${w.id} = ${a.workspaceId}
  where (${v.workspaceId} is null or ${a.workspaceId} = ${v.workspaceId}) and ${a.id} < ${v.before}
    and ${a.at} >= ${v.from} and ${a.at} < ${v.to}
    and (${v.actor} is null or ${a.actorId} = ${v.actor} or ${lower(a.actorName)} like ${v.actorWords} escape '\\')
    and (${v.action} is null or ${a.action} = ${v.action} or ${a.action} like ${v.action} || '.%')
    and (${v.kind} is null or (${a.objectKind} = ${v.kind}
        and (${v.objectId} is null or coalesce(${d.objectId}, ${a.objectId}) = ${v.objectId}))
      or (${v.words} is not null and ${lower(sql`coalesce(${d.objectName}, ${a.objectName}, '')`)} like ${v.words} escape '\\'))
  order by ${a.id} desc limit ${v.limit}`,
})

export interface AuditFilter {
  /** Null: of all, and of the installation. */
  workspaceId: number | null
  before: number
  limit: number
  actor?: string | undefined
  action?: string | undefined
  object?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
}
const LAST = new Date(Date.UTC(2200, 0, 1))

export function list(store: Store, { workspaceId, before, limit, ...it }: AuditFilter) {
  const [kind = null, objectId = null] = it.object === undefined ? [] : it.object.split(/:(.*)/s)
  return store.all(
    listed({
      workspaceId,
      before,
      limit,
      actor: it.actor ?? null,
      actorWords: containing(it.actor),
      action: it.action ?? null,
      kind,
      objectId,
      words: containing(it.object),
      from: it.from ?? new Date(0),
      to: it.to ?? LAST,
    }),
  )
}
