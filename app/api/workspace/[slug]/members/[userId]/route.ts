import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  PUT: route(api.changeMember, async ({ workspace, params, body, carillon }) => ({
    member: await carillon.auth.members.change(workspace.id, params.userId, body.role),
  })),
  DELETE: route(api.removeMember, async ({ workspace, params, carillon }) => {
    await carillon.auth.members.remove(workspace.id, params.userId)
    return DONE
  }),
})
