import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  PUT: route(api.changeProvider, async ({ carillon, workspace, params, body, by }) => ({
    provider: await carillon.models.change(workspace.id, params.id, body, by),
  })),
  DELETE: route(api.deleteProvider, async ({ carillon, workspace, params, by }) => {
    await carillon.models.remove(workspace.id, params.id, by)
    return DONE
  }),
})
