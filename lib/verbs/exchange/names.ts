/** What a document names that it does not bring: by a name that it has anyway, with its id here. */
import * as mcpServers from '#db/queries/mcp-servers.ts'
import * as models from '#db/queries/models.ts'
import * as secrets from '#db/queries/secrets.ts'
import * as skills from '#db/queries/skills.ts'
import type { ExchangeDeps } from './deps.ts'

export interface Names {
  mcp: ReadonlyMap<string, number>
  skill: ReadonlyMap<string, number>
  model: ReadonlyMap<string, number>
  secrets: ReadonlySet<string>
}
/** The model provider that the server is started with. */
const OF_ENVIRONMENT = 'environment'

export async function namesIn({ store, models: used }: ExchangeDeps, workspaceId: number): Promise<Names> {
  const [servers, known, providers, kept] = await Promise.all([
    mcpServers.list(store, workspaceId),
    skills.list(store, workspaceId),
    models.usable(store, workspaceId),
    secrets.list(store, workspaceId),
  ])
  const ofServer: [string, number][] = used.ofEnvironment ? [[OF_ENVIRONMENT, 0]] : []
  return {
    mcp: new Map(servers.map((it) => [it.slug, it.id])),
    skill: new Map(known.map((it) => [it.hubId, it.id])),
    // Of two of one name the first is meant, which is the workspace's own.
    model: new Map([...ofServer, ...providers.map((it): [string, number] => [it.name, it.id]).reverse()]),
    secrets: new Set(kept.map((it) => it.name)),
  }
}
