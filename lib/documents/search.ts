/**
 * Finds documents by their words, and by what is meant where the workspace has a model of embeddings.
 *
 * Promise: what has all words is found whatever becomes of the model: one that does not answer in time is done without.
 */
import type { Logger } from 'pino'
import * as documents from '#db/queries/documents.ts'
import * as finding from '#db/queries/finding.ts'
import * as vectors from '#db/queries/vectors.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { inTime } from '../deadline.ts'
import type { FoundDocument } from '../contract/document.ts'
import type { Embedder, Embedders } from './embedder.ts'
import { likeness } from './vectors.ts'

export type Found = FoundDocument & { tainted: boolean }
/** `skip`: so many of the best are known already. */
export type DocumentSearch = (
  workspaceId: number,
  asked: { q: string; limit: number; skip: number },
) => Promise<Found[]>

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  embedders: Embedders
}

/** Deeper than anybody reads. */
const MOST_RANKED = 200
const MOST_MEANT = 10
/** What is hardly alike, or much less than the best, is something else: of every question something is the nearest. */
const LEAST = 0.3
const LEAST_OF_BEST = 0.75
const LONGEST_MS = seconds(5)
/** Of reciprocal rank fusion, as its authors have it: Cormack, Clarke, Büttcher 2009. */
const K = 60
const LONGEST_SNIPPET = 240

export function createDocumentSearch({ store, clock, log, embedders }: Deps): DocumentSearch {
  return async (workspaceId, asked) => {
    const byMeaning = await meant(workspaceId, asked.q).catch((error: Error) => {
      log.warn({ workspaceId, error: error.message }, 'documents are searched by their words alone')
      return []
    })
    if (byMeaning.length === 0) return finding.find(store, workspaceId, asked)
    const byWords = await finding.find(store, workspaceId, { q: asked.q, limit: MOST_RANKED, skip: 0 })
    return fused(byWords, byMeaning).slice(asked.skip, asked.skip + asked.limit)
  }

  async function meant(workspaceId: number, q: string): Promise<Found[]> {
    const embedder = await embedders(workspaceId)
    if (!embedder) return []
    const best = await nearest(workspaceId, embedder, await meaningOf(q, embedder))
    const [texts, rows] = await Promise.all([
      vectors.texts(store, workspaceId, best),
      documents.some(
        store,
        workspaceId,
        best.map((it) => it.id),
      ),
    ])
    return best.flatMap(({ id }) => {
      const row = rows.get(id)
      return row ? [{ ...row, snippet: lineOf(texts.get(id) ?? '') }] : []
    })
  }

  async function meaningOf(q: string, embedder: Embedder): Promise<number[]> {
    const late = () => new Error('The model of embeddings did not answer in time.')
    const found = await inTime({ clock, ms: LONGEST_MS, late }, (signal) => embedder.embed([q], signal))
    return found[0] ?? []
  }

  /** The nearest passage of each of the nearest documents. */
  async function nearest(workspaceId: number, { mark }: Embedder, meaning: number[]) {
    const best = new Map<number, { id: number; n: number; likeness: number }>()
    for await (const page of vectors.pages(store, workspaceId, mark)) {
      for (const { documentId: id, n, vector } of page) {
        const it = { id, n, likeness: likeness(meaning, vector) }
        if (it.likeness > (best.get(id)?.likeness ?? 0)) best.set(id, it)
      }
    }
    const ranked = [...best.values()].sort((a, b) => b.likeness - a.likeness).slice(0, MOST_MEANT)
    const least = Math.max(LEAST, (ranked[0]?.likeness ?? 0) * LEAST_OF_BEST)
    return ranked.filter((it) => it.likeness >= least)
  }
}

/** Each counts by its places in both lists; of one that is in both, the place of the words is shown. */
export function fused(byWords: Found[], byMeaning: Found[]): Found[] {
  const all = new Map<number, { it: Found; score: number }>()
  for (const list of [byWords, byMeaning])
    for (const [rank, it] of list.entries()) {
      const score = 1 / (K + rank + 1)
      const known = all.get(it.id)
      if (known) known.score += score
      else all.set(it.id, { it, score })
    }
  return [...all.values()].sort((a, b) => b.score - a.score || b.it.id - a.it.id).map(({ it }) => it)
}

function lineOf(passage: string): string {
  const line = passage.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_SNIPPET ? `${line.slice(0, LONGEST_SNIPPET).toWellFormed()}…` : line
}
