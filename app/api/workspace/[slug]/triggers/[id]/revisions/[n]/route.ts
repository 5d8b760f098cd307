import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getTriggerRevision, async ({ workspace, params, carillon }) => ({
    revision: await carillon.revisions.oneOfTrigger(workspace.id, params.id, params.n),
  })),
})
