/**
 * Who may still listen.
 *
 * Promise: a membership, key or session that ends cuts its sockets off at the next
 * look, wherever it was ended; one that lapses by itself, soon after. While the
 * database is away nobody is cut off for it, and nothing is told either.
 */
import type { Logger } from 'pino'
import type { Actor, Auth, WorkspaceAccess } from '../auth/index.ts'
import { type Clock, seconds } from '../clock.ts'
import { problemOf } from '../contract/problem.ts'

const LOOK_MS = seconds(2)
/**
 * A key or a session may also end by itself, which raises no number: every so many looks everybody is asked.
 */
const ASK_ALL_EVERY = 15

/** How a socket proved who it speaks for, so that it can be asked again. */
export interface Credential {
  headers: Headers
  token: string | null
}
/** `workspaces`: what it follows, by id, with the role of whoever it speaks for. */
export interface Following extends Credential {
  actor: Actor
  workspaces: Map<number, Pick<WorkspaceAccess, 'slug' | 'role'>>
}

interface Connected {
  data: Following
  disconnect(close: boolean): unknown
}

interface Deps<Live extends Connected> {
  auth: Pick<Auth, 'accessVersion' | 'actorOf' | 'actorOfToken' | 'authorise'>
  clock: Clock
  log: Logger
  sockets(): Iterable<Live>
}

const hasExpired = (actor: Actor, now: Date) =>
  actor.kind === 'key' && actor.expiresAt !== null && new Date(actor.expiresAt) <= now

export function watchRights<Live extends Connected>({ auth, clock, log, sockets }: Deps<Live>) {
  let callOff: (() => void) | null = null
  let seenVersion: number | null = null
  let looks = 0

  const actorOf = ({ headers, token }: Credential) =>
    token === null ? auth.actorOf(headers) : auth.actorOfToken(token)

  /** Whoever a socket speaks for, while they may follow all that it follows; null when that has ended. */
  async function standing(following: Following): Promise<Actor | null> {
    try {
      const actor = await actorOf(following)
      for (const [id, { slug }] of following.workspaces) {
        if (!actor) return null
        const { id: stillId, role } = await auth.authorise(actor, slug, 'viewer')
        if (stillId !== id) return null
        following.workspaces.set(id, { slug, role })
      }
      return actor
    } catch (error) {
      if (problemOf(error)) return null
      throw error
    }
  }

  function heed(socket: Live, actor: Actor | null): void {
    if (actor) socket.data.actor = actor
    else socket.disconnect(true)
  }

  async function look(): Promise<void> {
    const all = [...sockets()]
    if (all.length === 0) return
    for (const socket of all) if (hasExpired(socket.data.actor, clock.now())) socket.disconnect(true)
    const version = await auth.accessVersion()
    if (version === seenVersion && ++looks % ASK_ALL_EVERY !== 0) return
    // Many sockets of one person or key are one question.
    const asked = new Map<string, Promise<Actor | null>>()
    for (const socket of all) {
      const { token, headers, workspaces } = socket.data
      const question = JSON.stringify([
        token,
        headers.get('cookie'),
        headers.get('authorization'),
        [...workspaces],
      ])
      const answer = asked.get(question) ?? standing(socket.data)
      asked.set(question, answer)
      heed(socket, await answer)
      // Answers from a database in this process come without a pause: others want their turn.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    seenVersion = version
  }

  function lookLater(): void {
    callOff = clock.after(LOOK_MS, () => {
      look()
        .catch((error) => log.warn({ err: error }, 'Could not look who may still listen.'))
        .finally(() => {
          if (callOff) lookLater()
        })
    })
  }
  lookLater()

  return {
    actorOf,
    async recheck(socket: Live): Promise<void> {
      heed(socket, await standing(socket.data))
    },
    stop(): void {
      callOff?.()
      callOff = null
    },
  }
}
