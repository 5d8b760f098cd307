/**
 * The one object that the server pinned for its route handlers and pages.
 *
 * Called inside handlers only: the web framework evaluates modules while it builds, when there is no server.
 */
import type { Carillon } from '#lib/composition.ts'
import { ProblemError } from '#lib/contract/problem.ts'

export type { Carillon }

const KEY = Symbol.for('carillon')

/** The web framework bundles its own copy of every module: only what is global is the same to all. */
export function pin(carillon: Carillon): void {
  Object.assign(globalThis, { [KEY]: carillon })
}

/** @throws ProblemError 503 before the server has started. */
export function carillon(): Carillon {
  const pinned = (globalThis as { [key: symbol]: unknown })[KEY]
  if (!pinned) throw new ProblemError(503, 'The server is still starting.')
  return pinned as Carillon
}
