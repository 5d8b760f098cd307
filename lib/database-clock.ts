/**
 * The database's clock, as this server reads it.
 *
 * Promise: due times and leases of all servers go by one clock, however wrong their own are; a server's own clock only wakes it.
 */
import type { Logger } from 'pino'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from './clock.ts'

const ASK_AGAIN_MS = seconds(10)

export async function followDatabase(store: Store, own: Clock, log: Logger): Promise<Clock> {
  let skewMs = await store.clockSkewMs()
  // Monotonic time carries it between two looks: an own clock that is set meanwhile changes nothing.
  let readAt = { wallMs: own.now().getTime() + skewMs, monotonicMs: own.monotonicMs() }
  function askLater(): void {
    own.after(ASK_AGAIN_MS, () => {
      store.clockSkewMs().then((found) => {
        skewMs = found
        readAt = { wallMs: own.now().getTime() + skewMs, monotonicMs: own.monotonicMs() }
      }).catch((error) => log.debug({ err: error }, 'Could not read the database clock.')).finally(askLater)
    })
  }
  askLater()
  return { now: () => new Date(readAt.wallMs + own.monotonicMs() - readAt.monotonicMs), monotonicMs: own.monotonicMs, after: own.after }
}
