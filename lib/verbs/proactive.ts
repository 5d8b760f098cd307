/**
 * The door by which code tells of something that has happened: whatever waits for it hears of it.
 *
 * Promise: what is told under a key is told once. What is told of rows that are written goes with them, in their
 * transaction (`recordFacts`): that a document was uploaded, a run has ended, a mail came in is told without this.
 */
import { recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { type Actor, EVENT_TYPES, isCustom } from '../contract/trigger-event.ts'
import type { Deps } from './deps.ts'

export interface Told {
  /** Who did it; without one, the product itself. */
  actor?: Actor
  /** Now, without it. */
  occurredAt?: Date
  /** The same one adds nothing. */
  dedupeKey?: string
  /** What is told, where it has names of its own; without it, what else the payload has. */
  data?: Record<string, unknown>
}
const ITSELF: Actor = { kind: 'system', id: null, name: 'Carillon' }

/** `event`: a name of the catalogue, or `custom.<name>`. @throws TypeError of another name */
export async function triggerProactiveAgents(
  { store, clock, hint }: Pick<Deps, 'store' | 'clock' | 'hint'>,
  event: string,
  { workspaceId, ...payload }: { workspaceId: number } & Record<string, unknown>,
  { actor = ITSELF, occurredAt = clock.now(), dedupeKey, data = payload }: Told = {},
): Promise<void> {
  if (!isCustom(event) && !EVENT_TYPES.some((it) => it.type === event))
    throw new TypeError(`Nothing waits for "${event}": it is no type of the catalogue, nor custom.<name>.`)
  const fact = { workspaceId, type: event, occurredAt, actor, data, dedupeKey: dedupeKey ?? null }
  await store.atomically([
    lockWorkspaces([workspaceId]),
    recordFacts([fact], clock.now()),
    countEvents([workspaceId]),
  ])
  hint([workspaceId])
}
