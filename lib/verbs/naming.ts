/** What a trigger names, and the end of what none names. */
import * as naming from '#db/queries/naming.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import { ProblemError } from '../contract/problem.ts'
import { calendarsNamedIn } from '../engine/calendars/using.ts'
import { listenedToIn } from '../engine/sources/using.ts'
import type { Deps } from './deps.ts'

type Naming = Pick<TriggerConfig, 'calendars' | 'kind' | 'config' | 'agentId' | 'agentType'>

/** What it cannot be saved without. A mailbox in the context of an agent is that agent's to miss. */
export const namedIn = (trigger: Naming): naming.Name[] => [
  ...calendarsNamedIn(trigger).map((id) => `calendar:${id}` as const),
  ...listenedToIn(trigger).map((id) => `source:${id}` as const),
  ...(trigger.agentType === 'custom' ? [`agent:${trigger.agentId}` as const] : []),
]

/** What an edit adds: that something else has gone is no reason to refuse it. */
export function namedAnew(before: Naming, next: Naming): naming.Name[] {
  const known = new Set(namedIn(before))
  return namedIn(next).filter((it) => !known.has(it))
}

/** Triggers may be edited while it is looked who names something. */
const TRIES = 5

/**
 * `requireUnnamed` throws where something is not there, or a trigger names it; `remove` answers false where a trigger
 * was edited since.
 */
export async function removeUnnamed(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  requireUnnamed: () => Promise<void>,
  remove: (edits: number) => Promise<boolean>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const edits = await naming.editsIn(store, workspaceId)
    await requireUnnamed()
    if (await remove(edits)) return
  }
  throw new ProblemError(
    409,
    'Schedules of this workspace are being edited by somebody else at the same time. Delete it again.',
  )
}
