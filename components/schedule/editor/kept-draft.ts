/**
 * Drafts that outlive the page: kept in the browser, for whoever wrote them, until they are saved or put away.
 *
 * Promise: nothing that is given in confidence is kept: neither what an agent with secret fields is given, nor the
 * addresses and headers of what is watched. What cannot be read, or is another version's, is as if it were not there.
 * With a change goes what it was begun on, so that what others have done since then is not undone unseen.
 */
import type { Draft } from './draft.ts'
import type { KeptBase, Base } from './base.ts'

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

const partOf = (draft: Draft, isOpen: (agentId: string) => boolean): KeptDraft => ({
  ...(Object.fromEntries(KEPT.map((name) => [name, draft[name]])) as Omit<KeptDraft, 'contexts'>),
  contexts: Object.fromEntries(Object.entries(draft.contexts).filter(([agentId]) => isOpen(agentId))),
})

/** `isOpen`: whether what an agent is given may be kept. */
export function keep(
  shelf: Shelf,
  place: Place,
  { draft, opened }: { draft: Draft; opened: Base },
  isOpen: (agentId: string) => boolean,
  now: number,
): void {
  const base = opened.revision !== undefined && { ...opened, draft: partOf(opened.draft, isOpen) }
  const all = { version: VERSION, at: now, draft: partOf(draft, isOpen), ...(base && { base }) }
  try {
    shelf.setItem(keyOf(place), JSON.stringify(all))
  } catch {
    // A browser that is full, or keeps nothing, has no drafts.
  }
}

/** `base`: what the draft was begun on; none of a new schedule. */
export interface Kept {
  draft: KeptDraft
  base?: KeptBase
  at: number
}

export function kept(shelf: Shelf, place: Place, now: number): Kept | null {
  try {
    const found = JSON.parse(shelf.getItem(keyOf(place)) ?? 'null') as (Kept & { version: number }) | null
    if (found?.version !== VERSION || now - found.at > LONGEST_KEPT_MS) return null
    if (place.id !== null && !isWhole(found.base?.draft)) return null
    return isWhole(found.draft) ? found : null
  } catch {
    return null
  }
}

const isWhole = (it: KeptDraft | undefined) => it !== undefined && KEPT.every((name) => name in it)

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
