/**
 * Keeps the query cache true to one workspace, over the page's socket.
 *
 * Promise: it is called `live` only while events arrive and what was missed before is read. The socket only
 * makes it quick: while it is away the record is asked now and then, and once more when it is back.
 */
import type { QueryClient } from '@tanstack/react-query'
import type { Socket } from 'socket.io-client'
import type { LiveEvent } from '#lib/contract/event.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { createApplying } from './applying.ts'
import { call } from './call.ts'
import { createFollower } from './follower.ts'
import { keys } from './keys.ts'
import type { UnreadList } from '#lib/contract/unread.ts'
import { isProblem } from './problem.ts'
import { hearUnread } from './unread.ts'

/** `connecting` until the first join; `live` while events arrive; `away` while what is seen may be old. */
export type Connection = 'connecting' | 'live' | 'away'

/** The workspace as it was when the page was drawn. */
export type Drawn = Pick<Workspace, 'id' | 'slug' | 'lastSeq'>

const ASK_WHILE_AWAY_MS = 15_000
const JOIN_ANSWER_MS = 10_000
const RETRY_MS = 2000

/** Follows until the answer is called. */
export function followWorkspace(
  socket: Socket,
  workspace: Drawn,
  client: QueryClient,
  show: (connection: Connection) => void,
): () => void {
  const record = createRecord(client, workspace)
  const place = createPlace(socket, workspace.slug, { record, show })
  const wake = () => {
    if (document.visibilityState === 'visible') record.catchUp().catch(record.refused)
  }
  const deafen = listen(socket, { hear: record.hear, join: place.join, away: place.away, wake })
  const asking = setInterval(() => {
    if (!socket.connected) wake()
  }, ASK_WHILE_AWAY_MS)
  if (socket.connected) void place.join()
  else socket.connect()

  return () => {
    clearInterval(asking)
    place.leave()
    deafen()
    record.close()
  }
}

type EventRecord = ReturnType<typeof createRecord>

/** The workspace's events, as they are heard and as the server has them, on their way into the cache. */
function createRecord(client: QueryClient, { id, slug, lastSeq }: Drawn) {
  const applying = createApplying(client, slug)
  const follower = createFollower({
    since: lastSeq,
    ask: (after) => call('listEvents', { params: { slug }, query: { since: after, limit: 500 } }),
    apply: applying.apply,
    refresh: applying.refresh,
  })
  return {
    hear(type: string, value: unknown) {
      if (type === 'me:unread') return hearUnread(client, value as UnreadList)
      const event = value as LiveEvent | undefined
      // The socket may still carry the workspace that was open before.
      if (typeof event?.seq !== 'number' || event.workspaceId !== id) return
      follower.hear({ ...event, type: type as LiveEvent['type'] })
    },
    catchUp: follower.catchUp,
    /** Away or shut out: only the server can tell, so the pages ask it. */
    refused(error: unknown) {
      if (!isProblem(error) || error.status === 0 || error.status >= 500) return
      void client.invalidateQueries({ queryKey: keys.me })
      applying.refresh()
    },
    close: applying.stop,
  }
}

/** The socket's place in the workspace's room: taken, taken again, and left. */
function createPlace(
  socket: Socket,
  slug: string,
  { record, show }: { record: EventRecord; show(connection: Connection): void },
) {
  let left = false
  let retry: ReturnType<typeof setTimeout> | undefined
  function awayUntil(tryAgain: () => void) {
    show('away')
    clearTimeout(retry)
    retry = setTimeout(tryAgain, RETRY_MS * (1 + Math.random()))
  }

  async function join() {
    try {
      const answer: unknown = await socket.timeout(JOIN_ANSWER_MS).emitWithAck('workspace:join', slug)
      if (left) return
      if (isRefusal(answer)) return answer.status >= 500 ? joinLater() : show('away')
      await record.catchUp()
      if (!left && socket.connected) show('live')
    } catch (error) {
      record.refused(error)
      joinLater()
    }
  }

  /** The connection stands, and the server could not let us in: its database may be away for a moment. */
  function joinLater() {
    if (left) return
    awayUntil(() => {
      if (socket.connected) void join()
    })
  }

  return {
    join,
    /** A connection that the server refused or ended is not taken up again by itself. */
    away: () =>
      awayUntil(() => {
        if (!socket.active) socket.connect()
      }),
    leave() {
      left = true
      clearTimeout(retry)
      if (socket.connected) socket.emit('workspace:leave', slug)
    },
  }
}

interface Ears {
  hear(type: string, value: unknown): void
  join(): Promise<void>
  away(): void
  wake(): void
}

function listen(socket: Socket, { hear, join, away, wake }: Ears): () => void {
  // The browser knows of a lost network long before the socket does.
  const online = () => {
    if (socket.connected) void join()
  }
  socket.onAny(hear)
  socket.on('connect', join)
  socket.on('disconnect', away)
  socket.on('connect_error', away)
  document.addEventListener('visibilitychange', wake)
  window.addEventListener('offline', away)
  window.addEventListener('online', online)
  return () => {
    socket.offAny(hear)
    socket.off('connect', join)
    socket.off('disconnect', away)
    socket.off('connect_error', away)
    document.removeEventListener('visibilitychange', wake)
    window.removeEventListener('offline', away)
    window.removeEventListener('online', online)
  }
}

const isRefusal = (answer: unknown): answer is { ok: false; status: number } =>
  typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false
