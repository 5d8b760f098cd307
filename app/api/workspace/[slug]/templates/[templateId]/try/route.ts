import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.tryTemplate, async ({ workspace, params, body, by, requestId, carillon }) => ({
    execution: await carillon.templates.tryOut(workspace.id, params.templateId, body, by, requestId),
  })),
})
