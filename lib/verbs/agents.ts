/** Agents that a trigger can name. */
import { judgeContext, listAgents } from '../agents/index.ts'
import type { Agent } from '../contract/agent.ts'
import type { FieldError } from '../triggers/index.ts'

export interface AgentDeps {
  allowedPrivateNetworks: string[]
}

export const list = (_deps: AgentDeps): Agent[] => listAgents()

/** What is wrong with an agent or its context, or nothing. */
export function judge(
  { allowedPrivateNetworks }: AgentDeps,
  agentId: string,
  agentType: string,
  context: Record<string, unknown>,
): FieldError[] {
  const verdict = judgeContext(agentId, agentType, context, { allowedPrivateNetworks })
  return verdict.ok ? [] : verdict.errors
}
