import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.restoreTriggerRevision, async ({ workspace, params, body, by, carillon }) => ({
    trigger: await carillon.triggers.restoreRevision(workspace.id, params.id, params.n, body, by),
  })),
})
