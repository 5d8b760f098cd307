/**
 * Documents of a workspace, and their originals.
 *
 * Promise: the same bytes under the same name are one document, however often and by however many they are sent;
 * a version and its original change in one transaction.
 */
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Document, DocumentSource, DocumentStatus } from '#lib/contract/document.ts'
import type { Actor } from '#lib/contract/trigger-event.ts'
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
import { countEvents, lockWorkspaces } from './story.ts'

const d = alias(t.documents, 'd')
const p = alias(t.documentPieces, 'f')
const w = alias(t.workspaces, 'w')
const v = alias(t.events, 'v')

export const shown = {
  id: d.id,
  name: d.name,
  mediaType: d.mediaType,
  bytes: d.bytes,
  sha256: d.sha256,
  version: d.version,
  status: d.status,
  problem: d.problem,
  textLength: as('int', sql`coalesce(${d.textLength}, length(${d.content}))`),
  sourceKind: d.sourceKind,
  sourceRef: d.sourceRef,
  createdBy: d.createdBy,
  createdAt: d.createdAt,
  updatedAt: as('instant', sql`coalesce(${d.updatedAt}, ${d.createdAt})`),
}
/** Rows of before had no source: what made them says it. */
const sourceOf = (by: string | null): DocumentSource => (by?.startsWith('agent:') ? 'agent' : 'text')

export type DocumentRow = Omit<RowsOf<typeof one>, 'text'>
export const toDocument = <Row extends DocumentRow>({
  sourceKind,
  sourceRef,
  createdAt,
  updatedAt,
  ...row
}: Row) => ({
  ...row,
  source: { kind: sourceKind ?? sourceOf(row.createdBy), ref: sourceRef },
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString(),
})

const listed = statement({
  values: { workspaceId: 'int', before: 'int', limit: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, before, limit } }) => sql`
  select ${answer} from ${table(d)} where ${d.workspaceId} = ${workspaceId} and ${d.id} < ${before}
  order by ${d.id} desc limit ${limit}`,
})
/** The newest first. */
export async function list(
  store: Store,
  workspaceId: number,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number; limit: number },
): Promise<Document[]> {
  return (await store.all(listed({ workspaceId, before, limit }))).map(toDocument)
}

const one = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: { ...shown, text: d.content },
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(d)} where ${d.workspaceId} = ${workspaceId} and ${d.id} = ${id}`,
})
export async function get(store: Store, workspaceId: number, id: number) {
  const [row] = await store.all(one({ workspaceId, id }))
  return row ? toDocument(row) : null
}

const several = statement({
  values: { workspaceId: 'int' },
  rows: { id: 'int' },
  answer: { ...shown, tainted: d.tainted },
  text: ({ answer, page, row, values: { workspaceId } }) => sql`
  select ${answer} from ${page} join ${table(d)} on ${d.id} = ${row.id} and ${d.workspaceId} = ${workspaceId}`,
})
/** Those of the ids that are there, by id. */
export async function some(
  store: Store,
  workspaceId: number,
  ids: number[],
): Promise<Map<number, Document & { tainted: boolean }>> {
  if (ids.length === 0) return new Map()
  const rows = await store.all(several({ workspaceId, rows: ids.map((id) => ({ id })) }))
  return new Map(rows.map((row) => [row.id, toDocument(row)]))
}

const pieces = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: { base64: p.base64 },
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(p)} join ${table(d)} on ${d.id} = ${p.documentId}
  where ${d.workspaceId} = ${workspaceId} and ${d.id} = ${id} order by ${p.n}`,
})
/** What was sent; null where there is no such document. One without pieces is its text. */
export async function original(store: Store, workspaceId: number, id: number) {
  const [[row], found] = await store.atomically([one({ workspaceId, id }), pieces({ workspaceId, id })])
  if (!row) return null
  const bytes =
    found.length > 0
      ? Buffer.concat(found.map(({ base64 }) => Buffer.from(base64, 'base64')))
      : Buffer.from(row.text)
  return { name: row.name, bytes }
}

/** What a document is to be. `original`: its bytes, where they are not just the text. */
export interface Content {
  name: string
  text: string
  mediaType: string
  bytes: number
  sha256: string
  status: DocumentStatus
  problem: string | null
  source: { kind: DocumentSource; ref: string | null }
  tainted: boolean
  original: Buffer | null
}

/** A document that is just its text. */
export function plain(name: string, text: string, source: Document['source']): Content {
  const bytes = Buffer.from(text)
  return {
    name,
    text,
    mediaType: 'text/plain',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    status: 'ready',
    problem: null,
    source,
    tainted: false,
    original: null,
  }
}
const content = {
  name: 'text',
  content: 'text',
  mediaType: 'text',
  bytes: 'int',
  sha256: 'text',
  status: d.status,
  problem: 'text?',
  textLength: 'int',
  sourceKind: 'text',
  sourceRef: 'text?',
  tainted: 'flag',
} as const
const PIECE_BYTES = 768 * 1024
const valuesOf = ({ source, text, original: _, ...it }: Content) => ({
  ...it,
  content: text,
  textLength: text.length,
  sourceKind: source.kind,
  sourceRef: source.ref,
})
const piecesOf = ({ original: bytes }: Content) =>
  Array.from({ length: Math.ceil((bytes?.length ?? 0) / PIECE_BYTES) }, (_, n) => ({
    n,
    base64: bytes?.toString('base64', n * PIECE_BYTES, (n + 1) * PIECE_BYTES) ?? '',
  }))

const same = { workspaceId: 'int', name: 'text', sha256: 'text' } as const
const isSame = (
  it: { [K in keyof typeof same]: ReturnType<typeof sql> },
  text?: ReturnType<typeof sql>,
) => sql`
  ${d.workspaceId} = ${it.workspaceId} and ${d.name} = ${it.name}
  and (${d.sha256} = ${it.sha256}${text ? sql` or (${d.sha256} is null and ${d.content} = ${text})` : sql``})`
const insertNew = statement({
  values: { workspaceId: 'int', ...content, createdBy: 'text?', now: 'instant' },
  answer: { id: t.documents.id },
  text: ({ returning, values: { workspaceId, now, ...values } }) => sql`
  ${insert(t.documents, { workspaceId: w.id, ...values, createdAt: now, updatedAt: now })}
  from ${table(w)} where ${w.id} = ${workspaceId} and not exists (
    select 1 from ${table(d)} where ${isSame({ workspaceId, ...values }, values.content)})
  ${returning}`,
})
const newestSame = statement({
  values: { ...same, content: 'text' },
  answer: shown,
  text: ({ answer, values: { content, ...it } }) => sql`
  select ${answer} from ${table(d)} where ${isSame(it, content)} order by ${d.id} desc limit 1`,
})
const addPieces = statement({
  values: same,
  rows: { n: 'int', base64: 'text' },
  text: ({ page, row, values }) => sql`
  ${insert(t.documentPieces, { documentId: d.id, n: row.n, base64: row.base64 })}
  from ${page} join ${table(d)} on ${d.id} = (select max(id) from ${table(d)} where ${isSame(values)})
  where true on conflict do nothing`,
})

/** Who does it; of an agent's run, which. */
export interface Author {
  kind: Actor['kind']
  id: string
  name: string
  executionId?: number | null | undefined
}
// One that was just added is the newest of its content.
const tell = statement({
  values: {
    ...same,
    id: 'int?',
    type: 'text',
    head: 'text',
    executionId: 'int?',
    now: 'instant',
  },
  text: ({ values: { workspaceId, id, type, head, executionId, now, ...rest } }) => {
    const key = sql`${type} || ':' || ${d.id} || case when ${type} = 'document.changed' then ':' || ${now} else '' end`
    return sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'event:recorded'`,
    factType: type,
    fact: sql`${head} || ',"documentId":' || ${d.id} || ',"version":' || ${d.version} || '}}'`,
    dedupeKey: key,
    executionId,
  })}
  from ${table(d)} join ${table(w)} on ${w.id} = ${d.workspaceId}
  where ${d.workspaceId} = ${workspaceId}
    and ${d.id} = coalesce(${id}, (select max(id) from ${table(d)} where ${isSame({ workspaceId, ...rest })}))
    and case ${type} when 'document.uploaded' then ${d.createdAt} = ${now}
      when 'document.changed' then ${d.updatedAt} = ${now} else true end
    and not exists (select 1 from ${table(v)} where ${v.workspaceId} = ${w.id} and ${v.dedupeKey} = ${key})`
  },
})
/** What has become of a document, as triggers hear of it; nothing where nothing has. `id` null: it was just added. */
function told(
  type: 'document.uploaded' | 'document.changed' | 'document.deleted',
  { workspaceId, id }: { workspaceId: number; id: number | null },
  { name, mediaType, bytes, sha256 }: Pick<Document, 'name' | 'mediaType' | 'bytes' | 'sha256'>,
  { executionId = null, ...actor }: Author,
  now: Date,
): Statement[] {
  const data = { documentName: name, mediaType, bytes }
  const fact = JSON.stringify({ occurredAt: now.toISOString(), actor, sourceId: null, data })
  const about = { workspaceId, id, name, sha256: sha256 ?? '', type, executionId, now }
  return [tell({ ...about, head: fact.slice(0, -2) }), countEvents([workspaceId])]
}

/** Adds a document, unless the same one is there; `isNew` says which. */
export async function add(
  store: Store,
  workspaceId: number,
  it: Content,
  by: Author,
  now: Date,
): Promise<{ document: Document; isNew: boolean }> {
  const values = valuesOf(it)
  const key = { workspaceId, name: it.name, sha256: it.sha256 }
  const [, made, , [row]] = await store.atomically([
    lockWorkspaces([workspaceId]),
    insertNew({ workspaceId, ...values, createdBy: by.id, now }),
    addPieces({ ...key, rows: piecesOf(it) }),
    newestSame({ ...key, content: it.text }),
    ...told('document.uploaded', { workspaceId, id: null }, it, by, now),
  ])
  if (!row) throw new Error('A document that was just added is not there.')
  return { document: toDocument(row), isNew: made.length > 0 }
}

const id = { workspaceId: 'int', id: 'int' } as const
const change = statement({
  values: { ...id, ...content, now: 'instant' },
  text: ({ values: { id, workspaceId, now, ...values } }) => sql`
  update documents ${set(t.documents, {
    ...values,
    version: sql`${t.documents.version} + case when ${t.documents.sha256} = ${values.sha256} then 0 else 1 end`,
    leaseUntil: sql`null`,
    attempts: sql`0`,
    updatedAt: now,
  })}
  where ${t.documents.id} = ${id} and ${t.documents.workspaceId} = ${workspaceId} and (
    ${t.documents.sha256} is distinct from ${values.sha256} or ${t.documents.name} <> ${values.name})`,
})
const dropPieces = statement({
  values: id,
  text: ({ values: { workspaceId, id } }) => sql`
  delete from document_pieces where document_id = (
    select ${d.id} from ${table(d)} where ${d.id} = ${id} and ${d.workspaceId} = ${workspaceId})`,
})
const putPieces = statement({
  values: id,
  rows: { n: 'int', base64: 'text' },
  text: ({ page, row, values: { workspaceId, id } }) => sql`
  ${insert(t.documentPieces, { documentId: d.id, n: row.n, base64: row.base64 })}
  from ${page} join ${table(d)} on ${d.id} = ${id} and ${d.workspaceId} = ${workspaceId}
  where true on conflict do nothing`,
})

/** Gives a document other content: a new version where the bytes differ. Null where there is none. */
export async function replace(
  store: Store,
  workspaceId: number,
  id: number,
  it: Content,
  by: Author,
  now: Date,
): Promise<Document | null> {
  const [, , , , [row]] = await store.atomically([
    lockWorkspaces([workspaceId]),
    change({ workspaceId, id, ...valuesOf(it), now }),
    dropPieces({ workspaceId, id }),
    putPieces({ workspaceId, id, rows: piecesOf(it) }),
    one({ workspaceId, id }),
    ...told('document.changed', { workspaceId, id }, it, by, now),
  ])
  if (!row) return null
  const { text: _, ...document } = row
  return toDocument(document)
}

const newestNamed = statement({
  values: { workspaceId: 'int', name: 'text' },
  answer: { id: d.id },
  text: ({ answer, values: { workspaceId, name } }) => sql`
  select ${answer} from ${table(d)} where ${d.workspaceId} = ${workspaceId} and ${d.name} = ${name}
  order by ${d.id} desc limit 1`,
})
/** The document of that name gets the content, or is made. */
export async function put(
  store: Store,
  workspaceId: number,
  it: Content,
  by: Author,
  now: Date,
): Promise<{ id: number }> {
  const [known] = await store.all(newestNamed({ workspaceId, name: it.name }))
  const changed = known && (await replace(store, workspaceId, known.id, it, by, now))
  return changed ?? (await add(store, workspaceId, it, by, now)).document
}

const newestFrom = statement({
  values: { workspaceId: 'int', by: 'text', from: 'text' },
  answer: { id: d.id, text: d.content },
  text: ({ answer, values: { workspaceId, by, from } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.workspaceId} = ${workspaceId} and ${d.createdBy} = ${by} and ${d.sourceRef} = ${from}
  order by ${d.id} desc limit 1`,
})
const LONGEST_REF = 500
/** An index takes no address of any length: of a longer one a hash stands for its end. */
const refOf = (from: string): string =>
  from.length <= LONGEST_REF
    ? from
    : `${from.slice(0, LONGEST_REF - 44).toWellFormed()}#${createHash('sha256').update(from).digest('base64url')}`

/** What somebody has kept from an address; null where that is gone, or never was. */
export async function keptFrom(store: Store, workspaceId: number, by: string, from: string) {
  const [row] = await store.all(newestFrom({ workspaceId, by, from: refOf(from) }))
  return row ?? null
}
/** The document that was kept from the content's address gets the content, or is made. */
export async function putFrom(
  store: Store,
  workspaceId: number,
  { source, ...it }: Content,
  by: Author,
  now: Date,
): Promise<{ id: number }> {
  const from = source.ref ?? ''
  const content = { ...it, source: { ...source, ref: refOf(from) } }
  const known = await keptFrom(store, workspaceId, by.id, from)
  const changed = known && (await replace(store, workspaceId, known.id, content, by, now))
  return changed ?? (await add(store, workspaceId, content, by, now)).document
}

const sentSince = statement({
  values: { workspaceId: 'int', since: 'instant', after: 'int', limit: 'int' },
  answer: { ...shown, tainted: d.tainted },
  text: ({ answer, values: { workspaceId, since, after, limit } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.workspaceId} = ${workspaceId} and (coalesce(${d.updatedAt}, ${d.createdAt}) > ${since}
      or (coalesce(${d.updatedAt}, ${d.createdAt}) = ${since} and ${d.id} > ${after}))
    and coalesce(${d.createdBy}, '') not like 'agent:%'
  order by coalesce(${d.updatedAt}, ${d.createdAt}), ${d.id} limit ${limit}`,
})
/** What people have sent or changed since, the oldest first; `after`: of that very instant, those behind that id. */
export async function sent(
  store: Store,
  workspaceId: number,
  { since, after = 0, limit }: { since: Date; after?: number; limit: number },
): Promise<(Document & { tainted: boolean })[]> {
  return (await store.all(sentSince({ workspaceId, since, after, limit }))).map(toDocument)
}

const typed = statement({
  values: { workspaceId: 'int', mediaType: 'text', limit: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, mediaType, limit } }) => sql`
  select ${answer} from ${table(d)} where ${d.workspaceId} = ${workspaceId} and ${d.mediaType} = ${mediaType}
  order by ${d.id} desc limit ${limit}`,
})
/** Documents of a type, the newest first. */
export async function ofType(
  store: Store,
  workspaceId: number,
  mediaType: string,
  limit: number,
): Promise<Document[]> {
  return (await store.all(typed({ workspaceId, mediaType, limit }))).map(toDocument)
}

const drop = statement({
  values: id,
  answer: { id: t.documents.id },
  text: ({ returning, values: { workspaceId, id } }) => sql`
  delete from ${table(t.documents)} where ${t.documents.id} = ${id} and ${t.documents.workspaceId} = ${workspaceId}
  ${returning}`,
})
/** False where there is none. */
export async function remove(
  store: Store,
  workspaceId: number,
  id: number,
  by: Author,
  now: Date,
): Promise<boolean> {
  const known = await get(store, workspaceId, id)
  if (!known) return false
  const removing = drop({ workspaceId, id })
  const statements = [
    lockWorkspaces([workspaceId]),
    ...told('document.deleted', { workspaceId, id }, known, by, now),
    removing,
  ]
  return answerTo(removing, statements, await store.atomically(statements)).length > 0
}
