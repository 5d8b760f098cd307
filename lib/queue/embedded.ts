/**
 * The embedded queue: rows and a wake-up.
 *
 * Promise: fair between workspaces (see `shares`), never above the limits, and a lost wake-up costs at most one poll of the dispatcher, which hands over at every tick.
 */
import type { Logger } from 'pino'
import { backlog, claim, nextAvailable } from '#db/queries/claiming.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import { shares } from '../engine/policies.ts'
import type { Limits, Queue, Taker } from './queue.ts'

const PAGE = 250

export function embeddedQueue({ store, clock, log, owner, limits, taker }: { store: Store; clock: Clock; log: Logger; owner: string; limits: Limits; taker: Taker }): Queue {
  let open = false
  let again = false
  let pumping: Promise<void> | null = null
  let callOff: (() => void) | null = null

  async function takePage(): Promise<number> {
    const room = limits.total - taker.running
    if (room <= 0) return 0
    const now = clock.now()
    const take = shares(await backlog(store, now), { ...limits, page: Math.min(PAGE, room) })
    if (take.length === 0) return 0
    const claimed = await claim(store, { owner, shares: take, limit: limits.total, now })
    if (claimed.length > 0) taker.begin(claimed)
    return claimed.length
  }

  /** Executions that wait out their back-off ring by themselves. `since`: when the queue was last looked through. */
  async function armForLater(since: Date): Promise<void> {
    callOff?.()
    callOff = null
    const later = await nextAvailable(store, since)
    if (later && open) callOff = clock.after(Math.max(0, later.getTime() - clock.now().getTime()), handOver)
  }

  async function pump(): Promise<void> {
    let lookedAt = clock.now()
    try {
      do {
        again = false
        lookedAt = clock.now()
        while (open && (await takePage()) > 0) await new Promise<void>((resolve) => setImmediate(resolve))
      } while (again && open)
      if (open) await armForLater(lookedAt)
    } catch (error) {
      log.warn({ err: error }, 'Could not claim; the next tick tries again.')
    } finally {
      pumping = null
    }
    if (again && open) handOver()
  }

  function handOver(): void {
    again = true
    if (open) pumping ??= pump()
  }

  return {
    name: 'embedded',
    join: async () => {},
    start() {
      open = true
      handOver()
    },
    handOver,
    async stop() {
      open = false
      callOff?.()
      await pumping
    },
    leave: async () => {},
  }
}
