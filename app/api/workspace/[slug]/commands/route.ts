import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.completions, async ({ workspace, query, carillon }) => ({
    completions: await carillon.commands.complete(workspace.id, query.prefix),
  })),
  POST: route(api.command, async ({ workspace, body, decider, carillon, requestId }) =>
    carillon.commands.perform(workspace.id, body, decider, requestId),
  ),
})
