import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listOwnChannels, async ({ carillon, actor }) => ({
    channels: await carillon.ownChannels.list(actor),
    nextCursor: null,
  })),
  POST: route(api.addOwnChannel, ({ carillon, actor, body }) => carillon.ownChannels.add(actor, body)),
})
