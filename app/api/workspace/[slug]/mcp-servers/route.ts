import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listMcpServers, async ({ carillon, workspace }) => ({
    mcpServers: await carillon.mcpServers.list(workspace.id),
    // All of them: there are at most 50.
    nextCursor: null,
  })),
  POST: route(api.addMcpServer, async ({ carillon, workspace, body, by }) => ({
    mcpServer: await carillon.mcpServers.add(workspace.id, body, by),
  })),
})
