/**
 * Live events over Socket.IO: who may listen, and to which workspaces.
 *
 * Promise: nobody hears a workspace without being let in by the same function as at
 * every other door, and whoever loses that right is cut off within seconds. Content
 * comes from the rows (see `teller.ts`), so any server tells what any other one did.
 */
import type { Server as HttpServer } from 'node:http'
import { Server } from 'socket.io'
import type { Carillon } from '../http/pinned.ts'
import { type Clock, seconds } from '../clock.ts'
import { createAdmission } from './admission.ts'
import { createIntroduction } from './introduction.ts'
import { countFrames } from './pace.ts'
import { letGoUnread } from './reading.ts'
import { createRequests, roomOf, workspaceOf } from './requests.ts'
import { watchRights } from './rights.ts'
import type { LiveServer, LiveSocket } from './socket.ts'
import { createTeller } from './teller.ts'
import { createUnread } from './unread.ts'

/** Whoever does not say within this time who they are is cut off. */
const HANDSHAKE_MS = seconds(10)
/** How long the end waits for what is on its way to slow clients. */
const LAST_WORDS_MS = seconds(1)

const OPTIONS = {
  path: '/socket.io',
  serveClient: false,
  destroyUpgrade: false,
  maxHttpBufferSize: 64 * 1024,
  pingInterval: seconds(20),
  pingTimeout: seconds(20),
  connectTimeout: HANDSHAKE_MS,
  // A packet is worth compressing only when it is large, and never a thousand times.
  perMessageDeflate: false,
  httpCompression: false,
}

export interface Realtime {
  /** Connected sockets, for the record. */
  readonly connected: number
  close(): Promise<void>
}

export function createRealtime(
  http: HttpServer,
  carillon: Pick<Carillon, 'auth' | 'clock' | 'env' | 'events' | 'log' | 'onHint' | 'onRead' | 'store'>,
): Realtime {
  const { auth, clock, events, log } = carillon
  const admission = createAdmission(carillon.env)
  const io: LiveServer = new Server(http, { ...OPTIONS, allowRequest: admission.judge })
  io.engine.on('connection', admission.taken)
  io.engine.on('connection', countFrames(clock))
  io.engine.on('connection', letGoUnread(clock))
  const lobby = io.of('/')

  const unread = createUnread({ store: carillon.store, clock, log, sockets: () => lobby.sockets.values() })
  const stopReads = carillon.onRead(unread.readOn)
  const teller = createTeller({
    store: carillon.store,
    clock,
    log,
    since: events.since,
    emit(workspaceId, event) {
      io.to(roomOf(workspaceId)).emit(event.type, event)
      unread.heard(workspaceId, event)
    },
    outOfTouch: () => void endConnections(lobby.sockets.values()),
  })
  const stopHints = carillon.onHint(teller.hint)
  // An empty room is not told any more.
  lobby.adapter.on('delete-room', (room: string) => {
    const workspaceId = workspaceOf(room)
    if (workspaceId !== null) teller.leave(workspaceId)
  })
  const rights = watchRights<LiveSocket>({ auth, clock, log, sockets: () => lobby.sockets.values() })
  const introduction = createIntroduction({ actorOf: rights.actorOf, log })
  const takeRequests = createRequests({ auth, events, rights, teller, clock, log })

  io.use(introduction.hear)
  io.on('connection', (socket) => {
    if (introduction.enter(socket)) takeRequests(socket)
    else socket.disconnect(true)
  })

  return {
    get connected() {
      return lobby.sockets.size
    },
    async close() {
      admission.close()
      rights.stop()
      stopHints()
      stopReads()
      unread.stop()
      teller.stop()
      await withPatience(endConnections(lobby.sockets.values()), clock)
      io.engine.close()
    },
  }
}

/**
 * The connections and not the sockets: a client that the server disconnects stays away, one whose connection
 * ends comes back, to another server if there is one.
 */
const endConnections = (sockets: Iterable<LiveSocket>) =>
  Promise.all(
    [...sockets].map(
      ({ conn }) =>
        new Promise<void>((ended) => {
          conn.once('close', () => ended())
          conn.close()
        }),
    ),
  )

async function withPatience(ends: Promise<unknown>, clock: Clock): Promise<void> {
  const patience = Promise.withResolvers<void>()
  const callOff = clock.after(LAST_WORDS_MS, patience.resolve)
  await Promise.race([ends, patience.promise])
  callOff()
}
