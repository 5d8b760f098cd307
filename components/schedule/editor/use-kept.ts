/** Keeps what is typed, and offers it again to whoever comes back. */
import { useCallback, useEffect, useState } from 'react'
import { useResting } from '#components/ui/resting.ts'
import { useMe } from '#lib/client/people.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { Draft } from './draft.ts'
import { asksSecrets, type Kept, keep, kept, letGo, type Place } from './kept-draft.ts'
import type { Base } from './base.ts'

const REST_MS = 400

export interface Editing {
  draft: Draft
  opened: Base
  isDirty: boolean
}

export function useKept(slug: string, id: number | undefined, { draft, opened, isDirty }: Editing) {
  const person = useMe().data?.id
  const agents = useAgents(slug).data
  const [before, setBefore] = useState<Kept | null>(null)
  const place: Place | null = person === undefined ? null : { person, slug, id: id ?? null }
  const where = JSON.stringify(place)
  const rested = useResting(draft, REST_MS)

  useEffect(() => {
    const known = JSON.parse(where) as Place | null
    const found = known && kept(localStorage, known, Date.now())
    if (found) setBefore(found)
  }, [where])
  useEffect(() => {
    const known = JSON.parse(where) as Place | null
    if (!known || !isDirty || !agents) return
    const isOpen = (agentId: string) => {
      const named = agents.filter((it) => it.id === agentId)
      return named.length > 0 && !named.some((it) => asksSecrets(it.input))
    }
    keep(localStorage, known, { draft: rested, opened }, isOpen, Date.now())
  }, [where, rested, opened, isDirty, agents])

  const forget = useCallback(() => {
    setBefore(null)
    const known = JSON.parse(where) as Place | null
    if (known) letGo(localStorage, known)
  }, [where])
  // What is being typed is newer than what was kept.
  return { before: isDirty ? null : before, forget }
}
