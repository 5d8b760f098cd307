/** The trigger that every agent has by itself: it owns the runs by which an agent is tried out. */
import * as triggers from '#db/queries/triggers.ts'
import type { By } from '../contract/by.ts'
import { type AgentType, NewTrigger } from '../contract/trigger.ts'
import { CHAT } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'

interface Tried {
  agentId: string
  agentType: AgentType
  /** Of the trigger, as the list of runs shows it. */
  name: string
}

/** Made with its first use; runs of it do not look at each other. */
export async function builtInOf(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  { name, ...agent }: Tried,
  by: By,
): Promise<triggers.TriggerRow> {
  const known = await triggers.chatTriggerOf(store, workspaceId, agent)
  if (known) return known
  const body = NewTrigger.parse({ kind: CHAT, name, ...agent, overlap: 'allow_all' })
  const config = { ...configFrom(body), nextRunAt: null, dueAt: null }
  await triggers.create(store, workspaceId, config, by.id, clock.now())
  // Of two that are made at once the older one is meant.
  const row = await triggers.chatTriggerOf(store, workspaceId, agent)
  if (!row) throw new Error('A trigger that was just made is not there.')
  return row
}
