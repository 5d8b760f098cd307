/**
 * Has the meaning of documents worked out, where a workspace has a model for it.
 *
 * Promise: a document is embedded once a version and a model, by one of the servers that are alive; where that cannot
 * be done now it is done later, and until then, or without a model, documents are found by their words.
 */
import type { Logger } from 'pino'
import * as vectors from '#db/queries/vectors.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '../clock.ts'
import { type Embedder, EmbeddingFailed, type Embedders } from './embedder.ts'
import { passagesOf } from './passages.ts'
import { packed } from './vectors.ts'

export interface IndexingDeps {
  store: Store
  clock: Clock
  log: Logger
  embedders: Embedders
}

const HELD_MS = minutes(5)
const MOST_IN_A_ROW = 3
/** Texts of one request. */
const AT_ONCE = 64

/** Resolves when nothing waits that could be done now. */
export const createIndexing =
  ({ embedders, ...ground }: IndexingDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    for (const workspaceId of await vectors.workspaces(ground.store)) {
      try {
        const embedder = await embedders(workspaceId)
        if (embedder) await indexAll({ ...ground, workspaceId, embedder, signal })
      } catch (error) {
        if (signal.aborted) return
        const { message } = error as Error
        ground.log.warn({ workspaceId, error: message }, 'documents could not be embedded; later again')
      }
    }
  }

interface Task extends Omit<IndexingDeps, 'embedders'> {
  workspaceId: number
  embedder: Embedder
  signal: AbortSignal
}

/** One that fails keeps no other waiting; the next look tries it again. */
async function indexAll(task: Task): Promise<void> {
  const { store, clock, log, workspaceId, embedder, signal } = task
  const failed: vectors.Taken[] = []
  let inARow = 0
  try {
    while (!signal.aborted) {
      const of = { workspaceId, mark: embedder.mark, heldMs: HELD_MS }
      const found = await vectors.take(store, { ...of, now: clock.now() })
      if (!found) return
      try {
        await indexOne(found, task)
        inARow = 0
      } catch (error) {
        failed.push(found)
        // Nobody is there.
        if (++inARow === MOST_IN_A_ROW) throw error
        const about = { workspaceId, documentId: found.id, error: (error as Error).message }
        log.warn(about, 'a document could not be embedded; later again')
      }
    }
  } finally {
    for (const it of failed) await vectors.release(store, it)
  }
}

async function indexOne(found: vectors.Taken, { store, log, workspaceId, embedder, signal }: Task) {
  try {
    await vectors.settle(store, found, embedder.mark, await made(found.content, embedder, signal))
  } catch (error) {
    if (!(error instanceof EmbeddingFailed) || error.transient) throw error
    // The same text would be refused again: its words are enough.
    log.warn({ workspaceId, documentId: found.id, error: error.message }, 'a document is not embedded')
    await vectors.settle(store, found, embedder.mark, [])
  }
}

async function made(text: string, embedder: Embedder, signal: AbortSignal) {
  const all = passagesOf(text)
  const found: number[][] = []
  for (let n = 0; n < all.length; n += AT_ONCE) {
    const texts = all.slice(n, n + AT_ONCE).map((it) => it.text)
    found.push(...(await embedder.embed(texts, signal)))
  }
  return all.map(({ start, length }, n) => ({ start, length, vector: packed(found[n] ?? []) }))
}
