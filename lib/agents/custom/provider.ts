/** The agents that people of a workspace wrote. */
import * as agents from '#db/queries/agents.ts'
import type { Store } from '#db/store.ts'
import type { AgentConfig } from '../../contract/custom-agent.ts'
import { agent, type AgentDefinition } from '../agent.ts'
import type { AgentProvider } from '../catalogue.ts'
import { type LoopDeps, work, worstOf } from './loop.ts'
import { modelChecks } from './readiness.ts'
import { contextOf } from './schema.ts'

export function customAgents(store: Store, deps: LoopDeps): AgentProvider {
  return {
    async find(workspaceId, id) {
      const row = await agents.get(store, workspaceId, id)
      return row && definitionOf(row, deps)
    },
    list: async (workspaceId) => (await agents.list(store, workspaceId)).map((it) => definitionOf(it, deps)),
    missing: (id) => ({ path: 'agentId', message: `There is no agent "${id}" in this workspace.` }),
  }
}

function definitionOf({ id, revision, config: text }: agents.AgentRow, deps: LoopDeps): AgentDefinition {
  const config = JSON.parse(text) as AgentConfig
  return agent({
    id,
    name: config.name,
    description: config.description,
    schema: config.input,
    // Read where it is needed: a list of five hundred agents needs none.
    get input() {
      return contextOf(config.input)
    },
    // What was done is kept, and not done again.
    safeToRepeat: 'continues',
    checks: async (workspaceId, probe) =>
      modelChecks(() => deps.models.find(workspaceId, config.model), {
        probe,
        prices: await deps.prices(),
        maxCost: config.maxCost,
      }),
    worst: (workspaceId) => worstOf({ id, revision, config }, workspaceId, deps),
    perform: (task) => work({ id, revision, config }, task, deps),
  })
}
