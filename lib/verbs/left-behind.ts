/** What a server that died had begun is looked for by those that live. */
import type { Logger } from 'pino'
import { type Clock, seconds } from '../clock.ts'

/** Whoever began something is done with it by then. */
export const LEFT_BEHIND_MS = seconds(30)

/** Looks as long as the server lives. Answers how to end that. */
export function keepLooking(
  { clock, log }: { clock: Clock; log: Logger },
  look: () => Promise<unknown>,
  words: string,
): () => void {
  const later = () =>
    clock.after(LEFT_BEHIND_MS, () => {
      look()
        .catch((error) => log.warn({ err: error }, words))
        .finally(() => {
          callOff = later()
        })
    })
  let callOff = later()
  return () => callOff()
}
