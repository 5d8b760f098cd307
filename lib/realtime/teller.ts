/**
 * Tells rooms what is new, in the order of its numbers.
 *
 * Promise: a room hears every event once and in order; a lost hint costs at most one poll. Rooms without
 * sockets cost nothing: whoever joins later reads what it missed. A server that cannot read for long says
 * so: its listeners are better off at another.
 */
import type { Logger } from 'pino'
import { lastSeqs } from '#db/queries/events.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import type { EventPage, LiveEvent } from '../contract/event.ts'

const PAGE = 500
const POLL_MS = seconds(2)
/** A database that restarts is back sooner; a network that is cut is not. */
const OUT_OF_TOUCH_MS = seconds(10)
/** A page may go to a thousand sockets: after so long others have their turn. */
const SLICE_MS = 8

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  since(workspaceId: number, after: number, limit: number): Promise<EventPage>
  emit(workspaceId: number, event: LiveEvent): void
  /** Nothing could be read for so long that rooms miss what other servers tell. */
  outOfTouch(): void
}

export interface Teller {
  /**
   * From now on the room hears what follows `seq`; a room that already listens keeps its place, which may
   * be before. Answers the place.
   */
  listen(workspaceId: number, seq: number): number
  /** Nobody is left in the room. */
  leave(workspaceId: number): void
  /** There may be news. */
  hint(workspaceIds: number[]): void
  stop(): void
}

export function createTeller({ store, clock, log, since, emit, outOfTouch }: Deps): Teller {
  const told = new Map<number, number>()
  const busy = new Set<number>()
  const again = new Set<number>()
  let callOff: (() => void) | null = null
  let readAtMs = clock.monotonicMs()

  async function tell(workspaceId: number): Promise<void> {
    if (busy.has(workspaceId)) return void again.add(workspaceId)
    busy.add(workspaceId)
    try {
      for (let more = true; more; ) {
        again.delete(workspaceId)
        const after = told.get(workspaceId)
        if (after === undefined) break
        const { events, truncated } = await since(workspaceId, after, PAGE)
        const wasHeard = await emitAll(workspaceId, after, events)
        more = !wasHeard || truncated || again.has(workspaceId)
        if (more) await turn()
      }
    } catch (error) {
      log.warn({ err: error, workspaceId }, 'Could not read new events; the next poll tries again.')
    } finally {
      busy.delete(workspaceId)
    }
  }

  /** False when the room was left, and entered again elsewhere, meanwhile. */
  async function emitAll(workspaceId: number, after: number, events: LiveEvent[]): Promise<boolean> {
    let place = after
    let sliceEndsMs = performance.now() + SLICE_MS
    for (const event of events) {
      if (told.get(workspaceId) !== place) return false
      emit(workspaceId, event)
      told.set(workspaceId, event.seq)
      place = event.seq
      if (performance.now() > sliceEndsMs) {
        await turn()
        sliceEndsMs = performance.now() + SLICE_MS
      }
    }
    return told.get(workspaceId) === place
  }

  function poll(): void {
    callOff = clock.after(POLL_MS, () => {
      const rooms = [...told.keys()]
      const asked = rooms.length === 0 ? Promise.resolve([]) : lastSeqs(store, rooms)
      asked
        .then((newest) => {
          readAtMs = clock.monotonicMs()
          for (const { workspaceId, lastSeq } of newest)
            if (lastSeq > (told.get(workspaceId) ?? lastSeq)) void tell(workspaceId)
        })
        .catch((error) => {
          log.warn({ err: error }, 'Could not look for new events.')
          if (clock.monotonicMs() - readAtMs > OUT_OF_TOUCH_MS) outOfTouch()
        })
        .finally(() => {
          if (callOff) poll()
        })
    })
  }
  poll()

  return {
    listen(workspaceId, seq) {
      const place = told.get(workspaceId)
      if (place !== undefined) return place
      told.set(workspaceId, seq)
      // A hint between the number and this line found nobody listening.
      void tell(workspaceId)
      return seq
    },
    leave: (workspaceId) => void told.delete(workspaceId),
    hint(workspaceIds) {
      for (const it of workspaceIds) if (told.has(it)) void tell(it)
    },
    stop() {
      callOff?.()
      callOff = null
      told.clear()
    },
  }
}
