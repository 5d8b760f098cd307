import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getAgent, async ({ carillon, workspace, params }) => ({
    agent: await carillon.customAgents.get(workspace.id, params.agentId),
  })),
  PUT: route(api.changeAgent, async ({ carillon, workspace, params, body, decider }) => ({
    agent: await carillon.customAgents.change(workspace.id, params.agentId, body, decider),
  })),
  DELETE: route(api.deleteAgent, async ({ carillon, workspace, params, by }) => {
    await carillon.customAgents.remove(workspace.id, params.agentId, by)
    return DONE
  }),
})
