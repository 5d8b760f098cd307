import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.runTrigger, async ({ workspace, params, body, by, requestId, carillon }) => ({
    execution: await carillon.triggers.runNow(workspace.id, params.id, body, by, requestId),
  })),
})
