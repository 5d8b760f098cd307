import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  DELETE: route(api.endOwnSession, async ({ actor, params, carillon }) => {
    await carillon.auth.profile.endSession(actor, params.sessionId)
    return DONE
  }),
})
