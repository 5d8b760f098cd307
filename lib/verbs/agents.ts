/** Agents that a trigger can name. */
import type { AgentCatalogue, AgentRef } from '../agents/catalogue.ts'
import type { Agent } from '../contract/agent.ts'
import type { FieldError } from '../triggers/index.ts'

export interface AgentDeps {
  catalogue: AgentCatalogue
  allowedPrivateNetworks: string[]
}

export const list = ({ catalogue }: AgentDeps, workspaceId: number): Promise<Agent[]> =>
  catalogue.list(workspaceId)

/** What is wrong with an agent or its context, or nothing. */
export async function judge(
  { catalogue, allowedPrivateNetworks }: AgentDeps,
  workspaceId: number,
  agent: AgentRef,
  context: Record<string, unknown>,
): Promise<FieldError[]> {
  const verdict = await catalogue.judge(workspaceId, agent, context, { allowedPrivateNetworks })
  return verdict.ok ? [] : verdict.errors
}
