import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { Reply, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listTriggerEvents, ({ workspace, query, carillon }) =>
    carillon.happenings.list(workspace.id, query),
  ),
  POST: route(api.postTriggerEvent, async ({ workspace, body, by, carillon }) => {
    const { event, isNew } = await carillon.happenings.post(workspace.id, body, by)
    return new Reply({ event }, { status: isNew ? 202 : 200 })
  }),
})
