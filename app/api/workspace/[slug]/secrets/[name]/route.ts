import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  PUT: route(api.putSecret, async ({ carillon, workspace, params, body, by }) => ({
    secret: await carillon.secrets.put(workspace.id, params.name, body.value, by),
  })),
  DELETE: route(api.deleteSecret, async ({ carillon, workspace, params, by }) => {
    await carillon.secrets.remove(workspace.id, params.name, by)
    return DONE
  }),
})
