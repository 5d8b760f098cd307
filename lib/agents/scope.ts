/**
 * What an agent started ends with it.
 *
 * Promise: each thing is ended once, the newest first, however the run ends; nobody waits for it longer than
 * the time that it is given; an error is logged and not told, for it changes nothing about what the agent
 * did. What is started after the end is ended at once.
 */
import type { Logger } from 'pino'
import { type Clock, seconds } from '../clock.ts'

/**
 * Within what a stopping server waits for its runs, together with the time that an agent has to heed its
 * signal.
 */
const LONGEST_END_MS = seconds(5)

export interface Scope {
  onEnd(end: () => unknown): void
  /** Ends all that was started. Never rejects; called again it answers the same. */
  end(): Promise<void>
  /** A part that may end earlier, and ends with the whole at the latest. */
  part(): Scope
}

interface Deps {
  clock: Clock
  log: Logger
  executionId: number
}

export function createScope({ clock, log, executionId }: Deps): Scope {
  const started: (() => unknown)[] = []
  let ended: Promise<void> | null = null

  async function endOne(end: () => unknown): Promise<void> {
    try {
      await end()
    } catch (error) {
      log.warn({ err: error, executionId }, 'What an agent had started could not be ended.')
    }
  }

  async function endAll(): Promise<void> {
    let callOff = () => {}
    const timeOver = new Promise<void>((resolve) => {
      callOff = clock.after(LONGEST_END_MS, () => {
        log.warn({ executionId }, 'What an agent had started has not ended in time.')
        resolve()
      })
    })
    await Promise.race([Promise.all(started.splice(0).reverse().map(endOne)), timeOver])
    callOff()
  }

  const scope: Scope = {
    onEnd(end) {
      if (ended) void endOne(end)
      else started.push(end)
    },
    end() {
      ended ??= started.length === 0 ? Promise.resolve() : endAll()
      return ended
    },
    part() {
      const part = createScope({ clock, log, executionId })
      scope.onEnd(part.end)
      return part
    },
  }
  return scope
}
