import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listKeys, async ({ actor, query, carillon }) => ({
    apiKeys: await carillon.auth.keys.list(actor, query.workspace),
  })),
  POST: route(api.createKey, async ({ actor, body, carillon }) => carillon.auth.keys.create(actor, body)),
})
