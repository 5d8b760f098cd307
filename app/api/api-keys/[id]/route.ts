import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  DELETE: route(api.revokeKey, async ({ actor, params, carillon }) => {
    await carillon.auth.keys.revoke(actor, params.id)
    return DONE
  }),
})
