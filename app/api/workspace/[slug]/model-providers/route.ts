import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listProviders, async ({ carillon, workspace }) => ({
    providers: await carillon.models.list(workspace.id),
  })),
  POST: route(api.addProvider, async ({ carillon, workspace, body, by }) => ({
    provider: await carillon.models.add(workspace.id, body, by),
  })),
})
