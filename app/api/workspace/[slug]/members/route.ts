import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listMembers, async ({ workspace, carillon }) => carillon.people.list(workspace.id)),
  POST: route(api.invite, async ({ actor, workspace, body, carillon }) =>
    carillon.auth.invitations.invite(workspace.id, body, actor),
  ),
})
