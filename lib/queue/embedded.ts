/**
 * The embedded queue: the rows, and a word to look at them.
 *
 * Promise: fair between workspaces (see `shares`), never above the limits, and a lost word costs at most one
 * sleep of the loop, which lets the queue look at every tick.
 */
import type { Logger } from 'pino'
import { backlog, claim, nextAvailable } from '#db/queries/claiming.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import { createPump } from './pump.ts'
import type { Limits, Queue, Taker } from './queue.ts'
import { shares } from './shares.ts'

const PAGE = 250

export function embeddedQueue({
  store,
  clock,
  log,
  owner,
  limits,
  taker,
}: {
  store: Store
  clock: Clock
  log: Logger
  owner: string
  limits: Limits
  taker: Taker
}): Queue {
  let callOff: (() => void) | null = null
  let lookedAt = clock.now()

  async function takePage(): Promise<number> {
    lookedAt = clock.now()
    const room = limits.total - taker.running
    if (room <= 0) return 0
    const take = shares(await backlog(store, lookedAt), { ...limits, page: Math.min(PAGE, room) })
    if (take.length === 0) return 0
    await taker.admit(take)
    const claimed = await claim(store, { owner, shares: take, limits, now: clock.now })
    if (claimed.length > 0) taker.begin(claimed)
    return claimed.length
  }

  /** Executions that wait out their back-off ring by themselves. */
  async function armForLater(): Promise<void> {
    callOff?.()
    callOff = null
    const later = await nextAvailable(store, lookedAt)
    if (later) callOff = clock.after(Math.max(0, later.getTime() - clock.now().getTime()), pump.look)
  }

  const pump = createPump({ takePage, rest: armForLater, clock, log })
  return {
    name: 'embedded',
    join: async () => {},
    start: pump.start,
    look: pump.look,
    get taking() {
      return pump.isOpen && taker.running < limits.total ? { owner, limits, now: clock.now } : null
    },
    get claimingSince() {
      return pump.takingSince
    },
    async stop() {
      await pump.stop()
      callOff?.()
    },
    leave: async () => {},
  }
}
