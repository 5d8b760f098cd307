/**
 * Hints that the story of workspaces goes on, from this server and from the others on its database; and that somebody
 * has read on, which stands in no story.
 *
 * Promise: none needed to arrive; whoever is told looks into the rows.
 */
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'

export type HintListener = (workspaceIds: number[]) => void

export type ReadListener = (workspaceId: number, readerId: string) => void

export interface News {
  hint(workspaceIds: number[]): void
  /** Answers how to listen no more. */
  onHint(listener: HintListener): () => void
  /** Somebody has read on, by this server. */
  readOn(workspaceId: number, readerId: string): void
  onRead(listener: ReadListener): () => void
}

export function createNews(): News {
  const listeners = new Set<HintListener>()
  const readers = new Set<ReadListener>()
  return {
    hint(workspaceIds) {
      for (const listener of listeners) listener(workspaceIds)
    },
    onHint(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    readOn(workspaceId, readerId) {
      for (const listener of readers) listener(workspaceId, readerId)
    },
    onRead(listener) {
      readers.add(listener)
      return () => void readers.delete(listener)
    },
  }
}

/**
 * Another server may have changed a trigger: `look`, but not at each of a thousand notices. Answers how to
 * call a look off.
 */
export function followOthers(
  { store, clock, hint }: { store: Store; clock: Clock; hint: HintListener },
  look: () => void,
): () => void {
  let callOff: (() => void) | null = null
  store.onNews?.((workspaceIds) => {
    hint(workspaceIds)
    callOff ??= clock.after(seconds(1), () => {
      callOff = null
      look()
    })
  })
  return () => callOff?.()
}
