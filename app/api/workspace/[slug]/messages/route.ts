import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listMessages, async ({ workspace, query, carillon }) => ({
    messages: await carillon.chat.list(workspace.id, query),
  })),
  POST: route(api.postMessage, async ({ workspace, body, by, carillon }) => ({
    message: await carillon.chat.post(workspace.id, body, by),
  })),
})
