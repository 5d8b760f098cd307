/**
 * Tells people what they have not read: each their own numbers, on each of their connections.
 *
 * Promise: it never holds up what is told to rooms. Numbers are counted at most once a second a workspace, for all its
 * listeners together, and told only where they differ from what that connection heard last. A lost one costs little:
 * the next thing that happens counts anew.
 */
import type { Logger } from 'pino'
import { left, readersSince } from '#db/queries/unread.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import type { LiveEvent } from '../contract/event.ts'
import type { UnreadList } from '../contract/unread.ts'
import { type Entered, readerOf, toUnread } from '../verbs/unread.ts'
import type { Following } from './rights.ts'

/** What a moment brings is counted together. */
const SOON_MS = 250
const REST_MS = seconds(1)
/** Another server tells nobody that somebody has read on there. */
const LOOK_MS = seconds(3)

const COUNTS = /^(chat:(message|updated)|approval:.*|schedule:failed)$/

interface Connected {
  data: Following
  emit(type: 'me:unread', unread: UnreadList): unknown
}

interface Deps<Live extends Connected> {
  store: Store
  clock: Clock
  log: Logger
  sockets(): Iterable<Live>
}

/** Whose numbers may be old, by workspace; null: everybody's. */
type Old = Map<number, Set<string> | null>

export function createUnread<Live extends Connected>(deps: Deps<Live>) {
  const { store, clock, log, sockets } = deps
  const old: Old = new Map()
  const tell = teller(deps)
  let callOff: (() => void) | null = null
  let stopLooking = () => {}
  let stopped = false

  function note(workspaceId: number, readerId: string | null): void {
    const readers = old.get(workspaceId)
    if (readerId === null || readers === null) old.set(workspaceId, null)
    else old.set(workspaceId, (readers ?? new Set<string>()).add(readerId))
    soon(SOON_MS)
  }

  function soon(ms: number): void {
    if (!stopped) callOff ??= clock.after(ms, () => void round())
  }

  async function round(): Promise<void> {
    const due = new Map(old)
    old.clear()
    try {
      await tell(due)
    } catch (error) {
      log.warn({ err: error }, 'Could not count what is unread.')
    } finally {
      callOff = null
      // What came meanwhile waits a moment: it is counted with all that comes until then.
      if (old.size > 0) soon(REST_MS)
    }
  }

  if (store.shared) stopLooking = lookForReaders({ store, clock, log, sockets }, note)

  return {
    heard(workspaceId: number, { type }: Pick<LiveEvent, 'type'>): void {
      if (COUNTS.test(type)) note(workspaceId, null)
    },
    readOn: (workspaceId: number, readerId: string): void => note(workspaceId, readerId),
    stop(): void {
      stopped = true
      callOff?.()
      stopLooking()
      old.clear()
    },
  }
}

const keyOf = (workspaceId: number, readerId: string) => `${workspaceId} ${readerId}`

/** Counts what may be old, and says what is new to each connection. */
function teller<Live extends Connected>({ store, clock, sockets }: Deps<Live>) {
  const heardLast = new WeakMap<Live, Map<number, string>>()

  function listeners(due: Old) {
    const found: { socket: Live; readerId: string; workspace: Entered }[] = []
    for (const socket of sockets())
      for (const [id, { slug, role }] of socket.data.workspaces) {
        const readers = due.get(id)
        const { kind, id: readerId } = socket.data.actor
        // A program reads nothing: its numbers are its own to ask for.
        if (kind !== 'person') continue
        if (readers === null || readers?.has(readerId))
          found.push({ socket, readerId, workspace: { id, slug, role } })
      }
    return found
  }

  return async (due: Old): Promise<void> => {
    const asking = listeners(due)
    // Many connections of one person are one count.
    const readers = new Map(
      asking.map((it) => [keyOf(it.workspace.id, it.readerId), readerOf(it.readerId, it.workspace)]),
    )
    const rows = await left(store, [...readers.values()], clock.now())
    const counts = new Map(rows.map((it) => [keyOf(it.workspaceId, it.readerId), it]))
    for (const { socket, readerId, workspace } of asking) {
      const count = counts.get(keyOf(workspace.id, readerId))
      // Whoever left meanwhile, or may not listen any more, hears nothing.
      if (!count || !socket.data.workspaces.has(workspace.id)) continue
      const unread = toUnread(count, workspace.slug)
      const words = JSON.stringify(unread)
      const last = heardLast.get(socket) ?? new Map<number, string>()
      if (last.get(workspace.id) === words) continue
      heardLast.set(socket, last.set(workspace.id, words))
      socket.emit('me:unread', { workspaces: [unread] })
    }
  }
}

/** Looks now and then who has read on, by whichever server. Answers how to look no more. */
function lookForReaders<Live extends Connected>(
  { store, clock, log, sockets }: Deps<Live>,
  note: (workspaceId: number, readerId: string) => void,
): () => void {
  let callOff: (() => void) | null = null
  function lookLater(since: Date): void {
    callOff = clock.after(LOOK_MS, () => {
      const now = clock.now()
      const followed = [...new Set([...sockets()].flatMap((it) => [...it.data.workspaces.keys()]))]
      const moved = followed.length === 0 ? Promise.resolve([]) : readersSince(store, followed, since)
      moved
        .then((readers) => {
          for (const { workspaceId, readerId } of readers) note(workspaceId, readerId)
        })
        .catch((error) => log.warn({ err: error }, 'Could not look who has read on.'))
        .finally(() => {
          // A little of the past again: what was written then may have been committed late.
          if (callOff) lookLater(new Date(now.getTime() - LOOK_MS))
        })
    })
  }
  lookLater(clock.now())
  return () => {
    callOff?.()
    callOff = null
  }
}
