import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listChannels, async ({ carillon, workspace }) => ({
    channels: await carillon.channels.list(workspace.id),
    // All of them: there are at most 50.
    nextCursor: null,
  })),
  POST: route(api.addChannel, async ({ carillon, workspace, body, by }) =>
    carillon.channels.add(workspace.id, body, by),
  ),
})
