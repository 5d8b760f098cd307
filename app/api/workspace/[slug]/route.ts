import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getWorkspace, async ({ workspace }) => ({ workspace })),
  PUT: route(api.changeWorkspace, async ({ actor, workspace, body, carillon }) => ({
    workspace: await carillon.auth.workspaces.change(actor, workspace, body),
  })),
})
