import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  DELETE: route(api.deleteGrant, async ({ workspace, params, by, carillon }) => {
    await carillon.approvals.removeGrant(workspace.id, params.id, by)
    return DONE
  }),
})
