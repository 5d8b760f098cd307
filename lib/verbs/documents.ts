/** What a workspace keeps for its agents to read: texts, and files with what they say. */
import * as documents from '#db/queries/documents.ts'
import * as finding from '#db/queries/finding.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import type { Document, DocumentQuery, ReadDocument } from '../contract/document.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import type { Deps } from './deps.ts'
import { requireRoom } from './quotas.ts'

type Shelf = Pick<Deps, 'store' | 'clock'>
type Page = AnswerOf<Api['listDocuments']>

/** The newest first; with words, the best first. */
export async function list({ store }: Shelf, workspaceId: number, query: DocumentQuery): Promise<Page> {
  const { limit } = query
  const q = query.q?.trim()
  const place = placeOf(query.cursor)
  if (!q) {
    const found = await documents.list(store, workspaceId, {
      limit: limit + 1,
      ...(place && { before: place }),
    })
    const shown = found.slice(0, limit).map((it) => ({ ...it, snippet: null }))
    return { documents: shown, nextCursor: found.length > limit ? String(shown.at(-1)?.id) : null }
  }
  const skip = place ?? 0
  const found = await finding.find(store, workspaceId, { q, limit: limit + 1, skip })
  const shown = found.slice(0, limit).map(({ tainted: _, ...it }) => it)
  return { documents: shown, nextCursor: found.length > limit ? String(skip + limit) : null }
}

function placeOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  if (!/^[1-9]\d{0,14}$/.test(cursor))
    throw unacceptable([{ path: 'cursor', message: 'is not one that a list has answered' }])
  return Number(cursor)
}

export async function get({ store }: Shelf, workspaceId: number, id: number): Promise<ReadDocument> {
  const found = await documents.get(store, workspaceId, id)
  if (!found) throw notFound('document')
  return found
}

/** What it was made from, byte for byte. */
export async function original(
  { store }: Shelf,
  workspaceId: number,
  id: number,
): Promise<{ name: string; bytes: Buffer }> {
  const found = await documents.original(store, workspaceId, id)
  if (!found) throw notFound('document')
  return found
}

const BY_TEXT = { kind: 'text', ref: null } as const

/** `isNew` is false where the same was there already. */
export async function add(
  { store, clock }: Shelf,
  workspaceId: number,
  { name, text }: BodyOf<Api['addDocument']>,
  by: By,
): Promise<{ document: Document; isNew: boolean }> {
  const content = documents.plain(name, text, BY_TEXT)
  await requireRoom(store, workspaceId, { documents: 1, documentBytes: content.bytes })
  return documents.add(store, workspaceId, content, by.id, clock.now())
}

/** Other bytes are a new version. */
export async function change(
  { store, clock }: Shelf,
  workspaceId: number,
  id: number,
  { name, text }: BodyOf<Api['changeDocument']>,
  _by: By,
): Promise<Document> {
  const known = await get({ store, clock }, workspaceId, id)
  const content = documents.plain(name ?? known.name, text, BY_TEXT)
  await requireRoom(store, workspaceId, { documentBytes: Math.max(0, content.bytes - known.bytes) })
  const changed = await documents.replace(store, workspaceId, id, content, clock.now())
  if (!changed) throw notFound('document')
  return changed
}

export async function remove({ store }: Shelf, workspaceId: number, id: number, _by: By): Promise<void> {
  if (!(await documents.remove(store, workspaceId, id))) throw notFound('document')
}
