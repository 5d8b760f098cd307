/**
 * What the form says about each policy, drawn from the
 * contract. Runs on the server: pages hand it to the editor.
 */
import { z } from 'zod'
import { eventFacts } from '#components/event/facts.ts'
import { POLICIES, usualFor } from '#lib/contract/trigger.ts'
import type { EditorFacts } from './draft.ts'
import type { PolicyFact, PolicyFacts, PolicyName } from './policies.ts'

interface Described {
  description?: string
  default?: string | number | null
  minimum?: number
  maximum?: number
  anyOf?: Described[]
}

/** What the form knows of every kind. */
export function editorFacts(): EditorFacts {
  const clock = policyFacts()
  const usual = Object.entries(usualFor('event')).map(([name, fallback]) => [
    name,
    { ...clock[name as PolicyName], fallback },
  ])
  return { clock, waiting: { ...clock, ...Object.fromEntries(usual) }, events: eventFacts() }
}

export function policyFacts(): PolicyFacts {
  const properties = z.toJSONSchema(z.object(POLICIES), { io: 'input' }).properties as Record<
    string,
    Described
  >
  return Object.fromEntries(
    Object.entries(properties).map(([name, it]): [string, PolicyFact] => {
      const limits = it.anyOf?.[0] ?? it
      return [
        name,
        {
          explanation: it.description ?? '',
          fallback: it.default ?? null,
          least: limits.minimum,
          most: limits.maximum,
        },
      ]
    }),
  ) as PolicyFacts
}
