/** A start that meets a database which is slow just now waits for it, instead of ending. */
import type { Logger } from 'pino'
import { type Clock, minutes, seconds } from '#lib/clock.ts'
import { isUnavailable } from './store.ts'

const GIVE_UP_AFTER_MS = minutes(1)
const PAUSE_MS = seconds(1)

/** Does the work again while the database cannot be used, for a minute; whatever else goes wrong ends it at once. */
export async function untilAvailable<Answer>(
  work: () => Promise<Answer>,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<Answer> {
  const giveUpAtMs = clock.monotonicMs() + GIVE_UP_AFTER_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isUnavailable(error) || clock.monotonicMs() >= giveUpAtMs) throw error
      log.warn({ err: error }, 'The database cannot be used yet: trying again for a minute.')
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve))
    }
  }
}
