import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getOwnChannel, async ({ carillon, actor, params }) => ({
    channel: await carillon.ownChannels.get(actor, params.id),
  })),
  PUT: route(api.changeOwnChannel, ({ carillon, actor, params, body }) =>
    carillon.ownChannels.change(actor, params.id, body),
  ),
  DELETE: route(api.deleteOwnChannel, async ({ carillon, actor, params }) => {
    await carillon.ownChannels.remove(actor, params.id)
    return DONE
  }),
})
