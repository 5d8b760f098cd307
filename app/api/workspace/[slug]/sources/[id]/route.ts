import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getSource, async ({ carillon, workspace, params }) => ({
    source: await carillon.sources.get(workspace.id, params.id),
  })),
  PUT: route(api.changeSource, async ({ carillon, workspace, params, body, by }) => ({
    source: await carillon.sources.change(workspace.id, params.id, body, by),
  })),
  DELETE: route(api.deleteSource, async ({ carillon, workspace, params, by }) => {
    await carillon.sources.remove(workspace.id, params.id, by)
    return DONE
  }),
})
