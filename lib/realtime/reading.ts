/**
 * Clients that do not read.
 *
 * Promise: what is told waits for nobody for ever: a connection on which too much is unread ends, and one that is
 * ended is gone a moment later, whether its client answers or not.
 */
import { type Clock, seconds } from '../clock.ts'
import type { LiveSocket } from './socket.ts'

/** So many packets may wait for the client's machine to take them. */
const MOST_UNREAD = 1000
/** A client is told that the connection ends, and may say so too. */
const FAREWELL_MS = seconds(1)

export const letGoUnread = (clock: Pick<Clock, 'after'>) => (connection: LiveSocket['conn']) => {
  let unread = 0
  connection.on('packetCreate', () => {
    if (++unread > MOST_UNREAD) connection.close(true)
  })
  // The socket has taken what was written so far.
  connection.on('drain', () => {
    unread = 0
  })
  connection.on('close', () => {
    // The library waits thirty seconds for an answer to its farewell, and gives no way to say otherwise.
    const { socket } = connection.transport as unknown as { socket?: { terminate?(): void } }
    clock.after(FAREWELL_MS, () => socket?.terminate?.())
  })
}
