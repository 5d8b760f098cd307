/** What reads documents, and what finds them: both go by the same model. */
import type { Logger } from 'pino'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { Embedders } from './embedder.ts'
import type { Extract } from './extract.ts'
import { createIndexing } from './indexing.ts'
import { createDocumentSearch } from './search.ts'
import { createShelf } from './shelf.ts'

interface Ground {
  store: Store
  clock: Clock
  log: Logger
}

export function createLibrary({ store, clock, log }: Ground, embedders: Embedders, extract: Extract) {
  const embedding = { store, clock, log, embedders }
  return {
    search: createDocumentSearch(embedding),
    shelf: createShelf({ store, clock, log, extract, index: createIndexing(embedding) }),
  }
}
