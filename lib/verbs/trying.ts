/** An agent tried out: a staged run of its built-in trigger, which does nothing that has an effect. */
import { randomUUID } from 'node:crypto'
import * as agents from '#db/queries/agents.ts'
import * as triggers from '#db/queries/triggers.ts'
import { readConfig } from '../contract/custom-agent.ts'
import type { By } from '../contract/by.ts'
import type { Execution } from '../contract/execution.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import type { AgentType, TryDraft } from '../contract/trigger.ts'
import { builtInOf } from './built-in.ts'
import { judgedContext, refusalOf } from './contexts.ts'
import type { Deps } from './deps.ts'
import { request } from './requesting.ts'
import { objectOf } from './showing.ts'

/** `requestId`: the same one answers the same execution. */
export async function tryAgent(
  deps: Deps,
  workspaceId: number,
  agentId: string,
  { context }: { context: Record<string, unknown> },
  by: By,
  requestId: string = randomUUID(),
): Promise<Execution> {
  const agent = await agents.get(deps.store, workspaceId, agentId)
  if (!agent) throw notFound('agent')
  const ref = { agentId, agentType: 'custom' } as const
  const { kept, faults } = await judgedContext(deps, workspaceId, ref, { given: context })
  if (faults.length > 0) throw unacceptable(faults)
  const { name } = readConfig(agent.config)
  return stagedRun(deps, workspaceId, { ...ref, name, context: kept }, by, requestId)
}

/** What a trigger would do that is not saved yet. */
export async function tryDraft(
  deps: Deps,
  workspaceId: number,
  { name, agentId, agentType, context, id }: TryDraft,
  by: By,
  requestId?: string,
): Promise<Execution> {
  const row = id === undefined ? null : await triggers.get(deps.store, workspaceId, id)
  if (id !== undefined && !row) throw notFound('schedule')
  const ref = { agentId, agentType }
  const before = row && row.agentId === agentId && row.agentType === agentType ? objectOf(row.context) : {}
  const { kept, faults } = await judgedContext(deps, workspaceId, ref, { given: context, before })
  if (faults.length > 0) throw refusalOf(faults)
  return stagedRun(deps, workspaceId, { ...ref, name, context: kept }, by, requestId)
}

interface Staged {
  agentId: string
  agentType: AgentType
  name: string
  /** As it is kept. */
  context: Record<string, unknown>
}

export async function stagedRun(
  deps: Deps,
  workspaceId: number,
  { context, ...agent }: Staged,
  by: By,
  requestId: string = randomUUID(),
): Promise<Execution> {
  return request(deps, await builtInOf(deps, workspaceId, agent, by), {
    key: `try:${requestId}`,
    kind: 'try',
    staged: true,
    requestedBy: by,
    availableAt: deps.clock.now(),
    context: JSON.stringify(context),
  })
}
