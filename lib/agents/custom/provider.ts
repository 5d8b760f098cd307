/** The agents that people of a workspace wrote. */
import { z } from 'zod'
import * as agents from '#db/queries/agents.ts'
import type { Store } from '#db/store.ts'
import type { AgentConfig } from '../../contract/custom-agent.ts'
import { agent, type AgentDefinition } from '../agent.ts'
import type { AgentProvider } from '../catalogue.ts'
import { type LoopDeps, work } from './loop.ts'

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
    input: inputOf(config),
    // What was done is kept, and not done again.
    safeToRepeat: 'continues',
    perform: (task) => work({ id, revision, config }, task, deps),
  })
}

/** What its context may be; a schema that cannot be read takes any object. */
export function inputOf({ input }: Pick<AgentConfig, 'input'>): z.ZodType<Record<string, unknown>> {
  const any = z.record(z.string(), z.unknown())
  return input.properties ? (z.fromJSONSchema(input) as z.ZodType<Record<string, unknown>>) : any
}
