/**
 * Live events over Socket.IO: who may listen, and to which workspaces.
 *
 * Promise: nobody hears a workspace without being let in by the same function as at every other door, and whoever loses that right is cut
 * off within seconds. Content comes from the rows (see `teller.ts`), so any server tells what any other one did.
 */
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { networkOf } from '../auth/throttle.ts'
import type { Carillon } from '../carillon.ts'
import { seconds } from '../clock.ts'
import type { EventType, LiveEvent } from '../contract/event.ts'
import { Slug } from '../contract/fields.ts'
import { notFound, problemOf } from '../contract/problem.ts'
import { clientOf, parseProxies, stampClient } from '../http/client-address.ts'
import { isOwnOrigin, requireOwnHost } from '../http/same-site.ts'
import { type Following, watchRights } from './rights.ts'
import { createTeller } from './teller.ts'

/** A script may speak for many people. */
const MOST_SOCKETS = { person: 20, key: 2_000 }
/** Of one network, signed in or not yet. */
const MOST_CONNECTIONS = 2_500
const MOST_EVENTS_A_SECOND = 20
const MOST_BYTES = 64 * 1024
/** Whoever does not say within this time who they are is cut off. */
const HANDSHAKE_MS = seconds(10)
/** How long the end waits for what is on its way to slow clients. */
const LAST_WORDS_MS = seconds(1)

type Asked = (slug: unknown, answer: unknown) => void
interface Heard {
  'workspace:join': Asked
  'workspace:leave': Asked
}
type Told = { [Type in EventType]: (event: LiveEvent) => void }
type None = Record<string, never>

type LiveSocket = Socket<Heard, Told, None, Following>

const ROOM = 'workspace:'
const roomOf = (workspaceId: number) => `${ROOM}${workspaceId}`

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string') headers.set(name, value)
  return headers
}

export interface Realtime {
  /** Connected sockets, for the record. */
  readonly connected: number
  close(): Promise<void>
}

export function createRealtime(
  http: HttpServer,
  carillon: Pick<Carillon, 'auth' | 'clock' | 'env' | 'events' | 'log' | 'onHint' | 'store'>,
): Realtime {
  const { auth, clock, env, log } = carillon
  const proxies = parseProxies(env.TRUSTED_PROXIES)
  let closing = false
  const byNetwork = new Map<string, number>()
  const byActor = new Map<string, number>()
  const count = (counts: Map<string, number>, key: string, by: 1 | -1) => {
    const now = (counts.get(key) ?? 0) + by
    if (now > 0) counts.set(key, now)
    else counts.delete(key)
    return now
  }

  const io = new Server<Heard, Told, None, Following>(http, {
    path: '/socket.io',
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: MOST_BYTES,
    pingInterval: seconds(20),
    pingTimeout: seconds(20),
    connectTimeout: HANDSHAKE_MS,
    // A packet is worth compressing only when it is large, and never a thousand times.
    perMessageDeflate: false,
    httpCompression: false,
    allowRequest(request, answer) {
      stampClient(request, proxies)
      answer(...admission(headersOf(request)))
    },
  })
  const lobby = io.of('/')

  function admission(headers: Headers): [refusal: string | null, admitted: boolean] {
    if (closing) return ['The server is stopping.', false]
    try {
      requireOwnHost(headers, env)
    } catch {
      return ['This server does not answer under that host name.', false]
    }
    const origin = headers.get('origin')
    if (origin !== null && !isOwnOrigin(origin, headers, env))
      return ['The connection comes from another site.', false]
    if ((byNetwork.get(networkOf(clientOf(headers))) ?? 0) >= MOST_CONNECTIONS)
      return ['Too many connections from this network.', false]
    return [null, true]
  }
  io.engine.on(
    'connection',
    (connection: { request: IncomingMessage; once(event: 'close', listener: () => void): void }) => {
      const network = networkOf(clientOf(headersOf(connection.request)))
      count(byNetwork, network, 1)
      connection.once('close', () => count(byNetwork, network, -1))
    },
  )

  const teller = createTeller({
    store: carillon.store,
    clock,
    log,
    since: carillon.events.since,
    emit: (workspaceId, event) => void io.to(roomOf(workspaceId)).emit(event.type, event),
    outOfTouch: () => void endConnections(),
  })
  const stopHints = carillon.onHint(teller.hint)
  // An empty room is not told any more.
  lobby.adapter.on('delete-room', (room: string) => {
    if (room.startsWith(ROOM)) teller.leave(Number(room.slice(ROOM.length)))
  })
  const rights = watchRights<LiveSocket>({ auth, clock, log, sockets: () => lobby.sockets.values() })

  io.use(async (socket: LiveSocket, next) => {
    const refuse = (why: string) => {
      next(new Error(why))
      // One try a connection, once the refusal is on its way: nobody guesses keys at the speed of a wire.
      setImmediate(() => socket.conn.close())
    }
    try {
      const { token = null } = socket.handshake.auth as { token?: unknown }
      if (token !== null && typeof token !== 'string') return refuse('The token must be a string.')
      const credential = { headers: headersOf(socket.request), token }
      const actor = await rights.actorOf(credential)
      if (!actor) return refuse('Not signed in: send a session cookie, or an API key as auth.token.')
      if ((byActor.get(actor.id) ?? 0) >= MOST_SOCKETS[actor.kind])
        return refuse(`Too many connections: at most ${MOST_SOCKETS[actor.kind]} at a time.`)
      Object.assign(socket.data, { ...credential, actor, workspaces: new Map() } satisfies Following)
      next()
    } catch (error) {
      const { error: why, status } = inWords(error, 'A handshake failed.')
      // A client that is refused in words gives up; one that is cut off tries again, and the fault may be over by then.
      if (status >= 500) socket.conn.close()
      else refuse(why)
    }
  })

  io.on('connection', (socket) => {
    const { id, kind } = socket.data.actor
    // Counted here, in one step: of many handshakes at the same moment each saw few.
    const open = count(byActor, id, 1)
    socket.once('disconnect', () => count(byActor, id, -1))
    if (open > MOST_SOCKETS[kind]) return void socket.disconnect(true)

    let heard = 0
    let countedFromMs = clock.monotonicMs()
    socket.use((_packet, next) => {
      const nowMs = clock.monotonicMs()
      if (nowMs - countedFromMs > seconds(1)) [heard, countedFromMs] = [0, nowMs]
      if (++heard <= MOST_EVENTS_A_SECOND) return next()
      socket.disconnect(true)
    })
    const answering =
      (act: (slug: string) => Promise<object>): Asked =>
      (slug, answer) => {
        const asked = Slug.safeParse(slug)
        const acted = asked.success ? act(asked.data) : Promise.reject(notFound('workspace'))
        acted
          .then(
            (it) => ({ ok: true, ...it }),
            (error) => ({ ok: false, ...inWords(error, 'A socket request failed.') }),
          )
          .then((it) => {
            if (typeof answer === 'function') answer(it)
          })
      }
    socket.on(
      'workspace:join',
      answering((slug) => join(socket, slug)),
    )
    socket.on(
      'workspace:leave',
      answering(async (slug) => {
        for (const [workspaceId, joined] of socket.data.workspaces)
          if (joined === slug) await leave(socket, workspaceId)
        return {}
      }),
    )
  })

  async function join(socket: LiveSocket, slug: string): Promise<{ workspaceId: number; lastSeq: number }> {
    const { id, slug: joined } = await auth.authorise(socket.data.actor, slug, 'viewer')
    // A socket that is gone would stay in its room for ever.
    if (!socket.connected) throw notFound('workspace')
    socket.data.workspaces.set(id, joined)
    await socket.join(roomOf(id))
    // Asked again now that the watch knows of it: a right that ended meanwhile was not its business yet.
    await rights.recheck(socket)
    // First the room, then the number: an event in between is told, and one before it is counted.
    const { lastSeq } = await carillon.events.since(id, Number.MAX_SAFE_INTEGER, 1)
    if (!socket.rooms.has(roomOf(id))) throw notFound('workspace')
    teller.listen(id, lastSeq)
    return { workspaceId: id, lastSeq }
  }

  /** The connections and not the sockets: a client that the server disconnects stays away, one whose connection ends comes back, to another server if there is one. */
  const endConnections = () =>
    [...lobby.sockets.values()].map(
      ({ conn }) =>
        new Promise<void>((ended) => {
          conn.once('close', () => ended())
          conn.close()
        }),
    )

  async function leave(socket: LiveSocket, workspaceId: number): Promise<void> {
    socket.data.workspaces.delete(workspaceId)
    await socket.leave(roomOf(workspaceId))
  }

  function inWords(error: unknown, what: string): { error: string; status: number } {
    const problem = problemOf(error)
    if (!problem) log.error({ err: error }, what)
    return {
      error: problem?.detail ?? 'Something broke on the server. Try again.',
      status: problem?.status ?? 500,
    }
  }

  return {
    get connected() {
      return lobby.sockets.size
    },
    async close() {
      closing = true
      rights.stop()
      stopHints()
      teller.stop()
      const ends = endConnections()
      const patience = Promise.withResolvers<void>()
      const callOff = clock.after(LAST_WORDS_MS, patience.resolve)
      await Promise.race([Promise.all(ends), patience.promise])
      callOff()
      io.engine.close()
    },
  }
}
