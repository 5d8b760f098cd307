import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { Reply, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.useTemplate, async ({ workspace, params, body, by, carillon }) => {
    const used = await carillon.templates.use(workspace.id, params.templateId, body, by)
    return new Reply(used, { status: body.dryRun ? 200 : 201 })
  }),
})
