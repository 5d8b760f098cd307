import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.retryExecution, async ({ workspace, params, by, requestId, body, carillon }) => ({
    execution: await carillon.executions.retry(workspace.id, params.id, by, requestId, body),
  })),
})
