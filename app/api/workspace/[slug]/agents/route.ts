import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listAgents, async ({ carillon, workspace }) => ({
    agents: await carillon.agents.list(workspace.id),
  })),
  POST: route(api.createAgent, async ({ carillon, workspace, body, decider }) => ({
    agent: await carillon.customAgents.create(workspace.id, body, decider),
  })),
})
