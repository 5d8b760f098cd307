/**
 * Looks after the sources that this server holds: looks at each when it is due, and sooner where it tells of news by
 * itself.
 *
 * Promise: a source is looked after by one server that is alive; what a dead one held is taken up by the next. Nothing
 * but work rests on that: two that look at the same source tell nothing twice.
 */
import * as rows from '#db/queries/sources.ts'
import { seconds } from '#lib/clock.ts'
import { fairly } from '../fair-places.ts'
import { look, type Looked, type LookingDeps, type SourceRow } from './looking.ts'
import { createWatches } from './watches.ts'

type Held = rows.Held

const HELD_MS = seconds(90)
const LONGEST_SLEEP_MS = seconds(30)
/** Somebody else has looked meanwhile. */
const LOST_MS = seconds(2)
const MOST_HELD = 1000
const AT_ONCE = 8

export interface WatchingDeps extends LookingDeps {
  serverId: string
  /** What a look has come to, for whoever listens to the source. */
  looked(row: SourceRow, outcome: Looked): Promise<void>
}

export function createWatching(deps: WatchingDeps) {
  const { store, clock, log, serverId } = deps
  const stopped = new AbortController()
  const held = new Map<number, Held>()
  const looks = new Map<number, { ended: Promise<void>; workspaceId: number }>()
  /** Those that told of news since their last look began. */
  const told = new Set<number>()
  const watches = createWatches(deps, stopped.signal, (id) => {
    told.add(id)
    begin()
  })
  let callOff: (() => void) | null = null
  let holding: Promise<void> | null = null
  let heldAtMs = Number.NEGATIVE_INFINITY

  async function lookAt(it: Held): Promise<void> {
    told.delete(it.id)
    const now = await lookOnce(deps, it, stopped.signal)
    const still = held.get(it.id)
    if (still) Object.assign(still, now)
    looks.delete(it.id)
    watches.follow(held)
    begin()
  }

  /** Looks at what is due, a few at once, the longest due first and each workspace its share; then sleeps. */
  function begin(): void {
    if (stopped.signal.aborted) return
    callOff?.()
    const now = clock.now().getTime()
    const dueAt = (it: Held) => (told.has(it.id) ? now : it.dueAt)
    const waiting = [...held.values()]
      .filter((it) => !looks.has(it.id))
      .toSorted((a, b) => dueAt(a) - dueAt(b))
    const due = fairly(
      waiting.filter((it) => dueAt(it) <= now),
      {
        of: (it) => it.workspaceId,
        underWay: [...looks.values()].map((it) => it.workspaceId),
        places: AT_ONCE,
      },
    )
    for (const it of due) looks.set(it.id, { ended: lookAt(it), workspaceId: it.workspaceId })
    const next = waiting.find((it) => dueAt(it) > now)
    // Who waits for a place begins when another ends.
    const sleepMs = next && looks.size < AT_ONCE ? Math.max(0, dueAt(next) - now) : LONGEST_SLEEP_MS
    callOff = clock.after(Math.min(sleepMs, LONGEST_SLEEP_MS), wake)
  }

  function wake(): void {
    if (clock.monotonicMs() - heldAtMs < LONGEST_SLEEP_MS) begin()
    else lookAround()
  }
  function lookAround(): void {
    heldAtMs = clock.monotonicMs()
    holding ??= hold(deps, held)
      .then(() => watches.follow(held))
      .catch((error) => log.warn({ err: error }, 'Could not see which sources to look after; later again.'))
      .finally(() => {
        holding = null
        begin()
      })
  }

  const isBegun = () => heldAtMs > Number.NEGATIVE_INFINITY
  return {
    async start(): Promise<void> {
      // Every other server of such a database is dead.
      if (!store.shared) await rows.releaseAll(store)
      lookAround()
    },
    /** A source was made or changed. Nothing depends on it. */
    look(): void {
      if (isBegun() && !stopped.signal.aborted) lookAround()
    },
    async stop(): Promise<void> {
      callOff?.()
      stopped.abort(new Error('The server stops.'))
      await Promise.allSettled([holding, ...[...looks.values()].map((it) => it.ended), watches.ended()])
      if (isBegun()) await rows.release(store, serverId)
    },
  }
}

/** How the source stands after it. */
async function lookOnce(
  deps: WatchingDeps,
  { id, workspaceId }: Held,
  stopped: AbortSignal,
): Promise<Partial<Held>> {
  const { store, clock, log } = deps
  const later = { dueAt: clock.now().getTime() + LONGEST_SLEEP_MS }
  try {
    const row = await rows.get(store, workspaceId, id)
    if (!row) return later
    const outcome = await look(deps, row, stopped)
    await deps.looked(row, outcome)
    const { dueAt, status, baselineAt } = outcome.found
    return outcome.isKept ? { dueAt, status, baselineAt } : { dueAt: clock.now().getTime() + LOST_MS }
  } catch (error) {
    if (!stopped.aborted)
      log.warn({ err: error, sourceId: id }, 'A source could not be looked at; later again.')
    return later
  }
}

/** Which sources are looked after here from now on. */
async function hold({ store, clock, serverId }: WatchingDeps, held: Map<number, Held>): Promise<void> {
  const now = clock.now()
  const until = new Date(now.getTime() + HELD_MS)
  const found = await rows.hold(store, { server: serverId, now, until }, MOST_HELD)
  const ids = new Set(found.map((it) => it.id))
  for (const id of held.keys()) if (!ids.has(id)) held.delete(id)
  for (const it of found) held.set(it.id, it)
}
