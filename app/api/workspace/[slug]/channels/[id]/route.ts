import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getChannel, async ({ carillon, workspace, params }) => ({
    channel: await carillon.channels.get(workspace.id, params.id),
  })),
  PUT: route(api.changeChannel, ({ carillon, workspace, params, body, by }) =>
    carillon.channels.change(workspace.id, params.id, body, by),
  ),
  DELETE: route(api.deleteChannel, async ({ carillon, workspace, params, by }) => {
    await carillon.channels.remove(workspace.id, params.id, by)
    return DONE
  }),
})
