import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getMcpServer, async ({ carillon, workspace, params }) => ({
    mcpServer: await carillon.mcpServers.get(workspace.id, params.id),
  })),
  PUT: route(api.changeMcpServer, async ({ carillon, workspace, params, body, by }) => ({
    mcpServer: await carillon.mcpServers.change(workspace.id, params.id, body, by),
  })),
  DELETE: route(api.deleteMcpServer, async ({ carillon, workspace, params, by }) => {
    await carillon.mcpServers.remove(workspace.id, params.id, by)
    return DONE
  }),
})
