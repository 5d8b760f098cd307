/**
 * Drafts that outlive the page: kept in the browser, for whoever wrote them, until they are saved or put away.
 *
 * Promise: nothing that is given in confidence is kept: neither what an agent with secret fields is given, nor the
 * addresses and headers of what is watched. What cannot be read, or is another version's, is as if it were not there.
 */
import type { Draft } from './draft.ts'

const VERSION = 1
const LONGEST_KEPT_MS = 30 * 86_400_000
const KEPT = [
  ...(['name', 'description', 'tags', 'kind', 'cronExpression', 'timezone', 'every', 'unit', 'at'] as const),
  ...(['calendars', 'event', 'facts', 'agentId', 'agentType', 'policies', 'approvals'] as const),
] as const
export type KeptDraft = Pick<Draft, (typeof KEPT)[number] | 'contexts'>

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface Place {
  /** Whose it is: another person in this browser does not get it. */
  person: string
  slug: string
  /** The schedule that is edited; null: a new one. */
  id: number | null
}
const keyOf = ({ person, slug, id }: Place) => `draft ${person} ${slug} ${id ?? 'new'}`

/** `isOpen`: whether what an agent is given may be kept. */
export function keep(
  shelf: Shelf,
  place: Place,
  draft: Draft,
  isOpen: (agentId: string) => boolean,
  now: number,
): void {
  const contexts = Object.fromEntries(Object.entries(draft.contexts).filter(([agentId]) => isOpen(agentId)))
  const part = Object.fromEntries(KEPT.map((name) => [name, draft[name]]))
  try {
    shelf.setItem(keyOf(place), JSON.stringify({ version: VERSION, at: now, draft: { ...part, contexts } }))
  } catch {
    // A browser that is full, or keeps nothing, has no drafts.
  }
}

export function kept(shelf: Shelf, place: Place, now: number): { draft: KeptDraft; at: number } | null {
  try {
    const found = JSON.parse(shelf.getItem(keyOf(place)) ?? 'null') as {
      version: number
      at: number
      draft: KeptDraft
    } | null
    if (found?.version !== VERSION || now - found.at > LONGEST_KEPT_MS) return null
    return KEPT.every((name) => name in found.draft) ? found : null
  } catch {
    return null
  }
}

export function letGo(shelf: Shelf, place: Place): void {
  try {
    shelf.removeItem(keyOf(place))
  } catch {
    // As above.
  }
}

/** Whether a schema of an agent marks any of its fields as secret. */
export const asksSecrets = (schema: Record<string, unknown>): boolean =>
  JSON.stringify(schema).includes('"writeOnly":true')
