import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.pushState, ({ carillon, actor }) => carillon.ownChannels.pushState(actor)),
  POST: route(api.addPushBrowser, async ({ carillon, actor, body }) => ({
    browser: await carillon.ownChannels.addBrowser(actor, body),
  })),
})
