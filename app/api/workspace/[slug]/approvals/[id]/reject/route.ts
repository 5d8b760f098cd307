import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.reject, async ({ workspace, params, body, decider, carillon }) => ({
    approval: await carillon.approvals.reject(workspace.id, params.id, body, decider),
  })),
})
