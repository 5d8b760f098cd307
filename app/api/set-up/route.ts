import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.setUpState, async ({ carillon }) => ({ needed: await carillon.auth.setUpNeeded() })),
  POST: route(api.setUp, async ({ body, carillon }) => {
    await carillon.auth.setUp(body)
    return DONE
  }),
})
