/** What only some schedules have, loaded where one has it. */
import { useEffect, useState } from 'react'
import type { Trigger } from '#lib/contract/trigger.ts'
import { type EditorFacts, hasOwn, NOTHING_OWN, type Own } from './draft.ts'

/** Null until it is there. It is opened once: what others change meanwhile is not shown as ours. */
export function useOwn(trigger: Trigger | undefined, facts: EditorFacts): Own | null {
  const [own, setOwn] = useState<Own | null>(null)
  const isWanted = trigger !== undefined && hasOwn(trigger) && own === null
  useEffect(() => {
    if (isWanted) void import('./own.ts').then(({ ownOf }) => setOwn(ownOf(trigger, facts)))
  }, [isWanted, trigger, facts])
  if (trigger === undefined) return null
  return hasOwn(trigger) ? own : NOTHING_OWN
}
