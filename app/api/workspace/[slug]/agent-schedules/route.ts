import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listSchedules, async ({ workspace, query, carillon }) => {
    const { triggers, nextCursor } = await carillon.triggers.list(workspace.id, query)
    return { schedules: triggers, nextCursor }
  }),
  POST: route(api.createSchedule, async ({ workspace, body, by, carillon }) => {
    const schedule = await carillon.triggers.create(workspace.id, body, by)
    return { schedule, warnings: await carillon.advising.warnings(schedule) }
  }),
})
