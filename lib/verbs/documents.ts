/** What a workspace keeps for its agents to read: texts, and files with what they say. */
import * as documents from '#db/queries/documents.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { type Document, type DocumentQuery, NewDocument, type ReadDocument } from '../contract/document.ts'
import { MOST_FILE_BYTES } from '../contract/file.ts'
import { notFound, ProblemError, problemOf, unacceptable } from '../contract/problem.ts'
import { inWords } from '../contract/wording.ts'
import { contentOf } from '../documents/content.ts'
import type { DocumentSearch } from '../documents/search.ts'
import { kindOf } from '../documents/types.ts'
import type { Deps } from './deps.ts'
import { requireRoom } from './quotas.ts'

export interface DocumentDeps extends Pick<Deps, 'store' | 'clock' | 'hint'> {
  /** Reads the files that wait for it, and has the meaning of texts worked out. */
  shelf: { look(): Promise<void> }
  search: DocumentSearch
}
type Shelf = Pick<Deps, 'store' | 'clock'>
/** A file of a form. */
export interface SentFile {
  name: string
  bytes: Buffer
}
type Page = AnswerOf<Api['listDocuments']>

/** The newest first; with words, the best first. */
export async function list(
  { store, search }: Pick<DocumentDeps, 'store' | 'search'>,
  workspaceId: number,
  query: DocumentQuery,
): Promise<Page> {
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
  const found = await search(workspaceId, { q, limit: limit + 1, skip })
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

function textAs(name: string, text: string): documents.Content {
  const content = documents.plain(name, text, { kind: 'text', ref: null })
  return { ...content, mediaType: kindOf(Buffer.from(text), name).mediaType }
}

/** `isNew` is false where the same was there already. */
export async function add(
  { store, clock, shelf, hint }: DocumentDeps,
  workspaceId: number,
  { name, text }: BodyOf<Api['addDocument']>,
  by: By,
): Promise<{ document: Document; isNew: boolean }> {
  const content = textAs(name, text)
  await requireRoom(store, workspaceId, { documents: 1, documentBytes: content.bytes })
  const added = await documents.add(store, workspaceId, content, by, clock.now())
  hint([workspaceId])
  void shelf.look()
  return added
}

/** Other bytes are a new version. */
export async function change(
  { store, clock, shelf, hint }: DocumentDeps,
  workspaceId: number,
  id: number,
  { name, text }: BodyOf<Api['changeDocument']>,
  by: By,
): Promise<Document> {
  const known = await get({ store, clock }, workspaceId, id)
  const content = textAs(name ?? known.name, text)
  await requireRoom(store, workspaceId, { documentBytes: Math.max(0, content.bytes - known.bytes) })
  const changed = await documents.replace(store, workspaceId, id, content, by, clock.now())
  if (!changed) throw notFound('document')
  hint([workspaceId])
  void shelf.look()
  return changed
}

/** A file becomes a document; its text may come later. */
export async function addFile(
  { store, clock, shelf, hint }: DocumentDeps,
  workspaceId: number,
  file: SentFile,
  by: By,
): Promise<{ document: Document; isNew: boolean }> {
  const content = contentOf(nameOf(file), requireSmall(file), file.name.slice(-MOST_REF))
  await requireRoom(store, workspaceId, { documents: 1, documentBytes: content.bytes })
  const added = await documents.add(store, workspaceId, content, by, clock.now())
  hint([workspaceId])
  void shelf.look()
  return added
}

/** Several at once: each is added, or its problem is told. */
export async function addFiles(
  deps: DocumentDeps,
  workspaceId: number,
  files: SentFile[],
  by: By,
): Promise<({ document: Document } | { name: string; problem: string })[]> {
  const told: ({ document: Document } | { name: string; problem: string })[] = []
  for (const file of files) {
    const added = await addFile(deps, workspaceId, file, by).catch((error: unknown) => {
      const known = problemOf(error)
      if (!known) throw error
      return { name: file.name, problem: known.detail }
    })
    told.push('document' in added ? { document: added.document } : added)
  }
  return told
}

/** The file is the document's next version, under the name that it has. */
export async function changeFile(
  { store, clock, shelf, hint }: DocumentDeps,
  workspaceId: number,
  id: number,
  file: SentFile,
  by: By,
): Promise<Document> {
  const known = await get({ store, clock }, workspaceId, id)
  const content = contentOf(known.name, requireSmall(file), file.name.slice(-MOST_REF))
  await requireRoom(store, workspaceId, { documentBytes: Math.max(0, content.bytes - known.bytes) })
  const changed = await documents.replace(store, workspaceId, id, content, by, clock.now())
  if (!changed) throw notFound('document')
  hint([workspaceId])
  void shelf.look()
  return changed
}

const MOST_REF = 500
/** A file's name without its folders. @throws ProblemError where it cannot be a document's. */
function nameOf(file: SentFile): string {
  const name = NewDocument.shape.name.safeParse(file.name.split(/[/\\]/).at(-1), inWords)
  if (!name.success) throw unacceptable(name.error.issues.map(({ message }) => ({ path: 'name', message })))
  return name.data
}
function requireSmall({ name, bytes }: SentFile): Buffer {
  if (bytes.length > MOST_FILE_BYTES)
    throw new ProblemError(
      413,
      `“${name.slice(0, 100)}” is larger than 25 MiB, which is the most that a file may have.`,
    )
  return bytes
}

export async function remove(
  { store, clock, hint }: Pick<DocumentDeps, 'store' | 'clock' | 'hint'>,
  workspaceId: number,
  id: number,
  by: By,
): Promise<void> {
  if (!(await documents.remove(store, workspaceId, id, by, clock.now()))) throw notFound('document')
  hint([workspaceId])
}
