/**
 * What a socket may ask: to follow a workspace, and to follow it no more.
 *
 * Promise: a socket is in a room only while its actor may read the workspace; it hears each event after the
 * number that its join was answered with, once and in order, and none before. Every request is answered, a
 * refused one in words.
 */
import type { Logger } from 'pino'
import type { Carillon } from '../http/pinned.ts'
import type { Clock } from '../clock.ts'
import { Slug } from '../contract/fields.ts'
import { notFound } from '../contract/problem.ts'
import { paceOf } from './pace.ts'
import { type Asked, inWords, type LiveSocket } from './socket.ts'
import type { Teller } from './teller.ts'

const MOST_EVENTS_A_SECOND = 20

const ROOM = 'workspace:'
export const roomOf = (workspaceId: number) => `${ROOM}${workspaceId}`
/** Null for the room that each socket has for itself. */
export const workspaceOf = (room: string) => (room.startsWith(ROOM) ? Number(room.slice(ROOM.length)) : null)

interface Deps {
  auth: Pick<Carillon['auth'], 'authorise'>
  events: Pick<Carillon['events'], 'since'>
  rights: { recheck(socket: LiveSocket): Promise<void> }
  teller: Pick<Teller, 'listen'>
  clock: Pick<Clock, 'monotonicMs'>
  log: Logger
}

/** Takes the requests of a socket, from now on. */
export function createRequests(deps: Deps): (socket: LiveSocket) => void {
  const answering = answerer(deps.log)
  return (socket) => {
    cutOffWhoeverHurries(socket, deps.clock)
    socket.on(
      'workspace:join',
      answering((slug, answer) => join(socket, slug, answer, deps)),
    )
    socket.on(
      'workspace:leave',
      answering(async (slug, answer) => {
        for (const [workspaceId, joined] of socket.data.workspaces)
          if (joined.slug === slug) await leave(socket, workspaceId)
        answer({})
      }),
    )
  }
}

function cutOffWhoeverHurries(socket: LiveSocket, clock: Pick<Clock, 'monotonicMs'>): void {
  const hurries = paceOf(MOST_EVENTS_A_SECOND, clock)
  socket.use((_packet, next) => {
    if (hurries()) socket.disconnect(true)
    else next()
  })
}

const answerer =
  (log: Logger) =>
  (act: (slug: string, answer: (it: object) => void) => Promise<void>): Asked =>
  (slug, answer) => {
    const say = (it: object) => {
      if (typeof answer === 'function') answer(it)
    }
    const asked = Slug.safeParse(slug)
    const acted = asked.success
      ? act(asked.data, (it) => say({ ok: true, ...it }))
      : Promise.reject(notFound('workspace'))
    acted.catch((error) => say({ ok: false, ...inWords(error, 'A socket request failed.', log) }))
  }

async function join(
  socket: LiveSocket,
  slug: string,
  answer: (joined: { workspaceId: number; lastSeq: number }) => void,
  { auth, events, rights, teller }: Deps,
): Promise<void> {
  const { id, slug: joined, role } = await auth.authorise(socket.data.actor, slug, 'viewer')
  if (!socket.connected) throw notFound('workspace')
  socket.data.workspaces.set(id, { slug: joined, role })
  // Asked again now that the watch knows of it: a right that ended meanwhile was not its business yet.
  await rights.recheck(socket)
  const { lastSeq } = await events.since(id, Number.MAX_SAFE_INTEGER, 1)
  // A socket that is gone, or left meanwhile, would stay in its room for ever.
  if (!socket.connected || !socket.data.workspaces.has(id)) throw notFound('workspace')
  // Number, answer and room are one step, in which nothing is told: what the socket hears first is the next.
  answer({ workspaceId: id, lastSeq: teller.listen(id, lastSeq) })
  void socket.join(roomOf(id))
}

async function leave(socket: LiveSocket, workspaceId: number): Promise<void> {
  socket.data.workspaces.delete(workspaceId)
  await socket.leave(roomOf(workspaceId))
}
