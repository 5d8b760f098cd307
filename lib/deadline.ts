/**
 * Work that may hang.
 *
 * Promise: it ends within its time and when its caller calls it off, whether it heeds its signal or not; then the error
 * is the reason of that end, whatever the work itself makes of it.
 */
import type { Clock } from './clock.ts'

interface Deadline {
  clock: Pick<Clock, 'after'>
  ms: number
  /** Each ends it, too. */
  signals?: readonly AbortSignal[]
  /** What it is said to have done when its time is over. */
  late(): Error
}

/** @throws the reason of whoever ended it, or the work's own error */
export async function inTime<Answer>(
  { clock, ms, signals = [], late }: Deadline,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const time = new AbortController()
  const callOff = clock.after(ms, () => time.abort(late()))
  const signal = AbortSignal.any([...signals, time.signal])
  try {
    signal.throwIfAborted()
    return await unlessEnded(signal, work(signal))
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    callOff()
  }
}

/** What becomes of it until the signal aborts; the work itself goes on, and fails unheard. */
export const unlessEnded = <Answer>(signal: AbortSignal, work: Promise<Answer>): Promise<Answer> =>
  Promise.race([work, ended(signal)])

/** Rejects with the signal's reason, also where it had aborted before: a listener alone would never hear of that. */
export const ended = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
