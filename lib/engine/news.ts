/**
 * Hints that the story of workspaces goes on, from this server and from the others on its database.
 *
 * Promise: none needed to arrive; whoever is told looks into the rows.
 */
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'

export type HintListener = (workspaceIds: number[]) => void

export interface News {
  hint(workspaceIds: number[]): void
  /** Answers how to listen no more. */
  onHint(listener: HintListener): () => void
}

export function createNews(): News {
  const listeners = new Set<HintListener>()
  return {
    hint(workspaceIds) {
      for (const listener of listeners) listener(workspaceIds)
    },
    onHint(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
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
