import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getSchedule, async ({ workspace, params, carillon }) => ({
    schedule: await carillon.triggers.get(workspace.id, params.id),
  })),
  PUT: route(api.changeSchedule, async ({ workspace, params, body, by, carillon }) => ({
    schedule: await carillon.triggers.change(workspace.id, params.id, body, by),
  })),
  DELETE: route(api.deleteSchedule, async ({ workspace, params, by, carillon }) => {
    await carillon.triggers.remove(workspace.id, params.id, by)
    return DONE
  }),
})
