import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { placeOf } from '#lib/http/exchange.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.planImport, async ({ carillon, body, ...call }) =>
    carillon.exchange.plan(placeOf(call), body),
  ),
})
