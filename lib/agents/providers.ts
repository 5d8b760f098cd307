/** Where agents come from: those that are part of the product, and the types that this version has none of. */
import type { AgentDefinition } from './agent.ts'
import type { AgentProvider } from './catalogue.ts'

/**
 * Agents that every workspace has, by id and by alias. A list in which two agents share an id or an alias is
 * refused when the program starts.
 */
export function builtIn(agents: readonly AgentDefinition[]): AgentProvider {
  const byName = new Map<string, AgentDefinition>()
  for (const it of agents) {
    for (const name of [it.id, ...(it.aliases ?? [])]) {
      if (byName.has(name))
        throw new Error(`Two agents are called "${name}": "${byName.get(name)?.id}" and "${it.id}".`)
      byName.set(name, it)
    }
  }
  return {
    find: async (_workspaceId, agentId) => byName.get(agentId) ?? null,
    list: async () => agents,
    missing: (agentId) => ({ path: 'agentId', message: `Unknown agent "${agentId}".` }),
  }
}

/** A type that the contract knows and this version has no agents of. */
export const noneYet = (type: string): AgentProvider => ({
  find: async () => null,
  list: async () => [],
  missing: (agentId) => ({
    path: 'agentType',
    message: `This version runs system agents only, so the ${type} agent "${agentId}" cannot run.`,
  }),
})
