import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  PUT: route(api.changeMember, async ({ workspace, params, body, by, carillon }) => ({
    member: await carillon.people.change(workspace.id, params.userId, body.role, by),
  })),
  DELETE: route(api.removeMember, async ({ workspace, params, by, carillon }) => {
    await carillon.people.remove(workspace.id, params.userId, by)
    return DONE
  }),
})
