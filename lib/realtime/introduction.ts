/**
 * Who speaks on a connection: the handshake of a socket.
 *
 * Promise: no socket is heard before it is known who it speaks
 * for, and nobody holds more sockets than is their due.
 */
import type { Logger } from 'pino'
import type { Actor } from '../auth/index.ts'
import { createCounts } from './counts.ts'
import type { Credential, Following } from './rights.ts'
import { headersOf, inWords, type LiveSocket } from './socket.ts'

/** A script may speak for many people. */
const MOST_SOCKETS = { person: 20, key: 2_000 }

interface Deps {
  actorOf(credential: Credential): Promise<Actor | null>
  log: Logger
}

export interface Introduction {
  /** The handshake: lets the socket in, or says why not. */
  hear(socket: LiveSocket, next: (refusal?: Error) => void): Promise<void>
  /** The socket is in, and counts until it leaves; false where that makes one too many. */
  enter(socket: LiveSocket): boolean
}

export function createIntroduction({ actorOf, log }: Deps): Introduction {
  const byActor = createCounts()

  async function introduced(socket: LiveSocket): Promise<Following | { refusal: string }> {
    const { token = null } = socket.handshake.auth as { token?: unknown }
    if (token !== null && typeof token !== 'string') return { refusal: 'The token must be a string.' }
    const credential = { headers: headersOf(socket.request), token }
    const actor = await actorOf(credential)
    if (!actor) return { refusal: 'Not signed in: send a session cookie, or an API key as auth.token.' }
    if (byActor.of(actor.id) >= MOST_SOCKETS[actor.kind])
      return { refusal: `Too many connections: at most ${MOST_SOCKETS[actor.kind]} at a time.` }
    return { ...credential, actor, workspaces: new Map() }
  }

  return {
    async hear(socket, next) {
      const refuse = (why: string) => {
        next(new Error(why))
        // One try a connection, once the refusal is on its way: nobody guesses keys at the speed of a wire.
        setImmediate(() => socket.conn.close())
      }
      try {
        const who = await introduced(socket)
        if ('refusal' in who) return refuse(who.refusal)
        Object.assign(socket.data, who)
        next()
      } catch (error) {
        const { error: why, status } = inWords(error, 'A handshake failed.', log)
        // A client that is refused in words gives up; one that is
        // cut off tries again, and the fault may be over by then.
        if (status >= 500) socket.conn.close()
        else refuse(why)
      }
    },
    enter(socket) {
      const { id, kind } = socket.data.actor
      // Counted here, in one step: of many handshakes at the same moment each saw few.
      const open = byActor.add(id)
      socket.once('disconnect', () => byActor.remove(id))
      return open <= MOST_SOCKETS[kind]
    },
  }
}
