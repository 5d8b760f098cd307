import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listSharedProviders, async ({ carillon }) => ({
    providers: await carillon.models.list(null),
  })),
  POST: route(api.addSharedProvider, async ({ carillon, body, by }) => ({
    provider: await carillon.models.add(null, body, by),
  })),
})
