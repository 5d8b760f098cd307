import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listWorkspaces, async ({ actor, carillon }) => ({
    workspaces: await carillon.auth.workspaces.list(actor),
  })),
  POST: route(api.createWorkspace, async ({ actor, body, carillon }) => ({
    workspace: await carillon.auth.workspaces.create(actor, body),
  })),
})
