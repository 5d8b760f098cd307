/** Agents that a trigger can name. */
import type { AgentCatalogue, AgentRef } from '../agents/catalogue.ts'
import type { AgentUse, UsedAgent } from '../contract/agent.ts'
import { usedSince } from '#db/queries/agents.ts'
import { days } from '../clock.ts'
import type { Deps } from './deps.ts'
import type { ContextFault } from './contexts.ts'

export interface AgentDeps extends Pick<Deps, 'store' | 'clock'> {
  catalogue: AgentCatalogue
  allowedPrivateNetworks: string[]
  documentFolders: string[]
}

const LOOKED_BACK_MS = days(30)

/** Each with how it is used and how it has fared lately, under whatever name. */
export async function list(
  { catalogue, store, clock }: AgentDeps,
  workspaceId: number,
): Promise<UsedAgent[]> {
  const since = new Date(clock.now().getTime() - LOOKED_BACK_MS)
  const [agents, uses] = await Promise.all([
    catalogue.list(workspaceId),
    usedSince(store, workspaceId, since),
  ])
  return agents.map((it) => {
    const named = [it.id, ...it.aliases].flatMap((name) => uses.get(name) ?? [])
    const sum = (what: keyof AgentUse) => named.reduce((all, use) => all + use[what], 0)
    return {
      ...it,
      use: {
        schedules: sum('schedules'),
        successful: sum('successful'),
        failed: sum('failed'),
        cost: sum('cost'),
      },
    }
  })
}

/** What is wrong with an agent or its context, or nothing. */
export async function judge(
  { catalogue, allowedPrivateNetworks, documentFolders }: AgentDeps,
  workspaceId: number,
  agent: AgentRef,
  context: Record<string, unknown>,
): Promise<ContextFault[]> {
  const reachable = { allowedPrivateNetworks, documentFolders }
  const verdict = await catalogue.judge(workspaceId, agent, context, reachable)
  return verdict.ok ? [] : verdict.errors
}
