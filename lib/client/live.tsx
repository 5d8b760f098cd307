'use client'
/**
 * One socket a page, which follows the workspace that is open and keeps the query cache true.
 *
 * The socket only makes it quick: while it is away the record is asked now and then, and once more when it is back.
 */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { io, type Socket } from 'socket.io-client'
import type { LiveEvent } from '#lib/contract/event.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { createApplying } from './applying.ts'
import { call } from './call.ts'
import { createFollower } from './follower.ts'
import { keys } from './keys.ts'
import { isProblem } from './problem.ts'

/** `connecting` until the first join; `live` while events arrive; `away` while what is seen may be old. */
export type Connection = 'connecting' | 'live' | 'away'

const ASK_WHILE_AWAY_MS = 15_000
const JOIN_ANSWER_MS = 10_000
const RETRY_MS = 2000

let socket: Socket | undefined
const pageSocket = () => {
  socket ??= io({
    path: '/socket.io',
    transports: ['websocket', 'polling'],
    reconnectionDelayMax: 30_000,
    randomizationFactor: 0.5,
    autoConnect: false,
  })
  return socket
}

const ConnectionContext = createContext<Connection>('connecting')
export const useConnection = () => useContext(ConnectionContext)

/** The workspace as it was when the page was drawn: everything that is read later includes at least what had happened by then. */
export function LiveProvider({
  workspace,
  children,
}: {
  workspace: Pick<Workspace, 'id' | 'slug' | 'lastSeq'>
  children: ReactNode
}) {
  const { id, slug, lastSeq: since } = workspace
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')

  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer `since` of the same workspace is no reason to follow it anew
  useEffect(() => {
    const live = pageSocket()
    const applying = createApplying(client, slug)
    const follower = createFollower({
      since,
      ask: (after) => call('listEvents', { params: { slug }, query: { since: after, limit: 500 } }),
      apply: applying.apply,
      refresh: applying.refresh,
    })
    let left = false
    let retry: ReturnType<typeof setTimeout> | undefined

    /** Away or shut out: only the server can tell, so the pages ask it. */
    function refused(error: unknown) {
      if (!isProblem(error) || error.status === 0 || error.status >= 500) return
      void client.invalidateQueries({ queryKey: keys.me })
      applying.refresh()
    }
    async function join() {
      try {
        const answer: unknown = await live.timeout(JOIN_ANSWER_MS).emitWithAck('workspace:join', slug)
        if (left) return
        if (isRefusal(answer)) return answer.status >= 500 ? joinLater() : setConnection('away')
        await follower.catchUp()
        if (!left && live.connected) setConnection('live')
      } catch (error) {
        refused(error)
        joinLater()
      }
    }
    /** The connection stands, and the server could not let us in: its database may be away for a moment. */
    function joinLater() {
      if (left) return
      setConnection('away')
      clearTimeout(retry)
      retry = setTimeout(
        () => {
          if (live.connected) void join()
        },
        RETRY_MS * (1 + Math.random()),
      )
    }
    const hear = (type: string, event: LiveEvent | undefined) => {
      // The socket may still carry the workspace that was open before.
      if (typeof event?.seq !== 'number' || event.workspaceId !== id) return
      follower.hear({ ...event, type: type as LiveEvent['type'] })
    }
    // A connection that the server refused or ended is not taken up again by itself.
    const away = () => {
      setConnection('away')
      clearTimeout(retry)
      retry = setTimeout(
        () => {
          if (!live.active) live.connect()
        },
        RETRY_MS * (1 + Math.random()),
      )
    }
    const wake = () => {
      if (document.visibilityState === 'visible') follower.catchUp().catch(refused)
    }
    // The browser knows of a lost network long before the socket does.
    const online = () => {
      if (live.connected) void join()
    }
    const asking = setInterval(() => {
      if (!live.connected) wake()
    }, ASK_WHILE_AWAY_MS)

    live.onAny(hear)
    live.on('connect', join)
    live.on('disconnect', away)
    live.on('connect_error', away)
    document.addEventListener('visibilitychange', wake)
    window.addEventListener('offline', away)
    window.addEventListener('online', online)
    if (live.connected) void join()
    else live.connect()

    return () => {
      left = true
      clearInterval(asking)
      clearTimeout(retry)
      if (live.connected) live.emit('workspace:leave', slug)
      live.offAny(hear)
      live.off('connect', join)
      live.off('disconnect', away)
      live.off('connect_error', away)
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('offline', away)
      window.removeEventListener('online', online)
      applying.stop()
      setConnection('connecting')
    }
  }, [client, id, slug])

  return <ConnectionContext value={connection}>{children}</ConnectionContext>
}

const isRefusal = (answer: unknown): answer is { ok: false; status: number } =>
  typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false

/** Signed out: the next person on this page gets a socket of their own. */
export function closeLive() {
  socket?.disconnect()
  socket = undefined
}
