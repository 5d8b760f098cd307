import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getProposal, async ({ workspace, params, carillon }) => ({
    proposal: await carillon.proposals.get(workspace.id, params.id),
  })),
  DELETE: route(api.dismissProposal, async ({ workspace, params, carillon }) => ({
    proposal: await carillon.proposals.dismiss(workspace.id, params.id),
  })),
})
