/**
 * What passages of documents mean, for one model: who makes it, and what was made.
 *
 * Promise: vectors count only for the version of the text and the model that they were made of (`embedded` names
 * both); they and their mark are one transaction.
 */
import { type SQL, sql } from 'drizzle-orm'
import { alias, as, insert, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const d = alias(t.documents, 'd')
const v = alias(t.documentVectors, 'v')
const { documents } = t

const markOf = (mark: SQL, it: { version: SQL | typeof d.version }) => sql`(${mark} || ' ' || ${it.version})`

export interface Taken {
  id: number
  version: number
  content: string
}

const holders = statement({
  answer: { workspaceId: d.workspaceId },
  text: ({ answer }) => sql`select distinct ${answer} from ${table(d)}`,
})
/** Workspaces that have a document. */
export const workspaces = async (store: Store): Promise<number[]> =>
  (await store.all(holders())).map((it) => it.workspaceId)

const takeNext = statement({
  values: { workspaceId: 'int', mark: 'text', now: 'instant', until: 'instant' },
  answer: { id: documents.id, version: documents.version, content: documents.content },
  text: ({ returning, skipLocked, values: { workspaceId, mark, now, until } }) => sql`
  update documents ${set(documents, { embeddingUntil: until })}
  where ${name(documents.id)} = (
    select ${d.id} from ${table(d)}
    where ${d.workspaceId} = ${workspaceId} and ${d.status} = 'ready' and coalesce(${d.textLength}, 1) > 0
      and (${d.embedded} is null or ${d.embedded} <> ${markOf(mark, d)})
      and (${d.embeddingUntil} is null or ${d.embeddingUntil} <= ${now})
    order by ${d.id} desc limit 1 ${skipLocked})
  ${returning}`,
})
/** Takes the next document for a while, the newest first; null where nothing waits. */
export async function take(
  store: Store,
  { heldMs, now, ...of }: { workspaceId: number; mark: string; now: Date; heldMs: number },
): Promise<Taken | null> {
  const [row] = await store.all(takeNext({ ...of, now, until: new Date(now.getTime() + heldMs) }))
  return row ?? null
}

const taken = { id: 'int', version: 'int' } as const
const isStill = (it: { [K in keyof typeof taken]: SQL }) =>
  sql`${d.id} = ${it.id} and ${d.version} = ${it.version} and ${d.status} = 'ready'`
const drop = statement({
  values: taken,
  text: ({ values }) => sql`
  delete from document_vectors where document_id in (select ${d.id} from ${table(d)} where ${isStill(values)})`,
})
const put = statement({
  values: taken,
  rows: { n: 'int', start: 'int', length: 'int', vector: 'text' },
  text: ({ page, row, values }) => sql`
  ${insert(t.documentVectors, { documentId: d.id, ...row })}
  from ${page} join ${table(d)} on ${isStill(values)}
  where true on conflict do nothing`,
})
const mark = statement({
  values: { ...taken, mark: 'text' },
  text: ({ values: { id, version, mark } }) => sql`
  update documents ${set(documents, { embedded: markOf(mark, { version }), embeddingUntil: sql`null` })}
  where ${documents.id} = ${id} and ${documents.version} = ${version}`,
})
/** Writes what was made of it; nothing where its text is another by now. */
export async function settle(
  store: Store,
  { id, version }: Taken,
  by: string,
  made: { start: number; length: number; vector: string }[],
): Promise<void> {
  const rows = made.map((it, n) => ({ n, ...it }))
  await store.atomically([
    drop({ id, version }),
    ...(rows.length > 0 ? [put({ id, version, rows })] : []),
    mark({ id, version, mark: by }),
  ])
}

const free = statement({
  values: taken,
  text: ({ values: { id, version } }) => sql`
  update documents ${set(documents, { embeddingUntil: sql`null` })}
  where ${documents.id} = ${id} and ${documents.version} = ${version}`,
})
export async function release(store: Store, { id, version }: Taken): Promise<void> {
  await store.all(free({ id, version }))
}

const pageOf = statement({
  values: { workspaceId: 'int', mark: 'text', id: 'int', n: 'int', limit: 'int' },
  answer: { documentId: v.documentId, n: v.n, vector: v.vector },
  text: ({ answer, values: { workspaceId, mark, id, n, limit } }) => sql`
  select ${answer} from ${table(v)} join ${table(d)} on ${d.id} = ${v.documentId}
  where ${d.workspaceId} = ${workspaceId} and ${d.status} = 'ready' and ${d.embedded} = ${markOf(mark, d)}
    and (${v.documentId} > ${id} or (${v.documentId} = ${id} and ${v.n} > ${n}))
  order by ${v.documentId}, ${v.n} limit ${limit}`,
})
const PAGE = 1000
export type VectorRow = Awaited<ReturnType<typeof page>>[number]
const page = (store: Store, at: { workspaceId: number; mark: string; id: number; n: number }) =>
  store.all(pageOf({ ...at, limit: PAGE }))
/** All that were made by that model, a page at a time. */
export async function* pages(store: Store, workspaceId: number, mark: string): AsyncGenerator<VectorRow[]> {
  for (let at = { id: 0, n: 0 }; ; ) {
    const rows = await page(store, { workspaceId, mark, ...at })
    const last = rows.at(-1)
    if (last) yield rows
    if (!last || rows.length < PAGE) return
    at = { id: last.documentId, n: last.n }
  }
}

const passage = statement({
  values: { workspaceId: 'int' },
  rows: { id: 'int', n: 'int' },
  answer: {
    documentId: v.documentId,
    text: as(
      'text',
      sql`substr(${d.content}, cast(${v.start} + 1 as integer), cast(${v.length} as integer))`,
    ),
  },
  text: ({ answer, page, row, values: { workspaceId } }) => sql`
  select ${answer} from ${page} join ${table(v)} on ${v.documentId} = ${row.id} and ${v.n} = ${row.n}
  join ${table(d)} on ${d.id} = ${v.documentId} and ${d.workspaceId} = ${workspaceId}`,
})
/** What the passages say. */
export async function texts(
  store: Store,
  workspaceId: number,
  of: { id: number; n: number }[],
): Promise<Map<number, string>> {
  if (of.length === 0) return new Map()
  const rows = await store.all(passage({ workspaceId, rows: of }))
  return new Map(rows.map((it) => [it.documentId, it.text]))
}
