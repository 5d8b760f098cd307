import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.templateUpdate, async ({ workspace, params, carillon }) => ({
    update: await carillon.templates.updateOf(workspace.id, params.id),
  })),
  POST: route(api.applyTemplateUpdate, async ({ workspace, params, by, carillon }) => ({
    trigger: await carillon.templates.update(workspace.id, params.id, by),
  })),
})
