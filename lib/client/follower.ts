/**
 * Follows a workspace's events by their numbers.
 *
 * Promise: every event is applied once and in order, however the connection behaves. A gap or a reconnection
 * is filled from the server's record; where that no longer reaches back, everything is read afresh.
 */
import type { EventPage, LiveEvent } from '#lib/contract/event.ts'

/** From here on reading afresh is cheaper than going through the record. */
const TOO_FAR = 2000
const MOST_KEPT = 1000

interface Parts {
  /** The newest event that is known already. */
  since: number
  ask(since: number): Promise<EventPage>
  apply(events: LiveEvent[]): void
  refresh(): void
}

export interface Follower {
  hear(event: LiveEvent): void
  /** Rejects when the server cannot be asked; what was missed then waits for the next time. */
  catchUp(): Promise<void>
}

/** Whether the record does not join on to what is known here, or is too long to be gone through. */
const isLost = ({ oldest, lastSeq }: EventPage, seq: number) =>
  oldest > seq + 1 || lastSeq < seq || lastSeq - seq > TOO_FAR

export function createFollower({ since, ask, apply, refresh }: Parts): Follower {
  let seq = since
  let early: LiveEvent[] = []
  let again = false
  let asking: Promise<void> | null = null

  /** Applies what follows on without a gap. */
  function take(events: LiveEvent[]) {
    const next = events
      .toSorted((one, other) => one.seq - other.seq)
      .filter((it, n, all) => it.seq > seq && it.seq !== all[n - 1]?.seq)
    const end = next.findIndex((it, n) => it.seq !== seq + 1 + n)
    const ready = end < 0 ? next : next.slice(0, end)
    early = end < 0 ? [] : next.slice(end)
    const last = ready.at(-1)
    if (!last) return
    seq = last.seq
    apply(ready)
  }

  async function fill(): Promise<void> {
    do {
      again = false
      absorb(await ask(seq))
    } while (again)
  }

  function absorb(page: EventPage): void {
    const lost = isLost(page, seq)
    if (lost) {
      seq = page.lastSeq
      refresh()
    }
    const before = seq
    take(lost ? early : [...page.events, ...early])
    if (page.truncated && !lost) again = true
    // A record that is behind what was heard is asked once more
    // when the next event comes, not at once and for ever.
    if (early.length > 0 && seq > before) again = true
    else early = []
  }

  function catchUp(): Promise<void> {
    if (asking) again = true
    asking ??= fill().finally(() => {
      asking = null
    })
    return asking
  }

  return {
    catchUp,
    hear(event) {
      if (event.seq <= seq) return
      if (asking) {
        if (early.length < MOST_KEPT) early.push(event)
        else again = true
        return
      }
      if (event.seq === seq + 1) take([event])
      else catchUp().catch(() => {})
    },
  }
}
