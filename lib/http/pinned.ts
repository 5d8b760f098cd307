/**
 * The one object that the server pinned for its route handlers and pages.
 *
 * Called inside handlers only: the web framework evaluates modules while it builds, when there is no server.
 */
import type { Carillon } from '#lib/carillon.ts'
import { ProblemError } from '#lib/contract/problem.ts'

/** @throws ProblemError 503 before the server has started. */
export function carillon(): Carillon {
  const pinned = (globalThis as { [key: symbol]: unknown })[Symbol.for('carillon')]
  if (!pinned) throw new ProblemError(503, 'The server is still starting.')
  return pinned as Carillon
}
