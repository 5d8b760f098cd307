import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listCalendars, async ({ carillon, workspace }) => ({
    calendars: await carillon.calendars.list(workspace.id),
    nextCursor: null,
  })),
  POST: route(api.addCalendar, async ({ carillon, workspace, body, by }) => ({
    calendar: await carillon.calendars.add(workspace.id, body, by),
  })),
})
