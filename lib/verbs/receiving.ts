/** What a server remembers of the calls that it is just taking in. */
import { type NewDelivery, type TakenIn, take } from '#db/queries/webhooks.ts'
import type { Store } from '#db/store.ts'
import type { Taken } from '../contract/webhook.ts'
import { together } from '../engine/together.ts'

export interface Receiving {
  /** Keeps a call, together with those that come at the same moment. */
  take(delivery: NewDelivery): Promise<TakenIn>
  /** What it carries, by the row; null where nothing can come of it any more. */
  underway: Map<number, Promise<Taken | null>>
}

const MOST_AT_ONCE = 50

export const receivingOn = (store: Store): Receiving => ({
  take: together(MOST_AT_ONCE, (all) => take(store, all)),
  underway: new Map(),
})
