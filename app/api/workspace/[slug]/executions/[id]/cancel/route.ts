import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.cancelExecution, async ({ workspace, params, by, carillon }) => ({
    execution: await carillon.executions.cancel(workspace.id, params.id, by),
  })),
})
