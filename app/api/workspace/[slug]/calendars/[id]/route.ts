import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getCalendar, async ({ carillon, workspace, params }) => ({
    calendar: await carillon.calendars.get(workspace.id, params.id),
  })),
  PUT: route(api.changeCalendar, async ({ carillon, workspace, params, body, by }) => ({
    calendar: await carillon.calendars.change(workspace.id, params.id, body, by),
  })),
  DELETE: route(api.deleteCalendar, async ({ carillon, workspace, params, by }) => {
    await carillon.calendars.remove(workspace.id, params.id, by)
    return DONE
  }),
})
