/** The agent Scout, which somebody wrote, and the one model of its installation: that on loopback. */
import { write } from '#db/queries/agents.ts'
import type { Store } from '#db/store.ts'
import { type AgentConfig, NewAgent } from '../../contract/custom-agent.ts'
import type { AgentDefinition } from '../agent.ts'
import type { LoopDeps } from '../custom/beginning.ts'
import { createModels, type Models } from '../custom/model-client.ts'
import { SHIPPED } from '../custom/prices.ts'
import { customAgents } from '../custom/provider.ts'
import { tools } from '../tools/index.ts'
import type { FakeModel } from './fake-model.ts'
import type { Workbench } from './task.ts'

export const modelsOf = (store: Store, fake: FakeModel): Models =>
  createModels({
    store,
    box: { close: (text) => text, open: (text) => text },
    env: {
      ALLOWED_PRIVATE_NETWORKS: [],
      LLM_PROVIDER: 'openai-compatible',
      LLM_BASE_URL: fake.url,
      LLM_MODEL: 'small',
    },
  })

/** Written anew, or edited: the revision after the one before. */
export async function scoutOf(
  { store, workspaceId, clock }: Workbench,
  config: Partial<AgentConfig>,
  { revision = 1, ...deps }: Pick<LoopDeps, 'models'> & Partial<LoopDeps> & { revision?: number },
): Promise<AgentDefinition> {
  const whole = NewAgent.parse({ name: 'Scout', instructions: 'Look around.', ...config })
  const made = { workspaceId, id: 'scout', revision, config: JSON.stringify(whole), by: 'ada' }
  await write(store, revision === 1 ? 'made' : 'edited', { ...made, now: clock.now() })
  const provider = customAgents(store, { tools, prices: async () => SHIPPED, ...deps })
  const found = await provider.find(workspaceId, 'scout')
  if (!found) throw new Error('The agent that was just written is not there.')
  return found
}
