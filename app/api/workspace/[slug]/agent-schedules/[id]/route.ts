import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { etagOf, ifMatch } from '#lib/http/entity-tag.ts'
import { DONE, Reply, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getSchedule, async ({ workspace, params, carillon }) => {
    const schedule = await carillon.triggers.get(workspace.id, params.id)
    return new Reply({ schedule }, { headers: etagOf(schedule) })
  }),
  PUT: route(api.changeSchedule, async ({ workspace, params, body, by, carillon, request }) => {
    const expected = ifMatch(request.headers)
    const schedule = await carillon.triggers.change(workspace.id, params.id, body, by, expected)
    const warnings = await carillon.advising.warnings(schedule)
    return new Reply({ schedule, warnings }, { headers: etagOf(schedule) })
  }),
  DELETE: route(api.deleteSchedule, async ({ workspace, params, by, carillon }) => {
    await carillon.triggers.remove(workspace.id, params.id, by)
    return DONE
  }),
})
