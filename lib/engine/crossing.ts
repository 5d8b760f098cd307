/** A line that was crossed, as the fact that a trigger hears of. Pure. */
import { newIn } from '../conditions/judging.ts'
import type { Look, Looked, Watch } from '../conditions/state.ts'
import type { ConditionTrigger } from '../contract/condition-trigger.ts'
import { type TriggerEvent, UNCAUSED } from '../contract/trigger-event.ts'
import { CONDITION } from '../triggers/condition.ts'
import { sourceInWords } from '../contract/condition-words.ts'
import type { Fact } from './deciding.ts'

const MOST_ITEMS = 20

/** A look, and what has become of the condition by it. */
export interface Crossed extends Looked {
  trigger: { name: string }
  config: ConditionTrigger
  before: Watch
  look: Look
  now: Date
}

export const crossing = (it: Crossed): Fact => ({
  key: `condition:${it.watch.crossings}`,
  kind: CONDITION,
  event: eventOf(it),
  source: sourceInWords(it.config.source),
  value: it.watch.lastValue,
  trace: it.trace,
})

/** What the agent is told: what it was, what it was before, and what is new. */
function eventOf({ trigger, config, before, look, watch, now }: Crossed): TriggerEvent {
  const { op, value: line, clear } = config.when
  return {
    id: null,
    type: 'condition.crossed',
    occurredAt: now.toISOString(),
    // Whoever writes what is read elsewhere is nobody of the workspace: see `areFromOutside`.
    actor: { kind: config.source.kind === 'workspace' ? 'system' : 'source', id: null, name: trigger.name },
    sourceId: null,
    data: {
      source: sourceInWords(config.source),
      value: watch.lastValue,
      previous: before.lastValue,
      op,
      ...(line !== undefined && { line }),
      ...(clear !== undefined && { clear }),
      crossing: watch.crossings,
      since: new Date(before.pendingSince ?? now).toISOString(),
      ...newItems(before, look),
    },
    chain: UNCAUSED,
  }
}

function newItems({ memory }: Watch, look: Look) {
  if (look.kind !== 'read' || !look.reading.items) return {}
  const { ids = [], items } = look.reading
  const fresh = new Set(newIn(look.reading, memory))
  return { items: items.filter((_, n) => fresh.has(ids[n] as string)).slice(0, MOST_ITEMS) }
}
