import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  DELETE: route(api.endSessions, async ({ params, carillon }) =>
    carillon.auth.administration.endSessions(params.accountId),
  ),
})
