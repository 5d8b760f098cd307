/**
 * What happens around the life of a server: it says that it is alive, remembers when nothing ran, and has
 * looked for what a dead one left behind.
 *
 * Promise: a server that cannot say in time that it is alive gives up what it runs before others may take it.
 */
import type { Logger } from 'pino'
import { beat, noteVersion } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { untilAvailable } from '#db/until-available.ts'
import { type Clock, seconds } from '../clock.ts'
import type { Witness } from './witness.ts'

/** Of the lease. What is left is more than an agent gets that does not heed its signal. */
const GIVE_UP_AFTER = 2 / 3
/** Others may be about to take over. */
const TRY_AGAIN_MS = seconds(1)

export interface LifecycleDeps {
  store: Store
  clock: Clock
  log: Logger
  server: { id: string; role: string; version: string }
  /** How often this server says that it is alive, and how long its word holds. */
  beatMs: number
  leaseMs: number
  /** This server could not say that it is alive for almost a lease: its runs may be taken by others. */
  lost(): void
  /** Settles, queues again or calls off what nobody carries out. */
  recover(): Promise<void>
  /** Looks at what its previous life, or another server's, has left in the rows. */
  accountForPast(): Promise<void>
  witness: Pick<Witness, 'saw'>
  /** Before it says that it is alive: others that wake with it ask when it was so last. */
  noticeSleep(): Promise<void>
}

export function createLifecycle({
  store,
  clock,
  log,
  server,
  beatMs,
  leaseMs,
  lost,
  recover,
  accountForPast,
  witness,
  noticeSleep,
}: LifecycleDeps) {
  let open = false
  let callOff: (() => void) | null = null
  let callOffWatch: (() => void) | null = null
  let beating: Promise<unknown> = Promise.resolve()
  let recovering = false

  /**
   * A server that cannot say in time that it is alive gives up what it runs, so long before the end of its
   * lease that even an agent that heeds no signal has been left by then.
   */
  function watch(sinceMs: number): void {
    callOffWatch?.()
    if (store.shared)
      callOffWatch = clock.after(Math.max(0, sinceMs + leaseMs * GIVE_UP_AFTER - clock.monotonicMs()), lost)
  }

  /** Beside the beat: what it records waits while the database is away, and the beat must not. */
  function recoverBeside(): void {
    if (recovering) return
    recovering = true
    void recover()
      .catch((error) => log.warn({ err: error }, 'Could not look for abandoned executions.'))
      .finally(() => {
        recovering = false
      })
  }

  async function sayAlive(): Promise<void> {
    const now = clock.now()
    await noticeSleep()
    await beat(store, server, now)
    witness.saw(now)
  }

  async function beatOnce(): Promise<boolean> {
    const askedAtMs = clock.monotonicMs()
    try {
      await sayAlive()
      watch(askedAtMs)
      recoverBeside()
      return true
    } catch (error) {
      log.warn({ err: error }, 'Could not say that this server is alive.')
      return false
    }
  }

  function loop(): void {
    if (!open) return
    beating = beatOnce().then((said) => {
      if (open) callOff = clock.after(said || !store.shared ? beatMs : TRY_AGAIN_MS, loop)
    })
  }

  return {
    /**
     * Remembers when nothing ran, says that this server is alive, and recovers what its previous life left
     * behind.
     */
    async start(): Promise<void> {
      await untilAvailable(accountForPast, { clock, log })
      await untilAvailable(sayAlive, { clock, log })
      await untilAvailable(() => noteVersion(store, server.version, clock.now()), { clock, log })
      watch(clock.monotonicMs())
      await untilAvailable(recover, { clock, log })
      open = true
      callOff = clock.after(beatMs, loop)
    },
    async stop(): Promise<void> {
      open = false
      callOff?.()
      callOffWatch?.()
      await beating
      await sayAlive().catch(() => {})
    },
  }
}
/** A dead server's executions are found within a lease and a beat. */
export const BEAT = { beatMs: seconds(3), leaseMs: seconds(18) }
