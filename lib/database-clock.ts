/**
 * The database's clock, as this server reads it.
 *
 * Promise: due times and leases of all servers go by one clock,
 * however wrong their own are; a server's own clock only wakes it.
 */
import type { Logger } from 'pino'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from './clock.ts'

const ASK_AGAIN_MS = seconds(10)
/**
 * A machine that slept has its wall clock go on and its monotonic
 * one not; one whose clock is set, the other way round.
 */
const APART_MS = seconds(1)

export async function followDatabase(store: Store, own: Clock, log: Logger): Promise<Clock> {
  let asking = false
  const reading = async () => {
    const skewMs = await store.clockSkewMs()
    const ownMs = own.now().getTime()
    return { ownMs, wallMs: ownMs + skewMs, monotonicMs: own.monotonicMs() }
  }
  let readAt = await reading()

  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    try {
      readAt = await reading()
    } catch (error) {
      log.debug({ err: error }, 'Could not read the database clock.')
    } finally {
      asking = false
    }
  }
  function askLater(): void {
    own.after(ASK_AGAIN_MS, () => void ask().then(askLater))
  }
  askLater()

  return {
    now() {
      // Monotonic time carries it between two looks: an own clock that is set meanwhile changes nothing.
      const passedMs = own.monotonicMs() - readAt.monotonicMs
      if (Math.abs(own.now().getTime() - readAt.ownMs - passedMs) > APART_MS) void ask()
      return new Date(readAt.wallMs + passedMs)
    },
    monotonicMs: own.monotonicMs,
    after: own.after,
  }
}
