import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.confirmProposal, async ({ workspace, params, body, by, carillon }) => ({
    trigger: await carillon.proposals.confirm(workspace.id, params.id, body, by),
  })),
})
