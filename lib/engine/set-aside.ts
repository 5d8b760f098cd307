/**
 * Entries whose rows somebody holds in the database: they wait here for a while, so that the others need not.
 *
 * Promise: what waits is handed back in its order, and nothing of its trigger overtakes it.
 */
import type { Logger } from 'pino'
import type { Entry } from '#db/queries/entries.ts'
import { heldTriggers } from '#db/queries/settling.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'

const FOR_MS = seconds(5)

export interface SetAside<It> {
  /** Takes what must not overtake what waits already. False: nothing of its trigger waits. */
  joins(it: It): boolean
  /** Sets aside what of the page is held; answers the rest. */
  withoutHeld(page: It[]): Promise<It[]>
}

export function createSetAside<It extends { entry: Entry }>({
  store,
  clock,
  log,
  again,
}: {
  store: Store
  clock: Clock
  log: Logger
  /** They have waited, and are to be tried: they may be held still. */
  again(them: It[]): void
}): SetAside<It> {
  const byTrigger = new Map<number, It[]>()

  function release(triggerIds: Set<number>): void {
    const them = [...triggerIds].flatMap((id) => byTrigger.get(id) ?? [])
    for (const id of triggerIds) byTrigger.delete(id)
    again(them)
  }

  return {
    joins(it) {
      const waits = byTrigger.get(it.entry.triggerId)
      waits?.push(it)
      return waits !== undefined
    },
    async withoutHeld(page) {
      const entries = page.map((it) => it.entry)
      // Where that cannot be asked, the page is tried as it is.
      const held = await heldTriggers(store, entries).catch(() => new Set<number>())
      if (held.size === 0) return page
      log.warn({ scheduleIds: [...held] }, 'Somebody holds rows of these schedules: their outcomes wait.')
      for (const id of held)
        byTrigger.set(
          id,
          page.filter((it) => it.entry.triggerId === id),
        )
      clock.after(FOR_MS, () => release(held))
      return page.filter((it) => !held.has(it.entry.triggerId))
    },
  }
}
