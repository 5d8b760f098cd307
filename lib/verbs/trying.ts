/** An agent tried out: a staged run of its built-in trigger, which does nothing that has an effect. */
import { randomUUID } from 'node:crypto'
import * as agents from '#db/queries/agents.ts'
import * as triggers from '#db/queries/triggers.ts'
import { type AgentConfig, readConfig } from '../contract/custom-agent.ts'
import type { By } from '../contract/by.ts'
import type { Execution } from '../contract/execution.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import { NewTrigger } from '../contract/trigger.ts'
import { CHAT } from '../triggers/index.ts'
import { judgedContext } from './contexts.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'
import { request } from './requesting.ts'

/** `requestId`: the same one answers the same execution. */
export async function tryAgent(
  deps: Deps,
  workspaceId: number,
  agentId: string,
  { context }: { context: Record<string, unknown> },
  by: By,
  requestId: string = randomUUID(),
): Promise<Execution> {
  const { store, clock } = deps
  const agent = await agents.get(store, workspaceId, agentId)
  if (!agent) throw notFound('agent')
  const ref = { agentId, agentType: 'custom' } as const
  const { kept, faults } = await judgedContext(deps, workspaceId, ref, { given: context })
  if (faults.length > 0) throw unacceptable(faults)
  const trigger =
    (await triggers.chatTriggerOf(store, workspaceId, agentId)) ??
    (await made(deps, workspaceId, readConfig(agent.config), agentId, by))
  return request(deps, trigger, {
    key: `try:${requestId}`,
    kind: 'try',
    staged: true,
    requestedBy: by,
    availableAt: clock.now(),
    context: JSON.stringify(kept),
  })
}

/** Made with its first use; runs of it do not look at each other. */
async function made(
  { store, clock }: Deps,
  workspaceId: number,
  { name }: AgentConfig,
  agentId: string,
  by: By,
): Promise<triggers.TriggerRow> {
  const body = NewTrigger.parse({ kind: CHAT, name, agentId, agentType: 'custom', overlap: 'allow_all' })
  const config = { ...configFrom(body), nextRunAt: null, dueAt: null }
  await triggers.create(store, workspaceId, config, by.id, clock.now())
  // Of two that are made at once the older one is meant.
  const row = await triggers.chatTriggerOf(store, workspaceId, agentId)
  if (!row) throw new Error('A trigger that was just made is not there.')
  return row
}
