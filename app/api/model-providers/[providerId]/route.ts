import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  PUT: route(api.changeSharedProvider, async ({ carillon, params, body, by }) => ({
    provider: await carillon.models.change(null, params.providerId, body, by),
  })),
  DELETE: route(api.deleteSharedProvider, async ({ carillon, params, by }) => {
    await carillon.models.remove(null, params.providerId, by)
    return DONE
  }),
})
