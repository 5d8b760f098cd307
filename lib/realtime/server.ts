/**
 * Live events over Socket.IO: who may listen, and to which workspaces.
 *
 * Promise: nobody hears a workspace without being let in by the same function as at every other door, and whoever loses that right
 * stops hearing within seconds. Content comes from the rows (see `teller.ts`), so any server tells what any other one did.
 */
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import type { Actor } from '../auth/actor.ts'
import type { Carillon } from '../carillon.ts'
import { seconds } from '../clock.ts'
import { problemOf } from '../contract/problem.ts'
import { isOwnOrigin, requireOwnHost } from '../http/same-site.ts'
import { createTeller } from './teller.ts'

const MOST_SOCKETS = { person: 20, key: 2_000 }
const MOST_EVENTS_A_SECOND = 20
const MOST_BYTES = 64 * 1024
const RECHECK_MS = seconds(2)
/** A key or a session may also end by itself, which changes nothing that could be noticed. */
const RECHECK_ALL_EVERY = 15

interface Seen { actor: Actor; headers: Headers; token: string | null; joined: Map<number, string>; count: number; countedAtMs: number }
type LiveSocket = Socket<Record<string, never>, Record<string, never>, Record<string, never>, Seen>

const roomOf = (workspaceId: number) => `workspace:${workspaceId}`

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value)
  return headers
}

export function createRealtime(http: HttpServer, carillon: Pick<Carillon, 'auth' | 'clock' | 'env' | 'events' | 'log' | 'onHint' | 'store'>) {
  const { auth, clock, env, log } = carillon
  const io = new Server<Record<string, never>, Record<string, never>, Record<string, never>, Seen>(http, {
    path: '/socket.io', serveClient: false, destroyUpgrade: false, maxHttpBufferSize: MOST_BYTES, pingInterval: seconds(20), pingTimeout: seconds(20),
    // A packet is worth compressing only when it is large, and never a thousand times.
    perMessageDeflate: false, httpCompression: false,
    allowRequest(request, answer) {
      const headers = headersOf(request)
      try {
        requireOwnHost(headers, env)
        const origin = headers.get('origin')
        if (origin !== null && !isOwnOrigin(origin, headers, env)) return answer('The connection comes from another site.', false)
        answer(null, true)
      } catch {
        answer('This server does not answer under that host name.', false)
      }
    },
  })
  const teller = createTeller({
    store: carillon.store, clock, log, since: carillon.events.since,
    // The type is an event's name, which the contract lists.
    emit: (workspaceId, event) => void io.to(roomOf(workspaceId)).emit(event.type as never, event as never),
  })
  const stopHints = carillon.onHint(teller.hint)

  const resolve = ({ headers, token }: Pick<Seen, 'headers' | 'token'>) => (token === null ? auth.actorOf(headers) : auth.actorOfToken(token))

  io.use(async (socket: LiveSocket, next) => {
    try {
      const given = (socket.handshake.auth as { token?: unknown }).token
      if (given !== undefined && typeof given !== 'string') return next(new Error('The token must be a string.'))
      const headers = headersOf(socket.request)
      const token = given ?? null
      const actor = await resolve({ headers, token })
      if (!actor) return next(new Error('Not signed in: send a session cookie, or an API key as auth.token.'))
      const open = [...io.of('/').sockets.values()].filter((it) => it.data.actor?.id === actor.id).length
      if (open >= MOST_SOCKETS[actor.kind]) return next(new Error(`Too many connections: at most ${MOST_SOCKETS[actor.kind]} at a time.`))
      Object.assign(socket.data, { actor, headers, token, joined: new Map(), count: 0, countedAtMs: clock.monotonicMs() } satisfies Seen)
      next()
    } catch (error) {
      const problem = problemOf(error)
      if (!problem) log.error({ err: error }, 'A handshake failed.')
      next(new Error(problem?.detail ?? 'The connection could not be made. Try again.'))
    }
  })

  io.on('connection', (socket: LiveSocket) => {
    socket.use((_packet, next) => {
      const nowMs = clock.monotonicMs()
      if (nowMs - socket.data.countedAtMs > seconds(1)) Object.assign(socket.data, { count: 0, countedAtMs: nowMs })
      if (++socket.data.count <= MOST_EVENTS_A_SECOND) return next()
      socket.disconnect(true)
    })
    const listen = (name: string, act: (slug: unknown) => Promise<Record<string, unknown>>) =>
      socket.on(name as never, ((slug: unknown, ack: unknown) => {
        const answer = typeof ack === 'function' ? (ack as (it: unknown) => void) : () => {}
        act(slug).then((it) => answer({ ok: true, ...it }), (error) => {
          const problem = problemOf(error)
          if (!problem) log.error({ err: error }, 'A socket request failed.')
          answer({ ok: false, error: problem?.detail ?? 'Something broke.', status: problem?.status ?? 500 })
        })
      }) as never)

    listen('workspace:join', async (slug) => {
      const workspace = await auth.authorise(socket.data.actor, String(slug), 'viewer')
      // First the room, then the number: an event in between is told, and one before it is counted.
      await socket.join(roomOf(workspace.id))
      socket.data.joined.set(workspace.id, workspace.slug)
      const { lastSeq } = await carillon.events.since(workspace.id, Number.MAX_SAFE_INTEGER, 1)
      teller.listen(workspace.id, lastSeq)
      return { workspaceId: workspace.id, lastSeq }
    })
    listen('workspace:leave', async (slug) => {
      for (const [id, joined] of socket.data.joined) if (joined === slug) leave(socket, id)
      return {}
    })
    socket.on('disconnect', () => {
      for (const id of socket.data.joined.keys()) forget(id)
    })
  })

  function leave(socket: LiveSocket, workspaceId: number): void {
    socket.data.joined.delete(workspaceId)
    void socket.leave(roomOf(workspaceId))
    forget(workspaceId)
  }
  /** An empty room is not told any more. */
  function forget(workspaceId: number): void {
    setImmediate(() => { if (!io.of('/').adapter.rooms.has(roomOf(workspaceId))) teller.leave(workspaceId) })
  }

  async function recheck(socket: LiveSocket): Promise<void> {
    const actor = await resolve(socket.data).catch(() => null)
    if (!actor) return void socket.disconnect(true)
    socket.data.actor = actor
    for (const [id, slug] of [...socket.data.joined]) {
      const workspace = await auth.authorise(actor, slug, 'viewer').catch(() => null)
      if (workspace?.id !== id) leave(socket, id)
    }
  }

  let callOff: (() => void) | null = null
  let seenVersion = 0
  let rounds = 0
  async function watchRights(): Promise<void> {
    const version = await auth.accessVersion()
    rounds++
    if (version === seenVersion && rounds % RECHECK_ALL_EVERY !== 0) return
    seenVersion = version
    for (const socket of io.of('/').sockets.values()) await recheck(socket as LiveSocket)
  }
  function watch(): void {
    callOff = clock.after(RECHECK_MS, () => {
      const idle = io.of('/').sockets.size === 0
      ;(idle ? Promise.resolve() : watchRights()).catch((error) => log.warn({ err: error }, 'Could not look who may still listen.')).finally(() => { if (callOff) watch() })
    })
  }
  watch()

  return {
    /** Connected sockets, for the record. */
    get connected() {
      return io.of('/').sockets.size
    },
    async close(): Promise<void> {
      callOff?.()
      callOff = null
      stopHints()
      teller.stop()
      io.disconnectSockets(true)
      io.engine.close()
    },
  }
}
