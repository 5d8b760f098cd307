/**
 * Runs that wait though their schedule was deleted, by a person or by plain SQL: they are called off.
 *
 * Promise: none of them begins once this has looked; what is running already may finish.
 */
import { orphans } from '#db/queries/claiming.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { Ledger } from './ledger.ts'
import { withdrawal } from './outcomes.ts'

const PAGE = 250
const WHY = { reason: 'The schedule was deleted.', reasonCode: 'deleted' } as const

export interface OrphansDeps {
  store: Store
  clock: Clock
  ledger: Pick<Ledger, 'add'>
}

/** Answers how to look once. What was taken meanwhile runs; what was put back is found by the next look. */
export function createOrphans({ store, clock, ledger }: OrphansDeps): () => Promise<void> {
  return async () => {
    for (let full = true; full; ) {
      const page = await orphans(store, PAGE)
      const ended = await Promise.all(
        page.map((it) => ledger.add(withdrawal(it, it.status, WHY, clock.now()))),
      )
      full = page.length === PAGE && ended.some(Boolean)
    }
  }
}
