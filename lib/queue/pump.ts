/**
 * Takes page after page while there is something to take, once for any number of calls.
 *
 * Promise: a call that comes while a page is under way leads
 * to another look; an error ends the round, never the pump.
 */
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'

export interface Pump {
  start(): void
  /** Something was queued, or a slot became free. */
  look(): void
  /** Resolves when no page is under way. */
  stop(): Promise<void>
  readonly isOpen: boolean
  /** When the page that is under way began; null between pages. */
  readonly takingSince: Date | null
}

/**
 * `takePage` answers how many it took; `rest` is called when a round has ended and the pump is still open.
 */
export function createPump({
  takePage,
  rest,
  clock,
  log,
}: {
  takePage(): Promise<number>
  rest(): Promise<void> | void
  clock: Clock
  log: Logger
}): Pump {
  let open = false
  let again = false
  let round: Promise<void> | null = null
  let takingSince: Date | null = null

  async function take(): Promise<number> {
    takingSince = clock.now()
    try {
      return await takePage()
    } finally {
      takingSince = null
    }
  }

  async function pump(): Promise<void> {
    try {
      do {
        again = false
        while (open && (await take()) > 0) await new Promise<void>((resolve) => setImmediate(resolve))
      } while (again && open)
    } catch (error) {
      log.warn({ err: error }, 'Could not claim; the next look tries again.')
    }
    if (open)
      await Promise.resolve(rest()).catch((error) =>
        log.warn({ err: error }, 'Could not see what waits for later.'),
      )
    round = null
    if (again) look()
  }

  function look(): void {
    again = true
    if (open) round ??= pump()
  }

  return {
    start() {
      open = true
      look()
    },
    look,
    get isOpen() {
      return open
    },
    get takingSince() {
      return takingSince
    },
    async stop() {
      open = false
      await round
    },
  }
}
