/**
 * How fast somebody may speak on a connection.
 *
 * Promise: whatever comes over the wire is counted, also what is no event of ours: answers that nobody asked for,
 * names of rooms, pings.
 */
import { type Clock, seconds } from '../clock.ts'
import type { LiveSocket } from './socket.ts'

/** An event is one frame, and so is each of a client's own. */
const MOST_FRAMES_A_SECOND = 60

/** Counts at each call; true once there were more than so many within a second. */
export function paceOf(most: number, clock: Pick<Clock, 'monotonicMs'>): () => boolean {
  let heard = 0
  let countedFromMs = clock.monotonicMs()
  return () => {
    const nowMs = clock.monotonicMs()
    if (nowMs - countedFromMs > seconds(1)) [heard, countedFromMs] = [0, nowMs]
    return ++heard > most
  }
}

/** Ends a connection that hurries, whoever speaks on it. */
export const countFrames = (clock: Pick<Clock, 'monotonicMs'>) => (connection: LiveSocket['conn']) => {
  const hurries = paceOf(MOST_FRAMES_A_SECOND, clock)
  connection.on('packet', () => {
    if (hurries()) connection.close()
  })
}
