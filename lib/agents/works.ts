/** The agents of this installation and what runs them, with all that they work with on this server. */
import type { Readers } from '../documents/extract.ts'
import { readAtOnce } from '../documents/at-once.ts'
import type { Env } from '../env.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { createComposing } from './custom/composing.ts'
import type { Models } from './custom/model-client.ts'
import { prices } from './custom/prices.ts'
import { customAgents } from './custom/provider.ts'
import type { Skills } from './imported/skills.ts'
import { catalogueWith } from './index.ts'
import { createAgentPort, type Ground } from './performing.ts'
import { createFolders } from './reading/folders.ts'
import type { Box } from './sealed.ts'
import { createSealing } from './sealing.ts'
import type { Secrets } from './secrets.ts'
import { tools } from './tools/index.ts'
import type { ToolSource } from './tools/tool.ts'

interface Deps
  extends Pick<Readers, 'extract' | 'eventsOf'>,
    Omit<Ground, 'fetch' | 'files' | 'folders' | 'composing' | 'sealing'> {
  env: Env
  models: Models
  box: Box
  secrets: Secrets
  skills: Skills
  /** Where tools come from that are no part of the product. */
  sources: readonly ToolSource[]
}

export function createWorks({
  env,
  models,
  box,
  secrets,
  skills,
  sources,
  extract,
  eventsOf,
  ...ground
}: Deps) {
  const { store, clock, mail } = ground
  const loop = { models, prices: () => prices(store), tools, sources, mail }
  const catalogue = catalogueWith(customAgents(store, loop), skills)
  const sealing = createSealing(catalogue, box, secrets)
  const fetch = createGuardedFetch({ allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS, clock })
  const agents = createAgentPort(catalogue, {
    ...{ ...ground, fetch, sealing },
    composing: createComposing({ ...loop, clock }),
    files: { textOf: readAtOnce(extract), entriesOf: eventsOf },
    folders: createFolders(env.DOCUMENT_FOLDERS),
  })
  return { agents, catalogue, sealing, fetch, close: () => fetch.close() }
}
