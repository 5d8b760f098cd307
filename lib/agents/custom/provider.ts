/** The agents that people of a workspace wrote. */
import * as agents from '#db/queries/agents.ts'
import type { Store } from '#db/store.ts'
import { type AgentConfig, readConfig } from '../../contract/custom-agent.ts'
import type { ReadinessCheck } from '../../contract/readiness.ts'
import { agent, type AgentDefinition } from '../agent.ts'
import type { AgentProvider } from '../catalogue.ts'
import { type LoopDeps, worstOf } from './beginning.ts'
import { work } from './loop.ts'
import { mailChecks, modelChecks } from './readiness.ts'
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
  const config = readConfig(text)
  return agent({
    id,
    name: config.name,
    description: config.description,
    schema: config.input,
    // Read where it is needed: a list of five hundred agents needs none.
    get input() {
      return contextOf(config.input)
    },
    converses: true,
    // What was done is kept, and not done again.
    safeToRepeat: 'continues',
    checks: (workspaceId, probe) => checksOf(config, deps, workspaceId, probe),
    worst: (workspaceId) => worstOf({ id, revision, config }, workspaceId, deps),
    perform: (task) => work({ id, revision, config }, task, deps),
  })
}

const needsMail = (config: AgentConfig, tools: LoopDeps['tools']) =>
  config.tools.some(({ name }) => tools.some((it) => it.name === name && it.needs === 'mail'))

async function checksOf(
  config: AgentConfig,
  { models, prices, tools, mail, sources = [] }: LoopDeps,
  workspaceId: number,
  probe: boolean,
): Promise<ReadinessCheck[]> {
  const { model, maxCost } = config
  const all = await Promise.all([
    modelChecks(() => models.find(workspaceId, model), { probe, prices: await prices(), maxCost }),
    ...sources.map((it) => it.checks(workspaceId, config, probe)),
    mail && needsMail(config, tools) ? mailChecks(await mail.inForce(workspaceId)) : [],
  ])
  return all.flat()
}
