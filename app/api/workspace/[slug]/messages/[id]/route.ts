import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getMessage, async ({ workspace, params, carillon }) => ({
    message: await carillon.chat.get(workspace.id, params.id),
  })),
  PUT: route(api.changeMessage, async ({ workspace, params, body, decider, carillon }) => ({
    message: await carillon.chat.change(workspace.id, params.id, body, decider),
  })),
  DELETE: route(api.deleteMessage, async ({ workspace, params, query, decider, carillon }) => ({
    message: await carillon.chat.remove(workspace.id, params.id, query, decider),
  })),
})
